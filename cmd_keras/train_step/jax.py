"""The step on JAX: a pure function of the state, differentiated as a whole."""

from typing import Any

import jax
import keras

from cmd_keras.edited_gradients import edited
from cmd_keras.train_step.whole_batch import compiled, examples_per_replica, rows_of

__all__ = ["TrainStep", "add_rows", "compiled", "examples_per_replica", "put_rows", "rows_of"]

State = tuple[list, ...]


class TrainStep:
    """`train_step` and `test_step` of `MutualDistiller` on JAX, both stateless."""

    def train_step(self, state: State, data: Any) -> tuple[dict[str, Any], State]:
        """Forward both peers, differentiate the sum of their losses, update both."""
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        trainable, non_trainable, optimizer, metrics = state

        def scaled_loss(trainable: list) -> tuple[Any, tuple]:
            variables = self.non_trainable_variables + self.metrics_variables
            with keras.StatelessScope(
                state_mapping=[
                    *zip(self.trainable_variables, trainable, strict=True),
                    *zip(variables, non_trainable + metrics, strict=True),
                    *zip(self.optimizer.variables, optimizer, strict=True),
                ],
                collect_losses=True,
            ) as scope:
                loss, y_pred = self.mutual_loss(x, y, sample_weight)
                self.advance_clock()
                logs = self.compute_metrics(x, y, y_pred, sample_weight=sample_weight)
                loss = self.optimizer.scale_loss(loss)
            return loss, (
                logs,
                _values(scope, self.non_trainable_variables, non_trainable),
                _values(scope, self.metrics_variables, metrics),
            )

        before = list(zip(self.non_trainable_variables, non_trainable, strict=True))
        gradients, (logs, non_trainable, metrics) = jax.grad(scaled_loss, has_aux=True)(trainable)
        with keras.StatelessScope(state_mapping=before):
            gradients = edited(self, gradients, trainable)
        trainable, optimizer = self.optimizer.stateless_apply(optimizer, gradients, trainable)
        return logs, (trainable, non_trainable, optimizer, metrics)

    def test_step(self, state: State, data: Any) -> tuple[dict[str, Any], State]:
        """Forward both peers and measure them against the given labels."""
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        trainable, non_trainable, metrics = state
        variables = self.trainable_variables + self.non_trainable_variables + self.metrics_variables
        with keras.StatelessScope(
            state_mapping=zip(variables, trainable + non_trainable + metrics, strict=True),
            collect_losses=True,
        ) as scope:
            y_pred = self.evaluation_loss(x, y, sample_weight)
            logs = self.evaluation_logs(x, y, y_pred, sample_weight)
        non_trainable = _values(scope, self.non_trainable_variables, non_trainable)
        metrics = _values(scope, self.metrics_variables, metrics)
        return logs, (trainable, non_trainable, metrics)


def put_rows(variable: keras.Variable, numbers: jax.Array, rows: jax.Array) -> None:
    """Put other rows in their place.

    Args:
        variable: `[n, ...]`. A compiled step changes it where it is.
        numbers: `[batch]`, which rows, each once.
        rows: `[batch, ...]`, of the type of the variable.
    """
    variable.assign(keras.ops.scatter_update(variable, numbers[:, None], rows))


def add_rows(variable: keras.Variable, numbers: jax.Array, rows: jax.Array) -> None:
    """Add to some rows.

    Args:
        variable: `[n, ...]`. A compiled step changes it where it is.
        numbers: `[batch]`, which rows. What one that comes twice is given is added twice.
        rows: `[batch, ...]`, of the type of the variable, without a gradient.
    """
    variable.assign(variable.value.at[numbers].add(rows))


def _values(scope: keras.StatelessScope, variables: list, before: list) -> list:
    """What the variables hold at the end of the scope."""
    after = [scope.get_current_value(variable) for variable in variables]
    return [old if new is None else new for old, new in zip(before, after, strict=True)]
