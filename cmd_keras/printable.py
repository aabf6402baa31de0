"""Text that others wrote, fit for a terminal."""

# Control characters move the cursor, change colours or the title of the window; marks of
# direction show a name in another order than it is written.
_UNFIT = {
    code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160)) if chr(code) not in "\t\n"
} | {code: f"\\u{code:04x}" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}


def printable(text: str) -> str:
    """The text with what a terminal would obey written out, as its number in hexadecimal."""
    return text.translate(_UNFIT)
