"""From the peers' logits to what is minimised and measured, as pure functions."""

from collections.abc import Iterable

from keras import ops

import cmdcore
from cmdcore import Averaging, Estimating, Method, Moment, PeerLosses, Remembering, Taught
from cmdcore.tensor import Tensor

# Losses and accuracies are measured in training and in evaluation.
LOSSES = ("peer_a_loss", "peer_b_loss")
ACCURACIES = ("peer_a_accuracy", "peer_b_accuracy", "mean_accuracy", "ensemble_accuracy")


def check_forgetful(method: Method) -> None:
    """Require a method that need not know which examples a batch holds.

    Raises:
        ValueError: if it remembers each example.
    """
    if isinstance(method, Remembering):
        raise ValueError(
            f"{method} remembers each example, and is not told which ones these are. Make a "
            f"cmd_keras.NumberedDistiller(labels, peer_a, peer_b, method={method}), and give its "
            "fit numbers in place of labels: fit(x, numpy.arange(len(x)))."
        )


def check_untaught(method: Method) -> None:
    """Require a method that need not be told what a teacher says.

    Raises:
        ValueError: if it learns from one.
    """
    if isinstance(method, Taught):
        raise ValueError(
            f"{method} learns from a teacher, and there is none. Give a trained network: "
            f"MutualDistiller(peer_a, peer_b, method={method}, teacher=network)."
        )


def training_objective(
    method: Method, y: Tensor, logits_a: Tensor, logits_b: Tensor, moment: Moment
) -> PeerLosses:
    """Everything between the logits and the means over the batch.

    Args:
        method: How the peers learn.
        y: Labels, indices `[batch]` or distributions `[batch, num_classes]`.
        logits_a: `[batch, num_classes]`.
        logits_b: `[batch, num_classes]`.
        moment: How far training has come.

    Returns:
        Both losses of `method`; it measures what the method does, and `ACCURACIES`.

    Raises:
        ValueError: if the method remembers each example, or learns from a teacher.
    """
    check_forgetful(method)
    check_untaught(method)
    q, log_p_a, log_p_b = _distributions(y, logits_a, logits_b)
    losses = method.losses(q, log_p_a, log_p_b, moment)
    return _with_accuracies(losses, q, log_p_a, log_p_b)


def remembering_objective(
    method: Remembering,
    y: Tensor,
    logits_a: Tensor,
    logits_b: Tensor,
    moment: Moment,
    rows: Tensor,
) -> tuple[PeerLosses, Tensor]:
    """The same of a method that remembers each example.

    Args:
        method: How the peers learn.
        y: Labels, indices `[batch]`.
        logits_a: `[batch, num_classes]`.
        logits_b: `[batch, num_classes]`.
        moment: How far training has come.
        rows: `[batch, 2, ...]`, what is remembered of these examples.

    Returns:
        What `training_objective` returns, and what is remembered of them from now on.
    """
    q, log_p_a, log_p_b = _distributions(y, logits_a, logits_b)
    losses, rows = method.losses_and_rows(q, log_p_a, log_p_b, moment, rows)
    return _with_accuracies(losses, q, log_p_a, log_p_b), rows


def estimating_objective(
    method: Estimating,
    y: Tensor,
    logits_a: Tensor,
    logits_b: Tensor,
    moment: Moment,
    rows: Tensor,
    matrices: Tensor,
) -> tuple[PeerLosses, Tensor, Tensor]:
    """The same of a method that also estimates matrices.

    Args:
        method: How the peers learn.
        y: Labels, indices `[batch]`.
        logits_a: `[batch, num_classes]`.
        logits_b: `[batch, num_classes]`.
        moment: How far training has come.
        rows: `[batch, 2, ...]`, what is remembered of these examples.
        matrices: `[2, ...]`, those of A and of B.

    Returns:
        What `remembering_objective` returns, and the matrices from now on.
    """
    q, log_p_a, log_p_b = _distributions(y, logits_a, logits_b)
    told = (moment, rows, matrices)
    losses, rows, matrices = method.losses_rows_and_matrices(q, log_p_a, log_p_b, *told)
    return _with_accuracies(losses, q, log_p_a, log_p_b), rows, matrices


def averaging_objective(
    method: Averaging,
    y: Tensor,
    logits_a: Tensor,
    logits_b: Tensor,
    moment: Moment,
    means: Tensor,
) -> tuple[PeerLosses, Tensor]:
    """The same of a method that keeps running means.

    Args:
        method: How the peers learn.
        y: Labels, indices `[batch]` or distributions `[batch, num_classes]`.
        logits_a: `[batch, num_classes]`.
        logits_b: `[batch, num_classes]`.
        moment: How far training has come.
        means: `[2, 2]`, those of A and of B.

    Returns:
        What `training_objective` returns, and the means with this batch.
    """
    q, log_p_a, log_p_b = _distributions(y, logits_a, logits_b)
    losses, means = method.losses_and_means(q, log_p_a, log_p_b, moment, means)
    return _with_accuracies(losses, q, log_p_a, log_p_b), means


