"""Networks as tests want them."""

import functools

import numpy as np

from cmd_keras.networks import build

SMALLEST = {"imagenet_resnet50": (32, 32, 3), "inception_resnet_v2": (75, 75, 3)}
IMAGENET = tuple(SMALLEST)


def make(network, shape=(8, 8, 3), num_classes=10, mean=None, variance=None, **options):
    mean = np.zeros(shape[-1]) if mean is None else mean
    variance = np.ones(shape[-1]) if variance is None else variance
    options = {"trusted": [network], **options}
    return build(network, shape, num_classes, mean, variance, "peer_a", **options)


@functools.cache
def large(name, num_classes):
    """The networks that take seconds to build, each built once."""
    return make(name, SMALLEST.get(name, (32, 32, 3)), num_classes)


def size(variables):
    return sum(int(np.prod(variable.shape)) for variable in variables)
