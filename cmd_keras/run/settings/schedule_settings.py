"""The constants of the schedule that S2E searches, as settings of a run."""

import dataclasses


@dataclasses.dataclass(frozen=True, kw_only=True)
class ScheduleSettings:
    """R(t) of S2E, the share of a batch that is not learned from; None is the method's own.

    Args:
        forget_a: a of `cmdcore.S2E`.
        forget_b: b of `cmdcore.S2E`.
        forget_c: c of `cmdcore.S2E`.
        forget_d: d of `cmdcore.S2E`.
        forget_e: e of `cmdcore.S2E`.
        forget_g: g of `cmdcore.S2E`.
        forget_lambda: lambda of `cmdcore.S2E`.
        forget_kappa: kappa of `cmdcore.S2E`.
        forget_omega: omega of `cmdcore.S2E`.
        forget_nu: nu of `cmdcore.S2E`.
        forget_mu: mu of `cmdcore.S2E`.
        forget_rho: rho of `cmdcore.S2E`.
    """

    forget_a: float | None = None
    forget_b: float | None = None
    forget_c: float | None = None
    forget_d: float | None = None
    forget_e: float | None = None
    forget_g: float | None = None
    forget_lambda: float | None = None
    forget_kappa: float | None = None
    forget_omega: float | None = None
    forget_nu: float | None = None
    forget_mu: float | None = None
    forget_rho: float | None = None


SCHEDULE = tuple(field.name for field in dataclasses.fields(ScheduleSettings))
