"""CMD, the paper's method: peers pass on the knowledge they are confident of."""

import dataclasses
from typing import Any

from cmdcore import modes, ops, ranges
from cmdcore import self_kd as self_kds
from cmdcore.after_keras import registered
from cmdcore.methods.method import SURENESS, Method, Moment, PeerLosses, sureness
from cmdcore.objectives import mutual_losses
from cmdcore.tensor import Tensor

KNOWLEDGE = ("refined", "prediction")


@registered
@dataclasses.dataclass(frozen=True)
class CMD(Method):
    """Mutual distillation of confident knowledge, eqs. 8 to 12.

    Each peer learns from its own refined label (table 2) and, where the other peer's
    entropy lies below the threshold chi (eq. 12), from that peer's knowledge as well.

    Args:
        self_kd: How a peer refines its label: `"ce"`, `"ls"`, `"cp"`, `"boot-soft"`,
            `"proselflc"`, `"mconf"`, or an object such as `ProSelfLC(b1=20.0)`.
        mode: Which knowledge is passed on: `"zero"`, `"all"`, `"static"`,
            `"progressive"`, or an object such as `Progressive(eta=2.0, b2=-5.0)`.
        knowledge: What is passed on: `"refined"`, the peer's refined label as in eq. 8,
            or `"prediction"`, the peer's prediction p.
        constant_targets: Whether the prediction inside one's own refined label is held
            constant, as it is not in the ProSelfLC authors' code; with `True`, dL/dz
            shrinks to `(1 - epsilon)(p - q)`.

    Raises:
        ValueError: if an argument is none of the values above.
    """

    self_kd: Any = "mconf"
    mode: Any = "progressive"
    knowledge: str = "refined"
    constant_targets: bool = False

    measures = ("threshold", *SURENESS, "a_to_b", "b_to_a")

    def __post_init__(self) -> None:
        object.__setattr__(self, "self_kd", self_kds.get(self.self_kd))
        object.__setattr__(self, "mode", modes.get(self.mode))
        ranges.one_of("knowledge", self.knowledge, KNOWLEDGE)

    def losses(self, q: Tensor, log_p_a: Tensor, log_p_b: Tensor, moment: Moment) -> PeerLosses:
        """L_A and L_B of eqs. 10 and 11.

        Args:
            q: `[batch, num_classes]`, annotated labels.
            log_p_a: `[batch, num_classes]`, log-probabilities of A.
            log_p_b: `[batch, num_classes]`, log-probabilities of B.
            moment: How far training has come.

        Returns:
            `PeerLosses`, which measure chi, the peers' entropies and certainties, and
            `a_to_b` and `b_to_a`: 1 for each sample whose knowledge was passed on, 0 else.

        Raises:
            ValueError: if there are fewer than 2 classes.

        Example:
            >>> q, log_p_a = keras.ops.array([[1.0, 0.0]]), keras.ops.log([[1.0, 0.0]])
            >>> log_p_b = keras.ops.log([[0.5, 0.5]])
            >>> now = cmdcore.Moment(t=1, gamma=2, certainty_a=0.0, certainty_b=0.0)
            >>> losses = cmdcore.CMD("ce", "static").losses(q, log_p_a, log_p_b, now)
            >>> [float(losses.measured[name][0]) for name in ("a_to_b", "b_to_a")]
            [1.0, 0.0]
            >>> round(float(losses.loss_b[0]), 3)  # log 2, and log 2 once more from A
            1.386
        """
        progress = moment.progress(log_p_a.dtype)
        threshold = self.mode.threshold(progress, log_p_a.shape[-1])
        refined_a = self.self_kd.refined_labels(q, log_p_a, progress, moment.certainty_a)
        refined_b = self.self_kd.refined_labels(q, log_p_b, progress, moment.certainty_b)
        teaches_p = self.knowledge == "prediction"
        losses = mutual_losses(
            refined_a=ops.stop_gradient(refined_a) if self.constant_targets else refined_a,
            refined_b=ops.stop_gradient(refined_b) if self.constant_targets else refined_b,
            knowledge_a=ops.exp(log_p_a) if teaches_p else refined_a,
            knowledge_b=ops.exp(log_p_b) if teaches_p else refined_b,
            log_p_a=log_p_a,
            log_p_b=log_p_b,
            threshold=threshold,
        )
        measured = {
            "threshold": ops.cast(threshold, log_p_a.dtype),
            **sureness(losses.entropy_a, losses.entropy_b, log_p_a.shape[-1]),
            "a_to_b": ops.cast(losses.a_to_b, log_p_a.dtype),
            "b_to_a": ops.cast(losses.b_to_a, log_p_a.dtype),
        }
        return PeerLosses(losses.loss_a, losses.loss_b, measured)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "CMD":
        """The value with these fields, of which two are values themselves, written or not.

        Example:
            >>> saved = keras.saving.serialize_keras_object(cmdcore.CMD(mode="zero"))
            >>> cmdcore.CMD.from_config(saved["config"]).mode
            Zero()
        """
        import keras

        written = {name for name in ("self_kd", "mode") if isinstance(config.get(name), dict)}
        read = keras.saving.deserialize_keras_object
        return cls(**{**config, **{name: read(config[name]) for name in written}})

    def __str__(self) -> str:
        passes_p = self.knowledge == "prediction" and self.mode != modes.Zero()
        return f"{self.self_kd} + {self.mode}{' of predictions' if passes_p else ''}"
