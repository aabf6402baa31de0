"""A PNG file that is to be written."""

from pathlib import Path
from typing import Any

import click

from cmd_keras.errors import InputError
from cmd_keras.user_path import user_path

from .errors import WrongInput


class PngPath(click.ParamType):
    """The path of a PNG file that does not exist yet, in a folder that does."""

    name = "file"

    def convert(self, value: Any, param: Any, ctx: Any) -> Path:
        """The path.

        Raises:
            WrongInput: if it cannot be written, or something would be overwritten.
        """
        try:
            path = user_path(value)
        except InputError as error:
            raise WrongInput(str(error)) from None
        if path.suffix.lower() != ".png":
            raise WrongInput(f"--output must end in .png, received {path}.")
        if path.exists():
            raise WrongInput(f"{path} exists already. Choose another --output, or remove it.")
        if not path.resolve().parent.is_dir():
            raise WrongInput(f"The folder {path.resolve().parent} does not exist.")
        return path
