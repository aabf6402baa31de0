"""Everything that decides a training run, in one value that can be written down."""

import dataclasses
import math
import typing
from typing import Any

from cmd_keras.data.sources.check import check_source
from cmd_keras.data.sources.known import OPTIONS
from cmd_keras.data.sources.prepared.names import check_known
from cmd_keras.errors import InputError, did_you_mean
from cmd_keras.networks.names import (
    check_name,
    check_pretrained,
    check_takes_features,
    check_trusted,
)
from cmd_keras.run.backend import BACKENDS
from cmd_keras.run.packages import FORMATS, check_backend, check_export, check_tensorboard
from cmd_keras.run.precision import PRECISIONS, precision_of_keras
from cmd_keras.run.recipes import RECIPES, Recipe, recipe_for
from cmd_keras.run.strategy import STRATEGIES, check_strategy
from cmd_keras.typed import is_a
from cmdcore import modes
from cmdcore import self_kd as self_kds

# The settings that are a name, and the names that each may be.
CHOICES = {
    "validation_labels": ("clean", "given"),
    "mode": tuple(modes.MODES),
    "self_kd": tuple(self_kds.SELF_KD),
    "knowledge": ("refined", "prediction"),
    "clock": ("epoch", "step"),
    "recipe": tuple(RECIPES),
    "export": tuple(FORMATS),
    "backend": BACKENDS,
    "strategy": STRATEGIES,
    "precision": PRECISIONS,
}


