"""Which labels are wrong, and how many: functions of labels and probabilities.

They need no network of this package: any classifier's probabilities will do. Beside the labels
themselves they find copies with another label, images that show the same, and examples of no
class at all.
"""

from cmd_keras.label_review.alike_images import alike_images, image_shades
from cmd_keras.label_review.belief import class_belief
from cmd_keras.label_review.copies import contradicting_copies
from cmd_keras.label_review.lost_classes import lost_classes
from cmd_keras.label_review.neighbours import Neighbours, neighbours, unit_features
from cmd_keras.label_review.no_class import no_class, no_class_from
from cmd_keras.label_review.noise_estimate import NoiseEstimate, estimate_noise
from cmd_keras.label_review.review import label_quality, review_labels
from cmd_keras.label_review.score import score_review

__all__ = [
    "Neighbours",
    "NoiseEstimate",
    "alike_images",
    "class_belief",
    "contradicting_copies",
    "estimate_noise",
    "image_shades",
    "label_quality",
    "lost_classes",
    "neighbours",
    "no_class",
    "no_class_from",
    "review_labels",
    "score_review",
    "unit_features",
]
