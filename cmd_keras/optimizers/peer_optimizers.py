"""A pair of optimizers that looks like one to Keras."""

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="cmd_keras")
class PeerOptimizers(keras.optimizers.Optimizer):
    """One optimizer for the weights of each peer.

    `MutualDistiller.compile(optimizer=(optimizer_a, optimizer_b))` makes one.
    Reading `learning_rate` gives peer A's; assigning it, as learning-rate
    callbacks do, sets both.

    Args:
        optimizer_a: Optimizer of peer A, by name or as an object.
        optimizer_b: Optimizer of peer B. Must be another object.
        num_variables_a: Number of trainable variables of peer A, which come
            first in the list that is optimised.
        name: Name of the optimizer.

    Raises:
        ValueError: if both are the same object, whose state cannot serve two.
    """

    def __init__(
        self,
        optimizer_a: Any,
        optimizer_b: Any,
        num_variables_a: int,
        name: str = "peer_optimizers",
    ) -> None:
        optimizer_a = keras.optimizers.get(optimizer_a)
        optimizer_b = keras.optimizers.get(optimizer_b)
        if optimizer_a is optimizer_b:
            raise ValueError(
                "Each peer needs an optimizer of its own, received the same object twice. For one "
                "optimizer over both peers pass it alone: compile(optimizer=optimizer)."
            )
        super().__init__(learning_rate=0.0, name=name)
        self.optimizer_a = optimizer_a
        self.optimizer_b = optimizer_b
        self.num_variables_a = num_variables_a

    @classmethod
    def of_peers(cls, pair: Any, peer_a: keras.Model, peer_b: keras.Model) -> "PeerOptimizers":
        """The pair for these two networks.

        Raises:
            ValueError: if it is not a pair, or a peer has no weights yet.
        """
        if len(pair) != 2:
            raise ValueError(f"Pass one optimizer or a pair of them, received {len(pair)}.")
        for name, peer in (("peer_a", peer_a), ("peer_b", peer_b)):
            if not peer.built:
                raise ValueError(
                    f"{name} has no weights yet, so they cannot be assigned to an optimizer. Build "
                    f"it before compile(): give it an Input, or call {name}.build(input_shape)."
                )
        return cls(*pair, num_variables_a=len(peer_a.trainable_variables))

    def build(self, variables: list) -> None:
        """Build each optimizer on its peer's variables."""
        if self.built:
            return
        n = self.num_variables_a
        self.optimizer_a.build(variables[:n])
        self.optimizer_b.build(variables[n:])
        super().build(variables)

    def apply(self, grads: list, trainable_variables: list | None = None) -> None:
        """Let each optimizer move its peer."""
        if not self.built:
            self.build(trainable_variables)
        n = self.num_variables_a
        grads, variables = list(grads), self._trainable_variables
        self.optimizer_a.apply(grads[:n], variables[:n])
        self.optimizer_b.apply(grads[n:], variables[n:])
        self._iterations.assign_add(1)

    def finalize_variable_values(self, var_list: list) -> None:
        """Let each optimizer put its final averages in place, if it keeps any."""
        n = self.num_variables_a
        self.optimizer_a.finalize_variable_values(var_list[:n])
        self.optimizer_b.finalize_variable_values(var_list[n:])

    @property
    def variables(self) -> list:
        """The state of both optimizers."""
        return [*super().variables, *self.optimizer_a.variables, *self.optimizer_b.variables]

    @property
    def learning_rate(self) -> Any:
        """Peer A's learning rate; assigning sets that of both."""
        return self.optimizer_a.learning_rate

    @learning_rate.setter
    def learning_rate(self, learning_rate: Any) -> None:
        self.optimizer_a.learning_rate = learning_rate
        self.optimizer_b.learning_rate = learning_rate

    def get_config(self) -> dict[str, Any]:
        """Everything `__init__` takes, serialised."""
        return {
            "optimizer_a": keras.saving.serialize_keras_object(self.optimizer_a),
            "optimizer_b": keras.saving.serialize_keras_object(self.optimizer_b),
            "num_variables_a": self.num_variables_a,
            "name": self.name,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> "PeerOptimizers":
        """A new pair from `get_config`."""
        pair = {
            name: keras.saving.deserialize_keras_object(config[name], custom_objects)
            for name in ("optimizer_a", "optimizer_b")
        }
        return cls(**{**config, **pair})
