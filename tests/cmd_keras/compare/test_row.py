"""Rows of a comparison, as they are written on the command line."""

import re

import pytest

from cmd_keras.compare.row import Row
from cmd_keras.errors import InputError


@pytest.mark.parametrize(
    ("text", "name", "changes"),
    [
        ("ce", "ce", {"method": "cmd", "mode": "zero", "self_kd": "ce"}),
        ("cmd", "cmd", {"method": "cmd"}),
        ("sync-mkd", "sync-mkd", {"method": "sync-mkd"}),
        ("apl beta=0.2", "apl beta=0.2", {"method": "apl", "beta": 0.2}),
        ("co-teaching+", "co-teaching+", {"method": "co-teaching+"}),
        (
            "mine: forward rate=0.3",
            "mine",
            {"method": "forward", "rate": 0.3},
        ),
        (
            "t2s teacher='runs/my teacher' epsilon=0.3",
            "t2s teacher=runs/my teacher epsilon=0.3",
            {"method": "t2s", "teacher": "runs/my teacher", "epsilon": 0.3},
        ),
        (
            "kdcl together=mean",
            "kdcl together=mean",
            {"method": "kdcl", "together": "mean"},
        ),
        (
            "all+boot-soft",
            "all+boot-soft",
            {"method": "cmd", "mode": "all", "self_kd": "boot-soft"},
        ),
        (
            "ours: cmd-p+mconf eta=4 knowledge=prediction",
            "ours",
            {
                "method": "cmd",
                "mode": "progressive",
                "self_kd": "mconf",
                "eta": 4.0,
                "knowledge": "prediction",
            },
        ),
        (
            "cmd-s+proselflc learning-rate=0.01",
            "cmd-s+proselflc learning-rate=0.01",
            {"method": "cmd", "mode": "static", "self_kd": "proselflc", "learning_rate": 0.01},
        ),
        (
            "constant-targets=yes milestones=0.5,0.8 epochs=3",
            "constant-targets=yes milestones=0.5,0.8 epochs=3",
            {"constant_targets": True, "milestones": (0.5, 0.8), "epochs": 3},
        ),
        # A colon inside a value names no row.
        (
            "cmd network=mine:build",
            "cmd network=mine:build",
            {"method": "cmd", "network": "mine:build"},
        ),
    ],
)
def test_a_row_is_read(text, name, changes):
    row = Row.parse(text)
    assert row.name == name
    assert row.changes == changes


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cmdp+mconf", "Did you mean 'cmd-p+mconf'"),
        ("mconv", "Did you mean 'mconf'"),
        ("cmd eta", "write setting=value"),
        ("cmd etta=2", "Did you mean 'eta'"),
        ("cmd eta=two", "eta must be a number, received 'two'"),
        ("cmd epochs=2.5", "epochs must be a whole number"),
        ("cmd pretrained=maybe", "pretrained must be true or false"),
        ("cmd seed=3", "seed is the same in all rows of a comparison, or varied by it"),
        ("cmd dataset=digits", "dataset is the same in all rows"),
        ("  ", "is empty"),
        ("name:", "is empty"),
        ("cmd 'eta=2", "cannot be read"),
    ],
)
def test_what_is_no_row_is_refused_in_a_sentence(text, said):
    with pytest.raises(InputError, match=re.escape(said)):
        Row.parse(text)
