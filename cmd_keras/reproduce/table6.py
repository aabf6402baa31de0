"""Table 6: mutual distillation of two networks of different architecture."""

from cmd_keras.reproduce.experiment import Experiment

_NOISE = "sym:0.4"
_FOUND = {
    "CE": (50.63, 44.06),
    "ProSelfLC": (58.51, 58.89),
    "Mconf": (55.94, 61.21),
    "SyncMKD": (60.38, 47.72),
    "CMD-P+ProSelfLC": (65.77, 59.77),
    "CMD-P+Mconf": (68.10, 64.37),
}

EXPERIMENT = Experiment(
    title="Table 6: two networks of different architecture, peer A and peer B",
    rows={name: "sync-mkd" if name == "SyncMKD" else name.lower() for name in _FOUND},
    noises=(_NOISE,),
    found={(name, _NOISE): values for name, values in _FOUND.items()},
    measures=("test_peer_a_accuracy", "test_peer_b_accuracy"),
    scales={
        "paper": {
            "recipe": "cifar-200",
            "network_a": "resnet18",
            "network_b": "shufflenet_v2_x1",
        },
        "small": {"network_a": "mlp", "network_b": "resnet8"},
    },
    note="Peer A is ResNet18 and peer B ShuffleNetV2 (small: mlp and resnet8). Of the paper's rows "
    "Tf-KD_reg (51.05, 44.70) and KDCL (55.45, 46.10) are not here yet.",
)
