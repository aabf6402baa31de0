"""The tables and figures of the paper, as values that a comparison can be made of."""

from cmd_keras.reproduce import (
    figure2,
    figure3,
    figure4,
    table1,
    table3,
    table4,
    table5,
    table6,
    table7,
)
from cmd_keras.reproduce.experiment import Experiment

EXPERIMENTS: dict[str, Experiment] = {
    "table1": table1.EXPERIMENT,
    "table3": table3.EXPERIMENT,
    "table4": table4.EXPERIMENT,
    "table5": table5.EXPERIMENT,
    "table6": table6.EXPERIMENT,
    "table7": table7.EXPERIMENT,
    "figure2": figure2.EXPERIMENT,
    "figure3": figure3.EXPERIMENT,
    "figure4": figure4.EXPERIMENT,
}
