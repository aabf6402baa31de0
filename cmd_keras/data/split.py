"""Which examples are held out, where a source does not say; and the one stratified split."""

import hashlib
from collections.abc import Sequence

import numpy as np

from cmd_keras.data import identity
from cmd_keras.data.sources.known import TEST_SPLIT
from cmd_keras.errors import InputError
from cmd_keras.notice import notice

# Of so few examples an accuracy has an error of 10 % and more.
_FEW = 10


def hold_out_test(keys: Sequence[bytes], labels: np.ndarray, share: float) -> np.ndarray:
    """Examples held out for testing: the same ones in every run, whatever its seed.

    Copies are on one side together, as `identity.together` has it; where they are not, it is said.

    Args:
        keys: `n`, what tells each example apart, from `cmd_keras.data.identity`.
        labels: `[n]`, integers.
        share: Part of the examples to hold out, in (0, 1).

    Returns:
        `[n]` booleans, as `hold_out`.

    Raises:
        InputError: if the share is out of range, or each class has one example.
    """
    if not 0.0 < share < 1.0:
        raise InputError(
            f"The test share must lie in (0, 1), received {share:g}. 0.2 holds out 20 %."
        )
    chosen = hold_out(identity.together(keys), labels, share, "test")
    contents = np.array(identity.contents(keys), object)
    identity.say_copies(contents[~chosen], "these data", test=contents[chosen])
    if (count := int(chosen.sum())) < _FEW:
        notice(
            f"{count} of {len(keys)} examples are held out for testing: their accuracy is rough. A "
            "larger share is held out with test_split."
        )
    return chosen


def check_validation(share: float, labels: str) -> None:
    """Require a share of training examples that can be held out, and labels to go with them.

    Args:
        share: Part of the training examples.
        labels: Which of their labels are used.

    Raises:
        InputError: if the share is not in [0, 1), or the labels are not `clean` or `given`.
    """
    if not 0.0 <= share < 1.0:
        raise InputError(
            f"The validation share must lie in [0, 1), received {share:g}. 0.1 holds out 10 % "
            "of the training examples."
        )
    if labels not in ("clean", "given"):
        raise InputError(f"validation_labels must be 'clean' or 'given', received {labels!r}.")


def say_unused_test_split(share: float, where: str) -> None:
    """Say that a share that was asked for is not held out of what has a test part.

    Args:
        share: What was asked for; the default is passed over.
        where: What the data are called.
    """
    if share != TEST_SPLIT:
        notice(f"test_split {share:g} means nothing to {where}, which has its own test part.")


def hold_out(keys: Sequence[bytes], labels: np.ndarray, share: float, salt: str) -> np.ndarray:
    """A random share of the examples, in which an example's own key decides about it alone.

    So no example changes sides when others are added or taken away, or when labels are
    corrected, and results from before and after are over the same held-out examples. Each
    class gives its share as far as chance has it.

    Two exceptions, for very small sets. A class of which every example would be held out
    keeps one, because it could not be learned; that one is held out after all when the
    class grows. And at least one example is held out.

    Args:
        keys: `n`, what tells each example apart. Equal keys are held out together.
        labels: `[n]`, integers.
        share: Probability of being held out, in (0, 1).
        salt: Another one makes another draw.

    Returns:
        `[n]` booleans.

    Raises:
        InputError: if each class has a single example.
    """
    drawn = draws(keys, salt)
    # The last of each class, in the order in which they are drawn.
    order = np.lexsort((drawn, labels))
    last = np.ones(len(labels), bool)
    last[:-1] = labels[order][1:] != labels[order][:-1]
    candidates = np.sort(order[~last])
    if not len(candidates):
        raise InputError(
            f"Each of the {len(labels)} classes has a single example, so none can be held out. "
            "Add examples, or a test part of its own."
        )
    chosen = np.zeros(len(labels), bool)
    chosen[drawn < share] = True
    by_class = np.zeros(labels.max() + 1, bool)
    np.logical_or.at(by_class, labels, ~chosen)
    chosen[order[last]] &= by_class[labels[order[last]]]
    if not chosen.any():
        chosen[candidates[drawn[candidates].argmin()]] = True
    return chosen


def split_stratified(
    labels: np.ndarray, test_size: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """A random split in which each class has its share of both parts.

    Args:
        labels: `[n]`, integers.
        test_size: How many examples are for testing.
        seed: Same seed, same split, as long as no example is added or taken away.

    Returns:
        `[n - test_size]` and `[test_size]`, the numbers of the examples for training and for
        testing.
    """
    # A second that other sources need not wait for.
    from sklearn.model_selection import train_test_split

    numbers = np.arange(len(labels))
    return tuple(train_test_split(numbers, test_size=test_size, random_state=seed, stratify=labels))


def draws(keys: Sequence[bytes], salt: str) -> np.ndarray:
    """Numbers that are always the same for a key and a salt, and random over them.

    Args:
        keys: `n`, what tells each example apart.
        salt: Another one makes another draw.

    Returns:
        `[n]`, in [0, 1).
    """
    return np.array([_draw(salt.encode() + b"\0" + key) for key in keys])


def _draw(key: bytes) -> float:
    return int.from_bytes(hashlib.sha256(key).digest()[:6], "big") / 2**48
