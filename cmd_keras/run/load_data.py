"""The data of a run, as its settings name them."""

from cmd_keras import data
from cmd_keras.run.recipes import RECIPES
from cmd_keras.run.settings import TrainSettings


def load_data(settings: TrainSettings) -> data.Dataset:
    """The data set, with noise, a validation share and a test set.

    Args:
        settings: Need not be resolved. A recipe that is named says how large the
            pictures are.

    Raises:
        InputError: if the data cannot be had or used.
    """
    image_size = settings.image_size
    if image_size is None and settings.recipe and settings.dataset.startswith("folder:"):
        image_size = RECIPES[settings.recipe].image_size
    return data.load(
        settings.dataset,
        data_dir=settings.data_dir,
        noise=settings.noise,
        seed=settings.seed,
        label_key=settings.label_key,
        target=settings.target,
        categorical=settings.categorical,
        ignore=settings.ignore,
        image_size=image_size,
        flip=settings.flip,
        test_split=settings.test_split,
        validation_split=settings.validation_split,
        validation_labels=settings.validation_labels,
    )
