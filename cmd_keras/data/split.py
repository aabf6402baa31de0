"""Which examples are held out for testing, where a source does not say."""

import numpy as np

from cmd_keras.errors import InputError

# The same examples are the test part in every run, whatever its seed.
_SPLIT_SEED = 0


def test_part(labels: np.ndarray, share: float) -> np.ndarray:
    """Examples held out for testing, in the proportions of the classes.

    Every class keeps at least one training example, so that no class is tested
    that could not be learned.

    Args:
        labels: `[n]`, integers.
        share: Part of the examples to hold out, in (0, 1).

    Returns:
        `[n]` booleans, always the same for the same labels and share.

    Raises:
        InputError: if the share is out of range, or each class has one example.
    """
    if not 0.0 < share < 1.0:
        raise InputError(
            f"The test share must lie in (0, 1), received {share:g}. 0.2 holds out 20 %."
        )
    rng = np.random.default_rng(_SPLIT_SEED)
    mixed = rng.permutation(len(labels))
    by_class = mixed[np.argsort(labels[mixed], kind="stable")]
    sorted_labels = labels[by_class]
    candidates = by_class[1:][sorted_labels[1:] == sorted_labels[:-1]]
    if not len(candidates):
        raise InputError(
            f"Each of the {len(labels)} classes has a single example, so none can be held out for "
            "testing. Add examples, or a test part of its own."
        )
    count = min(max(1, round(share * len(labels))), len(candidates))
    # Evenly spaced in a list sorted by class: each class gives its share, rounded.
    chosen = np.linspace(0, len(candidates), count, endpoint=False) + rng.random() * (
        len(candidates) / count
    )
    held_out = np.zeros(len(labels), bool)
    held_out[candidates[chosen.astype(int)]] = True
    return held_out
