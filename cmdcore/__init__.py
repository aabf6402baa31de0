"""The method of CMD as pure functions and small values on `keras.ops`.

CMD, mutual distillation of confident knowledge, is the method of

    Not All Knowledge Is Created Equal. Ziyun Li, Xinshao Wang, Haojin Yang, Di Hu,
    Neil M. Robertson, David A. Clifton, Christoph Meinel.

Equations, tables, sections and appendices are numbered as there, and symbols keep
their names: chi, eta, rho, b1, b2, epsilon, Gamma, and q~ for a refined label.

Reading order, the way a batch walks: `labels` (q), `information` (log p, H),
`schedule` (chi, g), `modes` (zero, all, static, progressive), `self_kd`
(table 2), `objectives` (eqs. 8 to 11). `classic_kd` holds eqs. 1 to 4, and
`methods` what can be trained with: CMD and what it is compared with.
`reference/`, in the repository, says the same in plain NumPy, in the paper's order.

Logarithms are natural, entropies in nats. Shapes are not checked here: what does not
broadcast is refused by the backend, in its words. The examples need

    import dataclasses
    import math

    import keras

    import cmdcore
"""

from cmdcore.classic_kd import (
    async_mkd_loss,
    sync_mkd_losses,
    teacher_student_labels,
    teacher_student_loss,
)
from cmdcore.information import (
    certainty,
    confidence,
    cross_entropy,
    entropy,
    kl_divergence,
    log_probabilities,
    max_entropy,
)
from cmdcore.labels import label_distribution
from cmdcore.methods import (
    APL,
    CDR,
    CMD,
    DMI,
    ELR,
    GCE,
    KDCL,
    S2E,
    SCE,
    T2SKD,
    AsyncMKD,
    Averaging,
    Backward,
    CoTeaching,
    CoTeachingPlus,
    Editing,
    Estimating,
    Forward,
    Joint,
    MentorNet,
    Method,
    Moment,
    PeerLosses,
    Phase,
    Remembering,
    SmallLoss,
    SyncMKD,
    Taught,
    TfKD,
    TRevision,
    TruncatedGCE,
)
from cmdcore.modes import All, Mode, Progressive, Selection, Static, Zero
from cmdcore.objectives import MutualLosses, distillation_loss, is_confident, mutual_losses
from cmdcore.schedule import logistic, threshold, trust_by_certainty, trust_by_time
from cmdcore.self_kd import (
    BootSoft,
    ConfidencePenalty,
    CrossEntropy,
    LabelSmoothing,
    Mconf,
    ProSelfLC,
    SelfKD,
)

__all__ = [
    "APL",
    "CDR",
    "CMD",
    "DMI",
    "ELR",
    "GCE",
    "KDCL",
    "S2E",
    "SCE",
    "T2SKD",
    "All",
    "AsyncMKD",
    "Averaging",
    "Backward",
    "BootSoft",
    "CoTeaching",
    "CoTeachingPlus",
    "ConfidencePenalty",
    "CrossEntropy",
    "Editing",
    "Estimating",
    "Forward",
    "Joint",
    "LabelSmoothing",
    "Mconf",
    "MentorNet",
    "Method",
    "Mode",
    "Moment",
    "MutualLosses",
    "PeerLosses",
    "Phase",
    "ProSelfLC",
    "Progressive",
    "Remembering",
    "Selection",
    "SelfKD",
    "SmallLoss",
    "Static",
    "SyncMKD",
    "TRevision",
    "Taught",
    "TfKD",
    "TruncatedGCE",
    "Zero",
    "async_mkd_loss",
    "certainty",
    "confidence",
    "cross_entropy",
    "distillation_loss",
    "entropy",
    "is_confident",
    "kl_divergence",
    "label_distribution",
    "log_probabilities",
    "logistic",
    "max_entropy",
    "mutual_losses",
    "sync_mkd_losses",
    "teacher_student_labels",
    "teacher_student_loss",
    "threshold",
    "trust_by_certainty",
    "trust_by_time",
]
