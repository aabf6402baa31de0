"""The networks that both peers can be made of.

Each is called as `NETWORKS[name](input_shape, num_classes, mean, variance, name)`
and returns a `keras.Model` from raw pixels to logits; `PRETRAINED` holds those that
can start from weights learned on ImageNet, called alike. `build` takes a user's own
network as well.
"""

from typing import TYPE_CHECKING

from cmd_keras.lazily import exported

if TYPE_CHECKING:
    from cmd_keras.networks.build import build
    from cmd_keras.networks.named import NETWORKS, PRETRAINED
    from cmd_keras.networks.names import check_name

__all__ = ["NETWORKS", "PRETRAINED", "build", "check_name"]

exported(
    __name__,
    {"build": ["build"], "named": ["NETWORKS", "PRETRAINED"], "names": ["check_name"]},
)
