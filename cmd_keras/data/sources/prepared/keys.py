"""Which features of a prepared set are its images, and which its labels."""

import tensorflow_datasets as tfds

from cmd_keras.errors import InputError


def find_keys(builder: tfds.core.DatasetBuilder) -> tuple[str, str]:
    """The features of the image and of the label that a set is made for.

    Args:
        builder: Of the set.

    Raises:
        InputError: if it has no image or no label.
    """
    features = builder.info.features
    if not isinstance(features, tfds.features.FeaturesDict):
        features = {}
    images = [k for k, f in features.items() if isinstance(f, tfds.features.Image)]
    labels = [k for k, f in features.items() if isinstance(f, tfds.features.ClassLabel)]
    supervised = builder.info.supervised_keys
    if supervised and supervised[0] in images and supervised[1] in labels:
        return supervised[0], supervised[1]
    if not images or not labels:
        raise InputError(
            f"Data set {builder.name!r} is not one of classified images: it has the features "
            f"{sorted(features)}, and an Image and a ClassLabel are needed."
        )
    return images[0], "label" if "label" in labels else labels[0]


def find_training_keys(builder: tfds.core.DatasetBuilder, label_key: str | None) -> tuple[str, str]:
    """The features of the given and of the clean labels.

    Args:
        builder: Of the set.
        label_key: Of the given labels; None is what the set is made for, where no other label
            has as many classes.

    Raises:
        InputError: if there is no such feature, it has other classes, or none was chosen where
            there are several.
    """
    _, supervised = find_keys(builder)
    features = builder.info.features
    labels = [k for k, f in features.items() if isinstance(f, tfds.features.ClassLabel)]
    if label_key is None:
        others = sorted(
            key
            for key in labels
            if key not in (supervised, "clean_label")
            and features[key].num_classes == features[supervised].num_classes
        )
        if others:
            raise InputError(
                f"Data set {builder.name!r} has several labels for each image. Choose by "
                f"label_key those to learn from: {', '.join(others)}; or {supervised}, those that "
                "it is tested with and that count as clean."
            )
        label_key = supervised
    if label_key not in labels:
        raise InputError(
            f"Data set {builder.name!r} has no labels {label_key!r}. label_key may be "
            f"{', '.join(sorted(labels))}."
        )
    clean = "clean_label" if "clean_label" in labels else supervised
    for key in (label_key, clean):
        if features[key].num_classes != features[supervised].num_classes:
            raise InputError(
                f"{key} of data set {builder.name!r} has {features[key].num_classes} classes, but "
                f"{supervised}, which it is tested with, {features[supervised].num_classes}."
            )
    return label_key, clean
