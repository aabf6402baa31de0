"""Methods that remember each example, from one step that sees it to the next."""

import abc

from cmdcore import ops
from cmdcore.methods.method import Method, Moment, PeerLosses
from cmdcore.tensor import Tensor


class Remembering(Method):
    """Base of the methods that keep a row of numbers for each example and peer.

    The method itself holds none of them: what is remembered of a batch goes in, and comes
    out as it is to be remembered. Who trains keeps it in between, and begins with zeros.
    """

    @abc.abstractmethod
    def row_shape(self, num_classes: int) -> tuple[int, ...]:
        """Of what is remembered of an example by one peer.

        Args:
            num_classes: C.
        """

    @abc.abstractmethod
    def losses_and_rows(
        self, q: Tensor, log_p_a: Tensor, log_p_b: Tensor, moment: Moment, rows: Tensor
    ) -> tuple[PeerLosses, Tensor]:
        """Both peers' losses on a batch, and what is remembered of it from now on.

        Args:
            q: `[batch, num_classes]`, annotated labels.
            log_p_a: `[batch, num_classes]`, log-probabilities of A.
            log_p_b: `[batch, num_classes]`, log-probabilities of B.
            moment: How far training has come.
            rows: `[batch, 2, *row_shape]`, what is remembered of these examples, by A and
                by B; 0 where an example was never seen.

        Returns:
            `PeerLosses`, as of `Method.losses`, and the new rows, through which no gradient
            flows.
        """

    def losses(self, q: Tensor, log_p_a: Tensor, log_p_b: Tensor, moment: Moment) -> PeerLosses:
        """Both peers' losses on examples that are seen for the first time.

        To train, `losses_and_rows` is asked.

        Args:
            q: `[batch, num_classes]`, annotated labels.
            log_p_a: `[batch, num_classes]`, log-probabilities of A.
            log_p_b: `[batch, num_classes]`, log-probabilities of B.
            moment: How far training has come.

        Returns:
            `PeerLosses`.

        Example:
            >>> q, log_p = keras.ops.array([[1.0, 0.0]]), keras.ops.log([[0.5, 0.5]])
            >>> method = cmdcore.ELR(regularization=1.0, target_momentum=0.0)
            >>> losses = method.losses(q, log_p, log_p, moment=None)
            >>> abs(round(float(losses.loss_a[0]), 5))  # log 2 + log(1 - 1/2)
            0.0
        """
        shape = (ops.shape(log_p_a)[0], 2, *self.row_shape(log_p_a.shape[-1]))
        never_seen = ops.zeros(shape, log_p_a.dtype)
        return self.losses_and_rows(q, log_p_a, log_p_b, moment, never_seen)[0]
