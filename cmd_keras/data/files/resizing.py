"""Images brought to the size of the networks."""

import tensorflow as tf


def stretch(image: tf.Tensor, height: int, width: int) -> tf.Tensor:
    """The whole image at another size; one of this size is not touched.

    Args:
        image: `[any height, any width, channels]`, 0 to 255.
        height: In pixels.
        width: In pixels.

    Returns:
        `[height, width, channels]`, of the same type.
    """
    same = tf.reduce_all(tf.equal(tf.shape(image)[:2], (height, width)))
    resized = tf.cond(same, lambda: image, lambda: _resized(image, (height, width)))
    return tf.ensure_shape(resized, (height, width, image.shape[-1]))


def cut_square(image: tf.Tensor, side: int) -> tf.Tensor:
    """The centre of an image whose shorter side is brought to `side`.

    Args:
        image: `[any height, any width, channels]`, 0 to 255.
        side: In pixels.

    Returns:
        `[side, side, channels]`, of the same type.
    """
    size = tf.cast(tf.shape(image)[:2], tf.float32)
    scaled = tf.cast(tf.math.ceil(size * side / tf.reduce_min(size)), tf.int32)
    return tf.image.resize_with_crop_or_pad(_resized(image, scaled), side, side)


def side_before_crop(image_size: int) -> int:
    """What the shorter side of an image is brought to, before the crop.

    As in appendix A.1 of the paper: 320 for WebVision, of which 299 are cut out.
    For all others the proportion of 256 to 224.

    Args:
        image_size: Side of the square that is cut out, in pixels.
    """
    return 320 if image_size == 299 else round(image_size * 256 / 224)


def _resized(image: tf.Tensor, size: tf.Tensor) -> tf.Tensor:
    resized = tf.clip_by_value(tf.image.resize(image, size, antialias=True), 0, 255)
    return tf.cast(tf.round(resized), tf.uint8) if image.dtype == tf.uint8 else resized
