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
        """The fields as a plain dictionary."""
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Value":
        """The value with these fields."""
        return cls(**config)
