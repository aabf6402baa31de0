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
            # Each replica averages over its own share of the batch, and the
            # optimizer adds up what the replicas bring.
            loss /= tf.cast(tf.distribute.get_strategy().num_replicas_in_sync, loss.dtype)
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
