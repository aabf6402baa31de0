"""Everything that decides a training run, in one value that can be written down."""

import dataclasses
import typing
from typing import Any

from cmd_keras.errors import InputError
from cmd_keras.run.devices.names import STRATEGIES
from cmd_keras.run.settings.backend import BACKENDS
from cmd_keras.run.settings.filled_by_recipe import filled_by_recipe
from cmd_keras.run.settings.json_values import from_json, to_json
from cmd_keras.run.settings.method import CONSTANTS_OF
from cmd_keras.run.settings.noise_rate import rate_of_noise
from cmd_keras.run.settings.packages import FORMATS
from cmd_keras.run.settings.precision import PRECISIONS
from cmd_keras.run.settings.recipes import RECIPES
from cmd_keras.run.settings.schedule_settings import SCHEDULE, ScheduleSettings
from cmd_keras.run.settings.setting import (
    a_count,
    above_0,
    increasing_fractions,
    not_negative,
    setting,
)
from cmd_keras.typed import is_a
from cmdcore import modes
from cmdcore import self_kd as self_kds
from cmdcore.methods import METHODS
from cmdcore.methods.cmd import KNOWLEDGE
from cmdcore.methods.kdcl import TOGETHER
from cmdcore.methods.method import CLOCKS


@dataclasses.dataclass(frozen=True)
class TrainSettings(ScheduleSettings):
    """The settings of one run. None means: as the recipe or the method has it.

    The constants of S2E's schedule are among them: see `ScheduleSettings`.

    Args:
        dataset: `digits`, a name of tensorflow-datasets, `folder:PATH`, `images:FILE`,
            `npz:FILE` or `csv:FILE`.
        data_dir: Where tensorflow-datasets keeps prepared sets, or what the paths of a table of
            images are relative to.
        label_key: Which labels of a tensorflow-datasets set are given to the peers.
        target: The column of a table that holds the class.
        files: The column of a table of images that holds their paths.
        parts: The column of a table, or of a table of images, that says train, test or validation.
        categorical: Columns of a table that hold categories, though they are numbers.
        ignore: Columns of a table that are left out.
        image_size: Side of the images that the networks see, in pixels.
        flip: Whether half of the training images are mirrored.
        pad: Black pixels around a training image, before it is cut out at random.
        train_examples: How many training examples are kept.
        test_examples: How many test examples are.
        corrections: A table of labels that somebody looked at.
        test_split: Share held out as test set, where the data have none.
        fold: `K/N`, one of N parts of the training data that the peers see nothing of.
        validation_split: Share of the training data held out to choose settings by.
        validation_labels: `clean` or `given`, the labels of that share.
        noise: `none`, `sym:RATE`, `pair:RATE` or `inst:RATE`.
        method: A name in `cmdcore.methods.METHODS`.
        mode: Of CMD: a name in `cmdcore.modes.MODES`.
        eta: Scale of the threshold, eq. 12.
        b2: Direction and steepness of the threshold, eq. 12.
        self_kd: Of CMD: a name in `cmdcore.self_kd.SELF_KD`.
        epsilon: Fixed self trust of LS, CP and Boot-soft; weight of the teacher in SyncMKD,
            AsyncMKD, T2S KD, KDCL and Tf-KD.
        b1: Steepness of the adaptive self trust of ProSelfLC and Mconf.
        rho: Certainty from which Mconf trusts itself, eq. 6.
        knowledge: Of CMD: `refined` or `prediction`.
        constant_targets: Of CMD: whether one's own prediction inside the label is constant.
        together: Of KDCL: `min-logit` or `mean`.
        temperature: Of KDCL and Tf-KD.
        a: Of Tf-KD: what the virtual teacher gives the annotated class.
        q: Of GCE and truncated GCE: between cross entropy, near 0, and 1 - p_y, 1.
        k: Of truncated GCE: the probability of a label that is learned, at the least.
        start_prune: Of truncated GCE: the share of training in which all labels are learned.
        alpha: Of SCE and APL: weight of the loss that learns every label; of Joint: of that
            which holds all classes in use.
        beta: Of SCE and APL: weight of the one that mistrusts it; of Joint: of the entropy.
        weight: Of DMI: what its loss is multiplied with, as learning rates are not its own.
        regularization: Of ELR: weight of the term that keeps to earlier predictions.
        target_momentum: Of ELR and Joint: how much of these stays in a step.
        update_from: Of Joint: the share of training in which labels are the given ones.
        retrain_from: Of Joint: that of the first of its two trainings.
        estimate_from: Of T-Revision: the share of training with cross entropy, before T is known.
        revise_from: Of T-Revision: the share of training after which T is learned, too.
        revision_rate: Of T-Revision: the learning rate of T.
        rate: Of Co-teaching, Co-teaching+, MentorNet, Forward, Backward and CDR: the share of
            labels that are wrong; None is that of the noise.
        transition: Of Forward and Backward: T, a row a class; None follows from rate and noise.
        warmup: Of Co-teaching, Co-teaching+ and CDR: the share of training in which it is
            approached; of DMI: the one with cross entropy.
        exponent: Of Co-teaching and Co-teaching+: how it is approached.
        disagreement_from: Of Co-teaching+: the share of training that is Co-teaching.
        percentile: Of MentorNet: the share of a batch that is easy; None is 1 - rate.
        percentile_momentum: Of MentorNet: how much of the loss up to which they are stays.
        teacher: Of T2S KD: a `.keras` file, or the folder of a run that has ended.
        clock: `epoch` or `step`.
        recipe: A name in `RECIPES` of `cmd_keras.run.settings.recipes`.
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
    data_dir: str | None = setting(of="data")
    label_key: str | None = setting(of="data")
    target: str | None = setting(of="data")
    files: str | None = setting(of="data")
    parts: str | None = setting(of="data")
    categorical: tuple[str, ...] = setting((), of="data")
    ignore: tuple[str, ...] = setting((), of="data")
    image_size: int | None = setting(
        of="data", valid=lambda v: 8 <= v <= 2048, must="must lie between 8 and 2048 pixels"
    )
    flip: bool | None = setting(of="data")
    pad: int | None = setting(
        of="data", valid=lambda v: 0 <= v <= 64, must="must lie between 0 and 64 pixels"
    )
    train_examples: int | None = setting(
        of="data", valid=lambda v: v >= 1, must="must be at least 1"
    )
    test_examples: int | None = setting(
        of="data", valid=lambda v: v >= 1, must="must be at least 1"
    )
    corrections: str | None = setting(of="data")
    test_split: float = setting(
        0.2,
        of="data",
        valid=lambda v: 0 < v <= 0.9,
        must="is a share of the data, at most 0.9 and above 0",
    )
    fold: str | None = setting(of="data")
    validation_split: float = setting(
        0.0,
        of="data",
        valid=lambda v: 0 <= v <= 0.9,
        must="is a share of the data, at most 0.9 and at least 0",
    )
    validation_labels: str = setting("clean", of="data", choices=("clean", "given"))
    noise: str = setting("none", of="data")
    method: str = setting("cmd", choices=tuple(METHODS))
    mode: str | None = setting(choices=tuple(modes.MODES))
    eta: float | None = None
    b2: float | None = None
    self_kd: str | None = setting(choices=tuple(self_kds.SELF_KD))
    epsilon: float | None = None
    b1: float | None = None
    rho: float | None = None
    knowledge: str | None = setting(choices=KNOWLEDGE)
    constant_targets: bool | None = None
    together: str | None = setting(choices=TOGETHER)
    temperature: float | None = None
    a: float | None = None
    q: float | None = None
    k: float | None = None
    start_prune: float | None = None
    alpha: float | None = None
    beta: float | None = None
    weight: float | None = None
    regularization: float | None = None
    target_momentum: float | None = None
    update_from: float | None = None
    retrain_from: float | None = None
    estimate_from: float | None = None
    revise_from: float | None = None
    revision_rate: float | None = None
    rate: float | None = None
    transition: tuple[tuple[float, ...], ...] | None = None
    warmup: float | None = None
    exponent: float | None = None
    disagreement_from: float | None = None
    percentile: float | None = None
    percentile_momentum: float | None = None
    teacher: str | None = None
    clock: str = setting("epoch", choices=CLOCKS)
    recipe: str | None = setting(choices=tuple(RECIPES))
    network: str | None = None
    network_a: str | None = None
    network_b: str | None = None
    pretrained: bool | None = None
    epochs: int | None = setting(valid=a_count, must="must be at least 1 and at most 1,000,000")
    batch_size: int | None = setting(valid=a_count, must="must be at least 1 and at most 1,000,000")
    learning_rate: float | None = setting(of="optimizer", valid=above_0, must="must be above 0")
    momentum: float = setting(
        0.9, of="optimizer", valid=lambda v: 0 <= v < 1, must="must lie in [0, 1)"
    )
    weight_decay: float | None = setting(
        of="optimizer", valid=not_negative, must="must be at least 0 and finite"
    )
    milestones: tuple[float, ...] | None = setting(
        valid=increasing_fractions,
        must="must be fractions of the epochs in (0, 1], in increasing order",
    )
    decay: float | None = setting(valid=lambda v: 0 < v <= 1, must="must lie in (0, 1]")
    seed: int = setting(0, valid=lambda v: 0 <= v < 2**31, must="must lie in [0, 2^31)")
    deterministic: bool = False
    tensorboard: bool = False
    export: str | None = setting(choices=tuple(FORMATS))
    backend: str | None = setting(choices=BACKENDS)
    strategy: str | None = setting(choices=STRATEGIES)
    precision: str | None = setting(choices=PRECISIONS)
    trusted: frozenset[str] | None = dataclasses.field(default=None, repr=False, compare=False)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "TrainSettings":
        """Settings read from a `config.json`, which are not believed where they name code.

        Raises:
            InputError: if a name is not one of the settings, or a value has the wrong type.
        """
        known = [field.name for field in _WRITTEN]
        if unknown := sorted(set(values) - set(known)):
            raise InputError(f"Unknown settings {', '.join(unknown)}. Known: {', '.join(known)}.")
        hints = typing.get_type_hints(cls)
        read = {name: from_json(value, hints[name]) for name, value in values.items()}
        return cls(**read, trusted=frozenset())

    def to_json(self) -> dict[str, Any]:
        """What `from_json` reads: JSON lacks infinity, which becomes text, and tuples."""
        return {field.name: to_json(getattr(self, field.name)) for field in _WRITTEN}

    def changed(self, **changes: Any) -> "TrainSettings":
        """The same settings with some changed.

        Constants of a method or a mode that is no longer chosen are dropped, and so is what a
        recipe filled in when another is chosen, and a rate that is the noise's when other noise is.
        A function named in a change is trusted from then on.
        """
        dropped = {}
        if changes.get("network") is not None:
            dropped |= dict.fromkeys(("network_a", "network_b", "pretrained"))
        if changes.get("recipe", self.recipe) != self.recipe:
            dropped |= dict.fromkeys(filled_by_recipe(self))
        other_noise = changes.get("noise", self.noise) != self.noise
        if other_noise and self.rate is not None and self.rate == rate_of_noise(self.noise):
            dropped["rate"] = None
        for name, constants in CONSTANTS_OF.items():
            if changes.get(name, getattr(self, name)) != getattr(self, name):
                dropped |= dict.fromkeys(constants)
        trusted = self.trusted | {changes[name] for name in _NETWORKS if changes.get(name)}
        return dataclasses.replace(self, **{**dropped, **changes, "trusted": trusted})

    def __post_init__(self) -> None:
        if self.trusted is None:
            own = frozenset(value for name in _NETWORKS if (value := getattr(self, name)))
            object.__setattr__(self, "trusted", own)
        hints = typing.get_type_hints(type(self))
        for field in _WRITTEN:
            value = getattr(self, field.name)
            if not is_a(value, annotation := hints[field.name]):
                kind = annotation.__name__ if isinstance(annotation, type) else str(annotation)
                raise InputError(
                    f"{field.name} must be {kind.removesuffix(' | None')}, received {value!r}."
                )
            if value == "" or (isinstance(value, tuple) and "" in value):
                # Never as if it had not been given.
                raise InputError(
                    f"{field.name} '' is not a name, it is empty. Name it, or leave it out."
                )


# Where code may be named.
_NETWORKS = ("network", "network_a", "network_b")
_WRITTEN = [field for field in dataclasses.fields(TrainSettings) if field.name != "trusted"]
# Those that are inherited come last.
_WRITTEN.sort(key=lambda field: field.name in SCHEDULE)
# The settings that are a name, and the names that each may be.
CHOICES = {field.name: choices for field in _WRITTEN if (choices := field.metadata.get("choices"))}
# The settings that are arguments of `data.load`, and those of the optimizer.
OPTIONS_OF = {
    what: tuple(field.name for field in _WRITTEN if field.metadata.get("of") == what)
    for what in ("data", "optimizer")
}
