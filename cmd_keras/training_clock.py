"""Keeps t, Gamma, r and the phase up to date while `fit` runs."""

from typing import Any

import keras

from cmd_keras.first_weights import FirstWeights, forget_steps
from cmd_keras.running_means import RunningMeans
from cmdcore import Averaging, Method, Moment, ranges
from cmdcore.methods.method import CLOCKS
from cmdcore.methods.phase import current, first_epochs


def clock_variable(model: keras.Model, name: str, dtype: str, value: float) -> keras.Variable:
    """A scalar of the model that training reads and does not train: t, Gamma, r or the phase.

    Args:
        model: To which it belongs.
        name: Its name.
        dtype: Its type.
        value: Before training.
    """
    return model.add_weight(
        (),
        keras.initializers.Constant(value),
        dtype,
        trainable=False,
        autocast=False,
        aggregation="only_first_replica",
        name=name,
    )


class Timed:
    """What a model knows of how far its training has come: t, Gamma, r and the phase."""

    def start_clock(self, clock: str, method: Method) -> None:
        """Make the variables. `__init__` does this.

        Args:
            clock: What t counts, `"epoch"` or `"step"`.
            method: Whose phases there are.

        Raises:
            ValueError: if `clock` is neither, or the method begins again with the first weights
                of peers that have none yet.
        """
        ranges.one_of("clock", clock, CLOCKS)
        self.clock = clock
        self._t = clock_variable(self, "t", "int", 0)
        self._gamma = clock_variable(self, "gamma", "int", 1)
        self._certainty_a = clock_variable(self, "certainty_a", keras.config.floatx(), 0)
        self._certainty_b = clock_variable(self, "certainty_b", keras.config.floatx(), 0)
        phases = method.phases()
        # Most methods have one: their models are saved as they were before there were more.
        self._phase = clock_variable(self, "phase", "int", 0) if len(phases) > 1 else None
        self._first = FirstWeights(self) if any(phase.fresh for phase in phases) else None
        self.means = RunningMeans(self) if isinstance(method, Averaging) else None

    @property
    def moment(self) -> Moment:
        """How far training has come."""
        phase = 0 if self._phase is None else self._phase
        return Moment(self._t, self._gamma, self._certainty_a, self._certainty_b, phase)

    def begin(self) -> None:
        """Forget all that was found out. `fit` does this where it begins."""
        self.set_certainty(peer_a=0.0, peer_b=0.0)
        if self.means is not None:
            self.means.forget()
        if self._first is not None:
            self._first.note()

    def begin_epoch(self) -> None:
        """Forget what belongs to the epoch before, where anything does. `fit` does this."""

    def begin_phase(self, number: int) -> None:
        """Begin another training, as the method has it. `fit` does this.

        Args:
            number: Of the phase, counted from 0.
        """
        if self.method.phases()[number].fresh:
            self._first.put_back()
            forget_steps(self.optimizer, self.trainable_variables)

    def set_phase(self, number: int) -> None:
        """Set the number of the phase, counted from 0. `fit` does this."""
        if self._phase is not None:
            self._phase.assign(number)

    def set_clock(self, t: int, gamma: int) -> None:
        """Set t and Gamma of eqs. 5 and 12. `fit` does this."""
        self._t.assign(t)
        self._gamma.assign(gamma)

    def advance_clock(self) -> None:
        """Count a finished step, if t counts steps."""
        if self.clock == "step":
            self._t.assign_add(1)

    def train_on_batch(self, *args: Any, **kwargs: Any) -> Any:
        """`keras.Model.train_on_batch`, which does not know how far training has come.

        Returns:
            What that one does.

        Raises:
            ValueError: if nobody has said so either, by `set_clock`.
        """
        if int(self._t) == 0:
            raise ValueError(
                "train_on_batch does not know how far training has come, on which all that is "
                "learned depends. Call set_clock(t=1, gamma=epochs) before the first batch, and "
                "again with the next t in each epoch (with clock='step' once, with the number of "
                "all steps as gamma); or use fit."
            )
        return super().train_on_batch(*args, **kwargs)

    def set_certainty(self, peer_a: float, peer_b: float) -> None:
        """Set r of eq. 6, over the last finished epoch. `fit` does this."""
        self._certainty_a.assign(peer_a)
        self._certainty_b.assign(peer_b)


class TrainingClock(keras.callbacks.Callback):
    """Tells a `MutualDistiller` how far training has come.

    `MutualDistiller.fit` adds it; nobody has to. It reads Gamma from what `fit`
    was told, so `initial_epoch` and resuming callbacks find the right time.

    Args:
        unit: `"epoch"`, where t counts epochs from 1 to Gamma as in section
            4.2, or `"step"`, where t counts steps.

    Raises:
        ValueError: at the start of training, if `unit` is `"step"` and the
            number of steps in an epoch is not known.
    """

    def __init__(self, unit: str) -> None:
        super().__init__()
        self.unit = unit

    def first_of(self, callbacks: Any, model: keras.Model) -> Any:
        """The callbacks of a `fit` of this model, with this one before all others.

        A checkpoint that is taken by one of them then holds the r of the epoch that has
        just ended.

        Args:
            callbacks: What `fit` was given: None, one, several, or a `CallbackList`, which
                is changed.
            model: Which `fit` trains.
        """
        if isinstance(callbacks, keras.callbacks.CallbackList):
            self.set_model(model)
            self.set_params(callbacks.params)
            callbacks.callbacks.insert(0, self)
            return callbacks
        if callbacks is None:
            return [self]
        several = isinstance(callbacks, (list, tuple))
        return [self, *(callbacks if several else [callbacks])]

    def on_train_begin(self, logs: Any = None) -> None:
        """Check that the unit can be counted."""
        if self.unit == "step" and not self.params.get("steps"):
            raise ValueError(
                "clock='step' needs the number of steps in an epoch, and this data set has no "
                "known length. Pass fit(steps_per_epoch=...) or use clock='epoch'."
            )

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Set t, Gamma and the phase; where training begins, nobody is certain of anything."""
        # Not at the start of training: a callback may still put an earlier state in place,
        # and only now it shows from which epoch on.
        epochs, phases = self.params["epochs"], self.model.method.phases()
        if epoch == 0:
            self.model.begin()
        else:
            for number, first in enumerate(first_epochs(phases, epochs)):
                if first == epoch:
                    self.model.begin_phase(number)
        self.model.begin_epoch()
        self.model.set_phase(current(phases, epoch, epochs))
        if self.unit == "epoch":
            self.model.set_clock(t=epoch + 1, gamma=epochs)
        else:
            steps = self.params["steps"]
            self.model.set_clock(t=epoch * steps + 1, gamma=epochs * steps)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Remember r of the finished epoch, eq. 6, where the method measures it."""
        if "peer_a_certainty" in self.model.method.measures:
            self.model.set_certainty(
                peer_a=logs["peer_a_certainty"], peer_b=logs["peer_b_certainty"]
            )
