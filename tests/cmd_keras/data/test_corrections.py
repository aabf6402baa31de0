import dataclasses

import numpy as np
import pytest

from cmd_keras import data
from cmd_keras.data.corrections import Earlier, correct_labels
from cmd_keras.data.spelling.class_names import quote
from cmd_keras.errors import InputError
from cmd_keras.notice import Notice

NAMES = ("cat", "dog", "emu")


@pytest.fixture
def own(tmp_path):
    """What `data.load` is told of twelve examples, of which one part is for testing."""
    x = np.random.default_rng(0).normal(size=(30, 2))
    np.savez(tmp_path / "own.npz", x=x, y=np.array(NAMES)[np.arange(30) % 3])
    return f"npz:{tmp_path / 'own.npz'}"


@pytest.fixture
def corrected(own, tmp_path):
    def load(text, **options):
        (tmp_path / "corrections.csv").write_text(text, encoding="utf-8")
        return data.load(own, corrections=str(tmp_path / "corrections.csv"), **options)

    return load


def test_labels_are_taken_kept_and_removed_and_the_test_part_stays(own, corrected):
    before = data.load(own)
    a, b, c, d = before.train_names[:4]
    t, u = before.test_names[:2]
    emu = {name: NAMES[(int(name[2:-1]) + 1) % 3] for name in (a, t)}
    with pytest.warns(Notice, match="1 row of .* has no action, and decides"):
        after = corrected(
            "file,given_name,predicted_name,action,label\n"
            f"{a},,cow,relabel,{emu[a]}\n{b},,cow,remove,\n{c},,cow,keep,\n{d},,cow,,\n"
            f"{t},,{emu[t]},relabel,\n{u},,,keep,\n"
        )
    assert after.train_names == (a, *before.train_names[2:])
    wanted = before.given_labels.copy()
    wanted[0] = NAMES.index(emu[a])
    np.testing.assert_array_equal(after.given_labels, np.delete(wanted, 1))
    np.testing.assert_array_equal(after.clean_labels, after.given_labels)
    assert after.test_names == before.test_names
    assert after.test_labels[0] == NAMES.index(emu[t])
    np.testing.assert_array_equal(after.test_labels[1:], before.test_labels[1:])
    x, whole = (
        np.concatenate(list(d.plain_train_batches().as_numpy_iterator())) for d in (after, before)
    )
    np.testing.assert_array_equal(x, np.delete(whole, 1, axis=0))


def test_they_correct_noise_that_was_added_and_what_is_right_stays_known(tmp_path):
    noisy = data.load("digits", noise="sym:0.4", seed=3)
    wrong = np.flatnonzero(noisy.given_labels != noisy.clean_labels)[:9]
    lines = [f"{i},relabel,{noisy.clean_labels[i]}" for i in wrong]
    path = tmp_path / "corrections.csv"
    path.write_text("\n".join(["index,action,label", *lines]))
    after = data.load("digits", noise="sym:0.4", seed=3, corrections=str(path))
    expected = noisy.given_labels.copy()
    expected[wrong] = noisy.clean_labels[wrong]
    np.testing.assert_array_equal(after.given_labels, expected)
    np.testing.assert_array_equal(after.clean_labels, noisy.clean_labels)


