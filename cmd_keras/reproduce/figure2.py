"""Figure 2: how much knowledge is distilled, by epoch."""

from cmd_keras.reproduce.experiment import Experiment

EXPERIMENT = Experiment(
    title="Figure 2: knowledge distilled, by epoch, with η = 2",
    rows={
        f"{paper}+{name}": f"{paper.lower()}+{name.lower()} eta=2"
        for name in ("CE", "ProSelfLC", "Mconf")
        for paper in ("CMD-S", "CMD-P")
    },
    noises=("sym:0.4",),
    found={},
    note="The figure is in curves-sym-0.4.png, as a share of the training labels.",
)
