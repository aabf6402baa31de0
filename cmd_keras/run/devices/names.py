"""Which strategies there are, and what each needs. Needs no Keras."""

from cmd_keras.errors import InputError
from cmd_keras.run.settings.backend import backend_of_keras
from cmd_keras.run.settings.choice import check_choice
from cmdcore import Method, Remembering

STRATEGIES = ("one-device", "mirrored", "data-parallel")


def check_strategy(name: str | None, asked_backend: str | None = None) -> None:
    """Require a strategy that the backend has.

    Args:
        name: As in `strategy_named`.
        asked_backend: The backend; None is the one that Keras runs on, or will.

    Raises:
        InputError: if there is no such strategy, or the backend does not have it.
    """
    backend = asked_backend or backend_of_keras()
    if name is not None:
        check_choice("strategy", name, STRATEGIES)
    if name == "mirrored" and backend != "tensorflow":
        raise InputError(
            f"The strategy mirrored is TensorFlow's, and the backend is {backend}. Use the backend "
            "tensorflow, or the backend jax with the strategy data-parallel."
        )
    if name == "data-parallel" and backend != "jax":
        raise InputError(
            f"The strategy data-parallel needs the backend jax, and the backend is {backend}. "
            "Choose jax. On one host TensorFlow has the strategy mirrored."
        )


def check_one_memory(method: Method, together: str | None) -> None:
    """Require one device for a method that remembers each example.

    Of several each would remember the examples of its own share of a batch.

    Args:
        method: How the peers learn.
        together: How several devices train, to stand behind "train"; None is one device.

    Raises:
        InputError: if there are several, and the method remembers.
    """
    if together is not None and isinstance(method, Remembering):
        raise InputError(
            f"The method {method} remembers each example, which several devices do not share: it "
            f"does not train {together}. Choose the strategy one-device."
        )
