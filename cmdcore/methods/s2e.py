"""S2E: Co-teaching with a schedule that is searched."""

import dataclasses

from cmdcore import ops, ranges
from cmdcore.after_keras import registered
from cmdcore.methods.exchanging import Exchanging
from cmdcore.tensor import Tensor

# E, the epochs of the authors' runs.
_EPOCHS = 200.0
_MOST = 0.99
# Where a constant may lie, if that is not from 0 to 1.
BOXES = {"forget_e": (0.0, 2.0), "forget_g": (0.0, 2.0), "forget_mu": (1e-3, 1.0)}


@registered
@dataclasses.dataclass(frozen=True)
class S2E(Exchanging):
    """Co-teaching with a schedule R(t) of twelve constants, which are to be searched.

    Quanming Yao et al., Searching to exploit memorization effect in learning with noisy labels,
    ICML 2020.

    R(t) = a f1 + (1-a) b f2 + (1-a) (1-b) f3 - c (t/E)^e - d log(1 + t^g) / log(1 + E^g), held
    in [0, 0.99], where f1 = 1 - exp(-lambda t^kappa), f2 = 1 - (omega t + 1)^-nu and
    f3 = 1 - log(1 + mu) / log(1 + mu + rho t). t are the authors' epochs, of which E = 200 make
    a training: of one with another Gamma, t is 200 t/Gamma.

    No rate is needed: `cmd-keras tune` finds constants on a validation share. The authors' code
    scores schedules by half of the test data, which is not done here, and searches with natural
    gradients of distributions of the constants, where Optuna's samplers search here. The
    default values are about the middle of where is searched, where they begin, too, and are no
    recommendation. On several replicas each one ranks its own share of the batch.

    Args:
        forget_a: a, in [0, 1], how much of f1.
        forget_b: b, in [0, 1], how much of f2 in what is left.
        forget_c: c, in [0, 1], how much is taken away again, as a power of t.
        forget_d: d, in [0, 1], and how much as a logarithm.
        forget_e: e, in [0, 2].
        forget_g: g, in [0, 2].
        forget_lambda: lambda, in [0, 1].
        forget_kappa: kappa, in [0, 1].
        forget_omega: omega, in [0, 1].
        forget_nu: nu, in [0, 1].
        forget_mu: mu, in [0.001, 1]; with 0 and rho = 0 f3 would be 0/0.
        forget_rho: rho, in [0, 1].

    Raises:
        ValueError: if a constant lies outside its range.
    """

    forget_a: float = 0.5
    forget_b: float = 0.5
    forget_c: float = 0.25
    forget_d: float = 0.25
    forget_e: float = 1.0
    forget_g: float = 1.0
    forget_lambda: float = 0.5
    forget_kappa: float = 0.5
    forget_omega: float = 0.5
    forget_nu: float = 0.5
    forget_mu: float = 0.5
    forget_rho: float = 0.5

    def __post_init__(self) -> None:
        for name, value in self.get_config().items():
            ranges.between(name, value, *BOXES.get(name, (0.0, 1.0)))

    def forgotten(self, progress: Tensor) -> Tensor:
        """R(t).

        Args:
            progress: t/Gamma in [0, 1], any shape.

        Returns:
            In [0, 0.99], of the shape of `progress`.

        Example:
            >>> method = cmdcore.S2E(forget_a=1.0, forget_c=0.5, forget_d=0.0)
            >>> round(float(method.forgotten(keras.ops.array(1.0))), 2)  # 1 - 1/2, nearly
            0.5
        """
        t = _EPOCHS * progress
        rising = self._rising(t)
        powers = self.forget_c * progress**self.forget_e
        last = ops.log1p(ops.full_like(t, _EPOCHS) ** self.forget_g)
        logarithms = self.forget_d * ops.log1p(t**self.forget_g) / last
        return ops.clip(rising - powers - logarithms, 0.0, _MOST)

    def _rising(self, t: Tensor) -> Tensor:
        a, b, mu = self.forget_a, self.forget_b, self.forget_mu
        f1 = 1.0 - ops.exp(-self.forget_lambda * t**self.forget_kappa)
        f2 = 1.0 - (self.forget_omega * t + 1.0) ** -self.forget_nu
        f3 = 1.0 - ops.log1p(ops.full_like(t, mu)) / ops.log1p(mu + self.forget_rho * t)
        return a * f1 + (1.0 - a) * b * f2 + (1.0 - a) * (1.0 - b) * f3
