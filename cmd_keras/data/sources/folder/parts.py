"""Which folders of a data set are classes, and which are parts for training and testing.

Folders are told apart by their names and by what is in them. Where both readings are
possible it is said what to rename: a wrong guess would train on something else.
"""

import dataclasses
from pathlib import Path

from cmd_keras.data.files.path_text import show_path, show_some
from cmd_keras.data.sources.folder.listing import holds_images, list_sub_folders
from cmd_keras.data.sources.part_names import FILLERS, role_of, words_of
from cmd_keras.data.spelling.class_names import canonicalize
from cmd_keras.errors import InputError
from cmd_keras.notice import notice

# Beside classes they are hardly a class.
_UNLABELLED = {
    "test",
    "tests",
    "testing",
    "testset",
    "val",
    "validation",
    "unlabeled",
    "unlabelled",
}

_RENAME = "rename the folder for training to train, the one for testing to test"


@dataclasses.dataclass(frozen=True)
class FolderParts:
    """Folders that hold a folder for each class.

    Args:
        train: For training, and for testing as well if there is no other.
        test: For testing, or None.
        validation: To choose settings by, or None.
    """

    train: Path
    test: Path | None = None
    validation: Path | None = None

    def existing(self) -> list[Path]:
        """Those that there are."""
        return [part for part in (self.train, self.validation, self.test) if part is not None]


def find_parts(root: Path) -> FolderParts:
    """The parts of a data set.

    Folders are parts if one is called train and another test, val or what else is usual
    (in any spelling, as `Training`, `test_set`, `valid`), or if all hold folders of the
    same names and no images. A part for validation is one to test with if there is no
    other. Else the folders are classes.

    Args:
        root: The folder of the data set.

    Raises:
        InputError: if there is no sub-folder, or it is unclear what one of them is.
    """
    names = list_sub_folders(root)
    if not names:
        raise InputError(
            f"{show_path(root)} has no sub-folders. Put the images of each class into a "
            "sub-folder named after the class."
        )
    roles = {name: role_of(name, loosely=False) for name in names}
    present = set(roles.values())
    # `train` alone beside other names is a class: a railway vehicle.
    if present == {"train"} or ("train" in present and present & {"test", "validation"}):
        return _assigned(root, names, roles)
    if None not in present:
        raise InputError(f"{show_path(root)} has {show_some(names)} but no train folder.")
    _check_not_inside_out(root, names)
    alike = _alike(root, names)
    if len(alike) >= 2:
        roles = {name: role_of(name, loosely=True) if name in alike else None for name in names}
        present = set(roles.values())
        if (
            "train" in present
            and present & {"test", "validation"}
            and None not in {roles[name] for name in alike}
        ):
            return _assigned(root, names, roles)
        if len(alike) == len(names):
            raise InputError(
                f"The folders {show_some(names)} in {show_path(root)} hold folders of the same "
                f"names ({show_some(list_sub_folders(_unwrapped(root / alike[0])))}) and no "
                f"images. If they are parts, {_RENAME}. If they are classes, move them all into a "
                f"folder {show_path(root / 'train')}, without what is not to be learned from, such "
                "as masks."
            )
    _check_classes(root, names)
    return FolderParts(root)


def _assigned(root: Path, names: list[str], roles: dict[str, str | None]) -> FolderParts:
    by_role = {
        role: [name for name in names if roles[name] == role]
        for role in ("train", "test", "validation")
    }
    for role, found in by_role.items():
        if len(found) > 1:
            raise InputError(
                f"{show_path(root)} has {show_some(found)}, and it is unclear which of them is the "
                f"part called {role}. Keep one of them: {_RENAME}, the one for validation to "
                "validation, and join or move away the others."
            )
    chosen = {role: _unwrapped(root / found[0]) for role, found in by_role.items() if found}
    if "test" not in chosen and "validation" in chosen:
        chosen["test"] = chosen.pop("validation")
        notice(f"{show_path(chosen['test'])} is tested with: there is no other part for that.")
    if rest := [name for name in names if roles[name] is None]:
        notice(
            f"Left out of {show_path(root)}: {show_some(rest)}, which is neither its part for "
            "training nor the one for testing or validation."
        )
    for role, part in chosen.items():
        _check_part(role, part)
    return FolderParts(**chosen)


