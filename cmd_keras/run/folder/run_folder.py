"""The folder a run leaves behind."""

import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

from cmd_keras.errors import InputError
from cmd_keras.run.folder.resuming import resuming
from cmd_keras.run.folder.room_above import obstacle_above
from cmd_keras.run.folder.whole_file import UNFINISHED
from cmd_keras.run.folder.whole_folder import WholeFolder
from cmd_keras.user_path import user_path


class RunFolder(WholeFolder):
    """The folder of one run.

    `RunFolder.new` and `RunFolder.of_run` make one.

    Args:
        path: An existing folder.
    """

    @classmethod
    def new(cls, path: str | os.PathLike) -> "RunFolder":
        """An output folder of its own for a new run.

        Args:
            path: Is created, with its parents, or must be empty.

        Raises:
            InputError: if it holds something already, or cannot be created.
        """
        cls.check_free(path)
        return cls.made(path)

    @classmethod
    def of_run(cls, path: str | os.PathLike) -> "RunFolder":
        """The folder that a run left behind.

        Raises:
            InputError: if there is no such folder, or no run in it.
        """
        if not str(path):
            raise InputError("The name of the run folder is empty. Name the folder of a run.")
        path = user_path(path)
        if not path.is_dir():
            problem = "is a file" if path.exists() else "does not exist"
            raise InputError(f"The run folder {path} {problem}.")
        if not (path / "config.json").is_file():
            raise InputError(
                f"{path} is not the folder of a run: it has no config.json. Name the folder that "
                "`cmd-keras train` printed as 'writing to'."
            )
        return cls(path)

    @staticmethod
    def check_free(path: str | os.PathLike) -> None:
        """Require that nothing would be overwritten.

        Raises:
            InputError: if the path is a file, or a folder with something in it.
        """
        if not str(path):
            raise InputError("The name of the output folder is empty. Name one, or leave it out.")
        path = user_path(path)
        try:
            taken = path.exists() and (not path.is_dir() or any(_content(path)))
        except OSError as error:
            raise InputError(f"Cannot look into {path}: {error.strerror}.") from None
        if taken and not path.is_dir():
            raise InputError(f"The output folder {path} is a file. Choose another.")
        if taken:
            run = (path / "config.json").exists()
            raise InputError(
                f"The output folder {path} holds {'another run' if run else 'other files'}, which "
                "would be overwritten. Choose another, or move it away"
                + (f"; or continue that run with: {resuming(path)}" if run else ".")
            )
        if not path.exists() and (obstacle := obstacle_above(path)):
            raise InputError(f"Cannot create the output folder {path}: {obstacle}.")

    def check_networks(self) -> None:
        """Require that the networks are there, which a run writes in the end, and whole.

        Raises:
            InputError: if one is missing or torn.
        """
        for name in ("peer_a.keras", "peer_b.keras"):
            if not (self.path / name).exists():
                raise InputError(
                    f"{self.path} has no {name}: the run has not ended. Continue it with: "
                    f"{resuming(self.path)}"
                )
            self.check_whole(name)

    def check_whole(self, name: str) -> None:
        """Require that a `.keras` file is not torn.

        Raises:
            InputError: if it is.
        """
        if not zipfile.is_zipfile(self.path / name):
            raise InputError(f"Cannot load {self.path / name}: it is torn. {self.written_anew()}")

    def written_anew(self) -> str:
        """A sentence about how to have a file that was damaged written anew."""
        return (
            "To have it written anew from the checkpoints, remove it and call: "
            f"{resuming(self.path)}"
        )

    def has_ended(self) -> bool:
        """Whether the last file is written, and the networks are still there."""
        names = ("metrics.json", "peer_a.keras", "peer_b.keras")
        return all((self.path / name).exists() for name in names)


def _content(folder: Path) -> Iterator[Path]:
    return (path for path in folder.iterdir() if not path.name.startswith(UNFINISHED))
