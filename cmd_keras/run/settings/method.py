"""The method of a run, as its settings name it, with its constants."""

import dataclasses
from typing import TYPE_CHECKING, Any

from cmd_keras.errors import InputError
from cmd_keras.run.settings.choice import check_choice
from cmdcore import modes
from cmdcore import self_kd as self_kds
from cmdcore.methods import METHODS, Method

if TYPE_CHECKING:
    from cmd_keras.run.settings.train_settings import TrainSettings

# Settings that name a value which has constants of its own.
_VALUES = {"method": METHODS, "mode": modes.MODES, "self_kd": self_kds.SELF_KD}


def _fields(*choices: type) -> dict[str, Any]:
    """Of these values all constants with their defaults, each once."""
    return {field.name: field.default for choice in choices for field in dataclasses.fields(choice)}


_CONSTANTS = {name: _fields(*choices.values()) for name, choices in _VALUES.items()}
# What is dropped where another name is chosen.
CONSTANTS_OF = {
    "method": tuple(dict.fromkeys(c for constants in _CONSTANTS.values() for c in constants)),
    "mode": tuple(_CONSTANTS["mode"]),
    "self_kd": tuple(_CONSTANTS["self_kd"]),
}


def named_method(settings: "TrainSettings") -> tuple[Method, dict[str, Any]]:
    """The method that these settings name, and every setting that it hears, filled in.

    Raises:
        InputError: if there is no such name, a constant cannot be used, or one is given
            that has no effect.
    """
    options = {name: getattr(settings, name) for name in CONSTANTS_OF["method"]}
    return _heard(settings.method, options)


def _heard(name: str, options: dict[str, Any]) -> tuple[Method, dict[str, Any]]:
    heard: dict[str, Any] = {}
    method = _value("method", name, options, heard)
    for constant, given in options.items():
        if given is not None and constant not in heard:
            _refuse(constant, name, heard)
    return method, heard


def _value(setting: str, name: str, options: dict[str, Any], heard: dict[str, Any]) -> Any:
    """The named value; what it hears is added to `heard`."""
    check_choice(setting, name, _VALUES[setting])
    arguments = {}
    for constant, default in _fields(_VALUES[setting][name]).items():
        given = options[constant]
        heard[constant] = default if given is None else given
        arguments[constant] = (
            _value(constant, heard[constant], options, heard)
            if constant in _VALUES
            else heard[constant]
        )
    try:
        return _VALUES[setting][name](**arguments)
    except ValueError as error:
        raise InputError(str(error)) from None


def _refuse(constant: str, method: str, heard: dict[str, Any]) -> None:
    setting, name = "method", method
    for other in ("mode", "self_kd"):
        if other in heard and constant in _CONSTANTS[other]:
            setting, name = other, heard[other]
    own = _fields(_VALUES[setting][name])
    raise InputError(
        f"{constant} has no effect with {setting}={name}, which has "
        f"{' and '.join(own) or 'no constants'}."
    )
