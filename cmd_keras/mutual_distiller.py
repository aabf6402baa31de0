"""Two peers in one Keras model: what `fit` trains."""

import functools
from collections.abc import Mapping
from typing import Any

import keras

from cmd_keras.arguments import named
from cmd_keras.array_check import check_arrays, check_fit
from cmd_keras.mutual_objective import (
    ACCURACIES,
    LOSSES,
    averaging_objective,
    check_forgetful,
    check_untaught,
    ensemble,
    evaluation_objective,
    sum_of_means,
    taught_objective,
    training_objective,
    values,
    weighted,
)
from cmd_keras.optimizers.peer_optimizers import of_peers
from cmd_keras.peer_metrics import PeerMetrics
from cmd_keras.peers import check_peers, logits_of, num_classes
from cmd_keras.signature import input_signature
from cmd_keras.teacher import check_teacher, log_probabilities_of, networks_of
from cmd_keras.train_step import TrainStep, compiled, examples_per_replica
from cmd_keras.training_clock import Timed, TrainingClock
from cmdcore import PeerLosses, methods
from cmdcore.tensor import Tensor


@keras.saving.register_keras_serializable(package="cmd_keras")
class MutualDistiller(TrainStep, Timed, keras.Model):
    """Trains two networks that teach each other what they are confident of.

    Mutual distillation of confident knowledge (CMD), for labels of which some are wrong.
    In every step each peer learns from its own refined label (table 2 of the paper) and,
    where the other peer's entropy lies below a threshold chi (eq. 12), from that peer's
    refined label as well (eqs. 8 to 11).

    Args:
        peer_a: A `keras.Model` that returns logits `[batch, num_classes]`.
        peer_b: Another one. It may have a different architecture, but takes the
            same inputs and tells the same classes apart.
        self_kd: How a peer refines its label, as `cmdcore.CMD` takes it: a name or an object
            such as `cmdcore.ProSelfLC(b1=20.0)`. Defaults to `"mconf"`.
        mode: Which knowledge is passed on, as `cmdcore.CMD` takes it: a name or an object
            such as `cmdcore.Progressive(eta=2.0, b2=-5.0)`. Defaults to `"progressive"`.
        knowledge: `"refined"` or `"prediction"`, as `cmdcore.CMD` takes it. Defaults to
            `"refined"`.
        constant_targets: As `cmdcore.CMD` takes it. Defaults to `False`.
        clock: What t counts in t/Gamma: `"epoch"` or `"step"`. Gamma is `epochs` of `fit`.
        method: How the peers learn: `"cmd"`, with the four arguments above, or another
            method of `cmdcore.methods`, by name or as an object such as
            `cmdcore.SyncMKD(epsilon=0.5)`, which takes none of them.
        teacher: A trained network that says logits or a softmax, several of them, or a
            distiller, for a method that learns from one. It is frozen: `trainable` becomes False.
        name: Name of the model.
        **kwargs: Passed to `keras.Model`.

    Attributes:
        peer_a: The first network, for use on its own after training.
        peer_b: The second network.
        method: How they learn, a `cmdcore.Method`.
        teachers: The networks that the teacher consists of, if there is one.
        means: What the method keeps from batch to batch, `RunningMeans`, or None.

    Logs of `fit`, per epoch:

    - `loss`: mean of the two peers' losses. What is minimised is their sum, plus the
      regularisation losses of both; each peer's gradient comes from its own loss alone.
    - `peer_a_loss`, `peer_b_loss`: L_A and L_B of eqs. 10 and 11.
    - `peer_a_accuracy`, `peer_b_accuracy`, `mean_accuracy`, and `ensemble_accuracy` for
      the mean of both predictions, against the labels given to `fit`.
    - What the method measures. CMD: `threshold`, chi in nats; `peer_a_entropy`,
      `peer_b_entropy`, mean H(p) in nats; `peer_a_certainty`, `peer_b_certainty`, r of
      eq. 6; `a_to_b`, `b_to_a`, the fraction of samples whose knowledge was distilled.

    Callbacks that monitor an accuracy need `mode="max"`: Keras guesses the direction of
    compiled metrics only. `evaluate` reports losses (cross entropy with the labels, in `loss` with
    the regularisation) and accuracies. `predict` returns the mean of the two peers' probabilities.

    Example:

    ```python
    def peer():
        hidden = keras.layers.Dense(128, activation="relu")
        return keras.Sequential([keras.Input((64,)), hidden, keras.layers.Dense(10)])

    distiller = MutualDistiller(peer(), peer(), self_kd="mconf", mode="progressive")
    distiller.compile(optimizer="adam")
    distiller.fit(x_train, y_train, epochs=30, validation_data=(x_test, y_test))
    probabilities = distiller.predict(x_test)
    ```

    Raises:
        TypeError: if a peer is not a `keras.Model`.
        ValueError: if the peers are one network, share weights, end in a softmax, or differ
            in inputs or number of classes; so does a teacher, or the method has none; or an
            argument is none of the values above.
    """

    def __init__(
        self,
        peer_a: keras.Model,
        peer_b: keras.Model,
        self_kd: Any = None,
        mode: Any = None,
        knowledge: str | None = None,
        constant_targets: bool | None = None,
        clock: str = "epoch",
        method: Any = "cmd",
        teacher: Any = None,
        name: str = "mutual_distiller",
        **kwargs: Any,
    ) -> None:
        # The peers cast for themselves, in prediction as in training, where each is called alone.
        super().__init__(name=name, **{"autocast": False, **kwargs})
        check_peers(peer_a, peer_b)
        self.peer_a = peer_a
        self.peer_b = peer_b
        of_cmd = {"self_kd": self_kd, "mode": mode, "knowledge": knowledge}
        self.method = methods.chosen(method, constant_targets=constant_targets, **of_cmd)
        self.teachers = networks_of(teacher)
        check_teacher(self.teachers, self.method, peer_a, peer_b)
        for network in self.teachers:
            network.trainable = False
        self.start_clock(clock, self.method)
        self._peer_metrics = PeerMetrics([*LOSSES, *ACCURACIES, *self.method.measures])
        self.built = peer_a.built and peer_b.built

    def call(self, inputs: Any, training: bool | None = None) -> Tensor:
        """The ensemble's prediction.

        Args:
            inputs: What the peers take.
            training: Passed on to the peers.

        Returns:
            `[batch, num_classes]`, the mean of both peers' probabilities.

        Raises:
            ValueError: if the peers' outputs turn out not to fit each other.
        """
        return ensemble(*logits_of(self.peer_a, self.peer_b, inputs, training))

    def mutual_loss(self, x: Any, y: Tensor, sample_weight: Tensor | None) -> tuple[Tensor, Tensor]:
        """What a training step minimises, eqs. 10 and 11 for CMD.

        Args:
            x: A batch of inputs.
            y: Its labels: indices `[batch]` or distributions `[batch, num_classes]`.
            sample_weight: `[batch]`, multiplies both peers' losses, or None.

        Returns:
            The sum of both mean losses, a scalar, and the ensemble's probabilities
            `[batch, num_classes]`.
        """
        logits = logits_of(self.peer_a, self.peer_b, x, training=True)
        # Not handed out by the objective: where no metric asks for it, it is never held.
        losses = self.peer_losses(logits, y, self._objective(x, logits[0].shape[-1]))
        return self._measured(losses, sample_weight), ensemble(*logits)

    def _objective(self, x: Any, classes: int) -> Any:
        """That of `mutual_objective` which the method is trained by, told what it needs."""
        if self.teachers:
            told = {"log_p_t": log_probabilities_of(self.teachers, x, classes)}
            return functools.partial(taught_objective, **told)
        if self.means is not None:
            return functools.partial(averaging_objective, means=self.means.of_both())
        return training_objective

    def peer_losses(self, logits: tuple, y: Tensor, objective: Any) -> Any:
        """What an objective of `mutual_objective` makes of logits `[batch, num_classes]`."""

        def of_logits(logits_a: Tensor, logits_b: Tensor) -> Any:
            return objective(self.method, y, logits_a, logits_b, self.moment)

        found = compiled(of_logits, logits[0].shape[-1])(*logits)
        return found if self.means is None else self.means.kept_of(*found)

    def evaluation_loss(self, x: Any, y: Tensor, sample_weight: Tensor | None) -> Tensor:
        """Measures both peers' cross entropy and accuracy on what `mutual_loss` takes.

        Returns:
            The ensemble's probabilities `[batch, num_classes]`.
        """
        logits = logits_of(self.peer_a, self.peer_b, x, training=False)
        losses, probabilities = evaluation_objective(y, *logits)
        self._measured(losses, sample_weight)
        return probabilities

    def _measured(self, losses: PeerLosses, sample_weight: Tensor | None) -> Tensor:
        """The sum of both mean losses and the regularisation, counted into the means."""
        losses = weighted(losses, sample_weight)
        self._peer_metrics.update_state(values(losses))
        size = examples_per_replica(losses.loss_a)
        total = sum_of_means(losses, size, [*self.peer_a.losses, *self.peer_b.losses])
        self._loss_tracker.update_state(total / 2.0, sample_weight=size)
        return total

    def evaluation_logs(self, x: Any, y: Any, y_pred: Tensor, sample_weight: Any) -> dict[str, Any]:
        """The running means but those of the method: evaluation distils nothing."""
        logs = self.compute_metrics(x, y, y_pred, sample_weight=sample_weight)
        return {name: value for name, value in logs.items() if name not in self.method.measures}

    def compile(
        self,
        optimizer: Any = "adam",
        loss: None = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        **kwargs: Any,
    ) -> None:
        """Configures training.

        Args:
            optimizer: One for both peers, by name or as an object, or a pair, one for each.
            loss: Must stay `None`: the objective is that of `method`.
            metrics: Further Keras metrics, of the ensemble's probabilities.
            weighted_metrics: The same, weighted by `sample_weight`.
            **kwargs: Passed to `keras.Model.compile`.

        Raises:
            ValueError: if a `loss` is given, or no optimizer that fits the peers.
        """
        if loss is not None:
            raise ValueError(
                f"MutualDistiller makes its own loss, received loss={loss!r}. Leave it out, and "
                "choose the objective with MutualDistiller(method=..., self_kd=..., mode=...)."
            )
        optimizer = of_peers(optimizer, self.peer_a, self.peer_b)
        super().compile(optimizer, metrics=metrics, weighted_metrics=weighted_metrics, **kwargs)

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Restores what `compile` was given, as `keras.models.load_model` does."""
        self.compile(**keras.saving.deserialize_keras_object(config))
        if self.built:
            self.optimizer.build(self.trainable_variables)

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Any = None,
        *args: Any,
        **kwargs: Any,
    ) -> keras.callbacks.History:
        """Trains both peers; `keras.Model.fit` with Gamma = `epochs`.

        Every call begins a training of its own: t counts from 1 and r is 0, while the weights
        stay what they are. To go on with one, give the same `epochs` and the number of
        those that are done as `initial_epoch`; `BackupAndRestore` does so by itself.

        Args:
            x: Inputs, or a data set of `(x, y)` or `(x, y, sample_weight)`.
            y: Labels of `x`: integers `[n]`, one-hot or soft `[n, num_classes]`.
            batch_size: As in `keras.Model.fit`.
            epochs: Gamma of eqs. 5 and 12, the number of the last epoch.
            verbose: As in `keras.Model.fit`.
            callbacks: As in `keras.Model.fit`.
            *args: As in `keras.Model.fit`.
            **kwargs: As in `keras.Model.fit`, `initial_epoch` among them.

        Returns:
            The history of all logs.

        Raises:
            ValueError: if arrays, data frames or tensors contain NaN, infinity or missing
                values, or labels out of range. Streams of batches are not looked at.
        """
        given = x, y, batch_size, epochs, verbose, callbacks
        self.check_fit(named(super().fit, *given, *args, **kwargs))
        callbacks = TrainingClock(self.clock).first_of(callbacks, self)
        return super().fit(x, y, batch_size, epochs, verbose, callbacks, *args, **kwargs)

    def check_fit(self, given: Mapping[str, Any]) -> None:
        """Require data that `fit` can learn from, among all that it was given, by name."""
        check_forgetful(self.method)
        if not self.teachers:
            check_untaught(self.method)
        check_fit(given, num_classes(self.peer_a, self.peer_b), self.method)

    def evaluate(self, x: Any = None, y: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Measures both peers; `keras.Model.evaluate`, with its arguments.

        Returns:
            Losses and accuracies, as a list, or as a dictionary with `return_dict=True`.

        Raises:
            ValueError: as `fit`.
        """
        weight = named(super().evaluate, x, y, *args, **kwargs).get("sample_weight")
        check_arrays(x, y, weight, num_classes(self.peer_a, self.peer_b))
        return super().evaluate(x, y, *args, **kwargs)

    def export(self, *args: Any, **kwargs: Any) -> Any:
        """Writes the ensemble for serving; `keras.Model.export`.

        It takes what the peers take; inputs in a dictionary keep their names.
        """
        # Keras reads the signature off the first call, and training calls, and builds, the
        # peers, never their ensemble.
        self.built = self.peer_a.built and self.peer_b.built
        signature = input_signature(self.peer_a) or input_signature(self.peer_b)
        if signature is not None:
            kwargs.setdefault("input_signature", signature)
        return super().export(*args, **kwargs)

    def get_config(self) -> dict[str, Any]:
        """Everything `__init__` takes, serialised."""
        serialize = keras.saving.serialize_keras_object
        parts = {name: serialize(getattr(self, name)) for name in ("peer_a", "peer_b", "method")}
        if self.teachers:
            parts["teacher"] = [serialize(network) for network in self.teachers]
        return {**super().get_config(), **parts, "clock": self.clock}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "MutualDistiller":
        """A new distiller from `get_config`, also from that of a version without `method`."""
        read = keras.saving.deserialize_keras_object
        objects = ("peer_a", "peer_b", "self_kd", "mode", "method", "teacher")
        return cls(**{k: read(v) if k in objects else v for k, v in config.items()})
