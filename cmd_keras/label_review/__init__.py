"""Which labels are wrong, and how many: functions of labels and probabilities.

They need no network of this package: any classifier's probabilities will do.
"""

from cmd_keras.label_review.noise_estimate import NoiseEstimate, estimate_noise
from cmd_keras.label_review.review import label_quality, review_labels
from cmd_keras.label_review.score import score_review

__all__ = ["NoiseEstimate", "estimate_noise", "label_quality", "review_labels", "score_review"]
