"""`cmd-keras train` on digits, up to the end of its first training step."""

import os
import sys
import tempfile

from benchmarks.switches import switched_on


def main() -> None:
    """Train, and leave when the first step is done."""
    os.environ.update({**switched_on(), **os.environ})
    from cli.main import main as command
    from cli.quiet_start import quiet_start

    with quiet_start():
        import keras

    def leave(*_: object) -> None:
        os._exit(0)

    keras.callbacks.CallbackList.on_train_batch_end = leave
    with tempfile.TemporaryDirectory() as folder:
        command(["train", "--dataset", "digits", "--output", f"{folder}/run"])
    sys.exit("The command ended without a training step.")


if __name__ == "__main__":
    main()
