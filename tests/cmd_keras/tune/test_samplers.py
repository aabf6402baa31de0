"""Which constants are tried, by whom, and how often it was stopped."""

import pytest

from cmd_keras.run import TrainSettings
from cmd_keras.tune.search import SAMPLERS, Search
from cmd_keras.tune.space import suggested
from cmd_keras.tune.study import open_study, quiet

every_sampler = pytest.mark.parametrize("sampler", SAMPLERS)


def search(sampler, seed=0):
    return Search(TrainSettings(seed=seed), sampler=sampler)


def session(searched, url, count):
    """Trials of one process."""
    study = open_study(searched, url)
    with quiet():
        return [made(study, searched) for _ in range(count)]


def made(study, searched):
    trial = study.ask()
    changes = suggested(trial, searched.base, ())
    study.tell(trial, 1 / (1 + abs(changes["eta"] - 3)))
    return changes


def apart(changes):
    return len({tuple(sorted(one.items())) for one in changes})


@every_sampler
def test_a_search_that_was_stopped_tries_what_it_would_have_tried(sampler, tmp_path):
    whole = session(search(sampler), f"sqlite:///{tmp_path / 'whole.db'}", 14)
    stopped = f"sqlite:///{tmp_path / 'stopped.db'}"
    parts = (session(search(sampler), stopped, count) for count in (3, 1, 8, 2))
    assert [changes for part in parts for changes in part] == whole
    assert apart(whole) == 14


@every_sampler
def test_machines_that_share_a_study_try_other_constants(sampler, tmp_path):
    searched, url = search(sampler), f"sqlite:///{tmp_path / 'shared.db'}"
    machines = [open_study(searched, url) for _ in range(2)]
    with quiet():
        # Nothing has ended yet.
        found = [suggested(machines[i % 2].ask(), searched.base, ()) for i in range(6)]
    assert apart(found) == 6


# The sequence of qmc begins with the lowest of each constant.
@pytest.mark.parametrize("sampler", ["tpe", "random"])
def test_another_seed_is_another_search_and_no_two_constants_are_one_draw(sampler):
    first, other = (session(search(sampler, seed), "sqlite://", 3) for seed in (0, 1))
    assert apart([*first, *other]) == 6
    # Each lies somewhere else between its bounds.
    for changes in (*first, *other):
        assert (changes["b2"] + 20) / 25 != pytest.approx((changes["b1"] / 2 - 1) / 19)
