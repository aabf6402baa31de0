"""The classifier does what scikit-learn asks of one, and finds wrong labels with it.

Each fit is traced anew, which takes a second. So here are the checks of scikit-learn that
train nothing and those that tell most; `every_estimator_check.py` holds them all, and is run
by `make test-backends`.
"""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_wine
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import estimator_checks_generator

from cmd_keras.sklearn import CMDClassifier

README = Path(__file__).parents[3] / "README.md"
# Each trains once or more, and asks for little that the others, or the tests below, do not.
ELSEWHERE = {
    "check_classifier_data_not_an_array",
    "check_classifiers_classes",
    "check_dont_overwrite_parameters",
    "check_dtype_object",
    "check_estimators_dtypes",
    "check_estimators_fit_returns_self",
    "check_estimators_nan_inf",
    "check_estimators_overwrite_params",
    "check_estimators_pickle",
    "check_f_contiguous_array_estimator",
    "check_fit2d_1feature",
    "check_fit2d_predict1d",
    "check_fit_check_is_fitted",
    "check_fit_score_takes_y",
    "check_methods_subset_invariance",
    "check_n_features_in",
    "check_n_features_in_after_fitting",
    "check_pipeline_consistency",
    "check_positive_only_tag_during_fit",
    "check_readonly_memmap_input",
    "check_supervised_y_2d",
}


def checks():
    """Those of scikit-learn, without the variations of one, such as other types."""
    for _, check in estimator_checks_generator(CMDClassifier(epochs=3)):
        if check.func.__name__ not in ELSEWHERE and not check.keywords:
            yield pytest.param(check, id=check.func.__name__)


def test_a_search_through_a_pipeline_finds_the_better_constant():
    x, y = load_wine(return_X_y=True)
    classifier = CMDClassifier(epochs=3, batch_size=32, random_state=3)
    pipeline = make_pipeline(StandardScaler(), classifier)
    # NumPy's numbers, as searches draw them.
    rates = np.array([1e-7, 0.02])
    search = GridSearchCV(pipeline, {"cmdclassifier__learning_rate": rates}, cv=2).fit(x, y)
    assert search.best_params_ == {"cmdclassifier__learning_rate": 0.02}
    assert search.best_score_ > 0.8
    assert search.score(x, y) > 0.85


@pytest.mark.parametrize("check", [*checks()])
def test_passes(check):
    check(CMDClassifier(epochs=3))


def test_what_is_checked_elsewhere_is_a_check():
    """A name that scikit-learn drops would hide another one that it gives later."""
    names = {check.func.__name__ for _, check in estimator_checks_generator(CMDClassifier())}
    assert names >= ELSEWHERE


def test_readme_finds_wrong_labels():
    """README's snippet: out of sample with cross_val_predict, and through cleanlab."""
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    (snippet,) = (block for block in blocks if "import CMDClassifier" in block)
    said = {}
    exec(snippet, said)
    wrong, issues = said["y"] != said["clean"], said["issues"]["is_label_issue"].to_numpy()
    assert 0.15 < wrong.mean() < 0.25
    # Of four seeds CMD is right about 0.954 to 0.975 of the labels, plain cross entropy,
    # `method=cmdcore.CMD("ce", "zero")`, about 0.905 to 0.910. Of what cleanlab then suspects
    # 0.86 to 0.90 are wrong, and that is 0.93 to 0.98 of the wrong ones.
    assert (said["p"].argmax(axis=1) == said["clean"]).mean() > 0.93
    assert wrong[issues].mean() > 0.8
    assert issues[wrong].mean() > 0.87
    assert isinstance(said["issues"], pd.DataFrame)
