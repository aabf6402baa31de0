"""What all processes of a run must have alike, and what the first one hands to the others."""

import hashlib
from collections.abc import Mapping

import jax
import numpy as np
from jax.experimental import multihost_utils

from cmd_keras.errors import InputError

# So many bytes are sent at once: JAX holds four for each of them, and a copy a process.
_PIECE = 2**26


def require_same(content: Mapping[str, bytes]) -> None:
    """Require that every process holds the same.

    Args:
        content: By name, as it is called in the message.

    Raises:
        InputError: if one holds something else than the first.
    """
    if other := other_than_first(content):
        number, names = other
        raise InputError(
            f"Process {number} has other {' and '.join(names)} than process 0. Give all "
            "processes the same options and the same data."
        )


def other_than_first(content: Mapping[str, bytes]) -> tuple[int, list[str]] | None:
    """The first process on which something is not as on process 0, and what."""
    digests = [hashlib.sha256(value).digest() for value in content.values()]
    own = np.frombuffer(b"".join(digests), np.uint8).astype(np.int32)
    everywhere = multihost_utils.process_allgather(own)
    everywhere = everywhere.reshape(jax.process_count(), len(content), -1)
    for number, others in enumerate(everywhere):
        same = (others == everywhere[0]).all(axis=-1)
        if not same.all():
            return number, [name for name, agrees in zip(content, same, strict=True) if not agrees]
    return None


def of_first(files: dict[str, bytes]) -> dict[str, bytes]:
    """The files that the first process has, on every process."""
    listing = "\n".join(f"{len(content)} {name}" for name, content in files.items())
    parts = [line.split(" ", 1) for line in _bytes_of_first(listing.encode()).decode().splitlines()]
    content = _bytes_of_first(b"".join(files.values()))
    found, begin = {}, 0
    for size, name in parts:
        found[name] = content[begin : begin + int(size)]
        begin += int(size)
    return found


def _bytes_of_first(content: bytes) -> bytes:
    """The content that the first process has, on every process; of the others it is not read."""
    size = _number_of_first(len(content))
    own = np.frombuffer(content, np.uint8) if jax.process_index() == 0 else None
    pieces = []
    for begin in range(0, size, _PIECE):
        piece = np.zeros(min(_PIECE, size - begin), np.uint8)
        if own is not None:
            piece[:] = own[begin : begin + len(piece)]
        pieces.append(_broadcast(piece))
    return b"".join(pieces)


def _number_of_first(number: int) -> int:
    # As bytes, because JAX makes 32 bits of every whole number.
    return int.from_bytes(
        _broadcast(np.frombuffer(number.to_bytes(8, "little"), np.uint8)), "little"
    )


def _broadcast(values: np.ndarray) -> bytes:
    return multihost_utils.broadcast_one_to_all(values).astype(np.uint8).tobytes()
