"""A labelled set of pictures, ready for `fit`."""

import dataclasses

import numpy as np
import tensorflow as tf

from cmd_keras.data.augment import Augmentation
from cmd_keras.data.images import ArrayImages, StreamedImages
from cmd_keras.data.noise import Noise
from cmd_keras.errors import InputError


@dataclasses.dataclass(frozen=True)
class Dataset:
    """Training and test pictures with their labels.

    Args:
        name: What it is called on the command line.
        class_names: One for each class.
        train: Training pictures.
        test: Test pictures.
        given_labels: `[n]`, the training labels that the networks see.
        clean_labels: `[n]`, the training labels before synthetic noise.
        test_labels: `[m]`, never corrupted.
        augmentation: How training pictures are varied.

    Raises:
        InputError: if there are fewer than 2 classes, a label is out of range,
            or the numbers of pictures and labels differ.
    """

    name: str
    class_names: tuple[str, ...]
    train: ArrayImages | StreamedImages
    test: ArrayImages | StreamedImages
    given_labels: np.ndarray
    clean_labels: np.ndarray
    test_labels: np.ndarray
    augmentation: Augmentation

    def __post_init__(self) -> None:
        if self.num_classes < 2:
            raise InputError(
                f"Data set {self.name!r} has {self.num_classes} class; at least 2 are needed."
            )
        for split, images, labels in (
            ("training", self.train, self.given_labels),
            ("test", self.test, self.test_labels),
        ):
            if len(images) != len(labels):
                raise InputError(
                    f"Data set {self.name!r} has {len(images)} {split} images but {len(labels)} "
                    "labels."
                )
            if not 0 <= labels.min() <= labels.max() < self.num_classes:
                raise InputError(
                    f"Data set {self.name!r} has {self.num_classes} classes, but {split} labels "
                    f"from {labels.min()} to {labels.max()}."
                )

    @property
    def num_classes(self) -> int:
        """C."""
        return len(self.class_names)

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """`(height, width, channels)` as the networks see them."""
        return self.augmentation.output_shape(self.train.shape)

    def with_noise(self, noise: Noise, seed: int) -> "Dataset":
        """The same pictures with corrupted training labels."""
        given = noise.corrupt(self.clean_labels, self.num_classes, seed)
        return dataclasses.replace(self, given_labels=given)

    def train_batches(
        self, batch_size: int, epochs: int, seed: int, initial_epoch: int = 0
    ) -> tf.data.Dataset:
        """`(images, labels)` of all epochs, one after the other.

        Pass it to `fit` with `steps_per_epoch=dataset.steps_per_epoch(batch_size)`.
        Epoch k is the same whether the epochs before it are drawn or not.

        Args:
            batch_size: Pictures in a batch; the last one of an epoch may be smaller.
            epochs: Number of the last epoch.
            seed: Same seed, same order and same augmentation.
            initial_epoch: First epoch, counted from 0.

        Returns:
            Batches of float32 `[batch, height, width, channels]` and int64 `[batch]`.
        """
        labels = tf.constant(self.given_labels, tf.int64)

        def one_epoch(epoch: tf.Tensor) -> tf.data.Dataset:
            def example(index: tf.Tensor, image: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
                key = tf.stack([tf.constant(seed, tf.int64), epoch * len(self.train) + index])
                return self.augmentation.vary(image, key), labels[index]

            pictures = self.train.shuffled(seed, epoch)
            return pictures.map(example, tf.data.AUTOTUNE).batch(batch_size)

        epochs_left = tf.data.Dataset.range(initial_epoch, epochs)
        return epochs_left.flat_map(one_epoch).prefetch(tf.data.AUTOTUNE)

    def steps_per_epoch(self, batch_size: int) -> int:
        """Batches in one epoch."""
        return -(-len(self.train) // batch_size)

    def test_batches(self, batch_size: int = 256) -> tf.data.Dataset:
        """`(images, labels)` of the test set, in order."""
        images = self.test.in_order().map(self.augmentation.centre, tf.data.AUTOTUNE)
        labels = tf.data.Dataset.from_tensor_slices(self.test_labels.astype(np.int64))
        return tf.data.Dataset.zip((images, labels)).batch(batch_size).prefetch(tf.data.AUTOTUNE)

    def plain_train_batches(self, batch_size: int = 256) -> tf.data.Dataset:
        """Images of the training set alone, in order and not augmented."""
        images = self.train.in_order().map(self.augmentation.centre, tf.data.AUTOTUNE)
        return images.batch(batch_size).prefetch(tf.data.AUTOTUNE)

    def pixel_statistics(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean and variance of each channel, over the first 10,000 training pictures."""
        count, total, squares = 0, 0.0, 0.0
        for batch in self.train.in_order().take(10_000).batch(500):
            pixels = batch.numpy().astype(np.float64)
            count += pixels.shape[0] * pixels.shape[1] * pixels.shape[2]
            total += pixels.sum(axis=(0, 1, 2))
            squares += (pixels**2).sum(axis=(0, 1, 2))
        mean = total / count
        return mean, squares / count - mean**2
