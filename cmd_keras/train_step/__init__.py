"""One training step of two peers, for the backend that Keras runs on.

The three files hold the same class with the same steps. Which backend is active is
asked here and, for a kernel that TensorFlow alone has, in `networks.batch_normalization`.
"""

import keras

match keras.backend.backend():
    case "tensorflow":
        from cmd_keras.train_step.tensorflow import TrainStep
    case "jax":
        from cmd_keras.train_step.jax import TrainStep
    case "torch":
        from cmd_keras.train_step.torch import TrainStep
    case other:
        raise ImportError(
            f"cmd_keras trains on the tensorflow, jax and torch backends of Keras, not on "
            f"{other!r}. Set KERAS_BACKEND to one of them before importing keras."
        )

__all__ = ["TrainStep"]
