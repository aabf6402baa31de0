"""The teacher of a run, as its settings name it, before it is loaded. Needs no Keras."""

import zipfile
from pathlib import Path

from cmd_keras.errors import InputError
from cmd_keras.run.folder.run_folder import RunFolder


def check_teacher(teacher: str) -> None:
    """Require a `.keras` file, or the folder of a run that has ended.

    Args:
        teacher: A path.

    Raises:
        InputError: if it is neither.
    """
    path = Path(teacher)
    if path.is_dir():
        try:
            RunFolder.of_run(path).check_networks()
        except InputError as error:
            raise InputError(f"The teacher {teacher} is of no use: {error}") from None
    elif not path.exists():
        raise InputError(
            f"The teacher {teacher} does not exist. Name a .keras file, or the folder of a run "
            "that has ended."
        )
    elif path.suffix != ".keras" or not zipfile.is_zipfile(path):
        raise InputError(
            f"The teacher {teacher} is not a .keras file, or a torn one, nor the folder of a run. "
            "Save the network with network.save('network.keras')."
        )
