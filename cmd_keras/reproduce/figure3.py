"""Figure 3: learning curves with and without CMD-P."""

from cmd_keras.reproduce.experiment import Experiment

EXPERIMENT = Experiment(
    title="Figure 3: learning curves with and without CMD-P",
    rows={
        name: name.lower()
        for self_kd in ("CE", "ProSelfLC", "Mconf")
        for name in (self_kd, f"CMD-P+{self_kd}")
    },
    noises=("sym:0.4",),
    found={},
    note="The figure is in curves-sym-0.4.png.",
)
