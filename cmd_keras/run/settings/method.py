"""The method of a run, as its settings name it, with its constants."""

import dataclasses
from typing import TYPE_CHECKING, Any

from cmd_keras.errors import InputError
from cmd_keras.run.settings.choice import check_choice
from cmd_keras.run.settings.noise_rate import noise_of_labels, rate_of_labels
from cmd_keras.run.settings.transition import check_size
from cmdcore import modes
from cmdcore import self_kd as self_kds
from cmdcore.methods import METHODS, Method, Taught
from cmdcore.value import without_default

if TYPE_CHECKING:
    from cmd_keras.run.settings.train_settings import TrainSettings

# Settings that name a value which has constants of its own.
_VALUES = {"method": METHODS, "mode": modes.MODES, "self_kd": self_kds.SELF_KD}
# A matrix that, where it is not given, follows from a rate, the kind of noise and the number of
# classes.
_MATRIX, _RATE = "transition", "rate"
# A setting that a method hears, and is no constant of it: whom it learns from.
_TEACHER = "teacher"


def _fields(*choices: type) -> tuple[str, ...]:
    """The names of all settings that are constants of these values, each once."""
    names = [field.name for choice in choices for field in dataclasses.fields(choice)]
    also = [_RATE] if _MATRIX in names else []
    return tuple(dict.fromkeys((*also, *names)))


_CONSTANTS = {name: _fields(*choices.values()) for name, choices in _VALUES.items()}
# What is dropped where another name is chosen.
CONSTANTS_OF = {
    "method": (*dict.fromkeys(c for own in _CONSTANTS.values() for c in own), _TEACHER),
    "mode": _CONSTANTS["mode"],
    "self_kd": _CONSTANTS["self_kd"],
}


def named_method(
    settings: "TrainSettings", usual: Method | None = None, num_classes: int | None = None
) -> tuple[Method | None, dict[str, Any]]:
    """The method that these settings name, and every setting that it hears, filled in.

    Args:
        settings: Of which some may be open. How many labels are wrong is then what the noise
            makes of it.
        usual: The method of the recipe: what is open is as there, as long as what is named
            is the same method, mode or self-distillation; None is each one's own default.
        num_classes: C; None before the data are known. A method that is made of it is None
            then.

    Raises:
        InputError: if there is no such name, a constant cannot be used or is not known, or one
            is given that has no effect.
    """
    check_choice("method", settings.method, METHODS)
    choice = METHODS[settings.method]
    options = {name: getattr(settings, name) for name in CONSTANTS_OF["method"]}
    if _RATE in _fields(choice) and settings.transition is None:
        options[_RATE] = rate_of_labels(settings)
    heard: dict[str, Any] = {}
    if issubclass(choice, Taught):
        heard[_TEACHER] = _named_teacher(settings)
    if _MATRIX in without_default(choice) and settings.transition is not None:
        if settings.rate is not None:
            raise InputError(
                "transition says how many labels are wrong, and rate is given as well. Leave one "
                "of them out."
            )
        heard[_MATRIX] = settings.transition
        method = _made(choice, {_MATRIX: settings.transition})
        if num_classes is not None:
            check_size(settings.transition, num_classes)
    elif _MATRIX in without_default(choice):
        heard[_RATE], noise = options[_RATE], noise_of_labels(settings)
        known = num_classes is not None
        method = _made(choice, {_MATRIX: noise.transition(num_classes)}) if known else None
    else:
        method = _value("method", settings.method, options, usual, heard)
    for constant, given in options.items():
        if given is not None and constant not in heard:
            _refuse(constant, settings.method, heard)
    return method, heard


def _named_teacher(settings: "TrainSettings") -> str:
    if settings.teacher is None:
        raise InputError(
            f"method={settings.method} learns from a teacher, and none is named. Give it as "
            "teacher: a .keras file, or the folder of a run that has ended."
        )
    return settings.teacher


def _value(
    setting: str, name: str, options: dict[str, Any], usual: Any, heard: dict[str, Any]
) -> Any:
    """The named value; what it hears is added to `heard`."""
    check_choice(setting, name, _VALUES[setting])
    choice, arguments = _VALUES[setting][name], {}
    defaults = _defaults(choice, usual)
    for constant in _fields(choice):
        given, default = options[constant], defaults[constant]
        if constant in _VALUES:
            named = _name_of(constant, default) if given is None else given
            heard[constant] = named
            arguments[constant] = _value(constant, named, options, default, heard)
        else:
            heard[constant] = arguments[constant] = default if given is None else given
    return _made(choice, arguments)


def _defaults(choice: type, usual: Any) -> dict[str, Any]:
    """What each constant is where it is open; what has no default never is."""
    if without_default(choice):
        return {field.name: field.default for field in dataclasses.fields(choice)}
    usual = usual if type(usual) is choice else choice()
    return {constant: getattr(usual, constant) for constant in _fields(choice)}


def _made(choice: type, arguments: dict[str, Any]) -> Any:
    try:
        return choice(**arguments)
    except ValueError as error:
        raise InputError(str(error)) from None


def _name_of(setting: str, value: Any) -> str:
    return next(name for name, choice in _VALUES[setting].items() if choice is type(value))


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
