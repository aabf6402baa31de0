"""Immutable settings that compare, print and serialise like plain values."""

import dataclasses
from typing import Any


class Value:
    """Base of the frozen dataclasses in this package.

    A value is what its fields say and nothing else, so `get_config` /
    `from_config` follow from the fields and Keras can write any of them into a
    `.keras` archive.
    """

    def get_config(self) -> dict[str, Any]:
        """The fields as a plain dictionary.

        Example:
            >>> cmdcore.Static(eta=3.0).get_config()
            {'eta': 3.0}
        """
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Value":
        """The value with these fields.

        Args:
            config: from `get_config`. A field that is missing has its default value.

        Raises:
            TypeError: if the value has no such field, or a field without default is
                missing.
            ValueError: if the class refuses what a field says.

        Example:
            >>> cmdcore.Static.from_config({"eta": 3.0})
            Static(eta=3.0)
        """
        return cls(**config)


def without_default(kind: type[Value]) -> tuple[str, ...]:
    """The constants of a value that have to be given.

    Example:
        >>> cmdcore.value.without_default(cmdcore.CoTeaching)
        ('rate',)
    """
    return tuple(
        field.name
        for field in dataclasses.fields(kind)
        if field.default is field.default_factory is dataclasses.MISSING
    )
