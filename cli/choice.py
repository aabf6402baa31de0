"""Choices that answer a typing error with the nearest name."""

import difflib
from collections.abc import Iterable
from typing import Any

import click

from cmd_keras.errors import InputError
from cmd_keras.networks.names import NAMES
from cmd_keras.run.settings.transition import matrix_at

# A copy, so that typing errors need not wait for TensorFlow; a test holds it against
# the package.
PARTS = ("test", "validation", "train")


class NearestChoice(click.Choice):
    """`click.Choice` with a suggestion."""

    def get_invalid_choice_message(self, value: str, ctx: click.Context | None) -> str:
        """The message of `click.Choice`, preceded by the name that was probably meant."""
        return unknown(str(value), self.choices)


class NetworkName(click.ParamType):
    """A known network, `module:function`, or a `.keras` file."""

    name = "network"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        """The value as it is, if it can be one of the three."""
        if value not in NAMES and ":" not in value and not value.endswith(".keras"):
            self.fail(
                f"{unknown(value, NAMES)} One of your own is module:function or a .keras file.",
                param,
                ctx,
            )
        return value


class TransitionFile(click.ParamType):
    """A file with a matrix, or a review that estimates one; what it says is taken."""

    name = "transition"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[tuple[float, ...], ...]:
        """The matrix."""
        try:
            return matrix_at(value)
        except InputError as error:
            self.fail(str(error), param, ctx)


def unknown(value: str, known: Iterable[str]) -> str:
    """A sentence about a name that is none of the known ones."""
    known = list(known)
    near = difflib.get_close_matches(value, known, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    return f"{value!r} is unknown.{hint} Known: {', '.join(known)}."