def _check_part(role: str, part: Path) -> None:
    if list_sub_folders(part):
        return
    if role == "train":
        raise InputError(
            f"{show_path(part)} has no sub-folders. Put the images of each class into a "
            "sub-folder named after the class."
        )
    what = "images" if holds_images(part) else "nothing"
    raise InputError(
        f"{show_path(part)} has no sub-folders for the classes, but {what}. Images without labels "
        "cannot be tested with: sort them into a sub-folder for each class, or move the folder "
        "away (a share of the training images is then held out for testing)."
    )


def _check_not_inside_out(root: Path, names: list[str]) -> None:
    for name in names if len(names) > 1 else []:
        inner = list_sub_folders(root / name)
        roles = {role_of(below, loosely=False) for below in inner}
        if "train" in roles and roles & {"test", "validation"}:
            raise InputError(
                f"{show_path(root / name)} holds the parts {show_some(inner)}, beside "
                f"{show_some([other for other in names if other != name])}. The parts have to lie "
                f"outside: {show_path(root / 'train' / name)} and "
                f"{show_path(root / 'test' / name)}. Or, if they are all of the data, give "
                f"folder:{show_path(root / name)}."
            )


def _check_classes(root: Path, names: list[str]) -> None:
    """Refuse folders that would be classes only because nothing better was found."""
    below = {name: list_sub_folders(root / name) for name in names}
    without_images = {name for name in names if not holds_images(root / name)}
    if len(names) == 1:
        (name,) = names
        if below[name] and name in without_images:
            raise InputError(
                f"{show_path(root)} holds nothing but the folder {show_path(name)}. If its folders "
                f"({show_some(below[name])}) are the classes, give folder:{show_path(root / name)}."
            )
        raise InputError(
            f"{show_path(root)} has the single class {show_path(name)!r}; at least 2 sub-folders "
            "are needed."
        )
    known = {canonicalize(name).casefold() for name in names}
    for name in names:
        same = [inner for inner in below[name] if canonicalize(inner).casefold() in known]
        nested = name in without_images and below[name]
        words = set(words_of(name)) - FILLERS
        unlabelled = words and words <= _UNLABELLED
        if nested and len(same) >= 2:
            raise InputError(
                f"{show_path(root / name)} holds folders ({show_some(same)}) of the same names as "
                "the classes beside it. If it is for testing, move the classes beside it into a "
                f"folder {show_path(root / 'train')} and rename it to test; if not, move it away."
            )
        if unlabelled or (nested and len(below[name]) >= 2 and role_of(name, loosely=False)):
            others = [other for other in names if other != name]
            raise InputError(
                f"{show_path(root / name)} has the name of a part, but lies beside "
                f"{show_some(others)}. If it holds images without labels, move it away. If it is a "
                "part for training or testing, there must be both train and test, with a folder "
                "for each class in them. If it is a class, give it another name."
            )


def _alike(root: Path, names: list[str]) -> list[str]:
    """The folders without images that hold folders of the same names, two at least."""
    inner = {}
    for name in names:
        folder = _unwrapped(root / name)
        if not holds_images(folder):
            inner[name] = {canonicalize(below).casefold() for below in list_sub_folders(folder)}
    most = max(inner.values(), key=len, default=set())
    # A part may lack a class, but not bring one.
    return [name for name in names if inner.get(name) and inner[name] <= most and len(most) >= 2]


def _unwrapped(folder: Path) -> Path:
    """The folder itself, or the one of the same name that is all there is in it."""
    inner = list_sub_folders(folder)
    while (
        len(inner) == 1
        and canonicalize(inner[0]).casefold() == canonicalize(folder.name).casefold()
        and list_sub_folders(folder / inner[0])
        and not holds_images(folder)
    ):
        folder = folder / inner[0]
        inner = list_sub_folders(folder)
    return folder
