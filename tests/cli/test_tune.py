"""`cmd-keras tune`: wrong input in a line and exit code 2."""

import pytest
from click.testing import CliRunner
from cmd_keras_cli.main import main

from cmd_keras.run.settings.train_settings import TrainSettings
from cmd_keras.tune.check import begin_folder
from cmd_keras.tune.search import Search


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Name the folder of the search, with --output."),
        (["--trials", "0"], "trials must lie between 1"),
        (["--also", "lr"], "is unknown"),
        (["--also", "rho", "--rho", "0.4"], "rho is to be searched, and is given"),
        (["--validation-split", "0"], "needs a validation share to choose by"),
        (["--mode", "zero", "--self-kd", "ce"], "There is nothing to search"),
        (["--seeds", "0"], "seeds must lie between"),
        (["--processes", "100000"], "processes must be at most"),
        (["--storage", "nonsense"], "The storage nonsense cannot be used"),
        (["--validation-split", "1"], "--validation-split"),
        (["--strategy", "data-parallel"], "strategy must be one-device or mirrored"),
        (["--noise", "sym:7"], "noise rate must lie in"),
    ],
)
def test_wrong_input_is_answered_in_a_line(tmp_path, arguments, said):
    output = [] if not arguments else ["--output", tmp_path / "new"]
    result = CliRunner().invoke(main, ["tune", *map(str, (*arguments, *output))])
    assert result.exit_code == 2
    assert said in result.output
    assert "Traceback" not in result.output
    assert not (tmp_path / "new").exists()


def test_trials_without_the_study_that_knows_them_are_refused(tmp_path):
    begin_folder(Search(TrainSettings()), tmp_path)
    (tmp_path / "trials/0000/seed-0").mkdir(parents=True)
    result = CliRunner().invoke(main, ["tune", "--trials", "1", "--output", str(tmp_path)])
    assert result.exit_code == 2
    assert "has no study.db" in " ".join(result.output.split())
    assert "Traceback" not in result.output
    assert not (tmp_path / "study.db").exists()
