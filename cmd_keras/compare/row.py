"""A row of a comparison: a method, by the name that the paper's tables have for it."""

import dataclasses
import shlex
import types
import typing
from typing import Any

from cmd_keras.errors import InputError, did_you_mean
from cmd_keras.run.settings.train_settings import TrainSettings
from cmd_keras.run.settings.transition import matrix_at
from cmdcore import modes
from cmdcore import self_kd as self_kds
from cmdcore.methods import METHODS

# What the paper calls two of the modes.
_PAPER = {"cmd-s": "static", "cmd-p": "progressive"}
# What all rows of a comparison have in common, or what it varies itself.
NOT_OF_A_ROW = (
    "dataset",
    "data_dir",
    "label_key",
    "target",
    "noise",
    "seed",
    "test_split",
    "backend",
    "strategy",
)


@dataclasses.dataclass(frozen=True)
class Row:
    """What distinguishes the runs of one row from those of the others.

    Args:
        name: Of the row, in the table.
        changes: Settings, by name.
    """

    name: str
    changes: dict[str, Any]

    @classmethod
    def parse(cls, text: str) -> "Row":
        """A row as it is written on the command line.

        Args:
            text: `[NAME:] METHOD [setting=value …]`. METHOD is a self-distillation, which
                then passes nothing on (`ce`, `mconf`); a mode and a self-distillation
                (`all+ce`, `cmd-p+mconf`, the same as `progressive+mconf`); or a method
                (`sync-mkd`; `cmd`, as the recipe has it). Without NAME the row is called
                what it does.

        Raises:
            InputError: if there is no such method or setting, or a value is none of it.
        """
        name, colon, rest = text.partition(":")
        if not colon or "=" in name:
            name, rest = "", text
        try:
            words = shlex.split(rest)
        except ValueError as error:
            raise InputError(f"The row {text!r} cannot be read: {error}.") from None
        if not words:
            raise InputError(f"The row {text!r} is empty. Write a method, such as cmd-p+mconf.")
        changes = {} if "=" in words[0] else method_named(words[0])
        for word in words if "=" in words[0] else words[1:]:
            setting, equals, value = word.partition("=")
            if not equals:
                raise InputError(
                    f"{word!r} of the row {text!r} is not understood. After the method write "
                    "setting=value, such as eta=4."
                )
            changes |= _setting(setting.replace("-", "_"), value)
        return cls(name.strip() or " ".join(words), changes)


def method_named(name: str) -> dict[str, str]:
    """The settings that a method of the paper's tables stands for.

    Raises:
        InputError: if there is none of this name.
    """
    if name in METHODS:
        return {"method": name}
    mode, plus, self_kd = name.rpartition("+")
    mode = _PAPER.get(mode, mode) if plus else "zero"
    if mode in modes.MODES and self_kd in self_kds.SELF_KD:
        return {"method": "cmd", "mode": mode, "self_kd": self_kd}
    pairs = [f"{m}+{s}" for m in (*_PAPER, *modes.MODES) for s in self_kds.SELF_KD]
    hint = did_you_mean(name, (*METHODS, *self_kds.SELF_KD, *pairs))
    raise InputError(
        f"Unknown method {name!r}.{hint} Known: {', '.join((*METHODS, *self_kds.SELF_KD))}, and "
        f"of the last {len(self_kds.SELF_KD)} each with what is passed on before it: "
        f"{', '.join((*modes.MODES, *_PAPER))}, as in cmd-p+mconf."
    )


def _setting(name: str, text: str) -> dict[str, Any]:
    hints = typing.get_type_hints(TrainSettings)
    known = {n: hint for n, hint in hints.items() if n not in (*NOT_OF_A_ROW, "trusted")}
    if name in NOT_OF_A_ROW:
        raise InputError(f"{name} is the same in all rows of a comparison, or varied by it.")
    if name not in known:
        hint = did_you_mean(name, known)
        raise InputError(f"Unknown setting {name!r}.{hint} Known: {', '.join(known)}.")
    return {name: value_of(name, text, known[name])}


def value_of(name: str, text: str, annotation: Any) -> Any:
    """A setting's value, read from text.

    Args:
        name: Of the setting.
        text: What was given.
        annotation: What its value is, as `TrainSettings` declares it.

    Raises:
        InputError: if it is none.
    """
    if name == "transition":
        return matrix_at(text)
    kinds = typing.get_args(annotation) if isinstance(annotation, types.UnionType) else ()
    kind = next((k for k in kinds if k is not type(None)), annotation)
    try:
        if kind is bool:
            return {"true": True, "yes": True, "false": False, "no": False}[text.lower()]
        if typing.get_origin(kind) is tuple:
            return tuple(map(typing.get_args(kind)[0], filter(None, text.split(","))))
        return kind(text)
    except (KeyError, ValueError):
        words = {bool: "true or false", int: "a whole number", float: "a number"}
        raise InputError(
            f"{name} must be {words.get(kind, 'a list such as 0.5,0.8')}, received {text!r}."
        ) from None
