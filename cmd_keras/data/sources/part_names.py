"""What a part of a data set is for, by what it is called."""

import re

from cmd_keras.data.spelling.class_names import canonicalize

_ROLES = {
    **dict.fromkeys(("train", "training", "trainset", "trainval"), "train"),
    **dict.fromkeys(("test", "tests", "testing", "testset", "eval", "evaluation"), "test"),
    **dict.fromkeys(("holdout", "tst"), "test"),
    **dict.fromkeys(("val", "valid", "validation", "validate", "valset"), "validation"),
    **dict.fromkeys(("dev", "development"), "validation"),
}

# Words that may stand beside one of these in the name of a part.
FILLERS = {"set", "data", "dataset", "split", "part", "folder", "image", "images", "img", "imgs"}


def role_of(name: str, loosely: bool) -> str | None:
    """What a part of this name is for: `train`, `test` or `validation`; None says nothing.

    Args:
        name: Of a folder, or what a cell says.
        loosely: Whether any other words may stand in the name, as in `brain_train`.
    """
    words = set(words_of(name))
    roles = {_ROLES[word] for word in words if word in _ROLES}
    others = words - _ROLES.keys() - FILLERS
    return roles.pop() if len(roles) == 1 and (loosely or not others) else None


def words_of(name: str) -> list[str]:
    """The words that a name is made of, in small letters."""
    # `TrainImages`, `seg_train`, `TEST2`.
    found = re.findall(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+", canonicalize(name))
    return [word.casefold() for word in found]
