"""Everything that decides a training run, in one value that can be written down."""

import dataclasses
import difflib
import math
import types
import typing
from typing import Any

from cmd_keras.data.noise import Noise
from cmd_keras.errors import InputError
from cmd_keras.networks import NETWORKS
from cmdcore import modes
from cmdcore import self_kd as self_kds


@dataclasses.dataclass(frozen=True)
class Recipe:
    """How to train on a data set, where the user does not say."""

    network: str
    epochs: int
    batch_size: int
    learning_rate: float
    weight_decay: float
    milestones: tuple[float, ...]
    decay: float


# Appendix A.2 of the paper for CIFAR-100 with ResNet34: drops at epochs 50 and 80
# of 100.
PAPER = Recipe("resnet20", 100, 128, 0.1, 5e-4, (0.5, 0.8), 0.1)

# Half a minute on two cores, and long enough for plain cross entropy to memorise
# 40 % of wrong labels: it then agrees with 99 % of the given labels.
DIGITS = Recipe("mlp", 40, 128, 0.1, 1e-3, (0.5, 0.8), 0.1)


@dataclasses.dataclass(frozen=True)
class TrainSettings:
    """The settings of one run. None means: as the recipe or the method has it.

    Args:
        dataset: `digits`, or a name of tensorflow-datasets.
        data_dir: Where tensorflow-datasets keeps prepared sets.
        noise: `none`, `sym:RATE` or `pair:RATE`.
        mode: A name in `cmdcore.modes.MODES`.
        eta: Scale of the threshold, eq. 12.
        b2: Direction and steepness of the threshold, eq. 12.
        self_kd: A name in `cmdcore.self_kd.SELF_KD`.
        epsilon: Fixed self trust of LS, CP and Boot-soft.
        b1: Steepness of the adaptive self trust of ProSelfLC and Mconf.
        rho: Certainty from which Mconf trusts itself, eq. 6.
        knowledge: `refined` or `prediction`.
        constant_targets: Whether one's own prediction inside the label is constant.
        clock: `epoch` or `step`.
        network: A name in `cmd_keras.networks.NETWORKS`, for both peers.
        epochs: Gamma.
        batch_size: Pictures in a step.
        learning_rate: At the start.
        momentum: Of SGD.
        weight_decay: Coupled, on every trainable variable.
        milestones: Where the learning rate drops, as fractions of `epochs`.
        decay: What the learning rate is multiplied with there.
        seed: Of weights, order, augmentation and noise.

    Raises:
        InputError: if a value has the wrong type.
    """

    dataset: str = "digits"
    data_dir: str | None = None
    noise: str = "none"
    mode: str = "progressive"
    eta: float | None = None
    b2: float | None = None
    self_kd: str = "mconf"
    epsilon: float | None = None
    b1: float | None = None
    rho: float | None = None
    knowledge: str = "refined"
    constant_targets: bool = False
    clock: str = "epoch"
    network: str | None = None
    epochs: int | None = None
    batch_size: int | None = None
    learning_rate: float | None = None
    momentum: float = 0.9
    weight_decay: float | None = None
    milestones: tuple[float, ...] | None = None
    decay: float | None = None
    seed: int = 0

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "TrainSettings":
        """Settings read from a `config.json`.

        Raises:
            InputError: if a name is not one of the settings.
        """
        known = [field.name for field in dataclasses.fields(cls)]
        if unknown := sorted(set(values) - set(known)):
            raise InputError(f"Unknown settings {', '.join(unknown)}. Known: {', '.join(known)}.")
        return cls(**{name: _from_json(value) for name, value in values.items()})

    def to_json(self) -> dict[str, Any]:
        """What `from_json` reads; infinity, which JSON lacks, becomes a string."""
        return {
            name: str(value) if isinstance(value, float) and math.isinf(value) else value
            for name, value in vars(self).items()
        }

    def changed(self, **changes: Any) -> "TrainSettings":
        """The same settings with some changed.

        Constants of a mode or a method that is no longer chosen are dropped.
        """
        dropped = {}
        for setting, choices in (("mode", modes.MODES), ("self_kd", self_kds.SELF_KD)):
            if changes.get(setting, getattr(self, setting)) != getattr(self, setting):
                dropped |= dict.fromkeys(_constants(*choices.values()))
        return dataclasses.replace(self, **{**dropped, **changes})

    def __post_init__(self) -> None:
        for field, annotation in typing.get_type_hints(type(self)).items():
            value = getattr(self, field)
            if not _is_a(value, annotation):
                kind = annotation.__name__ if isinstance(annotation, type) else str(annotation)
                raise InputError(
                    f"{field} must be {kind.removesuffix(' | None')}, received {value!r}."
                )

    def resolved(self) -> "TrainSettings":
        """The same settings with every open value filled in, and all of them checked.

        Raises:
            InputError: naming the first setting that cannot be used.
        """
        recipe = dataclasses.asdict(DIGITS if self.dataset == "digits" else PAPER)
        filled = {k: v for k, v in recipe.items() if getattr(self, k) is None}
        constants = {**self.build_mode().get_config(), **self.build_self_kd().get_config()}
        settings = dataclasses.replace(self, **filled, **constants)
        settings._check()
        return settings

    def build_mode(self) -> Any:
        """The mode of section 4.2 that these settings name."""
        return self._value("mode", modes.MODES)

    def build_self_kd(self) -> self_kds.SelfKD:
        """The column of table 2 that these settings name."""
        return self._value("self_kd", self_kds.SELF_KD)

    def _value(self, setting: str, choices: dict[str, type]) -> Any:
        name = getattr(self, setting)
        _check_name(setting, name, choices)
        own = _constants(choices[name])
        constants = {c: getattr(self, c) for c in _constants(*choices.values())}
        given = {c: value for c, value in constants.items() if value is not None}
        if foreign := [c for c in given if c not in own]:
            raise InputError(
                f"{foreign[0]} has no effect with {setting}={name}, which has "
                f"{' and '.join(own) or 'no constants'}."
            )
        try:
            return choices[name](**given)
        except ValueError as error:
            raise InputError(str(error)) from None

    def _check(self) -> None:
        Noise.parse(self.noise)
        _check_name("network", self.network, NETWORKS)
        _check_name("knowledge", self.knowledge, ("refined", "prediction"))
        _check_name("clock", self.clock, ("epoch", "step"))
        for name in ("epochs", "batch_size"):
            if not 1 <= getattr(self, name) <= 10**6:
                raise InputError(
                    f"{name} must be at least 1 and at most 1,000,000, received "
                    f"{getattr(self, name)}."
                )
        if not (math.isfinite(self.learning_rate) and self.learning_rate > 0):
            raise InputError(f"learning_rate must be above 0, received {self.learning_rate}.")
        if not 0 <= self.momentum < 1:
            raise InputError(f"momentum must lie in [0, 1), received {self.momentum}.")
        if not (math.isfinite(self.weight_decay) and self.weight_decay >= 0):
            raise InputError(
                f"weight_decay must be at least 0 and finite, received {self.weight_decay}."
            )
        if not all(0 < m <= 1 for m in self.milestones) or list(self.milestones) != sorted(
            self.milestones
        ):
            raise InputError(
                "milestones must be fractions of the epochs in (0, 1], in increasing order, "
                f"received {self.milestones}."
            )
        if not 0 < self.decay <= 1:
            raise InputError(f"decay must lie in (0, 1], received {self.decay}.")
        if not 0 <= self.seed < 2**31:
            raise InputError(f"seed must lie in [0, 2^31), received {self.seed}.")

    def learning_rate_at(self, epoch: int) -> float:
        """The learning rate of an epoch counted from 0."""
        drops = sum(epoch >= round(milestone * self.epochs) for milestone in self.milestones)
        return self.learning_rate * self.decay**drops


def _constants(*choices: type) -> list[str]:
    """The names of the constants of these modes or methods, each once."""
    return list(dict.fromkeys(f.name for choice in choices for f in dataclasses.fields(choice)))


def _from_json(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    return float(value) if value in ("inf", "-inf") else value


def _is_a(value: Any, annotation: Any) -> bool:
    """Whether a value read from JSON may stand where this annotation does."""
    if options := [a for a in typing.get_args(annotation) if a is not Ellipsis]:
        if isinstance(annotation, types.UnionType):
            return any(_is_a(value, option) for option in options)
        return isinstance(value, tuple) and all(_is_a(item, options[0]) for item in value)
    if annotation is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return type(value) is annotation


def _check_name(setting: str, name: str, choices: Any) -> None:
    if name in choices:
        return
    near = difflib.get_close_matches(str(name), list(choices), n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise InputError(f"Unknown {setting} {name!r}.{hint} Known: {', '.join(choices)}.")
