"""Estimates of noise that were made by nobody."""

import numpy as np

from cmd_keras.label_review import NoiseEstimate


def estimate_of(matrix, rate=0.2, temperature=1.0):
    """One with this matrix; of the rest it matters to no test what it is."""
    return NoiseEstimate(
        rate,
        (rate, rate),
        matrix,
        np.stack([matrix, matrix]),
        temperature=temperature,
        gain=1.0,
        entropy=2.0,
    )
