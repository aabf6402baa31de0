from hypothesis import given
from hypothesis import strategies as st

from cmd_keras.label_review import contradicting_copies


@given(st.lists(st.tuples(st.sampled_from([b"a", b"b", b"c"]), st.integers(0, 2)), max_size=12))
def test_each_has_the_first_copy_with_another_label(examples):
    keys, labels = [key for key, _ in examples], [label for _, label in examples]
    expected = [
        next((j for j, (k, y) in enumerate(examples) if k == key and y != label), -1)
        for key, label in examples
    ]
    assert contradicting_copies(keys, labels).tolist() == expected
