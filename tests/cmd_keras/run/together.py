"""Processes that are one run, on this machine."""

import socket

from tests.cmd_keras.run import apart


def environment(count, number, port):
    return {
        "KERAS_DISTRIBUTION_JOB_ADDRESSES": f"127.0.0.1:{port}",
        "KERAS_DISTRIBUTION_NUM_PROCESSES": str(count),
        "KERAS_DISTRIBUTION_PROCESS_ID": str(number),
    }


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def children(forks, count, call, **arguments):
    port = free_port()
    return [forks.child(call, environment(count, i, port), **arguments) for i in range(count)]


def start_together(forks, count, order, **others):
    port = free_port()
    return [
        apart.start(forks, [order], **environment(count, i, port), **others) for i in range(count)
    ]


def gloo(count, said):
    # The one line that the library of the collectives writes itself.
    return next((line for line in said.splitlines() if line.startswith("[Gloo]")), "")
