"""The same seed, the same bits: what has to be set for the whole process."""

import os

import keras


def repeat_bit_for_bit() -> None:
    """Allow only kernels that give the same bits every time.

    On a CPU runs repeat without this; on a GPU some kernels add up in whatever order
    their threads finish. It holds for the rest of the process and costs speed.
    """
    match keras.backend.backend():
        case "tensorflow":
            import tensorflow as tf

            tf.config.experimental.enable_op_determinism()
        case "jax":
            # Read when the first GPU kernel is compiled.
            flags = os.environ.get("XLA_FLAGS", "")
            os.environ["XLA_FLAGS"] = f"{flags} --xla_gpu_deterministic_ops=true".strip()
        case "torch":
            import torch

            torch.use_deterministic_algorithms(True)
