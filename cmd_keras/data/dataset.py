"""A labelled set of inputs, ready for `fit`."""

import dataclasses

import keras
import numpy as np
import tensorflow as tf

from cmd_keras.data import batches, identity, split
from cmd_keras.data.augment import Augmentation
from cmd_keras.data.input_format import InputFormat
from cmd_keras.data.inputs import Inputs
from cmd_keras.data.noise import Noise
from cmd_keras.data.part_check import check_parts
from cmd_keras.data.shard import WHOLE, Shard
from cmd_keras.data.statistics import measure_inputs, standardise
from cmd_keras.errors import InputError


@dataclasses.dataclass(frozen=True)
class Dataset:
    """Training, validation and test inputs with their labels.

    Args:
        name: What it is called on the command line.
        class_names: One for each class.
        train: Training inputs.
        test: Test inputs.
        given_labels: `[n]`, the training labels that the networks see.
        clean_labels: `[n]`, the training labels before synthetic noise, or where
            the set knows better than what is given.
        test_labels: `[m]`, never corrupted.
        augmentation: How training images are varied.
        validation: Inputs held out of the training part, or of a part of their own, or
            None.
        validation_labels: `[v]`, theirs.
        held_out: Inputs of the training part that the networks are to see nothing of, or None.
        held_out_index: `[h]`, their numbers in the whole training part.
        has_own_validation: Whether they are of a part of their own, as a folder
            `validation` beside `train`. Noise does not touch these.
        train_index: `[n]`, number of each training example in the whole training
            part, which held-out examples leave gaps in; None is 0 … n-1.
        train_names: `n` names of the training examples, where they have any: the
            path of an image below its folder.
        test_index: `[m]`, number of each test example in its file or in the whole test part;
            None is 0 … m-1.
        test_names: `m` names of the test examples, where they have any.
        train_keys: `n`, what tells each training example apart, from `identity`;
            None is its place in the whole training part.
        test_keys: `m`, the same of the test part; None is its place there.
        validation_keys: `v`, the same of the validation inputs; None is their place among them.
        feature_space: How rows of a table became vectors, for tables.
        input_format: How a file becomes an input, where files can.

    Raises:
        InputError: if there are fewer than 2 classes, a label is out of range,
            or the numbers of inputs and labels differ.
    """

    name: str
    class_names: tuple[str, ...]
    train: Inputs
    test: Inputs
    given_labels: np.ndarray
    clean_labels: np.ndarray
    test_labels: np.ndarray
    augmentation: Augmentation
    validation: Inputs | None = None
    validation_labels: np.ndarray | None = None
    has_own_validation: bool = False
    held_out: Inputs | None = None
    held_out_index: np.ndarray | None = None
    train_index: np.ndarray | None = None
    train_names: tuple[str, ...] | None = None
    test_index: np.ndarray | None = None
    test_names: tuple[str, ...] | None = None
    train_keys: tuple[bytes, ...] | None = None
    test_keys: tuple[bytes, ...] | None = None
    validation_keys: tuple[bytes, ...] | None = None
    feature_space: keras.utils.FeatureSpace | None = None
    input_format: InputFormat | None = None

    def __post_init__(self) -> None:
        for part, inputs in (("train", self.train), ("test", self.test)):
            if getattr(self, f"{part}_index") is None:
                object.__setattr__(self, f"{part}_index", np.arange(len(inputs), dtype=np.int64))
        for part in ("train", "test", "validation"):
            inputs = getattr(self, part)
            if inputs is not None and getattr(self, f"{part}_keys") is None:
                keys = identity.identify_places(len(inputs))
                object.__setattr__(self, f"{part}_keys", keys)
        check_parts(self)

    @property
    def num_classes(self) -> int:
        """C."""
        return len(self.class_names)

    @property
    def input_shape(self) -> tuple[int, ...]:
        """`(height, width, channels)` or `(features,)`, as the networks see them."""
        return self.augmentation.output_shape(self.train.shape)

    def with_noise(self, noise: Noise, seed: int) -> "Dataset":
        """The same inputs with corrupted training labels.

        The labels of the whole training part are corrupted, so that the same seed corrupts
        the same ones with and without a validation share.

        Args:
            noise: How they are corrupted.
            seed: Decides which ones.

        Raises:
            InputError: if a share of the training part is already held out.
        """
        if self.validation is not None and not self.has_own_validation:
            raise InputError("Add noise before a validation share is held out, not after.")
        inputs = None
        if noise.needs_inputs:
            inputs = standardise(self.train, self.plain_train_batches())
        given = noise.corrupt(self.given_labels, self.num_classes, seed, inputs)
        return dataclasses.replace(self, given_labels=given)

    def with_validation(self, share: float, labels: str = "clean", seed: int = 0) -> "Dataset":
        """The same set with a random share of its training examples held out.

        Args:
            share: Part of the training examples, in [0, 1). 0 holds out none.
            labels: Which of their labels validation is done with: `"clean"`, or
                `"given"`, as where clean ones cannot be had.
            seed: Decides which examples are held out.

        Raises:
            InputError: if the share or `labels` is none of these, a share is
                already held out, or each class has one training example.
        """
        split.check_validation(share, labels)
        if share == 0.0:
            return self
        if self.has_own_validation:
            raise InputError(
                f"Data set {self.name!r} has a validation part of its own. Leave out "
                "validation_split, or move that part away."
            )
        if self.validation is not None:
            raise InputError(f"Data set {self.name!r} has a validation share already.")
        # Not by the clean labels, which nobody has; by those that each class is trained with.
        keys = identity.together(self.train_keys)
        chosen = split.hold_out(keys, self.given_labels, share, f"validation {seed}")
        held_out = np.flatnonzero(chosen)
        source = self.clean_labels if labels == "clean" else self.given_labels
        return dataclasses.replace(
            self.with_training(np.flatnonzero(~chosen)),
            validation=self.train.subset(held_out),
            validation_labels=source[held_out],
            validation_keys=tuple(self.train_keys[i] for i in held_out),
        )

    def with_training(self, kept: np.ndarray) -> "Dataset":
        """The same set with these training examples alone.

        Args:
            kept: Their places in the training part, ascending.
        """
        labels = {name: getattr(self, name)[kept] for name in ("given_labels", "clean_labels")}
        return dataclasses.replace(self, **self._examples("train", kept), **labels)

    def with_testing(self, kept: np.ndarray) -> "Dataset":
        """The same set with these test examples alone.

        Args:
            kept: Their places in the test part, ascending.
        """
        examples = self._examples("test", kept)
        return dataclasses.replace(self, **examples, test_labels=self.test_labels[kept])

    def _examples(self, part: str, kept: np.ndarray) -> dict[str, object]:
        """What is said of some examples of a part, all but their labels."""
        names, keys = getattr(self, f"{part}_names"), getattr(self, f"{part}_keys")
        return {
            part: getattr(self, part).subset(kept),
            f"{part}_index": getattr(self, f"{part}_index")[kept],
            f"{part}_names": None if names is None else tuple(names[i] for i in kept),
            f"{part}_keys": tuple(keys[i] for i in kept),
        }

    def train_batches(
        self,
        batch_size: int = 128,
        epochs: int = 1,
        seed: int = 0,
        initial_epoch: int = 0,
        shard: Shard = WHOLE,
        labels: np.ndarray | None = None,
        balanced: bool = False,
    ) -> tf.data.Dataset:
        """`(inputs, labels)` of all epochs, one after the other.

        Pass it to `fit` with `steps_per_epoch=dataset.steps_per_epoch(batch_size)`.
        Epoch k is the same whether the epochs before it are drawn or not.

        Args:
            batch_size: Inputs in a batch; the last one of an epoch may be smaller.
            epochs: Number of the last epoch.
            seed: Same seed, same order and same augmentation.
            initial_epoch: First epoch, counted from 0.
            shard: What this process reads of each batch, where several train together.
            labels: `[n]` integers, what is handed out as labels; None is the given ones.
            balanced: Whether every batch holds its share of each given class.

        Returns:
            Batches of float32 `[batch, *input_shape]` and int64 `[batch]`.
        """
        return batches.shuffle_batches(
            self.train,
            self.given_labels if labels is None else labels,
            self.augmentation,
            batch_size,
            range(initial_epoch, epochs),
            seed,
            shard,
            self.given_labels if balanced else None,
        )

    def steps_per_epoch(self, batch_size: int = 128) -> int:
        """Batches in one epoch."""
        return -(-len(self.train) // batch_size)

    def validation_batches(self, batch_size: int = 256, shard: Shard = WHOLE) -> tf.data.Dataset:
        """`(inputs, labels)` of the validation share, in order.

        Args:
            batch_size: Inputs in a batch; the last one may be smaller.
            shard: As in `train_batches`.

        Raises:
            InputError: if none is held out.
        """
        if self.validation is None:
            raise InputError(
                f"Data set {self.name!r} has no validation share. Hold one out with "
                "validation_split=0.1, or use test_batches()."
            )
        return batches.order_batches(
            self.validation, self.validation_labels, self.augmentation, batch_size, shard
        )

    def test_batches(self, batch_size: int = 256, shard: Shard = WHOLE) -> tf.data.Dataset:
        """`(inputs, labels)` of the test set, in order.

        Args:
            batch_size: Inputs in a batch; the last one may be smaller.
            shard: As in `train_batches`.
        """
        return batches.order_batches(
            self.test, self.test_labels, self.augmentation, batch_size, shard
        )

    def plain_train_batches(
        self, batch_size: int = 256, indices: np.ndarray | None = None
    ) -> tf.data.Dataset:
        """Inputs of the training set alone, in order and not augmented.

        Args:
            batch_size: Inputs in a batch.
            indices: Which of the `n` training examples, handed out in ascending
                order and each once; None is all of them.

        Raises:
            InputError: if an index is out of range.
        """
        train = self.train
        if indices is not None:
            indices = np.unique(np.asarray(indices, np.int64))
            if len(indices) and not 0 <= indices[0] <= indices[-1] < len(train):
                raise InputError(
                    f"Indices must lie in 0 … {len(train) - 1}, received {indices[0]} to "
                    f"{indices[-1]}."
                )
            train = train.subset(indices)
        return self.plain_batches(train, batch_size)

    def plain_batches(self, inputs: Inputs, batch_size: int = 256) -> tf.data.Dataset:
        """Inputs of any part, alone, in order and not augmented.

        Args:
            inputs: As `test` or `held_out`.
            batch_size: Inputs in a batch.
        """
        return batches.order_inputs(inputs, self.augmentation, batch_size)

    def input_statistics(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean and variance of each channel or feature, over 10,000 training inputs."""
        return measure_inputs(self.train)
