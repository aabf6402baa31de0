"""How many labels are wrong, and in which way, as far as settings say it."""

from typing import TYPE_CHECKING

from cmd_keras.errors import InputError

if TYPE_CHECKING:
    from cmd_keras.data.noise import Noise
    from cmd_keras.run.settings.train_settings import TrainSettings


def rate_of_noise(text: str) -> float | None:
    """The share of labels that this noise makes wrong; None where there is no noise.

    Args:
        text: As in the settings.

    Raises:
        InputError: if it is no noise.
    """
    noise = _parsed(text)
    return None if noise.kind == "none" else noise.rate


def rate_of_labels(settings: "TrainSettings") -> float:
    """The share of labels that are wrong: what is given, or what the noise makes of it.

    Raises:
        InputError: if neither says it.
    """
    rate = rate_of_noise(settings.noise) if settings.rate is None else settings.rate
    if rate is None:
        raise InputError(
            f"method={settings.method} needs the share of labels that are wrong, and with noise="
            f"{settings.noise} nothing says it. Give it as rate, such as 0.4, or name noise, such "
            "as sym:0.4."
        )
    return rate


def noise_of_labels(settings: "TrainSettings") -> "Noise":
    """In which way labels are wrong: with the kind of the noise, or symmetrically without one.

    Raises:
        InputError: if nothing says how many are, or classes alone do not decide it.
    """
    from cmd_keras.data.noise import Noise

    rate, kind = rate_of_labels(settings), _parsed(settings.noise).kind
    if kind == "inst":
        raise InputError(
            f"method={settings.method} needs a matrix of how classes are taken for others, and "
            f"noise={settings.noise} depends on the input. Take sym or pair noise, or another "
            "method."
        )
    return Noise("sym" if kind == "none" else kind, rate)


def _parsed(text: str) -> "Noise":
    # Only here is numpy needed, which takes as long as all the rest.
    from cmd_keras.data.noise import Noise

    return Noise.parse(text)
