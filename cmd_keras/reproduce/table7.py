"""Table 7: the static threshold H(u)/η."""

from cmd_keras.reproduce.experiment import Experiment, by_noise

_NOISES = ("sym:0.2", "sym:0.4", "sym:0.6", "sym:0.8")
_FOUND = {
    1: (70.37, 59.26, 36.18, 16.17),
    2: (72.11, 65.04, 46.15, 18.62),
    4: (73.25, 67.26, 54.34, 22.45),
}

EXPERIMENT = Experiment(
    title="Table 7: CMD-S with different η",
    rows={f"η = {eta}": f"cmd-s+proselflc eta={eta}" for eta in (1, 2, 3, 4)},
    noises=_NOISES,
    found=by_noise(_NOISES, {f"η = {eta}": values for eta, values in _FOUND.items()}),
    note="The paper does not say which self-distillation; 67.26 is that of CMD-S+ProSelfLC in its "
    "table 1. The row of η = 3 is empty in the copy of the paper that this was written from, and "
    "the others may belong one line higher or lower.",
)
