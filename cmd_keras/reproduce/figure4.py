"""Figure 4: the direction of the threshold, b₂."""

from cmd_keras.reproduce.experiment import Experiment

EXPERIMENT = Experiment(
    title="Figure 4: accuracy by b₂, for different noise (a, η = 2) and η (b, the column sym:0.6)",
    rows={
        f"η = {eta}, b₂ = {b2}": f"cmd-p+proselflc eta={eta} b2={b2}"
        for eta in (2, 3, 4)
        for b2 in (-15, -10, -5, 0, 5)
    },
    noises=("sym:0.2", "sym:0.4", "sym:0.6", "sym:0.8"),
    found={},
    note="The paper does not print the values of this figure, nor which self-distillation it is "
    "of; here ProSelfLC.",
)
