"""How much of everything is measured."""

import dataclasses
from pathlib import Path


@dataclasses.dataclass(frozen=True)
class Size:
    """Sizes of one run of the benchmarks.

    Args:
        networks: Whose step is measured.
        kinds: What the step of the first network is compared with, and itself.
        batch_size: Images in a step.
        rounds: How often everything is measured.
        classes: Numbers of classes for the objective alone, ascending.
        data_dir: Where tensorflow-datasets keeps a prepared CIFAR-10, or None.
        with_torch: Whether PyTorch runs as well.
    """

    networks: tuple[str, ...] = ("resnet20", "resnet18")
    kinds: tuple[str, ...] = ("mutual", "zero", "single", "bfloat16", "as-it-comes", "sgemm")
    batch_size: int = 128
    rounds: int = 10
    classes: tuple[int, ...] = (12_500, 25_000, 50_000, 100_000)
    data_dir: Path | None = None
    with_torch: bool = True


def smoke(data_dir: Path | None) -> Size:
    """Large enough to see that everything runs, and for nothing else."""
    kinds = ("mutual", "zero", "sgemm")
    return Size(("resnet8",), kinds, 8, 1, (500, 1_000), data_dir, with_torch=False)
