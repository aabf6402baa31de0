"""A classifier as scikit-learn knows them, trained as a run on a table is."""

import copy
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from cmd_keras.errors import InputError
from cmd_keras.run.settings.recipes import RECIPES
from cmd_keras.sklearn.settings import settings_of
from cmd_keras.sklearn.train import train
from cmdcore import methods

_TABLE = RECIPES["table"]


class CMDClassifier(ClassifierMixin, BaseEstimator):
    """Two networks that teach each other, for labels of which some are wrong.

    What is not given is as in the recipe `table` of the command line: the learning rate
    drops at the same fractions of the epochs, the optimizer is `cmd_keras.CoupledSGD`.

    Args:
        method: How the peers learn: a `cmdcore.Method`, such as
            `cmdcore.CMD(cmdcore.Mconf(rho=0.5), cmdcore.Progressive(eta=2.0), "refined")`, or
            a name in `cmdcore.methods.METHODS`, which has that one's own constants. None is
            the method of the recipe.
        network: Of both peers: a name that `cmd-keras networks` lists, which brings inputs to
            mean 0 and variance 1 itself, or a function that is called as
            `network(input_shape, num_classes)` once for each peer and returns a `keras.Model`
            from inputs as they are given to logits.
        epochs: Gamma.
        batch_size: Examples in a step.
        learning_rate: At the start.
        weight_decay: Coupled, on every trainable variable.
        random_state: A seed, a `numpy.random.RandomState`, or None, which is NumPy's own. The
            same seed gives the same networks on the same machine.
        verbose: As `keras.Model.fit` takes it.

    Attributes:
        classes_: `[num_classes]`, the labels in ascending order.
        n_features_in_: Second axis of the inputs of `fit`; of a table, its columns.
        feature_names_in_: Its names, if it was a data frame whose columns are texts.
        input_shape_: Of one input, as the networks take it.
        distiller_: The trained `cmd_keras.MutualDistiller`, with both networks; a
            `cmd_keras.NumberedDistiller` if the method remembers each example.
        history_: All logs of it by name, one number an epoch.

    Example:

    ```python
    classifier = CMDClassifier(random_state=0)
    p = cross_val_predict(classifier, x, y, cv=5, method="predict_proba")
    ```
    """

    def __init__(
        self,
        method: Any = None,
        network: Any = _TABLE.network,
        epochs: int = _TABLE.epochs,
        batch_size: int = _TABLE.batch_size,
        learning_rate: float = _TABLE.learning_rate,
        weight_decay: float = _TABLE.weight_decay,
        random_state: Any = None,
        verbose: Any = 0,
    ) -> None:
        self.method = method
        self.network = network
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X: Any, y: Any) -> "CMDClassifier":  # noqa: N803
        """Trains both networks anew.

        What was fitted before is forgotten, also where training fails or is interrupted.

        Args:
            X: `[n, features]`, or images `[n, height, width]` or `[n, height, width,
                channels]`, numbers.
            y: `[n]`, labels of any kind that can be sorted.

        Returns:
            The classifier itself.

        Raises:
            ValueError: if they hold NaN or infinity, differ in length or hold one class only,
                or an argument of the classifier cannot be used.
            DivergenceError: if a loss becomes NaN or infinite.
        """
        self._forget()
        # Networks and names of classes belong together: they come at once, when training has ended.
        fitted = copy.copy(self)
        method = _TABLE.method if self.method is None else methods.get(self.method)
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        settings = settings_of(self, seed)
        X, y = validate_data(fitted, X, y, dtype="float32", allow_nd=True)  # noqa: N806
        check_classification_targets(y)
        fitted.classes_, labels = np.unique(y, return_inverse=True)
        if len(fitted.classes_) < 2:
            raise InputError(
                "At least 2 classes are needed, and y holds one class only, "
                f"{fitted.classes_.tolist()[0]!r}. Add examples of another one."
            )
        inputs = _with_channels(X)
        fitted.input_shape_ = inputs.shape[1:]
        fitted.distiller_, fitted.history_ = train(
            self.network, method, settings, inputs, labels, self.verbose
        )
        vars(self).update(vars(fitted))
        return self

    def _forget(self) -> None:
        """Leave no attribute by which scikit-learn tells that there are networks."""
        fitted = [name for name in vars(self) if name.endswith("_") and not name.startswith("_")]
        for name in fitted:
            delattr(self, name)

    def predict_proba(self, X: Any) -> np.ndarray:  # noqa: N803
        """The mean of both networks' probabilities.

        Args:
            X: As in `fit`.

        Returns:
            float64 `[n, num_classes]`, in the order of `classes_`.

        Raises:
            NotFittedError: if `fit` was not called, or did not end.
            ValueError: if inputs are of another shape than in `fit`, or hold NaN or infinity.
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype="float32", allow_nd=True, reset=False)  # noqa: N806
        inputs = _with_channels(X)
        if inputs.shape[1:] != self.input_shape_:
            raise InputError(
                f"X must hold inputs of the shape {self.input_shape_}, as in fit, and holds "
                f"{inputs.shape[1:]}."
            )
        filled = _filled_up(inputs)
        p = self.distiller_.predict(filled, batch_size=_AT_A_TIME, verbose=0)[: len(inputs)]
        # float32 leaves a sum that is off by 1e-7.
        p = p.astype(np.float64)
        return p / p.sum(axis=1, keepdims=True)

    def predict(self, X: Any) -> np.ndarray:  # noqa: N803
        """The most probable class, `[n]`, as labels were given to `fit`.

        Args:
            X: As in `fit`.

        Raises:
            NotFittedError: if `fit` was not called, or did not end.
            ValueError: as `predict_proba`.
        """
        p = self.predict_proba(X)
        return self.classes_[p.argmax(axis=1)]


# What Keras has where nothing is said.
_AT_A_TIME = 32


def _filled_up(inputs: np.ndarray) -> np.ndarray:
    """Whole batches, the last one filled up with its last input.

    Matrix products round by the size of a batch: so what is said about an input does not
    depend on how many others are asked for with it, and one program serves them all.
    """
    return np.pad(inputs, [(0, -len(inputs) % _AT_A_TIME), *[(0, 0)] * (inputs.ndim - 1)], "edge")


def _with_channels(inputs: np.ndarray) -> np.ndarray:
    """Images without a channel get one, as networks want them."""
    return inputs[..., np.newaxis] if inputs.ndim == 3 else inputs
