"""Which values of recorded settings are those of their recipe."""

import dataclasses
from typing import TYPE_CHECKING

from cmd_keras.run.settings.method import CONSTANTS_OF, named_method
from cmd_keras.run.settings.recipes import BROUGHT, RECIPES

if TYPE_CHECKING:
    from cmd_keras.run.settings.train_settings import TrainSettings

# What the method hears and no recipe says: how it is made up, whom it learns from, and the noise.
_NEVER = ("mode", "self_kd", "teacher", "transition", "rate")
_CONSTANTS = tuple(name for name in CONSTANTS_OF["method"] if name not in _NEVER)


def filled_by_recipe(settings: "TrainSettings") -> tuple[str, ...]:
    """The settings that another recipe says anew.

    Args:
        settings: Those of a record have every value, and do not tell which the user gave. What
            is equal to the recipe's is taken for the recipe's.

    Returns:
        Names: all that a recipe fills in, and of the constants of the method those that
        are as this recipe has them.

    Raises:
        InputError: if the method, or a value of it, is not known.
    """
    if settings.recipe not in RECIPES:
        return BROUGHT
    without = dataclasses.replace(settings, **dict.fromkeys(_CONSTANTS))
    _, heard = named_method(without, RECIPES[settings.recipe].method)
    same = [c for c in _CONSTANTS if c in heard and heard[c] == getattr(settings, c)]
    return (*BROUGHT, *same)
