"""A network that a function of the user's builds."""

import importlib
import sys
import sysconfig
import traceback
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import keras

from cmd_keras.errors import InputError, did_you_mean, words
from cmd_keras.networks.names import check_trusted
from cmd_keras.networks.user_network.check import check_suits


def call_function(
    network: str,
    input_shape: tuple[int, ...],
    num_classes: int,
    name: str,
    trusted: Collection[str],
) -> keras.Model:
    """Import a function and call it as `function(input_shape, num_classes)`.

    Modules are looked for in the current directory first.

    Args:
        network: `module:function`.
        input_shape: Without the batch.
        num_classes: Number of logits.
        name: What the model is renamed to.
        trusted: The functions that may be imported; as in `build`.

    Returns:
        The model that the function returned.

    Raises:
        InputError: if it is not trusted, there is no such function, it fails, or returns
            anything but a model from `[batch, *input_shape]` to logits
            `[batch, num_classes]`.
    """
    return called(_imported(network, trusted), network, input_shape, num_classes, name)


def called(
    function: Callable[..., Any],
    network: str,
    input_shape: tuple[int, ...],
    num_classes: int,
    name: str,
) -> keras.Model:
    """The model that a function returns for this input.

    Args:
        function: Called as `function(input_shape, num_classes)`.
        network: What the user calls it.
        input_shape: Without the batch.
        num_classes: Number of logits.
        name: What the model is renamed to.

    Raises:
        InputError: if it fails, or returns anything but a model from `[batch, *input_shape]`
            to logits `[batch, num_classes]`.
    """
    shape = tuple(input_shape)
    try:
        model = function(shape, num_classes)
    except (Exception, SystemExit) as error:
        raise InputError(
            f"{network} was called with ({shape}, {num_classes}), its input_shape and num_classes, "
            f"and failed with {_said(error)}."
        ) from error
    if not isinstance(model, keras.Model):
        raise InputError(
            f"{network} must return a keras.Model, and returned {type(model).__name__}."
        )
    check_suits(network, model, shape, num_classes)
    model.name = name
    return model


def _imported(network: str, trusted: Collection[str]) -> Callable[..., Any]:
    # Here, where code of the user's begins to run: whoever forgets to ask is refused.
    check_trusted(network, trusted)
    module_name, _, function_name = network.partition(":")
    # An installed command has its own folder there, where `python -m` has this one.
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module_name}.".startswith(f"{error.name}."):
            raise InputError(
                f"The module {module_name} needs {error.name}, which is not installed."
            ) from error
        raise InputError(
            f"There is no module {error.name}, for {network}. It is looked for in "
            f"{Path.cwd()} and among the installed packages."
        ) from error
    # A script may also end itself when it is imported.
    except (Exception, SystemExit) as error:
        raise InputError(
            f"The module {module_name} could not be imported: {_said(error)}."
        ) from error
    function = getattr(module, function_name, None)
    if not callable(function):
        callables = [key for key, value in vars(module).items() if callable(value)]
        hint = did_you_mean(function_name, callables)
        found = "no" if function is None else f"a {type(function).__name__}, not a function,"
        raise InputError(
            f"The module {module_name} ({getattr(module, '__file__', None)}) has {found} "
            f"{function_name}.{hint}"
        )
    return function


def _said(error: BaseException) -> str:
    """The error, and the last line in a file of the user's that led to it."""
    places = sysconfig.get_paths()
    installed = (__file__, places["stdlib"], places["purelib"], places["platlib"], "<frozen")
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not frame.filename.startswith(installed)]
    where = f" ({own[-1].filename}, line {own[-1].lineno})" if own else ""
    name, said = type(error).__name__, words(error)
    return f"{name if said == name else f'{name}: {said}'}{where}"
