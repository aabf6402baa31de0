import pytest

from cmd_keras.data.spelling.class_names import canonicalize, quote


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("cafe\u0301", "caf\u00e9"),
        ("\ufeffcat", "cat"),
        ("c\u200ba\u2060t\u200d", "cat"),
        ("\u202ecat\u202c", "cat"),
        (" cat\u3000\t", "cat"),
        ("new\u00a0york", "new york"),
        ("Cat", "Cat"),
        ("01", "01"),
        ("\u200b", ""),
        # A joiner that is spelling: of Persian, and of one emoji made of three.
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",) * 2,
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467",) * 2,
    ],
)
def test_spellings_that_look_the_same_are_one(written, meant):
    assert canonicalize(written) == meant
    assert canonicalize(meant) == meant


def test_what_cannot_be_seen_is_shown():
    assert quote("caf\u00e9") == "'caf\u00e9'"
    assert quote("cafe\u0301") == r"'cafe\u0301'"
    assert quote("cat\u200b") == r"'cat\u200b'"
    assert quote("a\nb") == r"'a\nb'"
