"""Methods of one network: two are trained that know nothing of each other."""

import abc

from cmdcore.methods.method import SURENESS, Method, Moment, PeerLosses, sureness_of
from cmdcore.tensor import Tensor


class Independent(Method):
    """Base of the methods that are a loss; tables of two peers take the mean of both."""

    measures = SURENESS

    @abc.abstractmethod
    def loss(self, q: Tensor, log_p: Tensor) -> Tensor:
        """What one network minimises.

        Args:
            q: `[batch, num_classes]`, annotated labels.
            log_p: `[batch, num_classes]`, its log-probabilities.

        Returns:
            `[batch]`.
        """

    def losses(self, q: Tensor, log_p_a: Tensor, log_p_b: Tensor, moment: Moment) -> PeerLosses:
        """The loss of each.

        Args:
            q: `[batch, num_classes]`, annotated labels.
            log_p_a: `[batch, num_classes]`, log-probabilities of A.
            log_p_b: `[batch, num_classes]`, log-probabilities of B.
            moment: Makes no difference here.

        Returns:
            `PeerLosses`, which measure the peers' entropies and certainties.

        Raises:
            ValueError: if there are fewer than 2 classes.

        Example:
            >>> q, log_p_a = keras.ops.array([[1.0, 0.0]]), keras.ops.log([[0.25, 0.75]])
            >>> log_p_b = keras.ops.log([[0.5, 0.5]])
            >>> losses = cmdcore.GCE(q=1.0).losses(q, log_p_a, log_p_b, moment=None)
            >>> float(losses.loss_a[0]), float(losses.loss_b[0])  # 1 - p_y
            (0.75, 0.5)
        """
        measured = sureness_of(log_p_a, log_p_b)
        return PeerLosses(self.loss(q, log_p_a), self.loss(q, log_p_b), measured)
