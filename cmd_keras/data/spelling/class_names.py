"""When two spellings are one name of a class."""

import re
import unicodedata

# Soft hyphen, zero-width space, word joiner, byte order mark, and the marks that turn
# the direction of writing.
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")

# Between letters of scripts that are joined, and in emoji, these two are spelling; beside
# a plain letter, or at an end, they mean nothing.
_JOINERS = re.compile("(?<![^\x00-\x7f])[\u200c\u200d]+|[\u200c\u200d]+(?![^\x00-\x7f])")

# All blanks of one line that are not the plain one.
_BLANKS = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")


def canonicalize(name: str) -> str:
    """The one spelling of all that look the same.

    Composed characters (NFC, where macOS writes decomposed ones), without invisible
    characters and blanks around, and with plain blanks inside. Upper and lower case
    stay what they are.
    """
    name = unicodedata.normalize("NFC", _INVISIBLE.sub("", name))
    return _JOINERS.sub("", _BLANKS.sub(" ", name)).strip()


def quote(name: str) -> str:
    """A name in quotes for a message, with everything escaped that cannot be seen.

    What is not the canonical spelling has all that is not ASCII escaped, so that two
    names that look the same can be told apart.
    """
    if name == canonicalize(name) and name.isprintable():
        return f"'{name}'"
    return ascii(name)
