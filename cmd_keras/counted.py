"""How many of something, in words that fit one as well."""


def counted(count: int, one: str, many: str | None = None) -> str:
    """As `1 row`, `2 rows` or `1,200 classes`.

    Args:
        count: How many.
        one: What one of them is called.
        many: What several are called; None is that with an s behind it.
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"
