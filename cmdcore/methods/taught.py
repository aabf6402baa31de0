"""Methods that learn from a teacher, which does not learn itself."""

import abc

from cmdcore.methods.method import Method, Moment, PeerLosses
from cmdcore.tensor import Tensor


class Taught(Method):
    """Base of the methods that are told what a frozen teacher makes of each batch.

    The method itself holds no teacher: what it says of a batch goes in. Who trains has it.
    """

    @abc.abstractmethod
    def losses_taught(
        self, q: Tensor, log_p_a: Tensor, log_p_b: Tensor, moment: Moment, log_p_t: Tensor
    ) -> PeerLosses:
        """Both students' losses on a batch.

        Args:
            q: `[batch, num_classes]`, annotated labels.
            log_p_a: `[batch, num_classes]`, log-probabilities of A.
            log_p_b: `[batch, num_classes]`, log-probabilities of B.
            moment: How far training has come.
            log_p_t: `[batch, num_classes]`, log-probabilities of the teacher, held constant.

        Returns:
            `PeerLosses`, as of `Method.losses`.
        """

    def losses(self, q: Tensor, log_p_a: Tensor, log_p_b: Tensor, moment: Moment) -> PeerLosses:
        """Nothing: there are no losses without a teacher.

        Args:
            q: `[batch, num_classes]`, annotated labels.
            log_p_a: `[batch, num_classes]`, log-probabilities of A.
            log_p_b: `[batch, num_classes]`, log-probabilities of B.
            moment: How far training has come.

        Raises:
            ValueError: in any case, with what to ask instead.

        Example:
            >>> cmdcore.T2SKD().losses(q=None, log_p_a=None, log_p_b=None, moment=None)
            Traceback (most recent call last):
            ValueError: T2SKD(epsilon=0.5) learns from a teacher. Ask losses_taught, which is ...
        """
        raise ValueError(
            f"{self} learns from a teacher. Ask losses_taught, which is told its log-probabilities."
        )
