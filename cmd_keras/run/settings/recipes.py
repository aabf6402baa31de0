"""How to train on a data set, where the user does not say: appendix A.2 of the paper.

Every value can be overridden, and `config.json` records what was used. Drops of the
learning rate are written as fractions of the epochs, so that they move along when a
run is made shorter.
"""

import dataclasses

from cmd_keras.data.sources.known import source_of
from cmdcore import CMD, Mconf, Method, Progressive


@dataclasses.dataclass(frozen=True)
class Recipe:
    """The settings that go with a kind of data.

    Args:
        network: Of both peers.
        epochs: Gamma.
        batch_size: Examples in a step.
        learning_rate: At the start.
        weight_decay: Coupled, on every trainable variable.
        milestones: Where the learning rate drops, as fractions of `epochs`.
        decay: What the learning rate is multiplied with there.
        pretrained: Whether the peers start from ImageNet weights.
        image_size: Side of the images, where they vary in size.
        method: How the peers learn, with its constants. A user who names another method,
            mode or self-distillation gets that one's own constants. All recipes hear the
            same ones, so that they are known before the data have chosen the recipe.
    """

    network: str
    epochs: int
    batch_size: int
    learning_rate: float
    weight_decay: float
    milestones: tuple[float, ...]
    decay: float
    pretrained: bool = False
    image_size: int | None = None
    method: Method = dataclasses.field(default_factory=CMD)


# The settings that a recipe fills in; what it says of the method is read with the method.
OF_RECIPE = tuple(field.name for field in dataclasses.fields(Recipe) if field.name != "method")
# With what follows from its network: what another recipe says anew.
BROUGHT = (*OF_RECIPE, "network_a", "network_b")

# Not eq. 8, which passes on refined labels, and not the paper's rho = 0.5. Of what was tried
# these had the best accuracy on validation shares of digits and of a table, by which the paper
# chose its constants, too: docs/results/README.md. Images that nothing was tried on have them
# as well.
_PREDICTIONS = CMD(Mconf(rho=0.4), Progressive(eta=4.0, b2=-5.0), knowledge="prediction")
# Trust that begins sooner: chosen in the same way, on digits, and on CIFAR-10 images with five
# kinds of noise. With rho = 0.1 networks lose classes of both where fewer labels are wrong.
_PREDICTIONS_SOONER = CMD(Mconf(rho=0.3), Progressive(eta=4.0, b2=-5.0), knowledge="prediction")

RECIPES = {
    # Half a minute on two cores, and long enough for plain cross entropy to memorise
    # 40 % of wrong labels: it then agrees with 98 % of the given labels.
    "digits": Recipe("mlp", 40, 64, 0.1, 1e-3, (0.5, 0.8), 0.1, method=_PREDICTIONS_SOONER),
    "table": Recipe("mlp", 40, 128, 0.02, 1e-3, (0.5, 0.8), 0.1, method=_PREDICTIONS),
    # Minutes on two cores; without shifts and mirror images plain cross entropy memorises
    # four fifths of the wrong labels of 10,000 CIFAR-10 images.
    "cnn": Recipe("cnn", 20, 128, 0.02, 5e-4, (0.5, 0.8), 0.1, method=_PREDICTIONS_SOONER),
    "small-images": Recipe("resnet20", 100, 128, 0.1, 5e-4, (0.5, 0.8), 0.1, method=_PREDICTIONS),
    # CIFAR-100 with ResNet34: divided by 10 at epochs 50 and 80 of 100.
    "cifar": Recipe("resnet34", 100, 128, 0.1, 5e-4, (0.5, 0.8), 0.1),
    # CIFAR-100 with ResNet18 and ShuffleNetV2: divided by 5 at 60, 120 and 160 of 200.
    "cifar-200": Recipe("resnet18", 200, 128, 0.1, 5e-4, (0.3, 0.6, 0.8), 0.2),
    # For CIFAR-100 with ResNet50 the paper points to the settings of its reference
    # [25], CDR, without printing them: divided by 10 at 40 and 80 of 100.
    "cifar-resnet50": Recipe("resnet50", 100, 32, 0.01, 1e-3, (0.4, 0.8), 0.1),
    "food101": Recipe("imagenet_resnet50", 100, 32, 0.01, 5e-4, (0.5, 0.8), 0.1, True, 224),
    # What is passed on apart, the paper's for photographs.
    "photographs": Recipe(
        "imagenet_resnet50", 100, 32, 0.01, 5e-4, (0.5, 0.8), 0.1, True, 224, _PREDICTIONS
    ),
    # "Divided by 10 in each epoch after the 40th" would end at 1e-42; it is read as one
    # drop at epoch 40 of 80, as in the works that the paper compares with.
    "webvision": Recipe("inception_resnet_v2", 80, 32, 0.01, 5e-4, (0.5,), 0.1, False, 299),
}


def recipe_for(dataset: str, network: str | None, input_shape: tuple[int, ...] | None) -> str:
    """The name of the recipe that fits.

    Args:
        dataset: As on the command line.
        network: What the user asked for, or None.
        input_shape: Shape of one input of the networks, without the batch, or None
            before the data have been looked at.

    Returns:
        A key of `RECIPES`. Sets that the paper does not name go by the shape of their
        inputs; without a shape they are taken for small images.
    """
    if network == "cnn":
        return "cnn"
    if dataset in ("digits", "food101"):
        return dataset
    if dataset.split("/")[0].removesuffix("_n") in ("cifar10", "cifar100"):
        if network is not None and network.startswith(("resnet18", "shufflenet_v2")):
            return "cifar-200"
        return "cifar-resnet50" if network == "resnet50" else "cifar"
    if not source_of(dataset)[0].may_hold_images:
        return "table"
    if input_shape is None:
        return "small-images"
    if len(input_shape) == 1:
        return "table"
    if min(input_shape[:2]) < 16:
        # That of the digits was chosen on these alone: with 200 examples it is worse.
        return "table"
    return "small-images" if max(input_shape[:2]) <= 64 else "photographs"
