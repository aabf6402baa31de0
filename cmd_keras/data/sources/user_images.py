"""Image files of the user's, brought to one format."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from cmd_keras.data.augment import Augmentation
from cmd_keras.data.files.image_files import read_headers, read_images
from cmd_keras.data.input_format import ImageFormat
from cmd_keras.data.inputs import Inputs
from cmd_keras.data.sameness import Sameness
from cmd_keras.notice import notice

# Images that all have one size, and not more than this, keep it.
_SMALL = 64

# Side of all others, as the paper has it for Food-101.
_IMAGE_SIZE = 224


def find_format(paths: Sequence[Path], image_size: int | None) -> tuple[ImageFormat, Augmentation]:
    """What all images are brought to, and how those for training are varied.

    Args:
        paths: Of all images.
        image_size: Side of the square that the networks see. None keeps the size of images
            that all have the same, up to 64×64, and is 224 for others.

    Raises:
        InputError: listing files that cannot be opened as images.
    """
    headers = read_headers(paths)
    if headers.of_16_bits and headers.of_16_bits < len(paths):
        notice(
            f"{headers.of_16_bits:,} of {len(paths):,} images have 16 bits a channel, the others "
            "8. In both, black is 0 and the brightest that can be stored is 255."
        )
    size = next(iter(headers.sizes))
    if image_size is None and len(headers.sizes) == 1 and max(size) <= _SMALL:
        image_format = ImageFormat((*size, headers.channels), bits=headers.bits)
        return image_format, Augmentation(pad=4, flip=True)
    side = _IMAGE_SIZE if image_size is None else image_size
    image_format = ImageFormat.cropping(side, headers.channels, headers.bits)
    return image_format, Augmentation(crop=image_format.cropped, flip=True)


def read_parts(
    parts: Sequence[tuple[list[Path], np.ndarray]],
    image_format: ImageFormat,
    class_names: tuple[str, ...],
) -> list[Inputs | None]:
    """The images of each part; those of a class must differ.

    Args:
        parts: Paths, and labels `[n]`, of each.
        image_format: What they are brought to.
        class_names: In the order of their numbers.

    Returns:
        None for a part that has no images.

    Raises:
        InputError: if an image cannot be decoded, or all of a class are the same.
    """
    sameness = Sameness()
    read = [
        read_images(
            paths,
            image_format.decode,
            image_format.decoded_shape,
            image_format.dtype,
            sameness.see,
        )
        if paths
        else None
        for paths, _ in parts
    ]
    sameness.check(np.concatenate([labels for _, labels in parts]), class_names)
    return read
