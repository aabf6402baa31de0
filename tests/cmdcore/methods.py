"""Every column of table 2 with constants, for cmdcore and for the reference alike."""

from hypothesis import strategies as st

from cmdcore import self_kd

unit = st.floats(0, 1)
steepness = st.floats(-20, 20)


@st.composite
def methods(draw):
    """`(name, constants, object)`."""
    name = draw(st.sampled_from(list(self_kd.SELF_KD)))
    constants = {
        "ce": {},
        "proselflc": {"b1": draw(steepness)},
        "mconf": {"b1": draw(steepness), "rho": draw(unit)},
    }.get(name)
    if constants is None:
        constants = {"epsilon": draw(unit)}
    return name, constants, self_kd.SELF_KD[name](**constants)
