"""Networks small enough to be trained in every test, as `module:function` names them."""

import keras

from cmd_keras.networks.convolution import convolution


def dense(input_shape, num_classes):
    """No batch statistics, and weights that are pulled towards zero."""
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Rescaling(1 / 16),
            layers.Flatten(),
            layers.Dense(24, "relu", kernel_regularizer=keras.regularizers.L2(1e-3)),
            layers.Dense(num_classes),
        ]
    )


def normalised(input_shape, num_classes):
    """Convolutions with batch normalisation, as in the residual networks."""
    inputs = keras.Input(input_shape)
    x = keras.layers.Rescaling(1 / 16)(inputs)
    x = keras.layers.ReLU()(convolution(x, 6, 3))
    x = keras.layers.ReLU()(convolution(x, 8, 3, 2))
    x = keras.layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, keras.layers.Dense(num_classes)(x))
