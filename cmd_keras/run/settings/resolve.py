"""Settings with every open value filled in: what a run is made with."""

import dataclasses
from typing import TYPE_CHECKING, Any

from cmd_keras.data.sources.known import source_of
from cmd_keras.errors import InputError
from cmd_keras.networks.names import PRETRAINED_NAMES
from cmd_keras.run.settings.method import named_method
from cmd_keras.run.settings.plan import Plan
from cmd_keras.run.settings.precision import precision_of_keras
from cmd_keras.run.settings.recipes import OF_RECIPE, RECIPES, recipe_for
from cmd_keras.run.settings.train_settings import OPTIONS_OF, TrainSettings
from cmd_keras.run.settings.transition import check_labels
from cmdcore import Method

if TYPE_CHECKING:
    from cmd_keras.data import Dataset

# Photographs of 0 … 255 reach further than this, those of 0 … 1, and standardised ones, do not.
_DARK = 16.0


def plan_for(settings: TrainSettings, dataset: "Dataset") -> Plan:
    """What a run of these settings on these data is made with.

    Args:
        settings: That `check` has nothing against.
        dataset: What they name. Batches become no larger than its training part.

    Raises:
        InputError: if a batch size is given that is larger than the training part, this has
            one class alone, the method cannot be had with as many, its matrix is from a
            review of other labels, or the images are on another scale than the network's.
    """
    count = len(dataset.train)
    if settings.batch_size is not None and settings.batch_size > count:
        raise InputError(
            f"batch_size must be at most the {count:,} training examples of {settings.dataset}, "
            f"and is {settings.batch_size:,}. Choose {min(count, 128)}, or less."
        )
    learned = sorted(set(dataset.given_labels.tolist()))
    if len(learned) < 2:
        raise InputError(
            f"All {count:,} training labels of {settings.dataset} say "
            f"{dataset.class_names[learned[0]]!r}: there is nothing to tell apart. Train with "
            "examples of another class as well, or hold out fewer."
        )
    if settings.transition is not None:
        check_labels(settings.transition, dataset.class_names, settings.noise)
    method, values = _filled(settings, dataset.input_shape, dataset.num_classes)
    _check_brightness(values, dataset)
    if settings.batch_size is None:
        values["batch_size"] = min(count, values["batch_size"])
    filled = dataclasses.replace(settings, **values)
    return Plan(filled, method, filled.to_json())


def _check_brightness(filled: dict[str, Any], dataset: "Dataset") -> None:
    """Require images as ImageNet's for networks that bring these to their scale."""
    named = sorted({filled["network_a"], filled["network_b"]} & {*PRETRAINED_NAMES})
    peaks = getattr(dataset.input_format, "peaks", None)
    if named and peaks is not None and (furthest := peaks[-1]) < _DARK:
        raise InputError(
            f"{named[0]} takes images of 0 … 255, as those of ImageNet, and the images of "
            f"{dataset.name} reach {furthest:g}: to it they are all black. Save them as 0 … 255, "
            "or choose another network."
        )


def resolved(settings: TrainSettings, input_shape: tuple[int, ...] | None = None) -> TrainSettings:
    """The same settings with every open value filled in, whatever the size of the data.

    Args:
        settings: That `check` has nothing against.
        input_shape: Shape of one input, where it is known; it chooses the recipe of data
            that the paper does not name.
    """
    _, values = _filled(settings, input_shape)
    return dataclasses.replace(settings, **values)


def _filled(
    settings: TrainSettings, input_shape: tuple[int, ...] | None, num_classes: int | None = None
) -> tuple[Method | None, dict[str, Any]]:
    """The method, if it needs no more than is known, and every value that was open, by name."""
    one_network = settings.network or settings.network_a or settings.network_b
    name = settings.recipe or recipe_for(settings.dataset, one_network, input_shape)
    recipe = {field: getattr(RECIPES[name], field) for field in OF_RECIPE}
    method, heard = named_method(settings, RECIPES[name].method, num_classes)
    if one_network is not None and one_network != recipe["network"]:
        # ImageNet's weights belong to the recipe's network, not to any other.
        recipe["pretrained"] = False
    if not source_of(settings.dataset)[0].recipe_sizes_images:
        recipe["image_size"] = None
    filled = {k: v for k, v in recipe.items() if getattr(settings, k) is None}
    network = settings.network or filled["network"]
    filled |= {k: getattr(settings, k) or network for k in ("network_a", "network_b")}
    same = filled["network_a"] == filled["network_b"]
    filled["network"] = filled["network_a"] if same else None
    filled |= {"recipe": name, "precision": settings.precision or precision_of_keras()}
    return method, filled | heard


def data_options(settings: TrainSettings) -> dict[str, Any]:
    """What `cmd_keras.data.load` is told besides the name of the set.

    Args:
        settings: Need not be resolved. A recipe that is named says how large the images of
            a folder are.
    """
    options = {name: getattr(settings, name) for name in OPTIONS_OF["data"]}
    sized = source_of(settings.dataset)[0].recipe_sizes_images
    named = settings.recipe if sized else None
    if options["image_size"] is None and named is not None:
        options["image_size"] = RECIPES[named].image_size
    return {**options, "seed": settings.seed}
