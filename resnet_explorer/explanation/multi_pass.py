"""The maps of methods that ask the network more than once, step by step, by one table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from torch import Tensor

from resnet_explorer.common.i18n import t
from resnet_explorer.common.numbers import with_minus_signs
from resnet_explorer.common.progress import Step
from resnet_explorer.explanation.cam import PIXELS, Evidence
from resnet_explorer.explanation.integrated_gradients import PathIntegral, integrated_gradients
from resnet_explorer.explanation.score_cam import score_cam
from resnet_explorer.explanation.target import Target
from resnet_explorer.model.resnet import ResNet


@dataclass(frozen=True, eq=False)
class Reading:
    """A map, and what its numbers say of it.

    Attributes:
        evidence: the map.
        sentence: about its numbers; "" where there is nothing to say.
    """

    evidence: Evidence
    sentence: str = ""


def _score_cam(model: ResNet, tensor: Tensor, stage: int, target: Target) -> Iterator[Step[Reading]]:
    for step in score_cam(model, tensor, stage, target):
        assert step.answer is not None
        yield Step(step.done, step.total, Reading(Evidence(step.answer, stage)))


def _integrated_gradients(
    model: ResNet, tensor: Tensor, _stage: int, target: Target
) -> Iterator[Step[Reading]]:
    for step in integrated_gradients(model, tensor, target):
        yield Step(step.done, step.total, _of_path(step.answer, target) if step.answer else None)


def _of_path(integral: PathIntegral, target: Target) -> Reading:
    sentence = t(
        "All pixels, for and against, sum to **{total:.3f}**. {score} is {value:.3f} for the photo and "
        "{baseline:.3f} for an input of zeros: a difference of **{difference:.3f}**. What is between the two "
        "sums is the error of {steps} steps."
    )
    return Reading(
        Evidence(integral.signed_map, PIXELS),
        with_minus_signs(
            sentence.format(
                total=integral.total,
                score=t("The logit") if isinstance(target, int) else t("The probability"),
                value=integral.score,
                baseline=integral.baseline_score,
                difference=integral.difference,
                steps=integral.steps,
            )
        ),
    )


MULTI_PASS: Final[Mapping[str, Callable[[ResNet, Tensor, int, Target], Iterator[Step[Reading]]]]] = {
    "scorecam": _score_cam,
    "integrated": _integrated_gradients,
}
"""(network, photo (1, channels, H, W), stage, target) → steps: all methods but those of `cam.ONE_PASS`."""
