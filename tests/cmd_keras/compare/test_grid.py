"""The runs of a comparison, and what its folder takes."""

import dataclasses
import json

import pytest

from cmd_keras.compare.check import check_comparison
from cmd_keras.compare.comparison_folder import ComparisonFolder
from cmd_keras.compare.grid import Grid
from cmd_keras.compare.row import Row
from cmd_keras.errors import InputError
from cmd_keras.run import resolved
from cmd_keras.run.settings.train_settings import TrainSettings


def grid(rows=("ce", "cmd eta=4"), noises=("sym:0.4",), seeds=(0, 1), **base):
    return Grid(TrainSettings(**base), tuple(map(Row.parse, rows)), noises, seeds)


def test_every_run_has_the_settings_of_its_row_and_a_folder_of_its_own():
    cells = grid(noises=("sym:0.4", "pair:0.2"), epochs=7).cells()
    assert len(cells) == 8
    assert [cell.seed for cell in cells] == [0] * 4 + [1] * 4
    assert len({cell.path for cell in cells}) == 8
    assert {(c.settings.noise, c.settings.seed) for c in cells} == {
        (noise, seed) for noise in ("sym:0.4", "pair:0.2") for seed in (0, 1)
    }
    assert {c.settings.eta for c in cells if c.row == "cmd eta=4"} == {4.0}
    assert {c.settings.mode for c in cells if c.row == "ce"} == {"zero"}
    assert {c.settings.epochs for c in cells} == {7}


def test_every_column_has_the_rate_of_its_noise_unless_a_row_says_another():
    rows = ("co-teaching", "believed: co-teaching rate=0.1", "ce")
    compared = grid(rows, ("sym:0.4", "pair:0.2"), (0,))
    compared.check()
    rates = {(cell.row, cell.noise): resolved(cell.settings).rate for cell in compared.cells()}
    assert rates == {
        ("co-teaching", "sym:0.4"): 0.4,
        ("co-teaching", "pair:0.2"): 0.2,
        ("believed", "sym:0.4"): 0.1,
        ("believed", "pair:0.2"): 0.1,
        ("ce", "sym:0.4"): None,
        ("ce", "pair:0.2"): None,
    }


def test_a_grid_is_read_as_it_was_written_and_believed_in_nothing_that_names_code():
    written = grid(("cmd network=mine:build", "ls epsilon=0.3 milestones=0.5,0.8"))
    read = Grid.from_json(json.loads(json.dumps(written.to_json())))
    assert read == written
    assert written.cells()[0].settings.trusted == {"mine:build"}
    assert read.cells()[0].settings.trusted == frozenset()
    with pytest.raises(InputError, match="mine:build"):
        read.check()


def test_a_folder_takes_more_of_the_same_and_nothing_else(tmp_path):
    begun = grid()
    assert check_comparison(begun, tmp_path) == begun
    ComparisonFolder.made(tmp_path).begin(begun)
    more = grid(("ce", "mconf"), ("sym:0.4", "sym:0.2"), (0, 5))
    merged = check_comparison(more, tmp_path)
    assert [row.name for row in merged.rows] == ["ce", "cmd eta=4", "mconf"]
    assert merged.noises == ("sym:0.4", "sym:0.2")
    assert merged.seeds == (0, 1, 5)
    with pytest.raises(InputError, match="another comparison: its epochs is None, and 3"):
        check_comparison(grid(epochs=3), tmp_path)
    with pytest.raises(InputError, match="another comparison: its row 'ce' is method=cmd"):
        check_comparison(grid(("ce: mconf",)), tmp_path)


def test_the_lowest_seed_is_the_first_one_whatever_was_begun_with(tmp_path):
    ComparisonFolder.made(tmp_path).begin(grid(seeds=(5, 6)))
    assert check_comparison(grid(seeds=(0, 1, 6)), tmp_path).seeds == (0, 1, 5, 6)


def test_what_is_given_for_all_rows_holds_in_those_that_name_a_recipe_or_a_network():
    rows = ("ce", "cmd recipe=table", "cmd recipe=table epochs=3", "cmd network=cnn")
    base = {"epochs": 5, "learning_rate": 0.05, "network_b": "resnet8"}
    cells = grid((*rows[:3],), seeds=(0,), **base).cells()
    assert [cell.settings.epochs for cell in cells] == [5, 5, 3]
    assert {cell.settings.learning_rate for cell in cells} == {0.05}
    assert {cell.settings.network_b for cell in cells} == {"resnet8"}
    (cell,) = grid(rows[3:], seeds=(0,), epochs=5, pretrained=False).cells()
    assert (cell.settings.epochs, cell.settings.pretrained) == (5, False)