def test_a_fold_and_a_validation_share_are_of_corrected_labels(own, corrected):
    name = data.load(own).train_names[0]
    text = f"file,action\n{name},remove\n"
    parts = corrected(text, fold="1/2", validation_split=0.2)
    count = len(data.load(own).train)
    assert len(parts.train) + len(parts.validation) + len(parts.held_out) == count - 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("file,label\nx[0],cat\n", r"`action` is needed"),
        ("label,action\ncat,keep\n", r"has the columns label, action; .* `file` or `index`"),
        ("file,action\n{a},relable\n", "line 2: .* received 'relable'. Did you mean 'relabel'"),
        ("file,action\nx[99],keep\n", r"line 2: there is no example 'x\[99\]'"),
        ("file,action\n{a},keep\n{b},keep\n{a},keep\n", "lines 2, 4: .* is decided about 2 times"),
        ("file,action\n{a},remove\n{a},keep\n", "lines 2, 3: .* is decided about 2 times"),
        ("file,action,label\n{a},relabel,catt\n", "line 2: 'catt' is no class. Did you mean 'cat'"),
        ("file,action\n{a},relabel\n", "line 2: '' is no class.* `label`: 'cat', 'dog'"),
        ("file,action,given_name\n{a},keep,gnu\n", "Line 2 .* was 'gnu', and it is '...' now"),
        ("file,action,label\n{a},keep,...\n", "Line 2 .* keeps .* `label` says '...'.* relabel"),
        (
            "file,action,label\n{a},remove,...\n",
            "Line 2 .* removes .* `label` says '...'.* relabel",
        ),
        ("file,action,given\n{a},keep,7\n", r"Line 2 .* number '7' .*, and it is '...', number \d"),
        ("file,action,given\n{a},relabel,cat\n", "line 2: '' is no class"),
        ("file,action,given\n{a},keep,cat\n", "Line 2 .* number 'cat' .column `given`"),
        (
            "index,file,action\n{n},{a},keep\n{n},{b},keep\n",
            "Line 3 .* has the `index` '.+' beside",
        ),
        ("file,action\n", "decides nothing: it has no row below"),
        ("file,action\n{a},\n{b},\n", "decides nothing: no row has an action"),
        ("file,action\n{t},remove\n", "Line 2 .* held out for testing"),
        ("", "is empty"),
        ("file,action\n{a},keep,more\n", "line 2 has 3 cells"),
    ],
)
def test_what_cannot_be_carried_out_is_refused_with_its_line(own, corrected, text, said):
    before = data.load(own)
    named = {"a": before.train_names[0], "b": before.train_names[1], "t": before.test_names[0]}
    named["n"] = str(before.train_index[0])
    for key, name in named.items():
        text = text.replace(f"{{{key}}}", name)
    with pytest.raises(InputError, match=said):
        corrected(text)


@pytest.mark.parametrize("actions", [("remove",), ("relabel",), ("remove", "relabel")])
def test_a_class_that_is_tested_does_not_lose_all_of_its_examples(own, corrected, actions):
    before = data.load(own)
    first, *others = np.flatnonzero(before.given_labels == 0)
    lines = [f"{before.train_names[first]},{actions[0]}", *(
        f"{before.train_names[i]},{actions[-1]}" for i in others)]  # fmt: skip
    lines = [f"{line},{'dog' if line.endswith('relabel') else ''}" for line in lines]
    tested = (before.test_labels == 0).sum()
    said = f"no training example .* {tested} of the test labels are 'cat'. Correct these as well"
    with pytest.raises(InputError, match=said):
        corrected("\n".join(["file,action,label", *lines]))
    # One that stays is enough.
    after = corrected("\n".join(["file,action,label", *lines[1:]]))
    assert (after.given_labels == 0).sum() == 1


@pytest.mark.parametrize("gone", NAMES)
def test_a_class_that_is_joined_to_another_is_gone(own, corrected, gone):
    before, other = data.load(own), {"cat": "emu", "dog": "cat", "emu": "dog"}[gone]
    number = NAMES.index(gone)
    names = [before.train_names[i] for i in np.flatnonzero(before.given_labels == number)]
    names += [before.test_names[i] for i in np.flatnonzero(before.test_labels == number)]
    lines = [f"{name},relabel,{other}" for name in names]
    with pytest.warns(Notice, match=f"no example of '{gone}': 2 classes are left"):
        after = corrected("\n".join(["file,action,label", *lines]))
    assert after.class_names == tuple(name for name in NAMES if name != gone)
    assert after.test_names == before.test_names
    for part in ("given_labels", "clean_labels", "test_labels"):
        was = np.array(NAMES)[getattr(before, part)]
        now = np.array(after.class_names)[getattr(after, part)]
        np.testing.assert_array_equal(now, np.where(was == gone, other, was))
        assert getattr(after, part).dtype == np.int64
    folded = data.load(own, corrections=f"{own[4:-7]}corrections.csv", fold="1/2")
    assert folded.num_classes == 2