@dataclasses.dataclass(frozen=True)
class TrainSettings:
    """The settings of one run. None means: as the recipe or the method has it.

    Args:
        dataset: `digits`, a name of tensorflow-datasets, `folder:PATH`, `npz:FILE`
            or `csv:FILE`.
        data_dir: Where tensorflow-datasets keeps prepared sets.
        label_key: Which labels of a tensorflow-datasets set are given to the peers.
        target: The column of a table that holds the class.
        categorical: Columns of a table that hold categories, though they are numbers.
        ignore: Columns of a table that are left out.
        image_size: Side of the pictures that the networks see, in pixels.
        flip: Whether half of the training pictures are mirrored.
        test_split: Share held out as test set, where the data have none.
        validation_split: Share of the training data held out to choose settings by.
        validation_labels: `clean` or `given`, the labels of that share.
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
        recipe: A name in `cmd_keras.run.recipes.RECIPES`.
        network: Of both peers: a name in `cmd_keras.networks.NETWORKS`,
            `module:function` or a `.keras` file.
        network_a: Of peer A, where it differs.
        network_b: Of peer B, where it differs.
        pretrained: Whether the peers start from the weights that come with a network.
        epochs: Gamma.
        batch_size: Examples in a step.
        learning_rate: At the start.
        momentum: Of SGD.
        weight_decay: Coupled, on every trainable variable.
        milestones: Where the learning rate drops, as fractions of `epochs`.
        decay: What the learning rate is multiplied with there.
        seed: Of weights, order, augmentation and noise.
        deterministic: Whether only kernels are used that repeat to the last bit.
        tensorboard: Whether a log for TensorBoard is written.
        export: `saved_model` or `onnx`, a form of the ensemble for serving.
        backend: Of Keras, which it must have been set to: `tensorflow`, `jax` or `torch`.
        strategy: `one-device`, `mirrored` or `data-parallel`; None is `mirrored` where
            TensorFlow sees more than one GPU.
        precision: What the layers compute in: `float32`, `mixed_bfloat16` or
            `mixed_float16`; None is as Keras is set up, which is `float32` by default.
        trusted: Every `module:function` that may be imported. None, for settings that
            are written in Python, are those that they name; settings that are read from
            a file name none. It is not written down.

    Raises:
        InputError: if a value has the wrong type.
    """

    dataset: str = "digits"
    data_dir: str | None = None
    label_key: str | None = None
    target: str | None = None
    categorical: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    image_size: int | None = None
    flip: bool | None = None
    test_split: float = 0.2
    validation_split: float = 0.0
    validation_labels: str = "clean"
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
    recipe: str | None = None
    network: str | None = None
    network_a: str | None = None
    network_b: str | None = None
    pretrained: bool | None = None
    epochs: int | None = None
    batch_size: int | None = None
    learning_rate: float | None = None
    momentum: float = 0.9
    weight_decay: float | None = None
    milestones: tuple[float, ...] | None = None
    decay: float | None = None
    seed: int = 0
    deterministic: bool = False
    tensorboard: bool = False
    export: str | None = None
    backend: str | None = None
    strategy: str | None = None
    precision: str | None = None
    trusted: frozenset[str] | None = dataclasses.field(default=None, repr=False, compare=False)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "TrainSettings":
        """Settings read from a `config.json`, which are not believed where they name code.

        Raises:
            InputError: if a name is not one of the settings.
        """
        known = _written_down()
        if unknown := sorted(set(values) - set(known)):
            raise InputError(f"Unknown settings {', '.join(unknown)}. Known: {', '.join(known)}.")
        hints = typing.get_type_hints(cls)
        read = {name: _from_json(value, hints[name]) for name, value in values.items()}
        return cls(**read, trusted=frozenset())

    def to_json(self) -> dict[str, Any]:
        """What `from_json` reads: JSON lacks infinity, which becomes text, and tuples."""
        return {name: _to_json(getattr(self, name)) for name in _written_down()}

    def changed(self, **changes: Any) -> "TrainSettings":
        """The same settings with some changed.

        Constants of a mode or a method that is no longer chosen are dropped, and so
        is all that a recipe filled in when another recipe is chosen. A function named in
        a change is trusted from then on.
        """
        dropped = {}
        if changes.get("network") is not None:
            dropped |= dict.fromkeys(("network_a", "network_b", "pretrained"))
        if changes.get("recipe", self.recipe) != self.recipe:
            dropped |= dict.fromkeys((*_FROM_RECIPE, "network_a", "network_b"))
        for setting, choices in (("mode", modes.MODES), ("self_kd", self_kds.SELF_KD)):
            if changes.get(setting, getattr(self, setting)) != getattr(self, setting):
                dropped |= dict.fromkeys(_constants(*choices.values()))
        trusted = self.trusted | {changes[name] for name in _NETWORKS if changes.get(name)}
        return dataclasses.replace(self, **{**dropped, **changes, "trusted": trusted})

    def __post_init__(self) -> None:
        if self.trusted is None:
            own = frozenset(value for name in _NETWORKS if (value := getattr(self, name)))
            object.__setattr__(self, "trusted", own)
        for field, annotation in typing.get_type_hints(type(self)).items():
            if field == "trusted":
                continue
            value = getattr(self, field)
            if not is_a(value, annotation):
                kind = annotation.__name__ if isinstance(annotation, type) else str(annotation)
                raise InputError(
                    f"{field} must be {kind.removesuffix(' | None')}, received {value!r}."
                )
            if value == "" or (isinstance(value, tuple) and "" in value):
                # Never as if it had not been given.
                raise InputError(
                    f"{field} '' is not a name, it is empty. Name it, or leave it out."
                )

    def resolved(self, input_shape: tuple[int, ...] | None = None) -> "TrainSettings":
        """The same settings with every open value filled in, and all of them checked.

        Args:
            input_shape: Shape of one input, where it is known; it chooses the recipe
                of data that the paper does not name.

        Raises:
            InputError: naming the first setting that cannot be used.
        """
        filled = self._filled(input_shape)
        return dataclasses.replace(filled, precision=self.precision or precision_of_keras())

    def check(self) -> None:
        """Require settings that a run can begin with, as far as that is known without Keras.

        Neither Keras nor the data are looked into, which take seconds and longer: a wrong
        setting is said at once.

        Raises:
            InputError: naming the first setting that cannot be used, the file or folder
                that is not there, or the package that is not installed.
        """
        filled = self._filled(None)
        options = {name: getattr(self, name) for names in OPTIONS.values() for name in names}
        check_source(self.dataset, options, self.flip, self.test_split)
        if self.dataset.startswith("csv:"):
            for network in (filled.network_a, filled.network_b):
                check_takes_features(network)
        if self.pretrained:
            self._check_pretrained(filled)
        check_backend(self.backend)
        check_strategy(self.strategy, self.backend)
        if self.export is not None:
            check_export(self.export)
        if self.tensorboard:
            check_tensorboard()
        # Last, because asking tensorflow-datasets takes half a second.
        check_known(self.dataset, self.data_dir)

    def _filled(self, input_shape: tuple[int, ...] | None) -> "TrainSettings":
        """With every open value but the precision of Keras, and checked."""
        for setting, names in CHOICES.items():
            if getattr(self, setting) is not None:
                _check_name(setting, getattr(self, setting), names)
        one_network = self.network or self.network_a or self.network_b
        name = self.recipe or recipe_for(self.dataset, one_network, input_shape)
        recipe = dataclasses.asdict(RECIPES[name])
        if one_network is not None and one_network != recipe["network"]:
            # ImageNet's weights belong to the recipe's network, not to any other.
            recipe["pretrained"] = False
        if not self.dataset.startswith("folder:"):
            recipe["image_size"] = None
        filled = {k: v for k, v in recipe.items() if getattr(self, k) is None}
        network = self.network or filled["network"]
        filled |= {k: getattr(self, k) or network for k in ("network_a", "network_b")}
        same = filled["network_a"] == filled["network_b"]
        filled["network"] = filled["network_a"] if same else None
        constants = {**self.build_mode().get_config(), **self.build_self_kd().get_config()}
        settings = dataclasses.replace(self, recipe=name, **filled, **constants)
        settings._check()
        return settings

    def _check_pretrained(self, filled: "TrainSettings") -> None:
        one_network = self.network or self.network_a or self.network_b
        small, large = (recipe_for(self.dataset, one_network, s) for s in (None, (224, 224, 3)))
        for name in ("network_a", "network_b"):
            # Else the network is that of a recipe which only the data will tell.
            if self.network or getattr(self, name) or self.recipe or small == large:
                check_pretrained(getattr(filled, name))

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
        # Only here is numpy needed, which takes as long as all the rest.
        from cmd_keras.data.noise import Noise

        Noise.parse(self.noise)
        for network in (self.network_a, self.network_b):
            check_name(network)
            check_trusted(network, self.trusted)
        for name in ("test_split", "validation_split"):
            low = 0 if name == "validation_split" else math.ulp(0.0)
            if not low <= getattr(self, name) <= 0.9:
                raise InputError(
                    f"{name} is a share of the data, at most 0.9 and "
                    f"{'at least' if low == 0 else 'above'} 0, received {getattr(self, name)}."
                )
        if self.image_size is not None and not 8 <= self.image_size <= 2048:
            raise InputError(
                f"image_size must lie between 8 and 2048 pixels, received {self.image_size}."
            )
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


# Where code may be named.
_NETWORKS = ("network", "network_a", "network_b")
# What a recipe decides.
_FROM_RECIPE = tuple(field.name for field in dataclasses.fields(Recipe))


def _written_down() -> list[str]:
    return [f.name for f in dataclasses.fields(TrainSettings) if f.name != "trusted"]


def _constants(*choices: type) -> list[str]:
    """The names of the constants of these modes or methods, each once."""
    return list(dict.fromkeys(f.name for choice in choices for f in dataclasses.fields(choice)))


def _to_json(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return str(value) if isinstance(value, float) and math.isinf(value) else value


def _from_json(value: Any, annotation: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    # The name of a column is not to become a number.
    is_number = annotation is float or float in typing.get_args(annotation)
    return float(value) if is_number and value in ("inf", "-inf") else value


def _check_name(setting: str, name: str, choices: Any) -> None:
    if name in choices:
        return
    hint = did_you_mean(name, choices)
    raise InputError(f"Unknown {setting} {name!r}.{hint} Known: {', '.join(choices)}.")
