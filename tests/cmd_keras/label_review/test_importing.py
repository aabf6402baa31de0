import subprocess
import sys


def test_a_training_does_not_wait_for_the_search_of_neighbours():
    code = "import sys, cmd_keras.run.results.run_review; print('sklearn.neighbors' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split()[-1] == "False"