def test_a_class_that_is_right_under_noise_is_not_taken_away(tmp_path):
    noisy = data.load("digits", noise="sym:0.4")
    places = np.flatnonzero(noisy.given_labels == 3)
    path = tmp_path / "corrections.csv"
    path.write_text("\n".join(["index,action,label", *(f"{i},relabel,4" for i in places)]))
    # Of these no correction can be made.
    with pytest.raises(InputError, match=r"of the unspoilt training labels are '3'. Keep one"):
        data.load("digits", noise="sym:0.4", corrections=str(path))


def test_one_class_alone_is_not_left(own, corrected):
    before = data.load(own)
    names = (*before.train_names, *before.test_names)
    with pytest.raises(InputError, match="leaves no class but 'dog': there is nothing to tell"):
        corrected("\n".join(["file,action,label", *(f"{name},relabel,dog" for name in names)]))


def test_what_the_table_of_suspects_says_of_an_example_may_stand_beside_the_decision(
    own, corrected
):
    before = data.load(own)
    parts = (
        (before.train_names, before.train_index, before.given_labels),
        (before.test_names, before.test_index, before.test_labels),
    )
    rows = [
        f"{index[0]},{names[0]},{labels[0]}{after},{NAMES[labels[0]]},keep,{NAMES[labels[0]]}"
        for (names, index, labels), after in zip(parts, ("", ".0"), strict=True)
    ]
    after = corrected("\n".join(["index,file,given,given_name,action,label", *rows]))
    np.testing.assert_array_equal(after.given_labels, before.given_labels)


def test_an_index_is_not_enough_where_examples_have_names(own, corrected):
    with pytest.raises(InputError, match="Keep the column `file`"):
        corrected("index,action\n0,keep\n")


ALIKE = [
    ("cat/img 1.png", "cat/img\u202f1.png"),
    ("cat/img\u00a01.png", "cat/img 1.png"),
    ("cat/\u00e9.png", "cat/e\u0301.png"),
]


def labels_of(dataset):
    said = dict(zip(dataset.train_names, dataset.given_labels, strict=True))
    return said | dict(zip(dataset.test_names, dataset.test_labels, strict=True))


@pytest.fixture
def called(own, tmp_path):
    """Corrects data of which a training and a test example, or two to train with, are called so."""

    def correct(names, lines, in_test=False, earlier=None):
        dataset = data.load(own)
        train, test = list(dataset.train_names), list(dataset.test_names)
        train[0] = names[0]
        (test if in_test else train)[-1] = names[1]
        dataset = dataclasses.replace(dataset, train_names=tuple(train), test_names=tuple(test))
        path = tmp_path / "corrections.csv"
        path.write_text("\n".join(["file,action,label", *lines]), encoding="utf-8")
        after = correct_labels(dataset, str(path), earlier)
        was, now = labels_of(dataset), labels_of(after)
        return {name: NAMES[label] for name, label in now.items() if was[name] != label}, after

    return correct


@pytest.mark.parametrize("in_test", [False, True])
@pytest.mark.parametrize("names", [pair[::step] for pair in ALIKE for step in (1, -1)])
def test_an_example_is_not_taken_for_one_that_looks_the_same(called, names, in_test):
    _, before = called(names, [f"{names[0]},keep,"], in_test)
    was = {name: NAMES[labels_of(before)[name]] for name in names}
    other = {name: NAMES[NAMES.index(was[name]) - 1] for name in names}
    for name in names:
        changed, _ = called(names, [f"{name},relabel,{other[name]}"], in_test)
        assert changed == {name: other[name]}
    changed, _ = called(names, [f"{name},relabel,{other[name]}" for name in names], in_test)
    assert changed == other
    with pytest.raises(InputError, match=r"lines 2, 4: .* is decided about 2 times"):
        called(names, [f"{names[i]},keep," for i in (0, 1, 0)], in_test)


