"""One device, one process."""

from cmd_keras.run.devices.strategy import Strategy


class OneDevice(Strategy):
    """The strategy of a run on one device."""
