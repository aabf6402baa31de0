"""What pyproject.toml cannot say: packages are found, and `cli/` is installed by another name."""

from setuptools import find_packages, setup

setup(packages=[*find_packages(include=["cmdcore*", "cmd_keras*"]), "cmd_keras_cli"])
