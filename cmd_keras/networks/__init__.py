"""The networks that `--network` knows by name.

Each is called as `NETWORKS[name](image_shape, num_classes, mean, variance, name)`
and returns a `keras.Model` from raw pixels to logits.
"""

import functools

from cmd_keras.networks.mlp import mlp
from cmd_keras.networks.resnet import padded_shortcut, projected_shortcut, resnet

# Depth 6n + 2, section 4.2 of He et al.
_narrow = functools.partial(resnet, filters=(16, 32, 64), shortcut=padded_shortcut)
# Table 1 of He et al., as is usual for 32×32 pictures.
_wide = functools.partial(resnet, filters=(64, 128, 256, 512), shortcut=projected_shortcut)

NETWORKS = {
    "mlp": mlp,
    "resnet8": functools.partial(_narrow, blocks=(1, 1, 1)),
    "resnet20": functools.partial(_narrow, blocks=(3, 3, 3)),
    "resnet32": functools.partial(_narrow, blocks=(5, 5, 5)),
    "resnet18": functools.partial(_wide, blocks=(2, 2, 2, 2)),
    "resnet34": functools.partial(_wide, blocks=(3, 4, 6, 3)),
}

__all__ = ["NETWORKS", "mlp", "padded_shortcut", "projected_shortcut", "resnet"]
