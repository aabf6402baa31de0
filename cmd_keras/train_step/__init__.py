"""One training step of two peers, for the backend that Keras runs on.

The three files hold the same class with the same steps, and the same five functions. Which
backend is active is asked here and, for a kernel that TensorFlow alone has, in
`networks.batch_normalization`.

What a step asks of the model, in this order: `mutual_loss(x, y, sample_weight)`, which
returns what is minimised and the ensemble's probabilities; `advance_clock()`; and Keras's
`compute_metrics`. To evaluate: `evaluation_loss(x, y, sample_weight)`, which returns the
probabilities, and `evaluation_logs`. What the model asks of the backend: `compiled`, the
objective as it is best run; `examples_per_replica`, by which sums become means; and `rows_of`,
`put_rows` and `add_rows`, for a variable that is too large to be copied in every step.

Keras's own `train_step`, with a `compute_loss` of ours, does not serve: it hands on what
`call` returns, which is the ensemble's mean, and the objective needs the logits of both
peers; making `call` return them would change `predict`, `export` and compiled metrics. On
several devices it divides by the size of a replica's own share of the batch, so that
examples weigh more or less than one where shares differ. Its `test_step` reports the loss
of training, and here evaluation distils nothing.
"""

import keras

match keras.backend.backend():
    case "tensorflow":
        from cmd_keras.train_step.tensorflow import (
            TrainStep,
            add_rows,
            compiled,
            examples_per_replica,
            put_rows,
            rows_of,
        )
    case "jax":
        from cmd_keras.train_step.jax import (
            TrainStep,
            add_rows,
            compiled,
            examples_per_replica,
            put_rows,
            rows_of,
        )
    case "torch":
        from cmd_keras.train_step.torch import (
            TrainStep,
            add_rows,
            compiled,
            examples_per_replica,
            put_rows,
            rows_of,
        )
    case other:
        raise ImportError(
            f"cmd_keras trains on the tensorflow, jax and torch backends of Keras, not on "
            f"{other!r}. Set KERAS_BACKEND to one of them before importing keras."
        )

__all__ = ["TrainStep", "add_rows", "compiled", "examples_per_replica", "put_rows", "rows_of"]
