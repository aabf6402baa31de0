"""What is searched, and what cannot be."""

import optuna
import pytest

from cmd_keras.errors import InputError
from cmd_keras.run.settings.method import CONSTANTS_OF, named_method
from cmd_keras.run.settings.schedule_settings import SCHEDULE
from cmd_keras.run.settings.train_settings import TrainSettings
from cmd_keras.tune.check import check_tune
from cmd_keras.tune.search import Search
from cmd_keras.tune.space import ALSO, SEARCHED, Numbers, suggested
from cmd_keras.tune.study import open_study
from cmdcore.methods import METHODS


@pytest.mark.parametrize(
    ("base", "also", "expected"),
    [
        ({}, (), {"eta", "b2", "b1"}),
        ({"eta": 3.0}, (), {"b2", "b1"}),
        ({"mode": "zero"}, (), {"b1"}),
        ({"mode": "static", "self_kd": "ce"}, (), {"eta"}),
        ({"self_kd": "ls"}, ("epsilon",), {"eta", "b2", "epsilon"}),
        ({"method": "sync-mkd"}, ("epsilon", "learning_rate"), {"epsilon", "learning_rate"}),
        ({"method": "async-mkd"}, ("epsilon",), {"epsilon"}),
        ({"method": "elr"}, ("regularization", "epsilon"), {"regularization"}),
        ({"method": "elr"}, ("target_momentum",), {"target_momentum"}),
        ({"method": "dmi"}, ("weight", "rho"), {"weight"}),
        ({"method": "truncated-gce"}, ("q", "k", "start_prune"), {"q", "k", "start_prune"}),
        ({"method": "s2e"}, (), {*SCHEDULE}),
        ({"method": "s2e", "forget_a": 0.5}, (), {*SCHEDULE} - {"forget_a"}),
        ({"method": "apl"}, ("alpha", "beta", "warmup"), {"alpha", "beta"}),
        ({"method": "joint"}, ("update_from", "retrain_from"), {"update_from", "retrain_from"}),
        ({"method": "tf-kd"}, ("temperature", "a"), {"temperature", "a"}),
        ({}, ("rho", "knowledge"), {"eta", "b2", "b1", "rho", "knowledge"}),
    ],
)
def test_what_the_method_hears_is_searched_unless_it_is_given(base, also, expected):
    trial = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0)).ask()
    assert set(suggested(trial, TrainSettings(**base), also)) == expected


def test_every_constant_of_a_method_can_be_searched_or_is_said_by_the_data():
    """Names beside numbers, and what the noise or a file says: rate, matrix, teacher, together."""
    said = {"rate", "transition", "teacher", "together", "constant_targets"}
    assert {*CONSTANTS_OF["method"]} - said <= {*ALSO, *SEARCHED}


NUMBERS = {k: v for k, v in {**SEARCHED, **ALSO}.items() if isinstance(v, Numbers)}


@pytest.mark.parametrize("name", NUMBERS)
def test_every_number_that_is_searched_is_one_that_a_method_takes(name):
    """Both bounds, with all else as it is by itself."""
    noise = {"noise": "sym:0.3"}
    for method in METHODS:
        base = (
            TrainSettings(method=method, **noise)
            if method != "t2s"
            else TrainSettings(method=method, teacher="runs/x", **noise)
        )
        if name in named_method(base, num_classes=10)[1] or name not in CONSTANTS_OF["method"]:
            for bound in (NUMBERS[name].low, NUMBERS[name].high):
                named_method(base.changed(**{name: bound}), num_classes=10)


def test_a_number_that_what_is_given_forbids_is_refused():
    search = Search(TrainSettings(method="joint", retrain_from=0.3), ("update_from",))
    with pytest.raises(InputError, match=r"from 0.05 to 0.5, .* may not be 0.5\. Labels are"):
        search.check()


def test_every_schedule_that_is_searched_is_one():
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    base = TrainSettings(method="s2e")
    methods = {named_method(base.changed(**suggested(study.ask(), base, SCHEDULE)))[0]
               for _ in range(20)}  # fmt: skip
    assert len(methods) == 20


