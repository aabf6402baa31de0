"""The step on TensorFlow: a gradient tape around both peers."""

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from cmd_keras.edited_gradients import edited

# From here on the arrays of the objective outweigh the second that XLA takes.
_MANY_CLASSES = 2000


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
        gradients = edited(self, gradients, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        self.advance_clock()
        return self.compute_metrics(x, y, y_pred, sample_weight=sample_weight)

    def test_step(self, data: Any) -> dict[str, Any]:
        """Forward both peers and measure them against the given labels."""
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        y_pred = self.evaluation_loss(x, y, sample_weight)
        return self.evaluation_logs(x, y, y_pred, sample_weight)

    def make_train_function(self, force: bool = False) -> None:
        """Compile the step, with an optimizer that has its variables."""
        # Variables that come to be while the step is traced have it traced twice. A
        # strategy has Keras make them in its scope.
        new = self.built and not self.optimizer.built
        if new and self._distribute_strategy is None:
            self.optimizer.build(self.trainable_variables)
        super().make_train_function(force)

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


def compiled(objective: Callable, num_classes: int) -> Callable:
    """The objective as XLA compiles it, where there are many classes.

    Values and gradients become one program, which holds half of the arrays that
    one kernel for every operation does.

    Args:
        objective: From both logits `[batch, num_classes]` to `cmdcore.PeerLosses`, or to a
            tuple that begins with them and holds constants besides; the loss of a peer has a
            gradient for its own logits only.
        num_classes: C.
    """
    return _with_gradients(objective) if num_classes >= _MANY_CLASSES else objective


def examples_per_replica(values: tf.Tensor) -> tf.Tensor:
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


def rows_of(variable: keras.Variable, numbers: tf.Tensor) -> tf.Tensor:
    """Rows of a variable.

    Args:
        variable: `[n, ...]`. Not all of it is read, which would copy it.
        numbers: `[batch]`, which rows.

    Returns:
        `[batch, ...]`.
    """
    return tf.gather(variable.value, numbers)


def put_rows(variable: keras.Variable, numbers: tf.Tensor, rows: tf.Tensor) -> None:
    """Put other rows in their place.

    Args:
        variable: `[n, ...]`, whose other rows are not touched.
        numbers: `[batch]`, which rows, each once.
        rows: `[batch, ...]`, of the type of the variable.
    """
    variable.value.scatter_update(tf.IndexedSlices(rows, numbers))


def add_rows(variable: keras.Variable, numbers: tf.Tensor, rows: tf.Tensor) -> None:
    """Add to some rows.

    Args:
        variable: `[n, ...]`, whose other rows are not touched. Of several replicas each adds to
            its own.
        numbers: `[batch]`, which rows. What one that comes twice is given is added twice.
        rows: `[batch, ...]`, of the type of the variable, without a gradient.
    """
    # `scatter_add` of a variable that is summed over replicas is not implemented; the handle is
    # that of this replica's own.
    tf.raw_ops.ResourceScatterAdd(resource=variable.value.handle, indices=numbers, updates=rows)


def _replicas() -> int:
    return tf.distribute.get_strategy().num_replicas_in_sync


def _with_gradients(objective: Callable) -> Callable:
    @tf.function(jit_compile=True, autograph=False)
    def values_and_gradients(logits_a: tf.Tensor, logits_b: tf.Tensor) -> tuple:
        with tf.GradientTape() as tape:
            tape.watch((logits_a, logits_b))
            values = objective(logits_a, logits_b)
            loss_a, loss_b, *_ = tf.nest.flatten(values)
            total = tf.reduce_sum(loss_a) + tf.reduce_sum(loss_b)
        return values, tape.gradient(total, (logits_a, logits_b))

    @tf.custom_gradient
    def differentiated(logits_a: tf.Tensor, logits_b: tf.Tensor) -> tuple:
        values, (of_a, of_b) = values_and_gradients(logits_a, logits_b)

        def gradient(weight_a: tf.Tensor, weight_b: tf.Tensor, *_: tf.Tensor) -> tuple:
            # The loss of an example depends on its own row alone.
            return (
                of_a * tf.cast(weight_a, of_a.dtype)[:, None],
                of_b * tf.cast(weight_b, of_b.dtype)[:, None],
            )

        return values, gradient

    def compiled(logits_a: tf.Tensor, logits_b: tf.Tensor) -> tuple:
        # The gradients are taken here without the loss scale, and in half precision most
        # of them would be zero. They are narrowed once they are scaled.
        return differentiated(*map(_at_least_float32, (logits_a, logits_b)))

    return compiled


def _at_least_float32(logits: tf.Tensor) -> tf.Tensor:
    return logits if logits.dtype == tf.float64 else tf.cast(logits, tf.float32)
