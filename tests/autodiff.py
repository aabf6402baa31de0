"""Gradients by the active backend, for functions of arrays."""

import keras
import numpy as np


def gradients(function, *arrays):
    """d function / d each array, where `function` maps tensors to a scalar tensor."""
    arrays = [np.asarray(array, np.float32) for array in arrays]
    match keras.backend.backend():
        case "tensorflow":
            import tensorflow as tf

            tensors = [tf.constant(array) for array in arrays]
            with tf.GradientTape() as tape:
                tape.watch(tensors)
                value = function(*tensors)
            found = tape.gradient(value, tensors, unconnected_gradients="zero")
        case "jax":
            import jax

            found = jax.grad(function, argnums=tuple(range(len(arrays))))(*arrays)
        case "torch":
            import torch

            tensors = [torch.tensor(array, requires_grad=True) for array in arrays]
            found = torch.autograd.grad(
                function(*tensors), tensors, allow_unused=True, materialize_grads=True
            )
    return [np.asarray(keras.ops.convert_to_numpy(gradient)) for gradient in found]
