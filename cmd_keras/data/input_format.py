"""How a file of the user's becomes an input of a network that is trained.

Each source of data leaves one of these behind. A network fed by it sees of a file
exactly what it would have seen of it in the test set.
"""

import abc
import dataclasses
import typing
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from cmd_keras.data.augment import Augmentation
from cmd_keras.data.batches import read_ahead
from cmd_keras.data.files import array_scale, axes, npz_file, resizing
from cmd_keras.data.files.column_numbers import find_number_format
from cmd_keras.data.files.image_files import decode_image, read_headers, read_images
from cmd_keras.data.files.path_text import spell_path
from cmd_keras.data.files.table_file import read_table
from cmd_keras.data.files.table_vectors import build_columns, encode_rows
from cmd_keras.data.inputs import as_finite_float32
from cmd_keras.data.spelling.number_format import NumberFormat
from cmd_keras.errors import InputError
from cmd_keras.notice import notice
from cmd_keras.typed import is_a
from cmd_keras.user_path import user_path


@dataclasses.dataclass(frozen=True)
class InputFormat(abc.ABC):
    """What all formats have in common.

    Args:
        shape: Of one input of the network.
    """

    shape: tuple[int, ...]

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "InputFormat":
        """The format that `to_json` wrote.

        Raises:
            InputError: if it is none.
        """
        kind = values.get("kind") if isinstance(values, dict) else values
        if not isinstance(kind, str) or kind not in _FORMATS:
            raise InputError(f"Unknown input format {kind!r}. Known: {', '.join(_FORMATS)}.")
        fields = {k: _with_tuples(v) for k, v in values.items() if k != "kind"}
        known = typing.get_type_hints(_FORMATS[kind])
        for name, value in fields.items():
            if name in known and not is_a(value, known[name]):
                raise InputError(
                    f"Cannot read the input format {kind}: {name} cannot be {value!r}."
                )
        try:
            return _FORMATS[kind](**fields)
        except TypeError as error:
            raise InputError(f"Cannot read the input format {kind}: {error}.") from None

    def to_json(self) -> dict[str, Any]:
        """What `from_json` reads."""
        return {"kind": self.kind, **dataclasses.asdict(self)}

    @property
    def kind(self) -> str:
        """`image`, `array` or `table`."""
        return next(kind for kind, format_ in _FORMATS.items() if isinstance(self, format_))

    @abc.abstractmethod
    def read(
        self, paths: Sequence[str | Path], feature_space: keras.utils.FeatureSpace | None = None
    ) -> tuple[list[str], np.ndarray | tf.data.Dataset]:
        """The inputs in some files, as `predict` takes them.

        Args:
            paths: The files.
            feature_space: The one that was adapted in training, for tables.

        Returns:
            A name for each input, and float32 inputs `[n, *shape]`: images as
            batches, all others as an array.

        Raises:
            InputError: if a file cannot be read, or holds something else.
        """


@dataclasses.dataclass(frozen=True)
class ImageFormat(InputFormat):
    """A file is one image.

    Args:
        shape: `(height, width, channels)`.
        resized: What the shorter side is brought to before the centre is cut
            out; None stretches the whole image to `shape`.
        bits: 8, where pixels are whole numbers; 16, where they have fractions, because
            images with 16 bits a channel were among those for training. They run from 0
            to 255 in both.
    """

    resized: int | None = None
    bits: int = 8

    @classmethod
    def cropping(cls, image_size: int, channels: int, bits: int = 8) -> "ImageFormat":
        """Images of any size, of which squares of this side are cut out.

        Args:
            image_size: The side, in pixels.
            channels: 1 for grey, 3 for colour.
            bits: 8 or 16, as of the class.

        Raises:
            InputError: if the side is too small or too large.
        """
        if not 8 <= image_size <= 2048:
            raise InputError(f"image_size must lie in 8 … 2048, received {image_size}.")
        shape = (image_size, image_size, channels)
        return cls(shape, resizing.side_before_crop(image_size), bits)

    @property
    def cropped(self) -> int | None:
        """Side of the square that is cut out; None if nothing is."""
        return None if self.resized is None else self.shape[0]

    @property
    def channels(self) -> int:
        """1 for grey, 3 for colour."""
        return self.shape[-1]

    @property
    def decoded_shape(self) -> tuple[int, int, int]:
        """Of an image before the crop."""
        return self.shape if self.resized is None else (self.resized, self.resized, self.channels)

    @property
    def dtype(self) -> type[np.number]:
        """Of an image before the crop."""
        return np.uint8 if self.bits == 8 else np.float32

    def decode(self, content: tf.Tensor) -> tf.Tensor:
        """An array of `decoded_shape` of the content of a file."""
        return self.resize(decode_image(content, self.channels, self.bits))

    def resize(self, image: tf.Tensor) -> tf.Tensor:
        """An image of any size, brought to `decoded_shape`."""
        if self.resized is None:
            return resizing.stretch(image, *self.shape[:2])
        return resizing.cut_square(image, self.resized)

    def read(
        self, paths: Sequence[str | Path], feature_space: keras.utils.FeatureSpace | None = None
    ) -> tuple[list[str], tf.data.Dataset]:
        """See `InputFormat.read`; each image is named by its path."""
        paths = [user_path(path) for path in _at_least_one(paths)]
        deep = read_headers(paths).of_16_bits
        if deep and self.bits == 8:
            notice(
                f"{deep:,} of {len(paths):,} images have 16 bits a channel. They are rounded to 8, "
                "which all had that the networks were trained on."
            )
        images = read_images(paths, self.decode, self.decoded_shape, self.dtype)
        centre = Augmentation(crop=self.cropped).centre
        batches = images.batches_in_order(256).map(centre, tf.data.AUTOTUNE)
        return [spell_path(path) for path in paths], read_ahead(batches)


