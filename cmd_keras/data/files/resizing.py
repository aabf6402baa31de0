"""Images brought to the size of the networks."""

import tensorflow as tf

# From so many times as long as wide on, an image is not resized beyond what is cut out. The
# others are, though it would be the same but for rounding: runs of before saw them so.
_ELONGATED = 8


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
    square = tf.cond(
        tf.reduce_max(size) > _ELONGATED * tf.reduce_min(size),
        lambda: _centre_of(image, scaled, side),
        lambda: tf.image.resize_with_crop_or_pad(_resized(image, scaled), side, side),
    )
    return tf.ensure_shape(square, (side, side, image.shape[-1]))


def side_before_crop(image_size: int) -> int:
    """What the shorter side of an image is brought to, before the crop.

    As in appendix A.1 of the paper: 320 for WebVision, of which 299 are cut out.
    For all others the proportion of 256 to 224.

    Args:
        image_size: Side of the square that is cut out, in pixels.
    """
    return 320 if image_size == 299 else round(image_size * 256 / 224)


def _centre_of(image: tf.Tensor, size: tf.Tensor, side: int) -> tf.Tensor:
    """The centre of an image that would have this size, which may not fit in memory."""
    scale = tf.cast(size, tf.float32) / tf.cast(tf.shape(image)[:2], tf.float32)
    centre = tf.raw_ops.ScaleAndTranslate(
        images=image[tf.newaxis],
        size=(side, side),
        scale=scale,
        translation=-tf.cast((size - side) // 2, tf.float32),
        kernel_type="triangle",
        antialias=True,
    )
    return _as_pixels(centre[0], image.dtype)


def _resized(image: tf.Tensor, size: tf.Tensor) -> tf.Tensor:
    return _as_pixels(tf.image.resize(image, size, antialias=True), image.dtype)


def _as_pixels(values: tf.Tensor, dtype: tf.DType) -> tf.Tensor:
    values = tf.clip_by_value(values, 0, 255)
    return tf.cast(tf.round(values), tf.uint8) if dtype == tf.uint8 else values
