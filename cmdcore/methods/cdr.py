"""CDR: only weights that matter for a batch learn from it."""

import dataclasses
from collections.abc import Sequence

from cmdcore import ops, ranges
from cmdcore.after_keras import registered
from cmdcore.information import cross_entropy
from cmdcore.methods.editing import Editing
from cmdcore.methods.independent import Independent
from cmdcore.methods.method import Moment
from cmdcore.methods.small_loss import forget_rate, kept
from cmdcore.tensor import Tensor


@registered
@dataclasses.dataclass(frozen=True)
class CDR(Independent, Editing):
    """Cross entropy, whose gradient reaches the critical weights alone.

    Xiaobo Xia et al., Robust early-learning: hindering the memorization of noisy labels, ICLR
    2021.

    Of all entries of a network's kernels those are critical in a step for which |w dL/dw| is
    largest: the share 1 - R(t) of them, and R(t) = rate min(1, (t/Gamma) / warmup). Their
    gradient is multiplied by 1 - R(t), that of all others by 0; so these only decay. Biases
    and normalisations learn as usual. The paper has R rise over the first epochs, and so it
    does here; in the authors' code it is `rate` from the first step on, because the schedule is
    overwritten. They report the best epoch on a noisy validation share. On several replicas
    each one looks at the gradient of its own share of the batch.

    Args:
        rate: share of wrong labels, in [0, 1).
        warmup: the share of training in which R rises to `rate`, in (0, 1]. The authors' 10 of
            200 epochs.

    Raises:
        ValueError: if a constant lies outside its range.
    """

    rate: float
    warmup: float = 0.05

    def __post_init__(self) -> None:
        ranges.rate("rate", self.rate)
        ranges.above_0_up_to_1("warmup", self.warmup)

    def loss(self, q: Tensor, log_p: Tensor) -> Tensor:
        """Cross entropy.

        Args:
            q: `[batch, num_classes]`, annotated labels.
            log_p: `[batch, num_classes]`, log-probabilities.

        Returns:
            `[batch]`, in nats.

        Example:
            >>> q, log_p = keras.ops.array([[1.0, 0.0]]), keras.ops.log([[0.5, 0.5]])
            >>> round(float(cmdcore.CDR(rate=0.4).loss(q, log_p)[0]), 3)
            0.693
        """
        return cross_entropy(q, log_p)

    def edited(
        self, gradients: Sequence[Tensor], weights: Sequence[Tensor], moment: Moment
    ) -> list[Tensor]:
        """The gradient of critical entries, times 1 - R(t).

        Args:
            gradients: Of one peer's mean loss, one for each of its trainable weights.
            weights: These weights. Of two and more axes they are kernels.
            moment: How far training has come.

        Returns:
            As many, of the same shapes; those of other weights than kernels as they were.

        Example:
            >>> kernel, bias = keras.ops.array([[1.0, 3.0]]), keras.ops.array([9.0, 9.0])
            >>> of_kernel, of_bias = keras.ops.array([[2.0, 1.0]]), keras.ops.array([1.0, 1.0])
            >>> end = cmdcore.Moment(t=1, gamma=1, certainty_a=0.0, certainty_b=0.0)
            >>> method = cmdcore.CDR(rate=0.5)
            >>> edited = method.edited([of_kernel, of_bias], [kernel, bias], end)
            >>> [keras.ops.convert_to_numpy(gradient).tolist() for gradient in edited]
            [[[0.0, 0.5]], [1.0, 1.0]]
        """
        matters = [
            ops.abs(ops.cast(weight, gradient.dtype) * gradient) if len(weight.shape) > 1 else None
            for weight, gradient in zip(weights, gradients, strict=True)
        ]
        kernels = [ops.reshape(value, (-1,)) for value in matters if value is not None]
        if not kernels:
            return list(gradients)
        together = ops.sort(ops.concatenate(kernels))
        size, dtype = together.shape[0], together.dtype
        share = 1.0 - forget_rate(moment.progress(dtype), self.rate, self.warmup, 1.0)
        place = ops.cast(size - ops.maximum(kept(share, float(size)), 1.0), "int32")
        least = ops.take(together, place)
        zero = ops.zeros((), dtype)
        return [
            gradient if value is None else ops.where(value >= least, gradient * share, zero)
            for value, gradient in zip(matters, gradients, strict=True)
        ]