def test_a_network_of_both_peers_beside_one_of_all_rows_is_refused(tmp_path):
    with pytest.raises(InputError, match="Row 'cmd network=cnn': network=cnn is that of both"):
        check_comparison(grid(("cmd network=cnn",), network_b="resnet8"), tmp_path / "new")
    both = grid(("cmd network=cnn network-b=mlp",), network_b="resnet8")
    check_comparison(both, tmp_path / "new")
    assert {(c.settings.network, c.settings.network_b) for c in both.cells()} == {("cnn", "mlp")}


def test_what_is_added_meanwhile_stays(tmp_path):
    """Between the check and the lock somebody else may have begun."""
    folder = ComparisonFolder.made(tmp_path)
    given = check_comparison(grid(("ce",)), tmp_path)
    folder.begin(grid(("mconf",)))
    assert [row.name for row in folder.begin(given).rows] == ["mconf", "ce"]


def test_rows_that_a_folder_names_are_not_believed_because_others_are_given(tmp_path):
    ComparisonFolder.made(tmp_path).begin(grid(("cmd network=theirs:build",)))
    merged = check_comparison(grid(("ls",)), tmp_path)
    assert {cell.settings.network for cell in merged.cells()} == {"theirs:build", None}
    assert all(cell.settings.trusted == frozenset() for cell in merged.cells())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"seeds": ()}, "at least one seed"),
        ({"seeds": (1, 1)}, "Two seeds are called 1"),
        ({"noises": ("sym:2",)}, "noise rate must lie in"),
        ({"rows": (Row("a", {}), Row("a", {"eta": 3.0}))}, "Two rows are called a"),
        ({"rows": (Row("x", {"mode": "zero", "eta": 3.0}),)}, "Row 'x': eta has no effect"),
        # A row would drop it, and be trained with another one.
        ({"base": TrainSettings(eta=4.0)}, "eta is of the method of a row"),
        ({"base": TrainSettings(mode="all")}, "mode is of the method of a row"),
        ({"base": TrainSettings(method="sync-mkd")}, "method is of the method of a row"),
        ({"base": TrainSettings(rate=0.4)}, "rate is of the method of a row"),
        ({"seeds": (2**31,)}, "seed must lie"),
        (
            {"rows": (Row("x", {"method": "mentornet"}),), "noises": ("sym:0.4", "none")},
            "Row 'x': method=mentornet needs the share of labels that are wrong",
        ),
        (
            {"rows": (Row("x", {"method": "forward"}),), "noises": ("sym:0.4", "inst:0.4")},
            "Row 'x': method=forward needs a matrix",
        ),
    ],
)
def test_what_cannot_run_is_said_before_anything_does(tmp_path, change, said):
    with pytest.raises(InputError, match=said):
        check_comparison(dataclasses.replace(grid(), **change), tmp_path / "new")


def test_processes_and_folder_and_row_to_compare_with_are_checked(tmp_path):
    with pytest.raises(InputError, match="processes must be at least 1, received 0"):
        check_comparison(grid(), tmp_path / "new", processes=0)
    with pytest.raises(InputError, match=r"processes must be at most .* received 100000"):
        check_comparison(grid(), tmp_path / "new", processes=100_000)
    with pytest.raises(InputError, match=r"no row 'cee'\. Did you mean 'ce'"):
        check_comparison(grid(), tmp_path / "new", against="cee")
    (tmp_path / "other.txt").write_text("kept")
    with pytest.raises(InputError, match="holds other files"):
        check_comparison(grid(), tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nonsense", "Cannot read"),
        ("[]", "holds no JSON object"),
        ('{"base": {}, "rows": [], "noises": ["none"], "seeds": [0]}', "no grid of a comparison"),
        ('{"base": {}, "rows": {"a": {}}, "noises": "none", "seeds": [0]}', "noises is no list"),
        ('{"base": {"x": 1}, "rows": {}, "noises": [], "seeds": []}', "Unknown settings x"),
        (
            '{"base": {}, "rows": {"a": {"eta": "x"}}, "noises": ["none"], "seeds": [0]}',
            "eta must be float",
        ),
    ],
)
def test_a_damaged_file_is_said(tmp_path, text, said):
    (tmp_path / "comparison.json").write_text(text)
    with pytest.raises(InputError, match=said) as error:
        ComparisonFolder.of_comparison(tmp_path).grid()
    assert str(error.value).count("Cannot read") == 1
