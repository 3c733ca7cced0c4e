"""How far a network's probabilities can be believed: measured on photos of which the answer is known."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from resnet_explorer.common.i18n import t

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

ENOUGH: Final = 30
"""Photos in a bin, below which a share of them says too little."""
MOST_BINS: Final = 100
MOST_ANSWERS: Final = 10**9


@dataclass(frozen=True)
class Bin:
    """The answers whose probability is from `low` to below `high` (1 belongs to the last bin).

    Attributes:
        low: where it begins.
        high: where it ends.
        count: how many answers.
        right: how many of them were right.
        confidence: the mean of their probabilities; 0 without any.
    """

    low: float
    high: float
    count: int
    right: int
    confidence: float

    @property
    def share_right(self) -> float | None:
        """None where there are fewer than `ENOUGH` answers."""
        return self.right / self.count if self.count >= ENOUGH else None


@dataclass(frozen=True)
class Calibration:
    """A reliability table: of predictions so confident, so many were right (Guo et al. 2017, section 2).

    Attributes:
        bins: side by side, from the least probable answers to the most.
    """

    bins: tuple[Bin, ...]

    @cached_property
    def unsure_below(self) -> float:
        """The largest end of a bin such that fewer than half are right of its answers, and of all below it.

        Of all below it alone would not do: there the many that are hopeless make up for those just below
        it, of which seven in ten may be right, and nobody should call these unsure.

        0 where there is no such bin: the network is never unsure.
        """
        count = right = 0
        threshold = 0.0
        for each in self.bins:
            count, right = count + each.count, right + each.right
            share = each.share_right
            if share is not None and share < 0.5 and 2 * right < count:
                threshold = each.high
        return threshold

    @cached_property
    def expected_error(self) -> float:
        """Expected calibration error: |share right − mean probability| of the bins, weighed by count."""
        answers = sum(each.count for each in self.bins)
        return sum(abs(each.right - each.count * each.confidence) for each in self.bins) / max(answers, 1)

    def share_right(self, probability: float) -> float | None:
        """Which share of the answers of this probability is right; None where too few were seen to say."""
        for each in self.bins:
            if each.low <= probability < each.high or probability == each.high == 1.0:
                return each.share_right
        return None


def measure_calibration(probabilities: ArrayLike, labels: ArrayLike, bins: int = 10) -> Calibration:
    """The reliability table of a network's answers.

    Args:
        probabilities: (photos, classes).
        labels: (photos,), the index of the right class.
        bins: how many, all of one width.
    """
    import numpy as np

    values, reference = np.asarray(probabilities, dtype=np.float64), np.asarray(labels)
    confidence, is_right = values.max(axis=1), values.argmax(axis=1) == reference
    edges = np.linspace(0, 1, bins + 1)
    places = np.searchsorted(edges[1:-1], confidence, side="right")
    counts = np.bincount(places, minlength=bins)
    right = np.bincount(places, weights=is_right, minlength=bins)
    sums = np.bincount(places, weights=confidence, minlength=bins)
    means = np.divide(sums, counts, out=np.zeros(bins), where=counts > 0)
    return Calibration(
        tuple(
            Bin(float(low), float(high), int(count), int(hits), min(float(mean), 1.0))
            for (low, high), count, hits, mean in zip(pairwise(edges), counts, right, means, strict=True)
        )
    )


def calibrate_temperature(logits: ArrayLike, labels: ArrayLike) -> float:
    """The temperature T by which logits are divided so that their softmax is best believed.

    The one with the least negative log-likelihood (Guo et al. 2017, section 4.2), from 1/20 to 20. No
    prediction changes by it, only its confidence.

    Args:
        logits: (photos, classes).
        labels: (photos,), the index of the right class.
    """
    import numpy as np
    from scipy.optimize import minimize_scalar
    from scipy.special import log_softmax

    values, reference = np.asarray(logits, dtype=np.float64), np.asarray(labels)
    photos = np.arange(len(reference))

    def loss(log_temperature: float) -> float:
        return float(-log_softmax(values / np.exp(log_temperature), axis=1)[photos, reference].mean())

    found = minimize_scalar(loss, bounds=(-np.log(20), np.log(20)), method="bounded", options={"xatol": 1e-6})
    return float(np.exp(found.x))


def to_json(calibration: Calibration) -> dict[str, Any]:
    """The table as it stands in a file's metadata."""
    return asdict(calibration)


def from_json(value: Any) -> Calibration:
    """The table from a file of unknown origin.

    Raises:
        ValueError: if it is none, or its numbers cannot be.
    """
    bins = value.get("bins") if isinstance(value, dict) else None
    if not isinstance(bins, list) or not 1 <= len(bins) <= MOST_BINS:
        raise ValueError(t("calibration needs 1 to {most_bins} bins").format(most_bins=MOST_BINS))
    table = Calibration(tuple(map(_bin, bins)))
    if any(before.high > after.low for before, after in pairwise(table.bins)):
        raise ValueError(t("the bins of the calibration are not in order"))
    return table


def _bin(value: Any) -> Bin:
    if not isinstance(value, dict):
        raise ValueError(t("a bin of the calibration has no numbers"))
    low, high, confidence = (_share(value.get(name), name) for name in ("low", "high", "confidence"))
    count, right = value.get("count"), value.get("right")
    if type(count) is not int or type(right) is not int or not 0 <= right <= count <= MOST_ANSWERS:
        raise ValueError(t("a bin of the calibration needs whole numbers, 0 ≤ right ≤ count"))
    if low >= high:
        raise ValueError(t("a bin of the calibration ends before it begins"))
    return Bin(low, high, count, right, confidence)


def _share(value: Any, name: str) -> float:
    if type(value) not in (int, float) or not 0 <= value <= 1:  # NaN is not, either
        raise ValueError(t("{name} of a bin of the calibration must be from 0 to 1").format(name=name))
    return float(value)
