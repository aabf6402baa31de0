"""Batch normalisation in one kernel.

Keras makes batch normalisation of moments and arithmetic, each a pass over the
activations, and as many again for the gradient. TensorFlow has one kernel for all
of it. On other backends, and wherever the kernel does not apply, the layer is
Keras's own.
"""

import keras

from cmdcore.tensor import Tensor

if keras.backend.backend() == "tensorflow":
    import tensorflow as tf

    _KERNEL_DTYPES = ("float16", "bfloat16", "float32")
else:
    _KERNEL_DTYPES = ()


@keras.saving.register_keras_serializable(package="cmd_keras")
class BatchNormalization(keras.layers.BatchNormalization):
    """`keras.layers.BatchNormalization`, quicker on images.

    Ioffe, Szegedy: Batch normalization. ICML 2015. Arguments, numbers and weights
    are those of the layer of Keras: weights saved by one load into the other, and
    `plain` turns a network of this layer into one of Keras's. The kernel is taken
    for `[batch, height, width, channels]` normalised over the last axis; masks,
    `synchronized`, `renorm` and float64 take Keras's own way. While several replicas
    of a `tf.distribute` strategy train, the statistics are those of the whole batch,
    whether `synchronized` says so or not.
    """

    def call(self, inputs: Tensor, training: bool | None = None, mask: Tensor = None) -> Tensor:
        """Normalise a batch, or by the moving statistics outside training.

        Args:
            inputs: Any shape that the layer was built for.
            training: Whether to normalise by the statistics of the batch.
            mask: As in `keras.layers.BatchNormalization`.

        Returns:
            A tensor of the shape of `inputs`.
        """
        if (
            training
            and self.trainable
            and _of_several_replicas()
            and self._sums_apply(inputs, mask)
        ):
            return self._normalise_over_replicas(inputs)
        if mask is not None or not self._kernel_applies(inputs):
            return super().call(inputs, training=training, mask=mask)
        channels = inputs.shape[-1]
        scale = tf.ones(channels) if self.gamma is None else tf.convert_to_tensor(self.gamma)
        offset = tf.zeros(channels) if self.beta is None else tf.convert_to_tensor(self.beta)
        if training and self.trainable:
            outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
                x=inputs, scale=scale, offset=offset, mean=[], variance=[], epsilon=self.epsilon
            )
            self._move(mean, variance * _biased(inputs))
            return outputs
        return tf.raw_ops.FusedBatchNormV3(
            x=inputs,
            scale=scale,
            offset=offset,
            mean=tf.convert_to_tensor(self.moving_mean),
            variance=tf.convert_to_tensor(self.moving_variance),
            epsilon=self.epsilon,
            is_training=False,
        ).y

    def _kernel_applies(self, inputs: Tensor) -> bool:
        return (
            self.compute_dtype in _KERNEL_DTYPES
            and keras.backend.standardize_dtype(inputs.dtype) == self.compute_dtype
            and self.variable_dtype == "float32"
            and len(inputs.shape) == 4
            and self.axis in (-1, 3)
            and not self.synchronized
            and not self.renorm
        )

    def _sums_apply(self, inputs: Tensor, mask: Tensor) -> bool:
        return mask is None and not self.renorm and self.axis in (-1, len(inputs.shape) - 1)

    def _normalise_over_replicas(self, inputs: Tensor) -> Tensor:
        x = tf.cast(inputs, self.variable_dtype)
        axes = list(range(len(inputs.shape) - 1))
        # A replica's part of the batch may be smaller than another's, or empty, so
        # sums and counts are added up, never means.
        count = tf.cast(tf.size(x) // tf.maximum(tf.shape(x)[-1], 1), x.dtype)
        total, count = _add_up([tf.reduce_sum(x, axes), count])
        mean = total / count
        # From the mean, in a second pass: E[x²] - E[x]² loses digits off centre.
        (squares,) = _add_up([tf.reduce_sum(tf.square(x - mean), axes)])
        variance = squares / count
        self._move(mean, variance)
        outputs = tf.nn.batch_normalization(
            x, mean, variance, self.beta, self.gamma, variance_epsilon=self.epsilon
        )
        return tf.cast(outputs, inputs.dtype)

    def _move(self, mean: Tensor, variance: Tensor) -> None:
        for moving, batch in ((self.moving_mean, mean), (self.moving_variance, variance)):
            moving.assign(moving * self.momentum + batch * (1.0 - self.momentum))


def _of_several_replicas() -> bool:
    if keras.backend.backend() != "tensorflow":
        return False
    replicas = tf.distribute.get_strategy().num_replicas_in_sync
    return replicas > 1 and not tf.distribute.in_cross_replica_context()


def _add_up(values: list) -> list:
    context = tf.distribute.get_replica_context()
    return context.all_reduce(tf.distribute.ReduceOp.SUM, values)


def _biased(inputs: Tensor) -> Tensor:
    # The kernel returns the variance as an unbiased estimate, n / (n - 1) times
    # that of the batch, which Keras averages.
    count = tf.cast(tf.reduce_prod(tf.shape(inputs)[:3]), tf.float32)
    return tf.maximum(count - 1.0, 1.0) / count


def plain(network: keras.Model) -> keras.Model:
    """The same network, made of nothing but Keras's own layers.

    A file saved from it loads without this package.

    Args:
        network: A functional or sequential model, models inside it included.

    Returns:
        A copy with `keras.layers.BatchNormalization` in place of `BatchNormalization`
        and the same weights; `network` itself if it contains none.

    Raises:
        ValueError: if it contains one, and is a subclass of `keras.Model` that
            Keras cannot clone.
    """
    if not any(isinstance(layer, BatchNormalization) for layer in network._flatten_layers()):
        return network
    copy = keras.models.clone_model(network, clone_function=_plain_layer, recursive=True)
    copy.set_weights(network.get_weights())
    return copy


def _plain_layer(layer: keras.Layer) -> keras.Layer:
    known = isinstance(layer, BatchNormalization)
    layer_class = keras.layers.BatchNormalization if known else type(layer)
    return layer_class.from_config(layer.get_config())