@dataclasses.dataclass(frozen=True)
class ArrayFormat(InputFormat):
    """A file is an npz with the array `x`, `[n, *shape]`.

    Args:
        shape: Of one input.
        peaks: `peaks_of` the images for training; None if they are no images, or of an
            earlier version, which did not look at their scale.
    """

    peaks: array_scale.Peaks | None = None

    @classmethod
    def of_inputs(cls, x: np.ndarray) -> "ArrayFormat":
        """The format of arrays like this one.

        Args:
            x: `[n, *shape]`, the inputs for training.
        """
        return cls(x.shape[1:], array_scale.peaks_of(x) if x.ndim == 4 else None)

    def read(
        self, paths: Sequence[str | Path], feature_space: keras.utils.FeatureSpace | None = None
    ) -> tuple[list[str], np.ndarray]:
        """See `InputFormat.read`; inputs are named `FILE[0]` and so on."""
        names, parts = [], []
        for path in _at_least_one(paths):
            found = npz_file.read_arrays(path)
            x = npz_file.take_inputs(found, "x", path)
            if x.shape[1:] != self.shape:
                raise InputError(
                    f"x in {path} has the shape {x.shape}; the networks were trained on "
                    f"{('n', *self.shape)}.".replace("'", "")
                    + axes.advise_change(found["x"].shape, self.shape)
                )
            names += [f"{path}[{i}]" for i in range(len(x))]
            parts.append(as_finite_float32(x, f"inputs in {path}"))
        inputs = np.concatenate(parts)
        if self.peaks is not None:
            more = f" and {len(paths) - 1} more" * (len(paths) > 1)
            array_scale.check_scale(inputs, self.peaks, f"{paths[0]}{more}")
        return names, inputs


@dataclasses.dataclass(frozen=True)
class TableFormat(InputFormat):
    """A file is a CSV table with the columns that the networks were trained on.

    Args:
        shape: `(features,)`.
        numeric: Columns of numbers, each with its mean over the training rows,
            which stands in for a missing cell.
        categorical: Columns of categories.
        written: Columns of numbers that were not written plainly in training, each with
            the style and the unit of its `NumberFormat`.
        scales: Columns of numbers that float32 cannot hold, each with what is subtracted
            from it, and what it is divided by then.
    """

    numeric: dict[str, float] = dataclasses.field(default_factory=dict)
    categorical: tuple[str, ...] = ()
    written: dict[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    scales: dict[str, tuple[float, float]] = dataclasses.field(default_factory=dict)

    @classmethod
    def of_columns(
        cls,
        shape: tuple[int, ...],
        means: dict[str, float],
        formats: dict[str, NumberFormat],
        scales: dict[str, tuple[float, float]],
        categorical: tuple[str, ...],
    ) -> "TableFormat":
        """The format of tables with these columns, as they are written in training.

        Args:
            shape: `(features,)`.
            means: Columns of numbers, and what stands in for a missing one.
            formats: How the numbers of each are written.
            scales: What those are brought to first that float32 cannot hold.
            categorical: Columns of categories.
        """
        other = {k: f for k, f in formats.items() if not f.is_plain}
        written = {name: dataclasses.astuple(style) for name, style in other.items()}
        return cls(shape, means, categorical, written, scales)

    def read(
        self, paths: Sequence[str | Path], feature_space: keras.utils.FeatureSpace | None = None
    ) -> tuple[list[str], np.ndarray]:
        """See `InputFormat.read`; inputs are named `FILE line 2` and so on."""
        if feature_space is None:
            raise InputError("A table is read with the FeatureSpace saved in training.")
        names, parts = [], []
        for path in _at_least_one(paths):
            file = read_table(path)
            file.check_columns([*self.numeric, *self.categorical])
            if not len(file.cells):
                raise InputError(f"{path} has no rows below its first line.")
            formats = {
                name: find_number_format(file, name, NumberFormat(*self.written.get(name, ())))
                for name in self.numeric
            }
            columns = build_columns(
                file, self.numeric, formats, self.scales, self.categorical, feature_space
            )
            names += file.name_rows(np.arange(len(file.cells)))
            parts.append(encode_rows(columns, feature_space))
        return names, np.concatenate(parts)


_FORMATS = {"image": ImageFormat, "array": ArrayFormat, "table": TableFormat}


def _with_tuples(value: Any) -> Any:
    """A value from JSON, with tuples in place of lists."""
    if isinstance(value, dict):
        return {key: _with_tuples(item) for key, item in value.items()}
    return tuple(map(_with_tuples, value)) if isinstance(value, list) else value


def _at_least_one(paths: Sequence[str | Path]) -> Sequence[str | Path]:
    if not paths:
        raise InputError("No file was given.")
    return paths
