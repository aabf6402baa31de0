"""A pair of optimizers that looks like one to Keras."""

import math
from typing import Any

import keras


@keras.saving.register_keras_serializable(package="cmd_keras")
class PeerOptimizers(keras.optimizers.Optimizer):
    """One optimizer for the weights of each peer.

    `MutualDistiller.compile(optimizer=(optimizer_a, optimizer_b))` makes one.
    Reading `learning_rate` gives peer A's. Setting it, as learning-rate callbacks do,
    gives peer A that rate and scales peer B's by the same factor; the ratio of both
    outlasts a rate of 0. To change one rate alone, set it on `optimizer_a` or
    `optimizer_b`.

    Args:
        optimizer_a: Optimizer of peer A, by name or as an object.
        optimizer_b: Optimizer of peer B. Must be another object.
        num_variables_a: Number of trainable variables of peer A, which come
            first in the list that is optimised.
        name: Name of the optimizer.
        loss_scale_factor: By which the loss is multiplied, and each gradient divided.
            By default that of the two optimizers, which must be the same: both peers
            learn from one loss.

    Raises:
        ValueError: if both are the same object, whose state cannot serve two, or they
            scale the loss differently.
    """

    def __init__(
        self,
        optimizer_a: Any,
        optimizer_b: Any,
        num_variables_a: int,
        name: str = "peer_optimizers",
        loss_scale_factor: float | None = None,
    ) -> None:
        optimizer_a = keras.optimizers.get(optimizer_a)
        optimizer_b = keras.optimizers.get(optimizer_b)
        if optimizer_a is optimizer_b:
            raise ValueError(
                "Each peer needs an optimizer of its own, received the same object twice. For one "
                "optimizer over both peers pass it alone: compile(optimizer=optimizer)."
            )
        super().__init__(
            # That of the base class moves nothing here. It is saved and loaded, and holds
            # peer B's rate over peer A's.
            learning_rate=_ratio(optimizer_a, optimizer_b),
            name=name,
            loss_scale_factor=_common_loss_scale(optimizer_a, optimizer_b) or loss_scale_factor,
        )
        self.optimizer_a = optimizer_a
        self.optimizer_b = optimizer_b
        self.num_variables_a = num_variables_a
        # Both would divide by it once more.
        optimizer_a.loss_scale_factor = optimizer_b.loss_scale_factor = None

    def build(self, variables: list) -> None:
        """Build each optimizer on its peer's variables."""
        if self.built:
            return
        n = self.num_variables_a
        self.optimizer_a.build(variables[:n])
        self.optimizer_b.build(variables[n:])
        super().build(variables)

    def apply(self, grads: list, trainable_variables: list | None = None) -> None:
        """Let each optimizer move its peer.

        Raises:
            ValueError: if weights were frozen, or unfrozen, since the pair was made.
        """
        if not self.built:
            self.build(trainable_variables)
        n = self.num_variables_a
        grads, variables = list(grads), self._trainable_variables
        if len(grads) != len(variables):
            raise ValueError(
                f"The pair of optimizers was made for {len(variables)} trainable weights, and now "
                f"there are {len(grads)}. After layers were frozen or unfrozen, compile() again."
            )
        if self.loss_scale_factor is not None:
            grads = [None if g is None else g / self.loss_scale_factor for g in grads]
        self.optimizer_a.apply(grads[:n], variables[:n])
        self.optimizer_b.apply(grads[n:], variables[n:])
        self._iterations.assign_add(1)

    def finalize_variable_values(self, var_list: list) -> None:
        """Let each optimizer put its final averages in place, if it keeps any."""
        n = self.num_variables_a
        self.optimizer_a.finalize_variable_values(var_list[:n])
        self.optimizer_b.finalize_variable_values(var_list[n:])

    def exclude_from_weight_decay(self, var_list: Any = None, var_names: Any = None) -> None:
        """Exclude weights from the decay of both optimizers."""
        self.optimizer_a.exclude_from_weight_decay(var_list, var_names)
        self.optimizer_b.exclude_from_weight_decay(var_list, var_names)

    @property
    def variables(self) -> list:
        """The state of both optimizers."""
        return [*super().variables, *self.optimizer_a.variables, *self.optimizer_b.variables]

    @property
    def learning_rate(self) -> Any:
        """Peer A's learning rate, a tensor. Setting it scales that of both."""
        # Not the variable, whose assign() would change peer A's alone.
        return keras.ops.copy(self.optimizer_a.learning_rate)

    @learning_rate.setter
    def learning_rate(self, learning_rate: Any) -> None:
        self._check_settable(learning_rate)
        learning_rate = _number(learning_rate)
        a, b = _number(self.optimizer_a.learning_rate), _number(self.optimizer_b.learning_rate)
        # Only where one of them was set on its own: what is computed from rounded rates
        # drifts, and of rates that are 0 there is no ratio.
        if a != 0.0 and b != self._rate_b(a):
            self._learning_rate.assign(_ratio(self.optimizer_a, self.optimizer_b))
        if not math.isfinite(_number(self._learning_rate)) and learning_rate != a:
            raise ValueError(
                f"The learning rates of the peers are {a} and {b}, and there is no factor from {a} "
                f"to {learning_rate}. Set optimizer_a.learning_rate and optimizer_b.learning_rate."
            )
        if learning_rate != a:
            self.optimizer_a.learning_rate = learning_rate
            self.optimizer_b.learning_rate = self._rate_b(_number(self.optimizer_a.learning_rate))

    def _rate_b(self, rate_a: float) -> float:
        """The rate of peer B beside this one of peer A, rounded as its optimizer does."""
        dtype = self.optimizer_b.learning_rate.dtype
        return _number(keras.ops.cast(_number(self._learning_rate) * rate_a, dtype))

    def _check_settable(self, learning_rate: Any) -> None:
        if isinstance(learning_rate, keras.optimizers.schedules.LearningRateSchedule) or (
            callable(learning_rate)
        ):
            raise TypeError(
                "The learning rate of a pair of optimizers is a number, by which both are scaled, "
                f"received {learning_rate!r}. Set a schedule on optimizer_a or optimizer_b."
            )
        if not math.isfinite(_number(learning_rate)):
            raise ValueError(f"A learning rate must be finite, received {learning_rate}.")
        for peer, optimizer in (("A", self.optimizer_a), ("B", self.optimizer_b)):
            if not isinstance(optimizer.learning_rate, keras.Variable):
                raise TypeError(
                    f"The optimizer of peer {peer} has a schedule as its learning rate, which "
                    "cannot be set or scaled. Give both optimizers of the pair a number, or leave "
                    "out the callback that sets the learning rate."
                )

    def get_config(self) -> dict[str, Any]:
        """Everything `__init__` takes, serialised."""
        return {
            "optimizer_a": keras.saving.serialize_keras_object(self.optimizer_a),
            "optimizer_b": keras.saving.serialize_keras_object(self.optimizer_b),
            "num_variables_a": self.num_variables_a,
            "name": self.name,
            "loss_scale_factor": self.loss_scale_factor,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> "PeerOptimizers":
        """A new pair from `get_config`."""
        pair = {
            name: keras.saving.deserialize_keras_object(config[name], custom_objects)
            for name in ("optimizer_a", "optimizer_b")
        }
        return cls(**{**config, **pair})


def _common_loss_scale(optimizer_a: Any, optimizer_b: Any) -> float | None:
    for optimizer in (optimizer_a, optimizer_b):
        if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
            raise ValueError(
                "Both peers learn from one loss, which cannot be scaled for each of them. Pass the "
                "optimizers inside LossScaleOptimizer: under the dtype policy mixed_float16 "
                "compile() scales the loss by itself."
            )
    a, b = optimizer_a.loss_scale_factor, optimizer_b.loss_scale_factor
    if a != b:
        raise ValueError(
            "Both peers learn from one loss, and their optimizers must have the same "
            f"loss_scale_factor, received {a} and {b}."
        )
    return a


def _ratio(optimizer_a: Any, optimizer_b: Any) -> float:
    """Peer B's learning rate over peer A's. Equal rates stay equal, 0 included."""
    a, b = _number(optimizer_a.learning_rate), _number(optimizer_b.learning_rate)
    if a == b:
        return 1.0
    return b / a if a else math.inf


def _number(value: Any) -> float:
    return float(keras.ops.convert_to_numpy(value))


def of_peers(optimizer: Any, peer_a: keras.Model, peer_b: keras.Model) -> Any:
    """What `keras.Model.compile` takes for two networks.

    Args:
        optimizer: One for the weights of both, by name or as an object, or a pair.
        peer_a: The first network.
        peer_b: The second network.

    Returns:
        A pair as `PeerOptimizers`, and one as it is.

    Raises:
        ValueError: if there is none, or not one or two, or a peer has no weights yet that
            could be given to one of a pair.
    """
    if optimizer is None:
        raise ValueError(
            "An optimizer is needed, received None. Pass a name, an object, or a pair of them."
        )
    if not isinstance(optimizer, (tuple, list)):
        return optimizer
    if len(optimizer) != 2:
        raise ValueError(f"Pass one optimizer or a pair of them, received {len(optimizer)}.")
    for name, peer in (("peer_a", peer_a), ("peer_b", peer_b)):
        if not peer.built:
            raise ValueError(
                f"{name} has no weights yet, so they cannot be assigned to an optimizer. Build "
                f"it before compile(): give it an Input, or call {name}.build(input_shape)."
            )
    pair = PeerOptimizers(*optimizer, num_variables_a=len(peer_a.trainable_variables))
    # At once, while that number is the right one.
    pair.build([*peer_a.trainable_variables, *peer_b.trainable_variables])
    return pair
