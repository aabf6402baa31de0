"""Choices that answer a typing error with the nearest name."""

import difflib
from collections.abc import Iterable
from typing import Any

import click

# Known here so that help and typing errors need not wait for TensorFlow; a test
# holds them against the packages.
MODES = ("zero", "all", "static", "progressive")
SELF_KD = ("ce", "ls", "cp", "boot-soft", "proselflc", "mconf")
RECIPES = (
    "digits",
    "table",
    "small-images",
    "cifar",
    "cifar-200",
    "cifar-resnet50",
    "food101",
    "webvision",
)
EXPORTS = ("saved_model", "onnx")
PRECISIONS = ("float32", "mixed_bfloat16", "mixed_float16")
PARTS = ("test", "validation", "train")
NETWORKS = {
    "mlp": "two hidden layers of 512; vectors, tables, tiny images",
    "resnet8": "ResNet, depth 8, 16 to 64 channels; small images",
    "resnet20": "ResNet, depth 20",
    "resnet32": "ResNet, depth 32",
    "resnet44": "ResNet, depth 44",
    "resnet56": "ResNet, depth 56",
    "resnet18": "ResNet-18 with a 3×3 stem, 64 to 512 channels; small images",
    "resnet34": "ResNet-34 with a 3×3 stem; the recipe for CIFAR-10 and -100",
    "resnet50": "ResNet-50 with a 3×3 stem",
    "shufflenet_v2_x0.5": "ShuffleNetV2 ×0.5 with a 3×3 stem; small images",
    "shufflenet_v2_x1": "ShuffleNetV2 ×1",
    "shufflenet_v2_x1.5": "ShuffleNetV2 ×1.5",
    "imagenet_resnet50": "ResNet-50 of keras.applications; --pretrained; photographs",
    "inception_resnet_v2": "Inception-ResNet-v2 of keras.applications; --pretrained; photographs",
}


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
        if value not in NETWORKS and ":" not in value and not value.endswith(".keras"):
            self.fail(
                f"{unknown(value, NETWORKS)} One of your own is module:function or a .keras file.",
                param,
                ctx,
            )
        return value


def unknown(value: str, known: Iterable[str]) -> str:
    """A sentence about a name that is none of the known ones."""
    known = list(known)
    near = difflib.get_close_matches(value, known, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    return f"{value!r} is unknown.{hint} Known: {', '.join(known)}."
