"""Table 3: self label correction with and without CMD, by kind and rate of noise."""

from cmd_keras.reproduce.experiment import Experiment, by_noise

_NOISES = ("pair:0.2", "pair:0.4", "sym:0.2", "sym:0.4", "none")
_FOUND = {
    "CE": (63.52, 45.40, 63.31, 47.20, 75.58),
    "LS": (65.15, 50.02, 67.45, 51.53, 76.33),
    "CP": (64.97, 49.01, 65.97, 51.09, 75.29),
    "Boot-soft": (64.04, 48.85, 63.25, 48.41, 75.37),
    "ProSelfLC": (74.13, 69.49, 71.49, 64.07, 75.73),
    "CMD-S+ProSelfLC": (75.68, 74.22, 72.11, 67.26, 76.25),
    "CMD-P+ProSelfLC": (75.76, 74.55, 72.58, 68.29, 77.32),
    "Mconf": (73.12, 62.29, 71.04, 65.04, 75.20),
    "CMD-S+Mconf": (75.39, 74.32, 72.20, 68.45, 75.92),
    "CMD-P+Mconf": (75.89, 74.72, 73.22, 69.09, 76.42),
}

EXPERIMENT = Experiment(
    title="Table 3: self label correction with and without CMD",
    rows={name: name.lower() for name in _FOUND},
    noises=_NOISES,
    found=by_noise(_NOISES, _FOUND),
)
