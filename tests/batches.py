"""Small batches that Hypothesis can shrink, and the float32 error they allow."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

EPS = float(np.finfo(np.float32).eps)
MAX_LOGIT = 20.0


def logits(n, num_classes):
    """`[n, num_classes]` float32 logits between -20 and 20."""
    entries = st.floats(-MAX_LOGIT, MAX_LOGIT, width=32)
    return hnp.arrays(np.float32, (n, num_classes), elements=entries)


@st.composite
def batches(draw):
    """`(q, z_a, z_b)`: labels, one-hot or soft, and two peers' logits, all float32."""
    # Few shapes: JAX compiles every operation anew for each.
    n, num_classes = draw(st.sampled_from((1, 3))), draw(st.sampled_from((2, 3, 6)))
    if draw(st.booleans()):
        labels = draw(st.lists(st.integers(0, num_classes - 1), min_size=n, max_size=n))
        q = np.eye(num_classes, dtype=np.float32)[labels]
    else:
        weights = draw(
            hnp.arrays(np.float32, (n, num_classes), elements=st.floats(0.125, 1, width=32))
        )
        q = weights / weights.sum(axis=1, keepdims=True)
    return q, draw(logits(n, num_classes)), draw(logits(n, num_classes))


def entropy_tolerance(z):
    """What float32 may miss H(p), or a cross entropy of labels that sum to 1, by.

    log p = z - logsumexp(z) carries a rounding of about eps (2|z| + C) an
    entry; weights that sum to 1 average it, and C products add one eps each.
    The factor 4 covers the order of summation.
    """
    z = np.asarray(z, np.float64)
    return 4 * EPS * (4 * np.abs(z).max() + z.shape[-1])
