"""The process-wide switches that the command line sets, for a process that is measured."""

import os

from cli.process_switches import switches

# As if neither the command line nor this processor had chosen.
AS_IT_COMES = {**dict.fromkeys(switches()), "TF_ENABLE_ONEDNN_OPTS": "0"}


def switched_on() -> dict[str, str]:
    """Environment variables as `cmd-keras train` has them."""
    return {name: os.environ.get(name, value) for name, value in switches().items()}


def with_all_threads() -> dict[str, str | None]:
    """The same for work that is not two peers side by side: both cores for each kernel."""
    return {**switched_on(), "TF_NUM_INTEROP_THREADS": None, "TF_NUM_INTRAOP_THREADS": None}
