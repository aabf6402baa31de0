"""What a user may call a network: a name, a function or a file. Needs no Keras."""

from collections.abc import Collection
from pathlib import Path

from cmd_keras.errors import InputError, did_you_mean

# The networks that have a name, and what they are for.
NAMES = {
    "mlp": "two hidden layers of 512; vectors, tables, tiny images",
    "cnn": "three strided convolutions and a hidden layer of 128; small images on a CPU",
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
    "imagenet_resnet50": "ResNet-50 of keras.applications; pretrained; photographs",
    "inception_resnet_v2": "Inception-ResNet-v2 of keras.applications; pretrained; photographs",
}

# Those of them that can start from weights learned on ImageNet.
PRETRAINED_NAMES = ("imagenet_resnet50", "inception_resnet_v2")


def is_function(network: str) -> bool:
    """Whether this is `module:function`, which has to be imported and called."""
    return ":" in network and not network.endswith(".keras") and network not in NAMES


def check_name(network: str) -> None:
    """Require something that `build` may understand, without building or importing it.

    Args:
        network: As in `build`.

    Raises:
        InputError: if it is neither a known name, nor of the form `module:function`,
            nor an existing file that ends in `.keras`.
    """
    if network in NAMES:
        return
    if network.endswith(".keras"):
        if not Path(network).is_file():
            raise InputError(f"There is no file {network!r}. Give the path of a saved network.")
        return
    if network.endswith((".h5", ".hdf5", ".weights", ".json")):
        raise InputError(
            f"{network!r} is not a .keras file. Load the network in Keras and save it with "
            "network.save('network.keras')."
        )
    if is_function(network):
        module, _, function = network.partition(":")
        if all(part.isidentifier() for part in (*module.split("."), function)):
            return
        raise InputError(
            f"{network!r} is not of the form module:function. Write the module as in an import "
            "statement: for the function build in the file own/net.py, own.net:build."
        )
    raise InputError(
        f"Unknown network {network!r}.{did_you_mean(network, NAMES)} Known: "
        f"{', '.join(NAMES)}. For one of your own, give module:function or a .keras file."
    )


def check_pretrained(network: str) -> None:
    """Require a network that comes with weights.

    Args:
        network: As in `build`.

    Raises:
        InputError: if there are no weights for it.
    """
    if network not in PRETRAINED_NAMES and not network.endswith(".keras"):
        raise InputError(
            f"There are no pretrained weights for {network}, only for "
            f"{', '.join(PRETRAINED_NAMES)} and for .keras files. A function module:function can "
            "load weights itself."
        )


def check_takes_features(network: str) -> None:
    """Require a network that may take vectors `[batch, features]`.

    Args:
        network: As in `build`.

    Raises:
        InputError: if it is known to take images.
    """
    if network in NAMES and network != "mlp":
        raise InputError(
            f"{network} takes images (height, width, channels), and the data are vectors of "
            "features. Use the network mlp, or one of your own."
        )


def check_trusted(network: str, trusted: Collection[str]) -> None:
    """Require that a function is one that the user has named, and not a file alone.

    Args:
        network: As in `build`.
        trusted: Every `module:function` that the user has named.

    Raises:
        InputError: if it is a function that is not among them.
    """
    if is_function(network) and network not in trusted:
        raise InputError(
            f"A file asks to run your function {network}. A file is not believed in that: say it "
            f"yourself, with network={network!r} (or network_a, network_b), or with "
            f"trusted=[{network!r}]."
        )
