"""What can be said of settings before Keras is imported and the data are read."""

import dataclasses

from cmd_keras.data.sources.check import check_source
from cmd_keras.data.sources.known import OPTIONS, source_of
from cmd_keras.data.sources.prepared.names import check_known
from cmd_keras.errors import InputError
from cmd_keras.networks.names import (
    check_name,
    check_pretrained,
    check_takes_features,
    check_trusted,
)
from cmd_keras.run.devices.names import check_one_memory, check_strategy
from cmd_keras.run.settings.choice import check_choice
from cmd_keras.run.settings.method import named_method
from cmd_keras.run.settings.packages import check_backend, check_export, check_tensorboard
from cmd_keras.run.settings.recipes import RECIPES, Recipe, recipe_for
from cmd_keras.run.settings.teacher import check_teacher
from cmd_keras.run.settings.train_settings import CHOICES, TrainSettings
from cmd_keras.user_path import user_path
from cmdcore import CMD, Method


def check(settings: TrainSettings) -> None:
    """Require settings that a run can begin with, as far as that is known without Keras.

    Neither Keras nor the data are looked into, which take seconds and longer: a wrong
    setting is said at once.

    Raises:
        InputError: naming the first setting that cannot be used, the file or folder that
            is not there, or the package that is not installed.
    """
    for name, choices in CHOICES.items():
        if getattr(settings, name) is not None:
            check_choice(name, getattr(settings, name), choices)
    method, _ = named_method(settings, usual_method(settings))
    check_ranges(settings)
    if settings.teacher is not None:
        check_teacher(settings.teacher)
    _check_networks(settings)
    both = {settings.network_a, settings.network_b}
    if settings.network is not None and None not in both and settings.network not in both:
        raise InputError(
            f"network={settings.network} has no effect beside network_a={settings.network_a} and "
            f"network_b={settings.network_b}. Leave it out."
        )
    options = {name: getattr(settings, name) for names in OPTIONS.values() for name in names}
    variations = {"flip": settings.flip, "pad": settings.pad}
    check_source(settings.dataset, options, variations, settings.test_split)
    if settings.corrections is not None and not user_path(settings.corrections).is_file():
        raise InputError(
            f"The file {settings.corrections} of corrections does not exist. Name a table such as "
            "suspects.csv with a column `action`."
        )
    check_backend(settings.backend)
    check_strategy(settings.strategy, settings.backend)
    several = settings.strategy not in (None, "one-device")
    check_one_memory(method, f"with the strategy {settings.strategy}" if several else None)
    if settings.export is not None:
        check_export(settings.export)
    if settings.tensorboard:
        check_tensorboard()
    # Last, because asking tensorflow-datasets takes half a second.
    check_known(settings.dataset, settings.data_dir)


def check_ranges(settings: TrainSettings) -> None:
    """Require noise and numbers that a run can be made with, where they are given.

    Raises:
        InputError: naming the first setting that is out of range.
    """
    # Only here is numpy needed, which takes as long as all the rest.
    from cmd_keras.data.fold import Fold
    from cmd_keras.data.noise import Noise

    Noise.parse(settings.noise)
    if settings.fold is not None:
        Fold.parse(settings.fold)
    for field in dataclasses.fields(settings):
        value, valid = getattr(settings, field.name), field.metadata.get("valid")
        if valid is not None and value is not None and not valid(value):
            raise InputError(f"{field.name} {field.metadata['must']}, received {value}.")


def _check_networks(settings: TrainSettings) -> None:
    named = [settings.network_a or settings.network, settings.network_b or settings.network]
    for network in filter(None, named):
        check_name(network)
        check_trusted(network, settings.trusted)
    recipe = _known_recipe(settings)
    of_recipe = None if recipe is None else recipe.network
    # Where it is neither named nor of a recipe that is known, only the data will tell.
    for network in filter(None, (network or of_recipe for network in named)):
        if not source_of(settings.dataset)[0].may_hold_images:
            check_takes_features(network)
        if settings.pretrained:
            check_pretrained(network)


def usual_method(settings: TrainSettings) -> Method:
    """The method of the recipe; CMD as the paper has it, where only the data will tell."""
    recipe = _known_recipe(settings)
    return CMD() if recipe is None else recipe.method


def _known_recipe(settings: TrainSettings) -> Recipe | None:
    """The recipe, if that does not depend on what the data turn out to be."""
    if settings.recipe is not None:
        return RECIPES[settings.recipe]
    named = settings.network or settings.network_a or settings.network_b
    small, large = (recipe_for(settings.dataset, named, s) for s in (None, (224, 224, 3)))
    return RECIPES[small] if small == large else None
