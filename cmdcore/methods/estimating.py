"""Methods that also keep matrices between classes, which they estimate while they train."""

import abc

from cmdcore import ops
from cmdcore.methods.method import Moment, PeerLosses
from cmdcore.methods.remembering import Remembering
from cmdcore.tensor import Tensor


class Estimating(Remembering):
    """Base of the methods that find out how classes are taken for others.

    The method itself holds no matrix, as it holds no row: what is known goes in, and comes out
    as it is to be known from now on. Who trains keeps it in between, and asks `matrices_at`
    where training begins, and where a phase does.
    """

    @abc.abstractmethod
    def matrices_shape(self, num_classes: int) -> tuple[int, ...]:
        """Of the matrices of one peer.

        Args:
            num_classes: C.
        """

    @abc.abstractmethod
    def matrices_at(self, number: int, rows: Tensor, matrices: Tensor) -> Tensor:
        """The matrices with which a phase begins.

        Args:
            number: Of the phase. 0 is where training begins, and all that is given is 0.
            rows: `[n, 2, *row_shape]`, what is remembered of all examples.
            matrices: `[2, *matrices_shape]`, of A and of B, until now.

        Returns:
            `[2, *matrices_shape]`.
        """

    @abc.abstractmethod
    def losses_rows_and_matrices(
        self,
        q: Tensor,
        log_p_a: Tensor,
        log_p_b: Tensor,
        moment: Moment,
        rows: Tensor,
        matrices: Tensor,
    ) -> tuple[PeerLosses, Tensor, Tensor]:
        """Both peers' losses on a batch, what is remembered of it, and the matrices after it.

        Args:
            q: `[batch, num_classes]`, annotated labels.
            log_p_a: `[batch, num_classes]`, log-probabilities of A.
            log_p_b: `[batch, num_classes]`, log-probabilities of B.
            moment: How far training has come.
            rows: `[batch, 2, *row_shape]`, what is remembered of these examples.
            matrices: `[2, *matrices_shape]`, of A and of B.

        Returns:
            `PeerLosses` and rows, as of `Remembering.losses_and_rows`, and the new matrices,
            through which no gradient flows.
        """

    def losses_and_rows(
        self, q: Tensor, log_p_a: Tensor, log_p_b: Tensor, moment: Moment, rows: Tensor
    ) -> tuple[PeerLosses, Tensor]:
        """The same with the matrices that training begins with.

        To train, `losses_rows_and_matrices` is asked.

        Args:
            q: `[batch, num_classes]`, annotated labels.
            log_p_a: `[batch, num_classes]`, log-probabilities of A.
            log_p_b: `[batch, num_classes]`, log-probabilities of B.
            moment: How far training has come.
            rows: `[batch, 2, *row_shape]`, what is remembered of these examples.

        Returns:
            `PeerLosses`, and the new rows.

        Example:
            >>> q, log_p = keras.ops.array([[1.0, 0.0]]), keras.ops.log([[0.25, 0.75]])
            >>> moment = cmdcore.Moment(t=1, gamma=2, certainty_a=0.0, certainty_b=0.0)
            >>> rows = keras.ops.zeros((1, 2, 2))
            >>> losses, rows = cmdcore.TRevision().losses_and_rows(q, log_p, log_p, moment, rows)
            >>> round(float(losses.loss_a[0]), 3)  # log 4
            1.386
        """
        shape = (2, *self.matrices_shape(log_p_a.shape[-1]))
        nothing = ops.zeros(shape, log_p_a.dtype)
        begun = self.matrices_at(0, ops.zeros_like(rows), nothing)
        return self.losses_rows_and_matrices(q, log_p_a, log_p_b, moment, rows, begun)[:2]
