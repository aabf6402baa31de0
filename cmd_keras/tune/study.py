"""The study that the trials are kept in: Optuna's, in a file or in a database."""

import contextlib
import json
from collections.abc import Iterator

import optuna

from cmd_keras.errors import InputError, first_line
from cmd_keras.tune.check import check_same_search
from cmd_keras.tune.samplers import sampler_named
from cmd_keras.tune.search import Search

NAME = "cmd-keras"


def open_study(search: Search, url: str, name: str = NAME) -> optuna.Study:
    """The study of a search, begun or gone on with.

    Args:
        search: What is searched.
        url: Where it is kept, as SQLAlchemy or Optuna writes it.
        name: Of the study; several may be in one database.

    Raises:
        InputError: if it cannot be reached, or is of another search.
    """
    try:
        with quiet():
            study = optuna.create_study(
                storage=url,
                study_name=name,
                load_if_exists=True,
                direction="maximize",
                sampler=sampler_named(search.sampler, search.base.seed),
                pruner=_pruner(search.pruner),
            )
            _check_same(study, search, url)
    except InputError:
        raise
    except Exception as error:
        # SQLAlchemy, a database's driver, or Optuna: each has classes of its own.
        raise InputError(
            f"The storage {without_password(url)} cannot be used: "
            f"{first_line(error).rstrip('.')}. It is a URL such as sqlite:///study.db or "
            "mysql+pymysql://user:password@host/database."
        ) from None
    return study


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Optuna says nothing but warnings meanwhile."""
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(before)


def without_password(url: str) -> str:
    """The URL of a storage, as it may be printed and kept."""
    before, at, after = url.rpartition("@")
    return f"{before.rpartition(':')[0]}:***@{after}" if at and before.count(":") > 1 else url


def _check_same(study: optuna.Study, search: Search, url: str) -> None:
    recorded = study.user_attrs.get("search")
    if recorded is None:
        study.set_user_attr("search", json.dumps(search.to_json()))
        return
    check_same_search(
        f"The study in {without_password(url)} is of another search",
        json.loads(recorded),
        search,
        "Choose another folder, or another study.",
    )


def _pruner(name: str) -> optuna.pruners.BasePruner:
    # Steps are hundredths of the training. Before the learning rate has dropped nothing is
    # known: what memorises wrong labels is ahead until then.
    return {
        "median": lambda: optuna.pruners.MedianPruner(n_startup_trials=5, n_warmup_steps=50),
        "hyperband": lambda: optuna.pruners.HyperbandPruner(min_resource=10, max_resource=100),
        "none": optuna.pruners.NopPruner,
    }[name]()
