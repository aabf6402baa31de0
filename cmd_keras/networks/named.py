"""The networks that have a name, each as a function that builds it."""

import functools

import keras

from cmd_keras.networks.cnn import cnn
from cmd_keras.networks.imagenet import imagenet_network
from cmd_keras.networks.mlp import mlp
from cmd_keras.networks.resnet import (
    basic_residual,
    bottleneck_residual,
    padded_shortcut,
    projected_shortcut,
    resnet,
)
from cmd_keras.networks.shufflenet_v2 import shufflenet_v2

# Depth 6n + 2, section 4.2 of He et al.
_narrow = functools.partial(
    resnet, filters=(16, 32, 64), residual=basic_residual, shortcut=padded_shortcut
)
# Table 1 of He et al., as is usual for 32×32 images.
_wide = functools.partial(resnet, filters=(64, 128, 256, 512), shortcut=projected_shortcut)
_imagenet_resnet50 = functools.partial(
    imagenet_network,
    application=keras.applications.ResNet50,
    preprocess=keras.applications.resnet50.preprocess_input,
    smallest=32,
)
_inception_resnet_v2 = functools.partial(
    imagenet_network,
    application=keras.applications.InceptionResNetV2,
    preprocess=keras.applications.inception_resnet_v2.preprocess_input,
    smallest=75,
)

NETWORKS = {
    "mlp": mlp,
    "cnn": cnn,
    "resnet8": functools.partial(_narrow, blocks=(1, 1, 1)),
    "resnet20": functools.partial(_narrow, blocks=(3, 3, 3)),
    "resnet32": functools.partial(_narrow, blocks=(5, 5, 5)),
    "resnet44": functools.partial(_narrow, blocks=(7, 7, 7)),
    "resnet56": functools.partial(_narrow, blocks=(9, 9, 9)),
    "resnet18": functools.partial(_wide, blocks=(2, 2, 2, 2), residual=basic_residual),
    "resnet34": functools.partial(_wide, blocks=(3, 4, 6, 3), residual=basic_residual),
    "resnet50": functools.partial(_wide, blocks=(3, 4, 6, 3), residual=bottleneck_residual),
    # Table 5 of Ma et al.
    "shufflenet_v2_x0.5": functools.partial(shufflenet_v2, filters=(48, 96, 192)),
    "shufflenet_v2_x1": functools.partial(shufflenet_v2, filters=(116, 232, 464)),
    "shufflenet_v2_x1.5": functools.partial(shufflenet_v2, filters=(176, 352, 704)),
    "imagenet_resnet50": _imagenet_resnet50,
    "inception_resnet_v2": _inception_resnet_v2,
}

PRETRAINED = {
    "imagenet_resnet50": functools.partial(
        _imagenet_resnet50,
        weights_file="resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5",
    ),
    "inception_resnet_v2": functools.partial(
        _inception_resnet_v2,
        weights_file="inception_resnet_v2_weights_tf_dim_ordering_tf_kernels_notop.h5",
    ),
}
