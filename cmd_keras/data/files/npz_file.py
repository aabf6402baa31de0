"""Arrays in an npz file, checked."""

import zipfile
import zlib
from pathlib import Path

import numpy as np

from cmd_keras.data.inputs import as_finite_float32
from cmd_keras.errors import InputError, first_line
from cmd_keras.user_path import user_path


def read_arrays(path: str | Path) -> dict[str, np.ndarray]:
    """Every array in an npz file.

    Raises:
        InputError: if there is no such file, it is broken, or holds Python objects.
    """
    path = user_path(path)
    if not path.is_file():
        problem = "is a folder" if path.is_dir() else "does not exist"
        raise InputError(f"The file {path} {problem}; an npz file is needed.")
    if not zipfile.is_zipfile(path) and path.read_bytes()[:6] != b"\x93NUMPY":
        raise InputError(
            f"{path} is no npz file, or a broken one. Write it with np.savez(FILE, x=..., y=...)."
        )
    try:
        # Python objects would be unpickled, which runs whatever code the file holds.
        with np.load(path, allow_pickle=False) as archive:
            names, found = archive.files, {}
            for name in names:
                found[name] = _array(archive, name, path)
            return found
    except InputError:
        raise
    except (AttributeError, TypeError):
        # np.load returns the array itself for an npy file, which is no archive.
        raise InputError(
            f"{path} holds a single array. Save all of them in one file: "
            "np.savez(FILE, x=..., y=...)."
        ) from None
    # The header of an array may ask for any amount of memory.
    except (OSError, EOFError, ValueError, MemoryError, zipfile.BadZipFile, zlib.error) as error:
        raise InputError(
            f"{path} is no npz file, or a broken one ({first_line(error)}). Write it again with "
            "np.savez(FILE, x=..., y=...)."
        ) from None


def take_inputs(found: dict[str, np.ndarray], name: str, path: str | Path) -> np.ndarray:
    """The array of this name as images `[n, height, width, channels]` or vectors `[n, d]`.

    Args:
        found: All arrays of the file.
        name: Of the array.
        path: Where the file is.

    Raises:
        InputError: if there is none, it is neither, or it contains NaN or infinity.
    """
    if name not in found:
        raise InputError(
            f"{path} holds the arrays {', '.join(sorted(found)) or 'none'}; {name} is needed."
        )
    x = found[name]
    if x.ndim not in (2, 3, 4) or 0 in x.shape or x.dtype.kind not in "buif":
        raise InputError(
            f"{name} in {path} must be numbers [n, features], [n, height, width] or "
            f"[n, height, width, channels], received {x.dtype} of the shape {list(x.shape)}."
        )
    if x.dtype.kind == "f":
        # Before anything is held out, so that a message counts as the file does.
        as_finite_float32(x, f"inputs of {name} in {path}")
    return x[..., None] if x.ndim == 3 else x


def _array(archive: np.lib.npyio.NpzFile, name: str, path: Path) -> np.ndarray:
    try:
        return archive[name]
    except ValueError as error:
        if "allow_pickle" not in str(error):
            raise
        raise InputError(
            f"{name} in {path} is an array of Python objects, which are not read. Save texts with "
            f"np.savez(FILE, {name}=np.asarray({name}, dtype=str)), and images of different size "
            "as files in folders."
        ) from None
