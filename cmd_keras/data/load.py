"""One name, one data set."""

from cmd_keras.data.dataset import Dataset
from cmd_keras.data.noise import Noise


def load(name: str, data_dir: str | None = None, noise: str = "none", seed: int = 0) -> Dataset:
    """A data set by name, with synthetic noise on its training labels.

    Args:
        name: `"digits"`, or any image classification set of tensorflow-datasets.
        data_dir: Where tensorflow-datasets keeps prepared sets.
        noise: `"none"`, `"sym:RATE"` or `"pair:RATE"`.
        seed: Decides which labels are corrupted.

    Raises:
        InputError: if there is no such set or no such noise.
    """
    noise = Noise.parse(noise)
    if name == "digits":
        from cmd_keras.data import digits

        dataset = digits.load()
    else:
        # Importing tensorflow-datasets takes half a second that digits need not.
        from cmd_keras.data import tfds_images

        dataset = tfds_images.load(name, data_dir)
    return dataset.with_noise(noise, seed)
