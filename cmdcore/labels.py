"""Annotated labels q, whatever form they arrive in."""

from cmdcore import ops
from cmdcore.tensor import Tensor


def label_distribution(labels: Tensor, num_classes: int, dtype: str = "float32") -> Tensor:
    """The annotated label distribution q of section 2.

    Args:
        labels: class indices `[...]` or `[..., 1]`, or distributions
            `[..., num_classes]` (one-hot or soft).
        num_classes: C, at least 2.
        dtype: float type of the result.

    Returns:
        `[..., num_classes]`. A class index outside 0 … C-1, or that is no whole number, gives a
        row of NaN: a loss that is NaN is noticed, one that is 0 is not.

    Raises:
        ValueError: if `dtype` is not the name of a type that Keras knows.

    Example:
        >>> q = cmdcore.label_distribution([0, 2], num_classes=3)
        >>> keras.ops.convert_to_numpy(q).tolist()
        [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    import keras

    labels = ops.convert_to_tensor(labels)
    if len(labels.shape) > 1 and labels.shape[-1] == num_classes:
        return ops.cast(labels, dtype)
    if len(labels.shape) > 1 and labels.shape[-1] == 1:
        labels = ops.squeeze(labels, axis=-1)
    if keras.backend.standardize_dtype(labels.dtype) == "bool":
        labels = ops.cast(labels, "int32")
    known = ops.logical_and(labels >= 0, labels < num_classes)
    if not keras.backend.is_int_dtype(labels.dtype):
        # Before they are cast, which makes a class of NaN, and of what lies between two.
        known = ops.logical_and(known, labels == ops.floor(labels))
        labels = ops.cast(ops.where(known, labels, ops.zeros_like(labels)), "int32")
    one_hot = ops.one_hot(
        ops.where(known, labels, ops.zeros_like(labels)), num_classes, dtype=dtype
    )
    return ops.where(known[..., None], one_hot, ops.full_like(one_hot, float("nan")))