@pytest.mark.parametrize("names", ALIKE)
def test_what_looks_like_two_examples_is_refused_and_like_one_is_taken_for_it(called, names):
    as_typed = f"\u200b{names[0]} "
    with pytest.raises(
        InputError, match=r"lines 2, 3: two examples look like .*suspects\.csv"
    ) as error:
        called(names, [f"{as_typed},keep,", f"{as_typed},remove,"])
    # What one of them differs by can be seen.
    assert all(quote(name) in str(error.value) for name in names)
    changed, before = called((names[0], "x"), [f"{as_typed},keep,"])
    other = NAMES[before.given_labels[0] - 1]
    changed, _ = called((names[0], "x"), [f"{as_typed},relabel,{other}"])
    assert changed == {names[0]: other}


@pytest.mark.parametrize("names", ALIKE)
def test_an_example_is_not_taken_for_one_that_was_taken_out(called, names):
    there, gone = names
    earlier = Earlier("one.csv", frozenset([gone]), NAMES)
    _, after = called((there, "x"), [f"{there},remove,"], earlier=earlier)
    assert there not in after.train_names
    with pytest.raises(InputError, match=r"line 3: .* was taken out by one\.csv"):
        called((there, "x"), [f"{there},keep,", f"{gone},keep,"], earlier=earlier)
    with pytest.raises(InputError, match="line 2: two examples look like"):
        called((there, "x"), [f"\u200b{there},keep,"], earlier=earlier)


@pytest.fixture
def numbered(tmp_path):
    """Data of classes that a spreadsheet takes for the same number."""
    x = np.random.default_rng(0).normal(size=(30, 2))
    np.savez(tmp_path / "own.npz", x=x, y=np.array(["01", "1", "2"])[np.arange(30) % 3])
    return data.load(f"npz:{tmp_path / 'own.npz'}")


@pytest.mark.parametrize("number", ["{}", "{}.0", ""])
def test_a_predicted_class_is_the_one_of_its_number(numbered, tmp_path, number):
    (tmp_path / "c.csv").write_text(
        "file,given,predicted,given_name,predicted_name,action,label\n"
        f"{numbered.train_names[0]},,{number.format(1)},,1,relabel,\n"
        f"{numbered.test_names[0]},,{number.format(0)},,01,relabel,\n"
        # Neither is taken from these columns.
        f"{numbered.train_names[1]},,0,,1,relabel,1\n{numbered.train_names[2]},,0,,1,keep,\n"
    )
    after = correct_labels(numbered, str(tmp_path / "c.csv"))
    assert (after.given_labels[[0, 1]].tolist(), after.test_labels[0]) == ([1, 1], 0)
    assert after.given_labels[2] == numbered.given_labels[2]


@pytest.mark.parametrize("number", ["0", "0.0", "cat", "9"])
def test_a_predicted_class_of_another_number_is_refused(numbered, tmp_path, number):
    (tmp_path / "c.csv").write_text(
        "file,predicted,predicted_name,action\n"
        f"{numbered.train_names[0]},{number},1,relabel\n{numbered.train_names[1]},1,1,relabel\n"
    )
    said = f"line 2: .* is to be '1' by its `predicted_name`, whose number is 1, .* says '{number}'"
    with pytest.raises(InputError, match=said):
        correct_labels(numbered, str(tmp_path / "c.csv"))


@pytest.mark.parametrize("written", ["{}.0", "{}.", "0{}"])
def test_an_index_may_be_written_as_a_spreadsheet_does(tmp_path, written):
    digits = data.load("digits")
    path = tmp_path / "c.csv"
    path.write_text(
        f"index,action,label\n{written.format(5)},relabel,{digits.given_labels[5] - 1}\n"
    )
    after = correct_labels(digits, str(path))
    assert np.flatnonzero(after.given_labels != digits.given_labels).tolist() == [5]
    path.write_text(f"index,action\n5,keep\n{written.format(5)},keep\n")
    with pytest.raises(InputError, match="lines 2, 3: '5' is decided about 2 times"):
        correct_labels(digits, str(path))


@pytest.mark.parametrize("written", ["5.5", "-5", "9" * 5000, "1e3"])
def test_what_is_no_index_is_no_example(tmp_path, written):
    (tmp_path / "c.csv").write_text(f"index,action\n{written},keep\n")
    with pytest.raises(InputError, match="line 2: there is no example"):
        correct_labels(data.load("digits"), str(tmp_path / "c.csv"))
