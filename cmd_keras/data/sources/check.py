"""What can be said of a source and its options before anything is read. Needs no Keras."""

from collections.abc import Mapping
from typing import Any

from cmd_keras.data.sources.known import OPTIONS, TEST_SPLIT, Source, source_of
from cmd_keras.errors import InputError
from cmd_keras.user_path import user_path


def check_source(
    name: str,
    options: Mapping[str, Any],
    variations: Mapping[str, Any] | None = None,
    test_split: float = TEST_SPLIT,
) -> None:
    """Require a source that may be there and takes these options, without reading it.

    Args:
        name: As in `source_of`.
        options: Those of all sources in `OPTIONS`; None and `()` are not given.
        variations: How training images are varied (`flip`, `pad`); None, False and 0 are
            not.
        test_split: Part that is held out for testing.

    Raises:
        InputError: if the path does not exist or is of the wrong kind, an option does not
            apply, or one is missing.
    """
    source, place = source_of(name)
    for option, value in options.items():
        if value not in (None, ()) and option not in source.options:
            *places, last = [other for other, known in OPTIONS.items() if option in known]
            before = f"{', '.join(places)} and " if places else ""
            raise InputError(
                f"{option} does not apply to {name!r}; it is an option of {before}{last}."
            )
    if test_split != TEST_SPLIT and source.has_test_part:
        raise InputError(f"test_split does not apply to {name!r}, which has its own test part.")
    for variation, value in (variations or {}).items():
        if value and not source.may_hold_images:
            raise InputError(f"{variation} does not apply to {name!r}, which holds no images.")
    for option, what in source.required.items():
        if options.get(option) is None:
            raise InputError(f"{name!r} needs {option}, {what}.")
    if source.kind in ("folder", "file"):
        _check_there(place, source)
    if source.check is not None:
        source.check(place, options)


def _check_there(path: str, source: Source) -> None:
    found = user_path(path)
    if path and (found.is_dir() if source.kind == "folder" else found.is_file()):
        return
    there = bool(path) and found.exists()
    problem = "does not exist" if not there else f"is no {source.kind}"
    if there and found.is_dir():
        problem = "is a folder"
    elif there and source.kind == "folder":
        problem = "is not a folder"
    shown = path if path and source.kind == "file" else repr(path)
    raise InputError(f"The {source.kind} {shown} {problem}; {source.needed}.")
