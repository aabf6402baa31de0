"""The step on TensorFlow: a gradient tape around both peers."""

from typing import Any

import keras
import tensorflow as tf


class TrainStep:
    """`train_step` and `test_step` of `MutualDistiller` on TensorFlow."""

    def train_step(self, data: Any) -> dict[str, Any]:
        """Forward both peers, differentiate the sum of their losses, update both."""
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            loss, y_pred = self.mutual_loss(x, y, sample_weight)
            # The optimizer adds up what the replicas bring.
            loss /= tf.cast(_replicas(), loss.dtype)
            loss = self.optimizer.scale_loss(loss)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        self.advance_clock()
        return self.training_logs(x, y, y_pred, sample_weight)

    def test_step(self, data: Any) -> dict[str, Any]:
        """Forward both peers and measure them against the given labels."""
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        y_pred = self.evaluation_loss(x, y, sample_weight)
        return self.evaluation_logs(x, y, y_pred, sample_weight)

    def examples_per_replica(self, values: tf.Tensor) -> tf.Tensor:
        """Size of the batch, divided by the number of replicas.

        Divided by this, not by the size of its own share, the sum over a replica's
        share weighs every example alike, however unevenly the batch is shared out;
        a share may be empty.

        Args:
            values: `[share]`, one for each example that this replica holds.

        Returns:
            A float scalar of the type of `values`.
        """
        size = tf.cast(tf.shape(values)[0], values.dtype)
        if _replicas() == 1:
            return size
        context = tf.distribute.get_replica_context()
        return context.all_reduce(tf.distribute.ReduceOp.MEAN, size)

    def _maybe_symbolic_build(self, iterator: Any = None, data_batch: Any = None) -> None:
        # Keras would add up the shares of a batch to see its shape, for which
        # they would have to be of one size.
        if iterator is not None and self._distribute_strategy is not None:
            for _, _, batches in iterator:
                data_batch = keras.tree.map_structure(self._first_share, next(batches))
                break
            iterator = None
        super()._maybe_symbolic_build(iterator, data_batch)

    def _first_share(self, value: Any) -> Any:
        return self._distribute_strategy.experimental_local_results(value)[0]

    def _get_metrics_result_or_logs(self, logs: dict[str, Any]) -> dict[str, Any]:
        # Where a step reports fewer metrics than there are, Keras would keep what the
        # last step said, which is an average over replicas, not over examples.
        results = self.get_metrics_result()
        return {name: results.get(name, value) for name, value in logs.items()}


def _replicas() -> int:
    return tf.distribute.get_strategy().num_replicas_in_sync
