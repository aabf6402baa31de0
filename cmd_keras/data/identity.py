"""What tells an example apart from all others, whatever its label and its neighbours are.

It decides whether an example is held out, and shows whether data are those of a run.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from cmd_keras.notice import notice

# Bytes of a content, behind which stands the place among equals; a mere place has fewer.
_CONTENT = hashlib.sha256().digest_size
# What is written of it in a table: of a million examples hardly two have the same.
_WRITTEN = 6
# Copies that are kept together, at most: so many, or this part of all examples.
_MOST_COPIES, _ONE_IN = 10, 20


def identify_files(paths: Sequence[Path]) -> tuple[bytes, ...]:
    """The content of each file: one that is moved, renamed or copied stays what it is.

    Args:
        paths: The files.
    """
    with ThreadPoolExecutor() as pool:
        return tuple(pool.map(_of_file, paths))


def identify_arrays(x: np.ndarray) -> tuple[bytes, ...]:
    """The numbers of each input, in the precision of the networks, and its place among equals.

    Args:
        x: `[n, ...]`, numbers.
    """
    rows = (np.ascontiguousarray(row, np.float32).tobytes() for row in x)
    return _numbered(hashlib.sha256(row).digest() for row in rows)


def identify_texts(rows: Iterable[Iterable[str]]) -> tuple[bytes, ...]:
    """The cells of each row of a table, and its place among equals.

    Args:
        rows: `n` rows of any number of cells.
    """
    return _numbered(hashlib.sha256("\0".join(row).encode()).digest() for row in rows)


def identify_places(count: int) -> tuple[bytes, ...]:
    """The place of each example in a set that never changes."""
    return tuple(str(i).encode() for i in range(count))


def together(keys: Sequence[bytes]) -> tuple[bytes, ...]:
    """Keys of which copies have the same, so that they go to one side together.

    Where fewer than half of the examples are different ones, as rows of a few categories are, that
    is no copy of one example but another example: these keep keys of their own. So do those of
    which there are very many, as black images: one side would be far larger than was asked for.

    Args:
        keys: `n`, what tells each example apart.
    """
    size = _CONTENT
    alike = [key if len(key) <= size else key[:size] + b"0" for key in keys]
    counts = Counter(alike)
    if 2 * len(counts) < len(alike):
        return tuple(keys)
    most = max(_MOST_COPIES, len(alike) // _ONE_IN)
    return tuple(one if counts[one] <= most else own for one, own in zip(alike, keys, strict=True))


def contents(keys: Sequence[bytes]) -> list[bytes]:
    """What copies have in common, however many of them there are."""
    return [key[:_CONTENT] for key in keys]


def written_keys(keys: Sequence[bytes]) -> tuple[str, ...] | None:
    """What a table says of the content of each example, so that another one is not taken for it.

    Args:
        keys: `n`, what tells each example apart.

    Returns:
        `n` texts, of copies the same; None where places tell examples apart, and not contents.
    """
    if any(len(key) < _CONTENT for key in keys):
        return None
    # With a letter in front: a spreadsheet makes a number of 12345678e901.
    return tuple(f"x{key[:_WRITTEN].hex()}" for key in keys)


def is_written_key(text: str) -> bool:
    """Whether a text is one that `written_keys` may have written."""
    return re.fullmatch(f"x[0-9a-f]{{{2 * _WRITTEN}}}", text) is not None


def digest_examples(keys: Sequence[bytes], labels: np.ndarray, class_names: Sequence[str]) -> str:
    """SHA-256 of labelled examples, in hexadecimal.

    Args:
        keys: `n`, what tells each example apart.
        labels: `[n]`, integers.
        class_names: One for each class.
    """
    seen = hashlib.sha256(repr(class_names).encode())
    for key, label in zip(keys, labels.tolist(), strict=True):
        seen.update(b"%d %d " % (label, len(key)) + key)
    return seen.hexdigest()


def say_copies(train: Iterable[bytes], where: str | Path, **parts: Iterable[bytes]) -> None:
    """Say how many examples of other parts are copies of training examples, if any are.

    Args:
        train: What tells each training example apart.
        where: What the data are called.
        parts: The same of each example of the other parts, by what these are called.
    """
    trained = set(train)
    for part, keys in parts.items():
        held_out = set(keys)
        if copies := len(held_out & trained):
            notice(
                f"{copies:,} of {len(held_out):,} different {part} examples of {where} are copies "
                f"of training examples: the {part} accuracy says less about new ones."
            )


def say_contradictions(keys: Sequence[bytes], labels: np.ndarray, where: str | Path) -> None:
    """Say how many examples have copies with another label, of which one at least is wrong.

    Args:
        keys: What tells each example apart, of copies the same.
        labels: `[n]`.
        where: What the data are called.
    """
    found: dict[bytes, set[int]] = {}
    for key, label in zip(keys, labels.tolist(), strict=True):
        found.setdefault(key, set()).add(label)
    if count := sum(len(found[key]) > 1 for key in keys):
        notice(
            f"{count:,} of {len(keys):,} examples of {where} are copies of each other with "
            "different labels."
        )


def _of_file(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()


def _numbered(keys: Iterable[bytes]) -> tuple[bytes, ...]:
    # Rows of a few categories are often equal, and would all fall on one side.
    seen: Counter[bytes] = Counter()
    numbered = []
    for key in keys:
        numbered.append(key + str(seen[key]).encode())
        seen[key] += 1
    return tuple(numbered)
