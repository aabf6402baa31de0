"""Which axis of an array is which, where another order would fit by accident."""

import itertools
import math
from collections.abc import Sequence

from cmd_keras.errors import InputError

# Grey, colour, colour with transparency.
_CHANNELS = (1, 3, 4)

# Two axes from here on are height and width even if they differ.
_SIDE = 8


def refuse_channels_first(shape: Sequence[int], name: str, path: str) -> None:
    """Refuses images as PyTorch orders them.

    Of those images that are wider than high, with as many channels as columns, nearly
    none are in the right order; of those 1, 3 or 4 pixels high, with 8 columns and
    channels or more, neither.

    Args:
        shape: `[n, ...]`, of any array.
        name: What the array is called.
        path: Where it is from.

    Raises:
        InputError: with the transpose to make, and what to do if the order is right.
    """
    if len(shape) != 4:
        return
    n, first, second, last = shape
    if last in (1, 2, 3, 4):
        return
    are_sides = min(second, last) >= _SIDE
    of_few = first in _CHANNELS and (second == last or are_sides)
    if of_few or (first < second == last and are_sides):
        raise InputError(
            f"{name} in {path} has the shape [{n}, {first}, {second}, {last}]: images of "
            f"{second}×{last} with the {_channels(first)} in front, as PyTorch has them. The "
            f"channels belong at the end, [n, height, width, channels]: save "
            f"{name}.transpose(0, 2, 3, 1). If they are {first} high and {second} wide indeed and "
            f"have {last} channels, save {name}.transpose(0, 2, 1, 3)."
        )


def advise_examples_first(shape: Sequence[int], count: int, name: str) -> str:
    """How to bring the axis of this length to the front, as a sentence, or nothing.

    Args:
        shape: Of an array whose first axis has another length.
        count: How many examples there are.
        name: What the array is called.
    """
    places = [axis for axis, length in enumerate(shape) if length == count and axis > 0]
    if not places:
        return ""
    if len(shape) == 2:
        change = f"{name}.T" if shape[0] > 1 else f"{name}.ravel()"
    else:
        change = f"np.moveaxis({name}, {places[-1]}, 0)"
    return f" The examples of {name}, of the shape {list(shape)}, belong in front: save {change}."


def advise_change(shape: Sequence[int], wanted: Sequence[int]) -> str:
    """How x becomes `[n, *wanted]`, as a sentence with a space before it, or nothing.

    Args:
        shape: Of x.
        wanted: Of one input of the network.
    """
    shape, wanted = tuple(shape), tuple(wanted)
    change = None
    if shape == wanted or (*shape, 1) == wanted:
        change = "x[None], as it is a single one"
    elif len(shape) == len(wanted) + 1:
        # Channels first before anything else, then whichever order comes to mind last.
        orders = [(0, 2, 3, 1), *itertools.permutations(range(len(shape)))]
        fits = (o for o in orders if len(o) == len(shape) and _permuted(shape, o) == wanted)
        order = next(fits, None)
        change = None if order is None else f"x.transpose{order}"
    elif len(wanted) == 1 and math.prod(shape[1:]) == wanted[0]:
        change = "x.reshape(len(x), -1)"
    return "" if change is None else f" Save {change}."


def _permuted(shape: tuple[int, ...], order: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(shape[axis] for axis in order[1:])


def _channels(count: int) -> str:
    return "channel" if count == 1 else f"{count} channels"
