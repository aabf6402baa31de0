"""Two peers in one Keras model: what `fit` trains."""

import inspect
from collections.abc import Callable
from typing import Any

import keras
from keras import ops

import cmdcore
from cmd_keras.array_check import check_class_weight, check_inputs, check_labels
from cmd_keras.finite import is_array
from cmd_keras.optimizers.peer_optimizers import PeerOptimizers
from cmd_keras.peers import check_logit_shapes, check_peers, num_classes
from cmd_keras.signature import input_signature
from cmd_keras.train_step import TrainStep
from cmd_keras.training_clock import TrainingClock
from cmdcore import modes
from cmdcore import self_kd as self_kds

Tensor = Any

# Measured while training only: they describe what was distilled, and
# evaluation distils nothing.
_TRAINING_ONLY = ("peer_a_certainty", "peer_b_certainty", "threshold", "a_to_b", "b_to_a")


@keras.saving.register_keras_serializable(package="cmd_keras")
class MutualDistiller(TrainStep, keras.Model):
    """Trains two networks that teach each other what they are confident of.

    Mutual distillation of confident knowledge (CMD), for labels of which some
    are wrong. In every step each peer learns from its own refined label (table
    2 of the paper) and, where the other peer's entropy lies below a threshold
    chi (eq. 12), from that peer's refined label as well (eqs. 8 to 11).

    Args:
        peer_a: A `keras.Model` that returns logits `[batch, num_classes]`.
        peer_b: Another one. It may have a different architecture, but takes the
            same inputs and tells the same classes apart.
        self_kd: How a peer refines its label: `"ce"`, `"ls"`, `"cp"`,
            `"boot-soft"`, `"proselflc"`, `"mconf"`, or an object such as
            `cmdcore.ProSelfLC(b1=20.0)`. Defaults to `"mconf"`.
        mode: Which knowledge is passed on: `"zero"`, `"all"`, `"static"`,
            `"progressive"`, or an object such as
            `cmdcore.Progressive(eta=2.0, b2=-5.0)`. Defaults to `"progressive"`.
        knowledge: What is passed on: `"refined"`, the peer's refined label as
            in eq. 8, or `"prediction"`, the peer's prediction p.
        constant_targets: Whether the prediction inside one's own refined label
            is held constant. Defaults to `False`, as in the ProSelfLC authors'
            code; with `True`, dL/dz shrinks to `(1 - epsilon)(p - q)`.
        clock: What t counts in t/Gamma: `"epoch"` or `"step"`. Gamma is taken
            from `fit(epochs=...)`.
        name: Name of the model.
        **kwargs: Passed to `keras.Model`.

    Attributes:
        peer_a: The first network, for use on its own after training.
        peer_b: The second network.

    Logs of `fit`, per epoch:

    - `loss`: mean of the two peers' losses. What is minimised is their sum,
      plus the regularisation losses of both; each peer's gradient comes from
      its own loss alone.
    - `peer_a_loss`, `peer_b_loss`: L_A and L_B of eqs. 10 and 11.
    - `peer_a_accuracy`, `peer_b_accuracy`, `mean_accuracy`, and
      `ensemble_accuracy` for the mean of both predictions, against the labels
      given to `fit`.
    - `threshold`: chi in nats.
    - `peer_a_certainty`, `peer_b_certainty`: r of eq. 6.
    - `a_to_b`, `b_to_a`: fraction of samples whose knowledge was distilled.

    Callbacks that monitor an accuracy need `mode="max"`: Keras guesses the
    direction of compiled metrics only.

    `evaluate` reports losses (cross entropy with the labels) and accuracies.
    `predict` returns the mean of the two peers' probabilities.

    Example:

    ```python
    def peer():
        return keras.Sequential([
            keras.Input((64,)),
            keras.layers.Dense(128, activation="relu"),
            keras.layers.Dense(10),
        ])

    distiller = MutualDistiller(peer(), peer(), self_kd="mconf", mode="progressive")
    distiller.compile(optimizer="adam")
    distiller.fit(x_train, y_train, epochs=30, validation_data=(x_test, y_test))
    probabilities = distiller.predict(x_test)
    ```

    Raises:
        TypeError: if a peer is not a `keras.Model`.
        ValueError: if the peers are one network, share weights, end in a
            softmax, or differ in inputs or number of classes; or if another
            argument is none of the values above.
    """

    def __init__(
        self,
        peer_a: keras.Model,
        peer_b: keras.Model,
        self_kd: Any = "mconf",
        mode: Any = "progressive",
        knowledge: str = "refined",
        constant_targets: bool = False,
        clock: str = "epoch",
        name: str = "mutual_distiller",
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        check_peers(peer_a, peer_b)
        _check_choice("knowledge", knowledge, ("refined", "prediction"))
        _check_choice("clock", clock, ("epoch", "step"))
        self.peer_a = peer_a
        self.peer_b = peer_b
        self.self_kd = self_kds.get(self_kd)
        self.mode = modes.get(mode)
        self.knowledge = knowledge
        self.constant_targets = constant_targets
        self.clock = clock

        self._t = self._state("t", "int", 0)
        self._gamma = self._state("gamma", "int", 1)
        self._certainty_a = self._state("certainty_a", "float32", 0)
        self._certainty_b = self._state("certainty_b", "float32", 0)

        mean = keras.metrics.Mean
        self._peer_a_loss = mean(name="peer_a_loss")
        self._peer_b_loss = mean(name="peer_b_loss")
        self._peer_a_accuracy = mean(name="peer_a_accuracy")
        self._peer_b_accuracy = mean(name="peer_b_accuracy")
        self._mean_accuracy = mean(name="mean_accuracy")
        self._ensemble_accuracy = mean(name="ensemble_accuracy")
        self._threshold = mean(name="threshold")
        self._peer_a_certainty = mean(name="peer_a_certainty")
        self._peer_b_certainty = mean(name="peer_b_certainty")
        self._a_to_b = mean(name="a_to_b")
        self._b_to_a = mean(name="b_to_a")
        self._accuracies = (
            self._peer_a_accuracy,
            self._peer_b_accuracy,
            self._mean_accuracy,
            self._ensemble_accuracy,
        )
        self._measured_in_training = (
            self._threshold,
            self._peer_a_certainty,
            self._peer_b_certainty,
            self._a_to_b,
            self._b_to_a,
            *self._accuracies,
        )

        self.built = peer_a.built and peer_b.built

    def _state(self, name: str, dtype: str, value: float) -> keras.Variable:
        return self.add_weight(
            name=name,
            shape=(),
            dtype=keras.config.floatx() if dtype == "float32" else dtype,
            initializer=keras.initializers.Constant(value),
            trainable=False,
            autocast=False,
            aggregation="only_first_replica",
        )

    def call(self, inputs: Any, training: bool | None = None) -> Tensor:
        """The ensemble's prediction.

        Args:
            inputs: What the peers take.
            training: Passed on to the peers.

        Returns:
            `[batch, num_classes]`, the mean of both peers' probabilities.
        """
        log_p_a, log_p_b = self.peer_log_probabilities(inputs, training)
        return _ensemble(log_p_a, log_p_b)

    def peer_log_probabilities(self, x: Any, training: bool | None) -> tuple[Tensor, Tensor]:
        """log p_A and log p_B, each `[batch, num_classes]`, at least float32.

        Raises:
            ValueError: if the peers' outputs turn out not to fit each other.
        """
        logits_a, logits_b = self._peer_logits(x, training)
        return cmdcore.log_probabilities(logits_a), cmdcore.log_probabilities(logits_b)

    def _peer_logits(self, x: Any, training: bool | None) -> tuple[Tensor, Tensor]:
        logits_a = self.peer_a(x, training=training)
        logits_b = self.peer_b(x, training=training)
        check_logit_shapes([tuple(logits_a.shape)], [tuple(logits_b.shape)])
        return logits_a, logits_b

    def mutual_loss(self, x: Any, y: Tensor, sample_weight: Tensor | None) -> tuple[Tensor, Tensor]:
        """What a training step minimises, eqs. 10 and 11.

        Args:
            x: A batch of inputs.
            y: Its labels: indices `[batch]` or distributions `[batch, num_classes]`.
            sample_weight: `[batch]`, multiplies both peers' losses, or None.

        Returns:
            The sum of both peers' mean losses (a scalar) and the ensemble's
            probabilities `[batch, num_classes]`.
        """
        logits_a, logits_b = self._peer_logits(x, training=True)

        def objective(logits_a: Tensor, logits_b: Tensor) -> tuple[Tensor, ...]:
            return self._objective(y, logits_a, logits_b)

        objective = self.compiled_objective(objective, logits_a.shape[-1])
        loss_a, loss_b, *measured = objective(logits_a, logits_b)
        for metric, value in zip(self._measured_in_training, measured, strict=True):
            metric.update_state(value)
        # Not handed out by the objective: where no metric asks for it, it is never held.
        ensemble = _ensemble(*map(cmdcore.log_probabilities, (logits_a, logits_b)))
        return self._update_losses(loss_a, loss_b, sample_weight), ensemble

    def _objective(self, y: Tensor, logits_a: Tensor, logits_b: Tensor) -> tuple[Tensor, ...]:
        """Everything between the logits and the means over the batch.

        Returns:
            Both losses `[batch]`, and for each metric that is measured in training its
            values, all of them floats.
        """
        log_p_a, log_p_b = map(cmdcore.log_probabilities, (logits_a, logits_b))
        q = cmdcore.label_distribution(y, log_p_a.shape[-1], log_p_a.dtype)
        progress = ops.cast(self._t, log_p_a.dtype) / ops.cast(self._gamma, log_p_a.dtype)
        threshold = self.mode.threshold(progress, log_p_a.shape[-1])
        refined_a = self.self_kd.refined_labels(q, log_p_a, progress, self._certainty_a)
        refined_b = self.self_kd.refined_labels(q, log_p_b, progress, self._certainty_b)
        teaches_p = self.knowledge == "prediction"
        losses = cmdcore.mutual_losses(
            refined_a=ops.stop_gradient(refined_a) if self.constant_targets else refined_a,
            refined_b=ops.stop_gradient(refined_b) if self.constant_targets else refined_b,
            knowledge_a=ops.exp(log_p_a) if teaches_p else refined_a,
            knowledge_b=ops.exp(log_p_b) if teaches_p else refined_b,
            log_p_a=log_p_a,
            log_p_b=log_p_b,
            threshold=threshold,
        )
        return (
            losses.loss_a,
            losses.loss_b,
            ops.cast(threshold, log_p_a.dtype),
            cmdcore.certainty(losses.entropy_a, q.shape[-1]),
            cmdcore.certainty(losses.entropy_b, q.shape[-1]),
            ops.cast(losses.a_to_b, log_p_a.dtype),
            ops.cast(losses.b_to_a, log_p_a.dtype),
            *_right(q, log_p_a, log_p_b, _ensemble(log_p_a, log_p_b)),
        )

    def evaluation_loss(self, x: Any, y: Tensor, sample_weight: Tensor | None) -> Tensor:
        """Measures both peers' cross entropy and accuracy; distils nothing.

        Args:
            x: A batch of inputs.
            y: Its labels: indices `[batch]` or distributions `[batch, num_classes]`.
            sample_weight: `[batch]`, multiplies both peers' losses, or None.

        Returns:
            The ensemble's probabilities `[batch, num_classes]`.
        """
        log_p_a, log_p_b = self.peer_log_probabilities(x, training=False)
        q = cmdcore.label_distribution(y, log_p_a.shape[-1], log_p_a.dtype)
        ensemble = _ensemble(log_p_a, log_p_b)
        right = _right(q, log_p_a, log_p_b, ensemble)
        for metric, value in zip(self._accuracies, right, strict=True):
            metric.update_state(value)
        self._update_losses(
            cmdcore.cross_entropy(q, log_p_a), cmdcore.cross_entropy(q, log_p_b), sample_weight
        )
        return ensemble

    def _update_losses(
        self, loss_a: Tensor, loss_b: Tensor, sample_weight: Tensor | None
    ) -> Tensor:
        if sample_weight is not None:
            weight = ops.reshape(ops.cast(sample_weight, loss_a.dtype), (-1,))
            loss_a, loss_b = loss_a * weight, loss_b * weight
        self._peer_a_loss.update_state(loss_a)
        self._peer_b_loss.update_state(loss_b)
        size = self.examples_per_replica(loss_a)
        total = (ops.sum(loss_a) + ops.sum(loss_b)) / size
        for regularization in self.losses:
            total += ops.cast(regularization, total.dtype)
        self._loss_tracker.update_state(total / 2.0, sample_weight=size)
        return total

    def training_logs(self, x: Any, y: Any, y_pred: Tensor, sample_weight: Any) -> dict[str, Any]:
        """All running means, after the compiled metrics have seen the batch."""
        return self.compute_metrics(x, y, y_pred, sample_weight=sample_weight)

    def evaluation_logs(self, x: Any, y: Any, y_pred: Tensor, sample_weight: Any) -> dict[str, Any]:
        """The running means that have a meaning outside training."""
        logs = self.compute_metrics(x, y, y_pred, sample_weight=sample_weight)
        return {name: value for name, value in logs.items() if name not in _TRAINING_ONLY}

    def set_clock(self, t: int, gamma: int) -> None:
        """Set t and Gamma of eqs. 5 and 12. `fit` does this."""
        self._t.assign(t)
        self._gamma.assign(gamma)

    def advance_clock(self) -> None:
        """Count a finished step, if t counts steps."""
        if self.clock == "step":
            self._t.assign_add(1)

    def set_certainty(self, peer_a: float, peer_b: float) -> None:
        """Set r of eq. 6, over the last finished epoch. `fit` does this."""
        self._certainty_a.assign(peer_a)
        self._certainty_b.assign(peer_b)

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
            optimizer: One optimizer for the weights of both peers, by name or as
                an object, or a pair `(optimizer_a, optimizer_b)`.
            loss: Must stay `None`: the objective is given by `self_kd` and `mode`.
            metrics: Further Keras metrics, computed on the ensemble's probabilities.
            weighted_metrics: The same, weighted by `sample_weight`.
            **kwargs: Passed to `keras.Model.compile`.

        Raises:
            ValueError: if a `loss` is given.
        """
        if loss is not None:
            raise ValueError(
                f"MutualDistiller makes its own loss, received loss={loss!r}. Leave it out, and "
                "choose the objective with MutualDistiller(self_kd=..., mode=...)."
            )
        if optimizer is None:
            raise ValueError(
                "An optimizer is needed, received None. Pass a name, an object, or a pair of them."
            )
        if isinstance(optimizer, (tuple, list)):
            optimizer = PeerOptimizers.of_peers(optimizer, self.peer_a, self.peer_b)
        super().compile(
            optimizer=optimizer, metrics=metrics, weighted_metrics=weighted_metrics, **kwargs
        )

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
        given = _named(super().fit, x, y, batch_size, epochs, verbose, callbacks, *args, **kwargs)
        self._check_arrays(x, y, given.get("sample_weight"))
        if isinstance(given.get("validation_data"), (tuple, list)):
            self._check_arrays(*keras.utils.unpack_x_y_sample_weight(given["validation_data"]))
        if given.get("class_weight") is not None:
            check_class_weight(given["class_weight"], self._num_classes())
        clock = TrainingClock(self.clock)
        if isinstance(callbacks, keras.callbacks.CallbackList):
            clock.set_model(self)
            clock.set_params(callbacks.params)
            callbacks.callbacks.insert(0, clock)
        else:
            # First in line, so that a checkpoint taken by the user's callbacks
            # holds the r of the epoch that has just ended.
            callbacks = [clock, *_as_list(callbacks)]
        return super().fit(x, y, batch_size, epochs, verbose, callbacks, *args, **kwargs)

    def evaluate(self, x: Any = None, y: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Measures both peers; `keras.Model.evaluate`.

        Args:
            x: Inputs, or a data set of `(x, y)` or `(x, y, sample_weight)`.
            y: Labels of `x`, as in `fit`.
            *args: As in `keras.Model.evaluate`.
            **kwargs: As in `keras.Model.evaluate`.

        Returns:
            Losses and accuracies, as a list, or as a dictionary with `return_dict=True`.

        Raises:
            ValueError: if arrays, data frames or tensors contain NaN, infinity or missing
                values, or labels out of range. Streams of batches are not looked at.
        """
        given = _named(super().evaluate, x, y, *args, **kwargs)
        self._check_arrays(x, y, given.get("sample_weight"))
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

    def _check_arrays(self, x: Any, y: Any = None, sample_weight: Any = None) -> None:
        check_inputs(x, sample_weight)
        if y is None and any(map(is_array, keras.tree.flatten(x))):
            raise ValueError("Labels are missing: received an array x without y.")
        classes = self._num_classes()
        if y is not None and classes is not None:
            check_labels(y, classes)

    def _num_classes(self) -> int | None:
        return num_classes(self.peer_a) or num_classes(self.peer_b)

    def get_config(self) -> dict[str, Any]:
        """Everything `__init__` takes, serialised."""
        serialize = keras.saving.serialize_keras_object
        return {
            **super().get_config(),
            "peer_a": serialize(self.peer_a),
            "peer_b": serialize(self.peer_b),
            "self_kd": serialize(self.self_kd),
            "mode": serialize(self.mode),
            "knowledge": self.knowledge,
            "constant_targets": self.constant_targets,
            "clock": self.clock,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "MutualDistiller":
        """A new distiller from `get_config`."""
        objects = {
            name: keras.saving.deserialize_keras_object(config[name])
            for name in ("peer_a", "peer_b", "self_kd", "mode")
        }
        return cls(**{**config, **objects})


def _ensemble(log_p_a: Tensor, log_p_b: Tensor) -> Tensor:
    return (ops.exp(log_p_a) + ops.exp(log_p_b)) / 2.0


def _right(
    q: Tensor, log_p_a: Tensor, log_p_b: Tensor, ensemble: Tensor
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Where A, B, half of them, and their ensemble name the class of the label; 0 to 1."""
    label = ops.argmax(q, axis=-1)
    right_a, right_b, right = (
        ops.cast(ops.argmax(p, axis=-1) == label, log_p_a.dtype)
        for p in (log_p_a, log_p_b, ensemble)
    )
    return right_a, right_b, (right_a + right_b) / 2.0, right


def _named(method: Callable, *args: Any, **kwargs: Any) -> dict[str, Any]:
    """What a method is given, by the names it has for that."""
    return inspect.signature(method).bind(*args, **kwargs).arguments


def _as_list(callbacks: Any) -> list:
    if callbacks is None:
        return []
    return list(callbacks) if isinstance(callbacks, (list, tuple)) else [callbacks]


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ValueError(
            f"{name} must be one of {', '.join(map(repr, choices))}, received {value!r}."
        )
