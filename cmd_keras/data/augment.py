"""How training images are varied: appendix A.1 of the paper.

Seeds are passed in, never kept, so that an image looks the same in epoch k of
every run with the same seed.
"""

import dataclasses

import tensorflow as tf

from cmd_keras.errors import InputError


@dataclasses.dataclass(frozen=True)
class Augmentation:
    """Padding, a random crop and a mirror image. Vectors are left alone.

    Args:
        pad: Black pixels added to every side before the crop.
        crop: Side of the square cut out; None keeps the size of the image.
        flip: Whether half of the images are mirrored. Never for digits: a
            mirrored 2 is no 2.

    Raises:
        InputError: if `pad` is below 0 or above 64.
    """

    pad: int = 0
    crop: int | None = None
    flip: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.pad <= 64:
            raise InputError(f"pad must lie between 0 and 64 pixels, received {self.pad}.")

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Shape of an input after `vary` or `centre`."""
        return shape if self.crop is None else (self.crop, self.crop, shape[-1])

    def varies(self, shape: tuple[int, ...]) -> bool:
        """Whether `vary` does more to an input of this shape than to make it float32."""
        padded = self.pad > 0 or self.output_shape(shape) != shape
        return len(shape) == 3 and (padded or self.flip)

    def vary(self, image: tf.Tensor, key: tf.Tensor) -> tf.Tensor:
        """A training image or vector, varied.

        Args:
            image: `[height, width, channels]` or `[features]`.
            key: `[2]`, integers. Same key, same variation.

        Returns:
            Float32 of the shape `output_shape`.
        """
        shape = self.output_shape(tuple(image.shape))
        if len(shape) == 3:
            if self.pad:
                image = tf.pad(image, [[self.pad, self.pad], [self.pad, self.pad], [0, 0]])
            if tuple(image.shape) != shape:
                image = tf.image.stateless_random_crop(image, shape, seed=key)
            if self.flip:
                image = tf.image.stateless_random_flip_left_right(image, seed=key + 1)
        return tf.cast(image, tf.float32)

    def centre(self, images: tf.Tensor) -> tf.Tensor:
        """Test images or vectors, not varied: of an image the centre.

        Args:
            images: `[batch, height, width, channels]` or `[batch, features]`.

        Returns:
            Float32 `[batch, *output_shape]`.
        """
        shape = self.output_shape(tuple(images.shape[1:]))
        if len(shape) == 3 and shape != tuple(images.shape[1:]):
            images = tf.image.resize_with_crop_or_pad(images, shape[0], shape[1])
        return tf.cast(images, tf.float32)
