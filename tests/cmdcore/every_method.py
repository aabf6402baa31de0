"""One of each method, with the constants that have to be given."""

import cmdcore
from cmdcore.value import without_default

T = ((0.7, 0.2, 0.1), (0.0, 1.0, 0.0), (0.3, 0.1, 0.6))
GIVEN = {"rate": 0.4, "transition": T}
EVERY = [
    method(**{name: GIVEN[name] for name in without_default(method)})
    for method in cmdcore.methods.METHODS.values()
]
