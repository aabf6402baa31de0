"""SGD as the paper ran it: PyTorch's, with coupled weight decay."""

from typing import Any

import keras
from keras import ops

from cmdcore.tensor import Tensor


@keras.saving.register_keras_serializable(package="cmd_keras")
class CoupledSGD(keras.optimizers.Optimizer):
    """Stochastic gradient descent with momentum, in PyTorch's form.

    ```
    g = gradient + weight_decay * w
    velocity = momentum * velocity + g
    w = w - learning_rate * velocity
    ```

    It differs from `keras.optimizers.SGD` in two ways that move results:

    - weight decay joins the gradient before the momentum. Keras subtracts
      `learning_rate * weight_decay * w` beside it, which at momentum 0.9 is ten
      times weaker;
    - the velocity does not contain the learning rate, so that a drop in the
      rate takes effect at once.

    Weight decay applies to every trainable variable, biases and batch
    normalisation included, unless `exclude_from_weight_decay` was called.

    Args:
        learning_rate: A float, a schedule, or a callable without arguments.
        momentum: In [0, 1].
        weight_decay: At least 0. The paper uses 5e-4.
        name: Name of the optimizer.
        **kwargs: Passed to `keras.optimizers.Optimizer`.

    Raises:
        ValueError: if `momentum` or `weight_decay` is out of range.
    """

    def __init__(
        self,
        learning_rate: Any = 0.1,
        momentum: float = 0.9,
        weight_decay: float = 0.0,
        name: str = "coupled_sgd",
        **kwargs: Any,
    ) -> None:
        if not 0.0 <= momentum <= 1.0:
            raise ValueError(f"momentum must lie in [0, 1], received momentum={momentum}.")
        if not weight_decay >= 0.0:
            raise ValueError(
                f"weight_decay must be at least 0, received weight_decay={weight_decay}."
            )
        super().__init__(learning_rate=learning_rate, name=name, **kwargs)
        self.momentum = momentum
        # Not `self.weight_decay`, which the base class applies decoupled.
        self.coupled_weight_decay = weight_decay

    def build(self, variables: list) -> None:
        """Create one velocity for each variable."""
        if self.built:
            return
        super().build(variables)
        self.velocities = self.add_optimizer_variables(variables, "velocity")

    def update_step(self, gradient: Tensor, variable: Any, learning_rate: Tensor) -> None:
        """Move one variable."""
        gradient = ops.cast(gradient, variable.dtype)
        learning_rate = ops.cast(learning_rate, variable.dtype)
        velocity = self.velocities[self._get_variable_index(variable)]
        if self._use_weight_decay(variable):
            gradient = gradient + self.coupled_weight_decay * variable
        # In two steps, because TensorFlow makes one sum of three terms, and adds them up in
        # the order in which its threads come by: no two runs would end alike.
        self.assign(velocity, self.momentum * velocity)
        self.assign_add(velocity, gradient)
        self.assign_sub(variable, learning_rate * velocity)

    def get_config(self) -> dict[str, Any]:
        """Everything `__init__` takes."""
        return {
            **super().get_config(),
            "momentum": self.momentum,
            "weight_decay": self.coupled_weight_decay,
        }
