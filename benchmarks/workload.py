"""What all contestants train on: the same images, networks and number of classes."""

import numpy as np

NUM_CLASSES = 100
# What the steps of methods are held against, beside them.
CROSS_ENTROPY = "cross entropy"
IMAGE_SHAPE = (32, 32, 3)
# Roughly those of CIFAR-100.
MEAN, VARIANCE = (129.0, 124.0, 112.0), (4650.0, 4280.0, 4970.0)

FILTERS = {"resnet8": (16, 32, 64), "resnet20": (16, 32, 64), "resnet18": (64, 128, 256, 512)}
BLOCKS = {"resnet8": (1, 1, 1), "resnet20": (3, 3, 3), "resnet18": (2, 2, 2, 2)}


def batch(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Raw pixels `[size, 32, 32, 3]` in float32 and labels `[size]`."""
    rng = np.random.default_rng(0)
    images = rng.uniform(0, 255, (size, *IMAGE_SHAPE)).astype("float32")
    return images, rng.integers(0, NUM_CLASSES, size)


def training_flop(network: str, size: int) -> float:
    """Floating-point operations of one network's convolutions in one training step.

    Each convolution is computed three times: forward, gradient of its input, gradient of
    its kernel. The first one's input needs no gradient.
    """
    stem, rest = _convolution_flop(network, size)
    return 2 * stem + 3 * rest


def evaluation_flop(network: str, size: int) -> float:
    """Floating-point operations of one network's convolutions, forward only."""
    return sum(_convolution_flop(network, size))


def _convolution_flop(network: str, size: int) -> tuple[float, float]:
    """Those of the first convolution and of all others, two for each multiply-add."""
    filters, blocks = FILTERS[network], BLOCKS[network]
    side = IMAGE_SHAPE[0]
    stem = side**2 * 9 * IMAGE_SHAPE[2] * filters[0]
    rest, channels = 0, filters[0]
    for stage, (width, count) in enumerate(zip(filters, blocks, strict=True)):
        for block in range(count):
            halved = stage > 0 and block == 0
            side = side // 2 if halved else side
            rest += side**2 * 9 * (channels + width) * width
            if halved and network == "resnet18":
                rest += side**2 * channels * width
            channels = width
    return 2.0 * size * stem, 2.0 * size * rest
