"""All that scikit-learn checks of a classifier, which takes fifty fits: `make test-backends`."""

from sklearn.utils.estimator_checks import parametrize_with_checks

from cmd_keras.sklearn import CMDClassifier


@parametrize_with_checks([CMDClassifier(epochs=3)])
def test_passes(estimator, check):
    check(estimator)
