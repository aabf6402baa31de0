"""A page to look at suspicious labels with, and to decide about them: one file, no network."""

from cmd_keras.review_page.judged import Judged
from cmd_keras.review_page.page import review_page

__all__ = ["Judged", "review_page"]