def taught_objective(
    method: Taught,
    y: Tensor,
    logits_a: Tensor,
    logits_b: Tensor,
    moment: Moment,
    log_p_t: Tensor,
) -> PeerLosses:
    """The same of a method that learns from a teacher.

    Args:
        method: How the peers learn.
        y: Labels, indices `[batch]` or distributions `[batch, num_classes]`.
        logits_a: `[batch, num_classes]`.
        logits_b: `[batch, num_classes]`.
        moment: How far training has come.
        log_p_t: `[batch, num_classes]`, log-probabilities of the teacher.

    Returns:
        What `training_objective` returns.
    """
    q, log_p_a, log_p_b = _distributions(y, logits_a, logits_b)
    log_p_t = ops.cast(log_p_t, log_p_a.dtype)
    losses = method.losses_taught(q, log_p_a, log_p_b, moment, log_p_t)
    return _with_accuracies(losses, q, log_p_a, log_p_b)


def evaluation_objective(
    y: Tensor, logits_a: Tensor, logits_b: Tensor
) -> tuple[PeerLosses, Tensor]:
    """Both peers' cross entropy with the labels, and `ACCURACIES`; nothing is distilled.

    Args:
        y: Labels, indices `[batch]` or distributions `[batch, num_classes]`.
        logits_a: `[batch, num_classes]`.
        logits_b: `[batch, num_classes]`.

    Returns:
        The losses, and the ensemble's probabilities `[batch, num_classes]`.
    """
    q, log_p_a, log_p_b = _distributions(y, logits_a, logits_b)
    probabilities = _mean(log_p_a, log_p_b)
    losses = PeerLosses(
        loss_a=cmdcore.cross_entropy(q, log_p_a),
        loss_b=cmdcore.cross_entropy(q, log_p_b),
        measured=_right(q, log_p_a, log_p_b, probabilities),
    )
    return losses, probabilities


def weighted(losses: PeerLosses, sample_weight: Tensor | None) -> PeerLosses:
    """The same with both losses multiplied by a weight `[batch]`, if there is one."""
    if sample_weight is None:
        return losses
    weight = ops.reshape(ops.cast(sample_weight, losses.loss_a.dtype), (-1,))
    return losses._replace(loss_a=losses.loss_a * weight, loss_b=losses.loss_b * weight)


def values(losses: PeerLosses) -> dict[str, Tensor]:
    """All that is measured on a batch, by the names under which it is logged."""
    return {**dict(zip(LOSSES, (losses.loss_a, losses.loss_b), strict=True)), **losses.measured}


def sum_of_means(losses: PeerLosses, size: Tensor, regularization: Iterable[Tensor]) -> Tensor:
    """What is minimised, a scalar: the sum of both mean losses, and of all regularisation.

    Args:
        losses: Of a batch, or of a replica's share of it.
        size: How many examples count as one.
        regularization: Scalars.
    """
    total = (ops.sum(losses.loss_a) + ops.sum(losses.loss_b)) / size
    for loss in regularization:
        total += ops.cast(loss, total.dtype)
    return total


def ensemble(logits_a: Tensor, logits_b: Tensor) -> Tensor:
    """`[batch, num_classes]`, the mean of both peers' probabilities, at least float32."""
    return _mean(*map(cmdcore.log_probabilities, (logits_a, logits_b)))


def _distributions(y: Tensor, logits_a: Tensor, logits_b: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    log_p_a, log_p_b = map(cmdcore.log_probabilities, (logits_a, logits_b))
    q = cmdcore.label_distribution(y, log_p_a.shape[-1], log_p_a.dtype)
    return q, log_p_a, log_p_b


def _with_accuracies(losses: PeerLosses, q: Tensor, log_p_a: Tensor, log_p_b: Tensor) -> PeerLosses:
    right = _right(q, log_p_a, log_p_b, _mean(log_p_a, log_p_b))
    return losses._replace(measured={**losses.measured, **right})


def _mean(log_p_a: Tensor, log_p_b: Tensor) -> Tensor:
    return (ops.exp(log_p_a) + ops.exp(log_p_b)) / 2.0


def _right(q: Tensor, log_p_a: Tensor, log_p_b: Tensor, probabilities: Tensor) -> dict[str, Tensor]:
    """Where A, B, half of them, and their ensemble name the class of the label; 0 to 1."""
    label = ops.argmax(q, axis=-1)
    right_a, right_b, right = (
        ops.cast(ops.argmax(p, axis=-1) == label, log_p_a.dtype)
        for p in (log_p_a, log_p_b, probabilities)
    )
    return dict(zip(ACCURACIES, (right_a, right_b, (right_a + right_b) / 2.0, right), strict=True))
