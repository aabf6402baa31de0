"""A labelled set of inputs, ready for `fit`."""

import dataclasses
import hashlib

import keras
import numpy as np
import tensorflow as tf

from cmd_keras.data import identity, split
from cmd_keras.data.augment import Augmentation
from cmd_keras.data.input_format import InputFormat
from cmd_keras.data.inputs import Inputs, kept
from cmd_keras.data.noise import Noise
from cmd_keras.data.share import Share
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
        augmentation: How training pictures are varied.
        validation: Inputs held out of the training part, or of a part of their own, or
            None.
        validation_labels: `[v]`, theirs.
        has_own_validation: Whether they are of a part of their own, as a folder
            `validation` beside `train`. Noise does not touch these.
        train_index: `[n]`, number of each training example in the whole training
            part, which held-out examples leave gaps in; None is 0 … n-1.
        train_names: `n` names of the training examples, where they have any: the
            path of a picture below its folder.
        train_keys: `n`, what tells each training example apart, from `identity`;
            None is its place in the whole training part.
        test_keys: `m`, the same of the test part; None is its place there.
        feature_space: How rows of a table became vectors, for tables.
        input_format: How a file becomes an input, where files can.
        share: What this process reads of each batch with labels, where several
            share them out.

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
    train_index: np.ndarray | None = None
    train_names: tuple[str, ...] | None = None
    train_keys: tuple[bytes, ...] | None = None
    test_keys: tuple[bytes, ...] | None = None
    feature_space: keras.utils.FeatureSpace | None = None
    input_format: InputFormat | None = None
    share: Share = dataclasses.field(default_factory=Share)

    def __post_init__(self) -> None:
        if self.num_classes < 2:
            raise InputError(
                f"Data set {self.name!r} has {self.num_classes} class; at least 2 are needed."
            )
        if self.train_index is None:
            object.__setattr__(self, "train_index", np.arange(len(self.train), dtype=np.int64))
        for field, inputs in (("train_keys", self.train), ("test_keys", self.test)):
            if getattr(self, field) is None:
                object.__setattr__(self, field, identity.of_places(len(inputs)))
        parts = [
            ("training", self.train, self.given_labels),
            ("training", self.train, self.clean_labels),
            ("test", self.test, self.test_labels),
        ]
        if self.validation is not None:
            parts.append(("validation", self.validation, self.validation_labels))
        for part, inputs, labels in parts:
            if len(inputs) != len(labels):
                raise InputError(
                    f"Data set {self.name!r} has {len(inputs)} {part} inputs but {len(labels)} "
                    "labels."
                )
            if not 0 <= labels.min() <= labels.max() < self.num_classes:
                raise InputError(
                    f"Data set {self.name!r} has {self.num_classes} classes, but {part} labels "
                    f"from {labels.min()} to {labels.max()}."
                )
            if inputs.shape != self.train.shape:
                raise InputError(
                    f"Data set {self.name!r} has training inputs of the shape {self.train.shape}, "
                    f"but {part} inputs of the shape {inputs.shape}."
                )

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

        Raises:
            InputError: if a share of the training part is already held out. The labels of
                the whole training part are corrupted, so that the same seed
                corrupts the same ones with and without such a share.
        """
        if self.validation is not None and not self.has_own_validation:
            raise InputError("Add noise before a validation share is held out, not after.")
        given = noise.corrupt(self.given_labels, self.num_classes, seed)
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
        if not 0.0 <= share < 1.0:
            raise InputError(
                f"The validation share must lie in [0, 1), received {share:g}. 0.1 holds out 10 % "
                "of the training examples."
            )
        if labels not in ("clean", "given"):
            raise InputError(f"validation_labels must be 'clean' or 'given', received {labels!r}.")
        if share == 0.0:
            return self
        if self.has_own_validation:
            raise InputError(
                f"Data set {self.name!r} has a validation part of its own. Leave out "
                "validation_split (--validation-split), or move that part away."
            )
        if self.validation is not None:
            raise InputError(f"Data set {self.name!r} has a validation share already.")
        # Not by the clean labels, which nobody has; by those that each class is trained with.
        chosen = split.held_out(self.train_keys, self.given_labels, share, f"validation {seed}")
        held_out, kept = np.flatnonzero(chosen), np.flatnonzero(~chosen)
        source = self.clean_labels if labels == "clean" else self.given_labels
        names = self.train_names
        return dataclasses.replace(
            self,
            train=self.train.subset(kept),
            given_labels=self.given_labels[kept],
            clean_labels=self.clean_labels[kept],
            validation=self.train.subset(held_out),
            validation_labels=source[held_out],
            train_index=self.train_index[kept],
            train_names=None if names is None else tuple(names[i] for i in kept),
            train_keys=tuple(self.train_keys[i] for i in kept),
        )

    def digests(self) -> dict[str, str]:
        """SHA-256 of the training and of the test examples with their labels.

        It changes when an example or a label is added, taken away or changed, and when a
        class gets another name. Of sets that are the same everywhere the inputs are not
        looked at.
        """
        parts = (
            ("train", self.train_keys, self.given_labels),
            ("test", self.test_keys, self.test_labels),
        )
        found = {}
        for part, keys, labels in parts:
            seen = hashlib.sha256(repr(self.class_names).encode())
            for key, label in zip(keys, labels.tolist(), strict=True):
                seen.update(b"%d %d " % (label, len(key)) + key)
            found[part] = seen.hexdigest()
        return found

    def train_batches(
        self, batch_size: int = 128, epochs: int = 1, seed: int = 0, initial_epoch: int = 0
    ) -> tf.data.Dataset:
        """`(inputs, labels)` of all epochs, one after the other.

        Pass it to `fit` with `steps_per_epoch=dataset.steps_per_epoch(batch_size)`.
        Epoch k is the same whether the epochs before it are drawn or not.

        Args:
            batch_size: Inputs in a batch; the last one of an epoch may be smaller.
            epochs: Number of the last epoch.
            seed: Same seed, same order and same augmentation.
            initial_epoch: First epoch, counted from 0.

        Returns:
            Batches of float32 `[batch, *input_shape]` and int64 `[batch]`.
        """
        labels = tf.constant(self.given_labels, tf.int64)

        def one_epoch(epoch: tf.Tensor) -> tf.data.Dataset:
            def example(index: tf.Tensor, x: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
                key = tf.stack([tf.constant(seed, tf.int64), epoch * len(self.train) + index])
                return self.augmentation.vary(x, key), labels[index]

            examples = self.train.shuffled(seed, epoch, self.share.keep(count, batch_size))
            examples = examples.map(example, tf.data.AUTOTUNE)
            return examples.batch(self.share.batch_size(batch_size))

        count = len(self.train)
        length = max(0, epochs - initial_epoch) * self.share.batches(count, batch_size)
        batches = tf.data.Dataset.range(initial_epoch, epochs).flat_map(one_epoch)
        return _of_known_length(batches, length)

    def steps_per_epoch(self, batch_size: int = 128) -> int:
        """Batches in one epoch."""
        return -(-len(self.train) // batch_size)

    def validation_batches(self, batch_size: int = 256) -> tf.data.Dataset:
        """`(inputs, labels)` of the validation share, in order.

        Raises:
            InputError: if none is held out.
        """
        if self.validation is None:
            raise InputError(
                f"Data set {self.name!r} has no validation share. Hold one out with "
                "validation_split=0.1, or use test_batches()."
            )
        return self._batches(self.validation, self.validation_labels, batch_size)

    def test_batches(self, batch_size: int = 256) -> tf.data.Dataset:
        """`(inputs, labels)` of the test set, in order."""
        return self._batches(self.test, self.test_labels, batch_size)

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
        inputs = train.in_order().map(self.augmentation.centre, tf.data.AUTOTUNE)
        return _of_known_length(inputs.batch(batch_size), -(-len(train) // batch_size))

    def _batches(self, inputs: Inputs, labels: np.ndarray, batch_size: int) -> tf.data.Dataset:
        keep = self.share.keep(len(inputs), batch_size)
        x = inputs.in_order(keep).map(self.augmentation.centre, tf.data.AUTOTUNE)
        y = kept(tf.data.Dataset.from_tensor_slices(labels.astype(np.int64)), keep)
        batches = tf.data.Dataset.zip((x, y)).batch(self.share.batch_size(batch_size))
        return _of_known_length(batches, self.share.batches(len(inputs), batch_size))

    def input_statistics(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean and variance of each channel or feature, over 10,000 training inputs."""
        # Mixed, because the first 10,000 of a set sorted by class show few classes.
        mixed = self.train.shuffled(0, tf.constant(0, tf.int64)).map(lambda _, x: x)
        count, total, squares = 0, 0.0, 0.0
        for batch in mixed.take(10_000).batch(500):
            values = batch.numpy().astype(np.float64).reshape(-1, batch.shape[-1])
            count += len(values)
            total += values.sum(axis=0)
            squares += (values**2).sum(axis=0)
        mean = total / count
        return mean, np.maximum(squares / count - mean**2, 0.0)


def _of_known_length(batches: tf.data.Dataset, length: int) -> tf.data.Dataset:
    # Streams and epochs in a row do not tell how long they are; progress bars ask.
    batches = batches.apply(tf.data.experimental.assert_cardinality(length))
    return batches.prefetch(tf.data.AUTOTUNE)
