"""Truncated GCE: labels that a network finds improbable are left out, until it thinks otherwise."""

import dataclasses

from cmdcore import ops, ranges
from cmdcore.after_keras import registered
from cmdcore.methods.gce import GCE
from cmdcore.methods.method import SURENESS, Moment, PeerLosses, sureness_of
from cmdcore.methods.remembering import Remembering
from cmdcore.tensor import Tensor


@registered
@dataclasses.dataclass(frozen=True)
class TruncatedGCE(Remembering):
    """GCE without the examples whose label had a probability of k or less when last seen.

    Zhilu Zhang, Mert Sabuncu, Generalized cross entropy loss for training deep neural
    networks with noisy labels, NeurIPS 2018, section 3.3: w (l_q(p) - l_q(k)) with w = 1 if
    l_q(p) < l_q(k), which of one label is p_y > k, and 0 else; all w are 1 at first.

    They find w anew in every tenth epoch, for the whole training set by the network that was
    best so far, which their code chooses by the test set. Here each network has weights of its
    own, and that of an example follows from what the network said of it in the step that saw
    it last, an epoch before, varied as it was then: no test set is looked at, and no pass over
    the data is added. Examples that are left out are still looked at, and may come back.

    Args:
        q: of GCE, in (0, 1]. The authors' 0.7.
        k: the least probability, in [0, 1). The authors' 0.5.
        start_prune: the share of training in which all are learned from, in [0, 1]. The
            authors' 80 of 150 epochs for CIFAR-100.

    Raises:
        ValueError: if a constant lies outside its range.
    """

    q: float = 0.7
    k: float = 0.5
    start_prune: float = 0.53

    measures = (*SURENESS, "kept_a", "kept_b")

    def __post_init__(self) -> None:
        ranges.above_0_up_to_1("q", self.q)
        ranges.rate("k", self.k)
        ranges.unit_interval("start_prune", self.start_prune)

    def row_shape(self, num_classes: int) -> tuple[int, ...]:
        """That of a number: 1 where the label was found improbable, 0 where not, or not seen.

        Args:
            num_classes: Makes no difference.

        Example:
            >>> cmdcore.TruncatedGCE().row_shape(10)
            ()
        """
        return ()

    def losses_and_rows(
        self, q: Tensor, log_p_a: Tensor, log_p_b: Tensor, moment: Moment, rows: Tensor
    ) -> tuple[PeerLosses, Tensor]:
        """The loss of each, by what it said of these examples before, and what it says now.

        Args:
            q: `[batch, num_classes]`, annotated labels.
            log_p_a: `[batch, num_classes]`, log-probabilities of A.
            log_p_b: `[batch, num_classes]`, log-probabilities of B.
            moment: How far training has come.
            rows: `[batch, 2]`, 1 where A, and B, found the label improbable, 0 else.

        Returns:
            `PeerLosses`, which measure the peers' entropies and certainties, and `kept_a` and
            `kept_b`: 1 for each example that A, and B, learned from, 0 else. And the new rows
            `[batch, 2]`.

        Raises:
            ValueError: if there are fewer than 2 classes.

        Example:
            >>> q, log_p = keras.ops.array([[1.0, 0.0]] * 2), keras.ops.log([[0.25, 0.75]] * 2)
            >>> late = cmdcore.Moment(t=2, gamma=2, certainty_a=0.0, certainty_b=0.0)
            >>> method, rows = cmdcore.TruncatedGCE(q=1.0), keras.ops.array([[1.0, 0.0]] * 2)
            >>> losses, rows = method.losses_and_rows(q, log_p, log_p, late, rows)
            >>> float(losses.loss_a[0]), float(losses.loss_b[0])  # left out; (1 - 1/4) - 1/2
            (0.0, 0.25)
            >>> keras.ops.convert_to_numpy(rows[0])
            array([1., 1.], dtype=float32)
        """
        measured = sureness_of(log_p_a, log_p_b)
        prunes = moment.progress(log_p_a.dtype) > self.start_prune
        most = (1.0 - self.k**self.q) / self.q
        losses, improbable = [], []
        for place, (peer, log_p) in enumerate((("a", log_p_a), ("b", log_p_b))):
            loss = GCE(self.q).loss(q, log_p)
            left_out = ops.logical_and(prunes, rows[:, place] > 0)
            # A label out of range is to be noticed.
            left_out = ops.logical_and(left_out, ops.logical_not(ops.isnan(loss)))
            losses.append(ops.where(left_out, ops.zeros_like(loss), loss - most))
            improbable.append(ops.cast(ops.stop_gradient(loss) >= most, log_p.dtype))
            measured[f"kept_{peer}"] = 1.0 - ops.cast(left_out, log_p.dtype)
        return PeerLosses(*losses, measured), ops.stack(improbable, axis=1)
