"""The methods by which two networks can be trained side by side, one file each."""

from typing import Any

from cmdcore.methods.apl import APL
from cmdcore.methods.async_mkd import AsyncMKD
from cmdcore.methods.averaging import Averaging
from cmdcore.methods.backward import Backward
from cmdcore.methods.cdr import CDR
from cmdcore.methods.cmd import CMD
from cmdcore.methods.co_teaching import CoTeaching
from cmdcore.methods.co_teaching_plus import CoTeachingPlus
from cmdcore.methods.dmi import DMI
from cmdcore.methods.editing import Editing
from cmdcore.methods.elr import ELR
from cmdcore.methods.estimating import Estimating
from cmdcore.methods.forward import Forward
from cmdcore.methods.gce import GCE
from cmdcore.methods.joint import Joint
from cmdcore.methods.kdcl import KDCL
from cmdcore.methods.mentor_net import MentorNet
from cmdcore.methods.method import Method, Moment, PeerLosses
from cmdcore.methods.phase import Phase
from cmdcore.methods.remembering import Remembering
from cmdcore.methods.s2e import S2E
from cmdcore.methods.sce import SCE
from cmdcore.methods.small_loss_alone import SmallLoss
from cmdcore.methods.sync_mkd import SyncMKD
from cmdcore.methods.t2s_kd import T2SKD
from cmdcore.methods.t_revision import TRevision
from cmdcore.methods.taught import Taught
from cmdcore.methods.tf_kd import TfKD
from cmdcore.methods.truncated_gce import TruncatedGCE
from cmdcore.named import value_of

METHODS = {
    "cmd": CMD,
    "sync-mkd": SyncMKD,
    "async-mkd": AsyncMKD,
    "t2s": T2SKD,
    "kdcl": KDCL,
    "tf-kd": TfKD,
    "gce": GCE,
    "truncated-gce": TruncatedGCE,
    "sce": SCE,
    "apl": APL,
    "dmi": DMI,
    "elr": ELR,
    "joint": Joint,
    "t-revision": TRevision,
    "small-loss": SmallLoss,
    "co-teaching": CoTeaching,
    "co-teaching+": CoTeachingPlus,
    "s2e": S2E,
    "mentornet": MentorNet,
    "forward": Forward,
    "backward": Backward,
    "cdr": CDR,
}

__all__ = [
    "APL",
    "CDR",
    "CMD",
    "DMI",
    "ELR",
    "GCE",
    "KDCL",
    "METHODS",
    "S2E",
    "SCE",
    "T2SKD",
    "AsyncMKD",
    "Averaging",
    "Backward",
    "CoTeaching",
    "CoTeachingPlus",
    "Editing",
    "Estimating",
    "Forward",
    "Joint",
    "MentorNet",
    "Method",
    "Moment",
    "PeerLosses",
    "Phase",
    "Remembering",
    "SmallLoss",
    "SyncMKD",
    "TRevision",
    "Taught",
    "TfKD",
    "TruncatedGCE",
    "chosen",
    "get",
]


def get(method: Any) -> Method:
    """The method itself, or the named one with its default constants.

    Args:
        method: a `Method`, or a name in `METHODS`.

    Raises:
        ValueError: for anything else, or a name whose constants have to be given.

    Example:
        >>> cmdcore.methods.get("sync-mkd")
        SyncMKD(epsilon=0.5)
    """
    return value_of("method", method, Method, METHODS, "SyncMKD(epsilon=0.5)")


def chosen(method: Any, **of_cmd: Any) -> Method:
    """The method, where that may be CMD with constants that are given beside it.

    Args:
        method: As `get` takes it.
        **of_cmd: Arguments of `CMD`, or None where they are not given.

    Raises:
        ValueError: if there is no such method, a value is none that CMD takes, or one is
            given for a method that has its constants already.

    Example:
        >>> cmdcore.methods.chosen("cmd", mode="zero", knowledge=None).mode
        Zero()
    """
    given = {name: value for name, value in of_cmd.items() if value is not None}
    if method == "cmd":
        return CMD(**given)
    found = get(method)
    if given:
        raise ValueError(
            f"{next(iter(given))} has no effect with method={method!r}: it is an argument of the "
            "method 'cmd'. Leave it out, or give it to the method: CMD("
            f"{next(iter(given))}=...)."
        )
    return found
