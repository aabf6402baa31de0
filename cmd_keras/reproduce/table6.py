"""Table 6: mutual distillation of two networks of different architecture."""

from cmd_keras.reproduce.experiment import Experiment

_NOISE = "sym:0.4"
_FOUND = {
    "CE": (50.63, 44.06),
    "Tf-KD": (51.05, 44.70),
    "ProSelfLC": (58.51, 58.89),
    "Mconf": (55.94, 61.21),
    "KDCL": (55.45, 46.10),
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
    note="Peer A is ResNet18 and peer B ShuffleNetV2 (small: mlp and resnet8). "
    "ε of SyncMKD, and which teacher KDCL has, are not printed in the paper; here ½, and MinLogit "
    "with its temperature 2. Tf-KD is Tf-KD_reg with "
    "the constants that its authors have for ResNet-18, for both peers.",
)
