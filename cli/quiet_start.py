"""Importing TensorFlow without its greetings."""

import contextlib
import os
import re
import sys
import tempfile
from collections.abc import Iterator

# TensorFlow's C++ side writes these before it reads any log level, on every
# machine without a GPU.
_GREETINGS = re.compile(
    r"All log messages before absl::InitializeLog|Could not find cuda drivers|failed call to cuInit"
    r"|This TensorFlow binary is optimized|rebuild TensorFlow with the appropriate compiler flags"
    r"|oneDNN custom operations are on"
)


@contextlib.contextmanager
def quiet_start() -> Iterator[None]:
    """Hold back what is written to standard error, then pass on all but the greetings."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    sys.stderr.flush()
    saved = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
            if tensorflow := sys.modules.get("tensorflow"):
                # Looking for a GPU is what some of the greetings are about.
                tensorflow.config.list_physical_devices()
        finally:
            sys.stderr.flush()
            os.dup2(saved, 2)
            os.close(saved)
            held.seek(0)
            for line in held.read().decode(errors="replace").splitlines():
                if not _GREETINGS.search(line):
                    print(line, file=sys.stderr)
