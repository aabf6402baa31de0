"""Small folders of real pictures."""

import numpy as np
from PIL import Image


def write_picture(path, height=12, width=10, mode="RGB", seed=0):
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).convert(mode).save(path)
    return path


def write_classes(root, counts, **kwargs):
    """`{class: count}` PNG pictures, each different."""
    for k, (name, count) in enumerate(counts.items()):
        for i in range(count):
            write_picture(root / name / f"{i:02d}.png", seed=1000 * k + i, **kwargs)
    return root
