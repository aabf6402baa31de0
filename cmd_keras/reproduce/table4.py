"""Table 4, its columns of CIFAR-100: methods against label noise of other authors."""

from cmd_keras.reproduce.experiment import Experiment, by_noise

_NOISES = ("pair:0.2", "pair:0.4", "sym:0.2", "sym:0.4")
_FOUND = {
    "CE": (64.10, 52.77, 63.93, 56.82),
    "GCE": (62.32, 55.03, 65.62, 57.97),
    "Co-teaching": (58.11, 48.46, 61.47, 53.44),
    "Co-teaching+": (56.31, 38.03, 64.13, 55.92),
    "Joint": (67.35, 52.22, 54.88, 45.64),
    "Forward": (58.37, 39.82, 66.12, 59.45),
    "MentorNet": (54.73, 45.31, 57.27, 49.01),
    "T-revision": (62.69, 52.31, 64.67, 57.15),
    "DMI": (58.77, 42.89, 62.77, 57.42),
    "S2E": (58.21, 41.74, 64.21, 43.12),
    "APL": (59.77, 53.25, 59.37, 51.03),
    "CDR": (71.93, 56.94, 68.68, 62.72),
    "ProSelfLC": (73.11, 69.49, 71.17, 60.38),
    "CMD-P+ProSelfLC": (75.16, 73.36, 73.25, 64.09),
    "Mconf": (72.25, 70.84, 69.92, 62.80),
    "CMD-P+Mconf": (74.38, 73.86, 72.23, 64.30),
}

EXPERIMENT = Experiment(
    title="Table 4: methods against label noise, on CIFAR-100",
    rows={name: name.lower() for name in _FOUND},
    noises=_NOISES,
    found=by_noise(_NOISES, _FOUND),
    scales={"paper": {"recipe": "cifar-resnet50"}},
    note="All rows share network, optimizer and last epoch, and know the rate or the matrix of the "
    "noise that was added, where they need it. MentorNet is the predefined curriculum. After its "
    "part of cross entropy DMI learns nothing from a batch that lacks a class: see `regular_a` in "
    "history.csv. S2E's schedule is not searched here: it has its own constants, or those given to "
    "its row. Joint has its authors' constants for CIFAR-10. Missing are the "
    "columns of Food-101 and WebVision.",
)
