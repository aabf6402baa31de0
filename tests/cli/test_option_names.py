"""What the package calls settings is called options on the command line."""

import click
import pytest
from cmd_keras_cli.main import main
from cmd_keras_cli.option_names import as_options


def said(command, message):
    """The message while a command runs."""
    with click.Context(main.commands[command]):
        return as_options(message)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (
            "Name it: parts='my split', or ignore='b'.",
            "Name it: --parts 'my split', or --ignore b.",
        ),
        ("Or flip=False, or flip=True.", "Or --no-flip, or --flip."),
        ("epochs=3. Then more.", "--epochs 3. Then more."),
        ("rho=0.5.", "--rho 0.5."),
        ("eta has no effect with mode=zero.", "--eta has no effect with --mode zero."),
        ("It has self_kd and mode.", "It has --self-kd and --mode."),
        ("Leave out validation_split, or", "Leave out --validation-split, or"),
    ],
)
def test_settings_become_options(message, expected):
    assert said("train", message) == expected


@pytest.mark.parametrize(
    "message",
    [
        "Write it behind the method, as in 'cmd-p+mconf eta=4'.",
        "Cannot read /photos/data_dir/a.png.",
        "There is no example 'batch_size'.",
        "The noise rate must lie in [0, 1).",
        "The mode of the run and its seed.",
        "runs/a/config.json: data_dir is missing.",
        "my_batch_size and batch_sizes are names.",
        "For DMI(warmup=0.55, weight=0.0001), and CMD(Mconf(rho=0.4), Progressive(eta=4.0, b2=-5.0)).",
    ],
)
def test_what_is_no_setting_stays(message):
    assert said("train", message) == message


def test_a_command_has_its_own_options_alone():
    assert said("evaluate", "data_dir and eta=4") == "--data-dir and eta=4"
    assert as_options("data_dir") == "data_dir"
