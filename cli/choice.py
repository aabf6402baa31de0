"""A choice that answers a typing error with the nearest name."""

import difflib

import click

# Known here so that help and typing errors need not wait for TensorFlow; a test
# holds them against the packages.
MODES = ("zero", "all", "static", "progressive")
SELF_KD = ("ce", "ls", "cp", "boot-soft", "proselflc", "mconf")
NETWORKS = ("mlp", "resnet8", "resnet20", "resnet32", "resnet18", "resnet34")


class NearestChoice(click.Choice):
    """`click.Choice` with a suggestion."""

    def get_invalid_choice_message(self, value: str, ctx: click.Context | None) -> str:
        """The message of `click.Choice`, preceded by the name that was probably meant."""
        near = difflib.get_close_matches(str(value), list(self.choices), n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        return f"{value!r} is unknown.{hint} Known: {', '.join(self.choices)}."
