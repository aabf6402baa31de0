"""What is wrong with a command is said at once: before Keras and a backend are imported."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

COMMAND = Path(sys.executable).parent / "cmd-keras"

PROGRAM = """
import importlib.abc, importlib.machinery, json, os, sys

class Refuse(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    # What is slow may be looked for; importing it fails.
    def find_spec(self, name, path=None, target=None):
        if name in {"tensorflow", "keras", "jax", "pandas", "scipy", "sklearn", "matplotlib",
                    "tensorflow_datasets", "tensorboard"}:
            return importlib.machinery.ModuleSpec(name, self)

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        raise RuntimeError(f"{module.__name__} was imported")

class Hide:
    # Packages that are not installed.
    def __init__(self, real):
        self.real = real

    def __call__(self, name, package=None):
        return None if name in ("torch", "tf2onnx") else self.real(name, package)

sys.meta_path.insert(0, Refuse())
import importlib.util
importlib.util.find_spec = Hide(importlib.util.find_spec)
from click.testing import CliRunner
from cmd_keras_cli.main import main

answers = []
for case in json.load(sys.stdin):
    environment = {"KERAS_BACKEND": case.get("backend", "tensorflow")}
    done = CliRunner().invoke(main, case["arguments"], prog_name="cmd-keras", env=environment)
    error = None if done.exception is None or isinstance(done.exception, SystemExit) else repr(
        done.exception)
    answers.append([done.exit_code, " ".join(done.output.split()), error])
print(json.dumps(answers))
"""

CSV = ["train", "--dataset", "csv:table.csv", "--target", "class"]
WRONG = [
    # Names
    (["trian"], "No such command"),
    (["train", "--epoch", "3"], "No such option"),
    (["train", "--mode", "statik"], "Did you mean 'static'"),
    (["train", "--self-kd", "mkonf"], "Did you mean 'mconf'"),
    (["train", "--recipe", "cifar20"], "Did you mean 'cifar-200'"),
    (["train", "--network", "resnet200"], "Did you mean 'resnet20'"),
    (["train", "--network-b", "shufflenet"], "Did you mean 'shufflenet"),
    (["train", "--network", "missing.keras"], "no file 'missing.keras'"),
    (["train", "--network", "own/net.py:build"], "not of the form module:function"),
    (["train", "--strategy", "miror"], "Did you mean 'mirrored'"),
    (["train", "--precision", "half"], "Known: float32"),
    (["train", "--export", "tflite"], "Known: saved_model, onnx"),
    (["train", "--noise", "asym:0.2"], "Unknown kind of noise"),
    (["train", "--dataset", "../cifar10"], "is not a name of a data set"),
    (["train", "--dataset", "table.csv"], "write csv:table.csv"),
    # Numbers
    (["train", "--noise", "sym:2"], "must lie in [0, 1)"),
    (["train", "--noise", "sym:nan"], "noise"),
    (["train", "--epochs", "0"], "epochs must be at least 1"),
    (["train", "--epochs", "1.5"], "not a valid integer"),
    (["train", "--batch-size", "0"], "--batch-size must be at least 1"),
    (["train", "--eta", "0"], "eta divides"),
    (["train", "--b2", "nan"], "b2 must be a finite number"),
    (["train", "--b1", "inf"], "b1 must be a finite number"),
    (["train", "--rho", "1.5"], "rho must lie in [0, 1]"),
    (["train", "--self-kd", "ls", "--epsilon", "-1"], "epsilon must lie in [0, 1]"),
    (["train", "--learning-rate", "-1"], "--learning-rate must be above 0"),
    (["train", "--learning-rate", "1e999"], "--learning-rate must be above 0"),
    (["train", "--momentum", "1"], "momentum must lie in [0, 1)"),
    (["train", "--weight-decay", "nan"], "--weight-decay must be at least 0"),
    (["train", "--decay", "0"], "decay must lie in (0, 1]"),
    (["train", "--milestones", "0.9,0.5"], "milestones must be fractions"),
    (["train", "--milestones", "nan"], "milestones must be fractions"),
    (["train", "--milestones", "0.5,1e999"], "milestones must be fractions"),
    (["train", "--milestones", "0.5,,0.8"], "is not a list of numbers"),
    (["train", "--milestones", ","], "is not a list of numbers"),
    (["train", "--seed", "-1"], "seed must lie in"),
    (["train", "--test-split", "2"], "--test-split is a share"),
    (["train", "--test-split", "nan"], "--test-split is a share"),
    (["train", "--validation-split", "1"], "--validation-split is a share"),
    (["train", "--dataset", "folder:images", "--image-size", "3"], "--image-size must lie between"),
    # Empty
    (["train", "--dataset", ""], "dataset '' is not a name"),
    (["train", "--target", ""], "target '' is not a name"),
    ([*CSV, "--ignore", ""], "ignore '' is not a name"),
    ([*CSV, "--categorical", "a", "--categorical", ""], "categorical '' is not a name"),
    (["train", "--dataset", "mnist", "--data-dir", ""], "--data-dir '' is not a name"),
    (["train", "--dataset", "mnist", "--label-key", ""], "--label-key '' is not a name"),
    (["train", "--network", ""], "'' is unknown"),
    (["train", "--output", ""], "The name of the output folder is empty"),
    (["train", "--resume", ""], "The name of the run folder is empty"),
    (["train", "--config", ""], "does not exist"),
    (["train", "--noise", ""], "noise '' is not a name"),
    (["evaluate", ""], "The name of the run folder is empty"),
    (["evaluate", "run", "--data-dir", ""], "--data-dir '' is not a name"),
    (["datasets", "--data-dir", ""], "does not exist"),
    (["train", "--resume", "stopped", "--data-dir", ""], "--data-dir '' is not a name"),
    (["train", "--dataset", "folder:"], "does not exist"),
    (["train", "--dataset", "csv:", "--target", "class"], "does not exist"),
    # Without effect, or of another source
    (["train", "--mode", "zero", "--eta", "2"], "--eta has no effect with --mode zero"),
    (["train", "--epsilon", "0.1"], "--epsilon has no effect with --self-kd mconf"),
    (["train", "--method", "gce", "--q", "0"], "--q must lie in (0, 1], received --q 0.0"),
    (["train", "--method", "gce", "--alpha", "2"], "--alpha has no effect with --method gce"),
    (["train", "--q", "0.7"], "--q has no effect with --method cmd"),
    (["train", "--method", "kdcl", "--together", "max"], "'max' is unknown"),
    (["train", "--method", "tf-kd", "--temperature", "0"], "temperature must be above 0"),
    (["train", "--method", "gcd"], "Did you mean 'gce'"),
    (["train", "--method", "elr", "--target-momentum", "2"], "--target-momentum must lie in [0, 1]"),
    (["train", "--method", "elr", "--beta", "0.7"], "--beta has no effect with --method elr"),
    (["train", "--method", "t-revision", "--estimate-from", "0.6"], "must not be above --revise-from"),
    (["train", "--method", "joint", "--revise-from", "0.6"],
     "--revise-from has no effect with --method joint"),
    (["train", "--method", "truncated-gce", "--k", "1"], "--k must lie in [0, 1), received --k 1.0"),
    (["train", "--method", "s2e", "--forget-e", "3"], "--forget-e must lie in [0, 2]"),
    (["train", "--method", "s2e", "--rate", "0.4"], "--rate has no effect with --method s2e"),
    (["train", "--method", "dmi", "--weight", "-1"], "weight must be at least 0"),
    (["train", "--weight", "0.1"], "--weight has no effect with --method cmd"),
    (["compare", "--output", "new", "--row", "sce q=1"], "q has no effect with method=sce"),
    (["train", "--method", "co-teaching"], "needs the share of labels that are wrong"),
    (["train", "--method", "mentornet", "--rate", "40"], "rate must lie in [0, 1), received"),
    (["train", "--method", "forward", "--noise", "inst:0.4"], "needs a matrix"),
    (["train", "--rate", "0.4"], "--rate has no effect with --method cmd"),
    (["train", "--method", "t2s"], "learns from a teacher, and none is named"),
    (["train", "--teacher", "run"], "--teacher has no effect with --method cmd"),
    (["train", "--method", "t2s", "--teacher", ""], "teacher '' is not a name"),
    (["train", "--method", "t2s", "--teacher", "nowhere"], "The teacher nowhere does not exist"),
    (["train", "--method", "t2s", "--teacher", "table.csv"], "is not a .keras file, or a torn one"),
    (["train", "--method", "t2s", "--teacher", "images"], "is not the folder of a run"),
    (["train", "--method", "t2s", "--teacher", "stopped"], "the run has not ended"),
    (["train", "--method", "t2s", "--teacher", "run"], "is torn"),
    (["compare", "--output", "new", "--row", "t2s teacher=nowhere"],
     "Row 't2s teacher=nowhere': The teacher nowhere does not exist"),
    (["compare", "--output", "new", "--row", "t2s", "--teacher", "run"],
     "No such option"),
    (["compare", "--output", "new", "--row", "backward", "--noise", "sym:0.4", "--noise", "none"],
     "Row 'backward': method=backward needs the share"),
    (["train", "--target", "class"], "target does not apply"),
    (["train", "--image-size", "32"], "--image-size does not apply"),
    (["train", "--data-dir", "images"], "--data-dir does not apply"),
    (["train", "--dataset", "folder:images", "--label-key", "x"], "--label-key does not apply"),
    (["train", "--dataset", "npz:table.csv", "--ignore", "x"], "ignore does not apply"),
    ([*CSV, "--flip"], "flip does not apply"),
    ([*CSV, "--pad", "2"], "pad does not apply"),
    (["train", "--pad", "-1"], "pad must lie between 0 and 64 pixels, received -1"),
    (["train", "--train-examples", "0"], "--train-examples must be at least 1, received 0"),
    ([*CSV, "--network", "resnet20"], "takes images"),
    (["train", "--dataset", "csv:table.csv"], "needs target"),
    ([*CSV, "--ignore", "class"], "'class' has two roles"),
    (["train", "--test-split", "0.6"], "--test-split does not apply to 'digits'"),
    ([*CSV[:-1], "clas"], "no column 'clas'. Did you mean 'class'?"),
    ([*CSV, "--ignore", "xyz"], "no column 'xyz'. It has the columns: number, class"),
    ([*CSV, "--categorical", "nummer"], "Did you mean 'number'?"),
    (["train", "--pretrained"], "no pretrained weights for mlp"),
    ([*CSV, "--pretrained"], "no pretrained weights for mlp"),
    (["train", "--dataset", "folder:images", "--network", "resnet18", "--pretrained"],
     "no pretrained weights for resnet18"),
    # What is not there, or in the way
    (["train", "--dataset", "folder:nowhere"], "does not exist"),
    (["train", "--dataset", "folder:table.csv"], "is not a folder"),
    (["train", "--dataset", "npz:nowhere.npz"], "does not exist"),
    (["train", "--dataset", "csv:images", "--target", "class"], "is a folder"),
    (["train", "--dataset", "mnist", "--data-dir", "nowhere"], "nowhere does not exist"),
    (["train", "--dataset", "mnist", "--data-dir", "table.csv"], "is not a folder"),
    (["train", "--output", "images"], "holds other files"),
    (["train", "--output", "table.csv"], "is a file"),
    (["train", "--output", "table.csv/run"], "is no folder"),
    (["train", "--output", "run"], "continue that run with: cmd-keras train --resume run"),
    (["train", "--config", "nowhere.json"], "does not exist"),
    (["train", "--config", "table.csv"], "is not the config.json of a run"),
    (["train", "--config", "marked.json"], "epochs must be at least 1"),
    (["train", "--config", "unknown.json"], "Unknown settings colour"),
    (["train", "--config", "huge.json"], "--learning-rate must be"),
    (["train", "--config", "empty.json"], "network '' is not a name"),
    (["train", "--config", "module.json"], "Unknown backend 'os.path'"),
    (["train", "--config", "code.json"], "say it yourself"),
    (["train", "--resume", "nowhere"], "does not exist"),
    (["train", "--resume", "images"], "is not the folder of a run"),
    (["train", "--resume", "torn"], "Cannot read"),
    (["train", "--resume", "moved"], "does not exist"),
    (["train", "--resume", "run", "--epochs", "2"], "leave out --epochs"),
    (["train", "--resume", "run", "--network", "mlp"], "leave out --network"),
    (["train", "--resume", "run", "--milestones", ""], "leave out --milestones"),
    (["evaluate", "nowhere"], "does not exist"),
    (["evaluate", "stopped"], "the run has not ended"),
    (["evaluate", "run"], "is torn"),
    (["evaluate", "run", "--on", "tests"], "Did you mean 'test'"),
    (["predict", "images", "x.png"], "is not the folder of a run"),
    (["export", "stopped"], "the run has not ended"),
    (["plot", "nowhere"], "does not exist"),
    (["train", "--corrections", "nowhere.csv"], "nowhere.csv of corrections does not exist"),
    (["train", "--corrections", "images"], "of corrections does not exist"),
    (["train", "--corrections", ""], "corrections '' is not a name"),
    (["relabel", "nowhere", "table.csv", "--output", "new"], "does not exist"),
    (["relabel", "run", "table.csv", "--output", "new"], "are in no file of yours"),
    (["relabel", "run", "table.csv"], "Missing option '--output'"),
    (["relabel", "of-table", "nowhere.csv", "--output", "new.csv"], "does not exist"),
    (["relabel", "of-table", "table.csv", "--output", "table.csv"], "is there already"),
    (["relabel", "of-table", "table.csv", "--output", "new"], "must end in .csv"),
    (["relabel", "of-gone", "table.csv", "--output", "new.csv"], "made with the corrections gone"),
    # Folds
    (["train", "--fold", "2"], "Use K/N, as 1/5"),
    (["train", "--fold", "6/5"], "K from 1 to N, received 6/5"),
    (["train", "--fold", ""], "fold '' is not a name"),
    (["review"], "Name the folder of the review, with --output."),
    (["review", "--output", ""], "The name of the output folder is empty"),
    (["review", "--output", "images"], "holds other files than those of a review"),
    (["review", "--output", "table.csv"], "is a file"),
    (["review", "--output", "new", "--folds", "1"], "folds must lie in 2 … 100, received 1"),
    (["review", "--output", "new", "--folds", "many"], "not a valid integer"),
    (["review", "--output", "new", "--fold", "1/5"], "No such option"),
    (["review", "--output", "new", "--processes", "0"], "processes must be at least 1"),
    (["review", "--output", "new", "--noise", "sym:2"], "must lie in [0, 1)"),
    (["review", "--output", "new", "--strategy", "data-parallel", "--backend", "jax"],
     "must be one-device or mirrored"),
    (["review", "--resume", "nowhere"], "is not the folder of a review"),
    (["review", "--resume", "images", "--folds", "3"], "leave out --folds. Only --processes may"),
    (["review", "--resume", "images", "--b2", "1"], "leave out --b2. Only --processes may be"),
    (["review", "--resume", "torn-review"], "is not that of a review"),
    (["plot", "run", "--output", "curves.jpg"], "must end in .png"),
    (["schedule", "--eta", "nan"], "eta divides"),
    (["schedule", "--b2", "inf"], "b2 must be a finite number"),
    (["schedule", "--eta", "1e-308"], "too large to draw"),
    (["datasets", "--data-dir", "nowhere"], "does not exist"),
    (["datasets", "webvision"], "Did you mean 'webvision-mini'"),
    # Backends and packages
    (["train", "--backend", "jx"], "Did you mean 'jax'"),
    (["train", "--backend", "torch"], "pip install 'cmd-keras[torch]'"),
    (["train", "--strategy", "data-parallel"], "needs the backend jax"),
    (["train", "--strategy", "mirrored", "--backend", "jax"], "is TensorFlow's"),
    (["train", "--strategy", "mirrored", "--method", "truncated-gce"], "does not train with"),
    (["train", "--strategy", "mirrored", "--method", "elr"], "does not train with the strategy"),
    (["train", "--strategy", "data-parallel", "--backend", "jax", "--method", "elr"],
     "remembers each example, which several devices do not share"),
    (["compare", "--output", "new", "--row", "elr", "--strategy", "mirrored"],
     "does not train with the strategy mirrored"),
    (["review", "--output", "new", "--method", "elr", "--strategy", "mirrored"],
     "does not train with the strategy mirrored"),
    (["train"], "Did you mean 'tensorflow'", {"backend": "tensorflo"}),
    (["train"], "must be one of tensorflow, jax, torch", {"backend": "numpy"}),
    (["train"], "pip install 'cmd-keras[torch]'", {"backend": "torch"}),
    (["schedule"], "must be one of tensorflow, jax, torch", {"backend": "openvino"}),
    (["train", "--export", "onnx"], "pip install 'cmd-keras[onnx]'"),
]  # fmt: skip


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    (home / "images/a").mkdir(parents=True)
    (home / "table.csv").write_text("number,class\n1,a\n2,b\n")
    for name, settings in {
        "unknown": {"colour": "red"},
        "huge": {"learning_rate": 10**400},
        "empty": {"network": ""},
        "module": {"backend": "os.path"},
        "code": {"network": "evil:net"},
    }.items():
        (home / f"{name}.json").write_text(json.dumps({"settings": settings}))
    (home / "marked.json").write_text('\ufeff{"settings": {"epochs": 0}}')
    for name, text in {
        "run": '{"settings": {}}',
        "stopped": '{"settings": {}}',
        "torn": '{"settings": {',
        "moved": '{"settings": {"dataset": "folder:gone"}}',
        "of-table": '{"settings": {"dataset": "csv:table.csv", "target": "class"}}',
        "of-gone": '{"settings": {"dataset": "csv:table.csv", "corrections": "gone.csv"}}',
    }.items():
        (home / name).mkdir()
        (home / name / "config.json").write_text(text)
    (home / "torn-review").mkdir()
    (home / "torn-review/review.json").write_text('{"folds": "5", "settings": {}}')
    for name in ("peer_a.keras", "peer_b.keras", "metrics.json"):
        (home / "run" / name).write_text("{")
    before = sorted(home.rglob("*"))
    cases = [{"arguments": arguments, **(also[0] if also else {})} for arguments, _, *also in WRONG]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        cwd=home,
    )
    assert done.returncode == 0, done.stderr
    assert sorted(home.rglob("*")) == before, "nothing is left behind"
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("number", range(len(WRONG)), ids=[" ".join(a) for a, *_ in WRONG])
def test_it_is_said_without_keras(answers, number):
    code, said, error = answers[number]
    assert error is None, said
    assert code == 2, said
    assert WRONG[number][1] in said


def test_a_data_set_that_nobody_knows_is_said_without_tensorflow(tmp_path):
    program = (
        "import atexit, sys\n"
        "from cmd_keras_cli.main import main\n"
        "atexit.register(lambda: print({'tensorflow', 'keras'} & {*sys.modules}))\n"
        "main(['train', '--dataset', 'cifar1o'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path
    )
    assert "Did you mean 'cifar10'" in done.stderr
    assert (done.returncode, done.stdout) == (2, "set()\n")


def test_it_takes_no_time(tmp_path):
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        done = subprocess.run(
            [COMMAND, "train", "--validation-split", "1"], capture_output=True, cwd=tmp_path
        )
        seconds.append(time.perf_counter() - started)
        assert done.returncode == 2
    # 0.3 s on two quiet cores, where Keras alone takes 4.
    assert min(seconds) < 1.0


def test_what_is_right_gets_as_far_as_keras(tmp_path):
    """The finder above does refuse: else nothing would be shown by it."""
    cases = [{"arguments": ["train", "--epochs", "1"]}]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    ((code, _, error),) = json.loads(done.stdout.splitlines()[-1])
    assert code == 1
    assert "was imported" in error