def test_what_is_searched_depends_on_the_names_of_the_trial():
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    found = [suggested(study.ask(), TrainSettings(), ("mode", "self_kd")) for _ in range(40)]
    for changes in found:
        assert ("eta" in changes) == (changes["mode"] in ("static", "progressive"))
        assert ("b2" in changes) == (changes["mode"] == "progressive")
        assert ("b1" in changes) == (changes["self_kd"] in ("proselflc", "mconf"))
        TrainSettings().changed(**changes)
    assert len({changes["mode"] for changes in found}) == 4


def test_what_is_given_for_all_trials_is_trained_with_whatever_else_they_try():
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    base = TrainSettings(eta=7.0, mode="static", epsilon=0.25, self_kd="ls", knowledge="prediction")
    for _ in range(20):
        changes = suggested(study.ask(), base, ("learning_rate",))
        assert base.changed(**changes).eta == 7.0
    given = TrainSettings(eta=7.0, b1=3.0, knowledge="prediction")
    for _ in range(40):
        settings = given.changed(**suggested(study.ask(), given, ("mode", "self_kd")))
        _, heard = named_method(settings)
        for name in ("eta", "b1", "knowledge"):
            assert heard.get(name, getattr(given, name)) == getattr(given, name)


def test_a_constant_may_be_that_of_a_mode_or_self_distillation_that_is_searched_too():
    Search(TrainSettings(), also=("epsilon", "self_kd")).check()


@pytest.mark.parametrize(
    ("search", "said"),
    [
        (Search(TrainSettings(), also=("knowlege",)), "Did you mean 'knowledge'"),
        (Search(TrainSettings(rho=0.3), also=("rho",)), "rho is to be searched, and is given"),
        (Search(TrainSettings(mode="zero", self_kd="ce")), "There is nothing to search"),
        # Only what would not be refused then.
        (Search(TrainSettings(method="gce")), "`also`: q, learning_rate"),
        (
            Search(TrainSettings(method="elr"), also=("rho",)),
            "rho makes no difference to method=elr",
        ),
        (Search(TrainSettings(method="gce"), also=("self_kd",)), "self_kd makes no difference"),
        (Search(TrainSettings(self_kd="ls"), also=("rho",)), "rho makes no difference"),
        (Search(TrainSettings(), sampler="tpee"), "Did you mean 'tpe'"),
        (Search(TrainSettings(), pruner="x"), "Unknown pruner 'x'"),
        (Search(TrainSettings(), seeds=0), "seeds must lie between 1 and 1000"),
        (Search(TrainSettings(noise="sym:9")), "noise rate must lie in"),
    ],
)
def test_a_search_that_cannot_begin_is_said(search, said, tmp_path):
    with pytest.raises(InputError, match=said):
        check_tune(search, tmp_path / "new", 3)


def test_numbers_and_folder_are_checked(tmp_path):
    search = Search(TrainSettings())
    with pytest.raises(InputError, match="trials must lie between"):
        check_tune(search, tmp_path / "new", 0)
    with pytest.raises(InputError, match="processes must be at least 1"):
        check_tune(search, tmp_path / "new", 3, processes=0)
    (tmp_path / "other.txt").write_text("kept")
    with pytest.raises(InputError, match="holds other files"):
        check_tune(search, tmp_path, 3)


def test_a_storage_that_cannot_be_reached_or_holds_another_search_is_refused(tmp_path):
    search = Search(TrainSettings())
    for url in ("nonsense", "sqlite:////nowhere/at/all.db", "postgresql://a:secret@127.0.0.1:1/x"):
        with pytest.raises(InputError, match="cannot be used") as error:
            open_study(search, url)
        assert "secret" not in str(error.value)
    url = f"sqlite:///{tmp_path / 'study.db'}"
    open_study(search, url)
    open_study(search, url)
    with pytest.raises(InputError, match=r"another search: its noise is none, and sym:0\.2"):
        open_study(Search(TrainSettings(noise="sym:0.2")), url)
