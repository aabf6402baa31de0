"""Small folders of real images."""

import numpy as np
from PIL import Image


def write_image(path, height=12, width=10, mode="RGB", seed=0):
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).convert(mode).save(path)
    return path


# Of parts beside each other, so that no image of one is a copy of one of another.
_FIRST_SEED = {"test": 10**6, "Testing": 10**6, "val": 2 * 10**6, "validation": 2 * 10**6}


def write_classes(root, counts, **kwargs):
    """`{class: count}` PNG images, each different."""
    first = _FIRST_SEED.get(root.name, 0)
    for k, (name, count) in enumerate(counts.items()):
        for i in range(count):
            write_image(root / name / f"{i:02d}.png", seed=first + 1000 * k + i, **kwargs)
    return root
