"""The name under which a tensor stands in signatures.

It is `Any`, because TensorFlow, JAX and PyTorch have no tensor class in common, and
to name the class of one would import it. What is known of a tensor, its shape and
its unit, stands in the docstrings.
"""

from typing import Any

Tensor = Any
