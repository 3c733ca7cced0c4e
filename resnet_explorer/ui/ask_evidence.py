"""The map that is asked for: read from the pass at once, or made piece by piece where that takes more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from resnet_explorer.cam import METHODS, PIXELS, Evidence
from resnet_explorer.i18n import t
from resnet_explorer.progress import Step
from resnet_explorer.short_text import as_markdown
from resnet_explorer.target import Target
from resnet_explorer.ui.evidence import Asked
from resnet_explorer.ui.networks import trained
from resnet_explorer.ui.remembered import remembered
from resnet_explorer.ui.slow_work import slow_work

if TYPE_CHECKING:
    from resnet_explorer.integrated_gradients import PathIntegral
    from resnet_explorer.module import ResNet
    from resnet_explorer.stage_pass import StagePass
    from resnet_explorer.ui.subject import Subject

_FOUND: Final = "_p_found"
_SLOW: Final = "_p_slow_map"


@dataclass(frozen=True, eq=False)
class Found:
    """A map, and what its numbers say of it.

    Attributes:
        evidence: the map.
        sentence: about its numbers; "" where there is nothing to say.
        whole: whether the work was done to its end.
    """

    evidence: Evidence
    sentence: str = ""
    whole: bool = True


def ask_evidence(result: StagePass, asked: Asked, subject: Subject) -> Found | None:
    """The map, with progress and Stop where it takes long.

    Args:
        result: a pass over all stages.
        asked: whose map, and by which method.
        subject: what is looked at, and by whom.

    Returns:
        What is known; None for nothing, after a Stop.
    """
    if METHODS[asked.method].needs == "pass":
        return remembered(_FOUND, (result, asked), lambda: Found(asked.evidence(result)))
    label = t("{method} for {name}").format(
        method=METHODS[asked.method].name, name=as_markdown(result.name(subject.names))
    )
    question = (result, asked.method, asked.stage)  # either side of a map is of one computation
    model = trained(subject.weights)
    found, whole = slow_work(_SLOW, question, lambda: _pieces(model, result, asked, subject), label)
    if found is None:
        return None
    return remembered(_FOUND, (found, asked.against, whole), lambda: _side(found, asked.against, whole))


def _pieces(model: ResNet, result: StagePass, asked: Asked, subject: Subject) -> Iterator[Step[Found]]:
    tensor = subject.tensor()
    if asked.stage == PIXELS:
        from resnet_explorer.integrated_gradients import integrated_gradients

        for path in integrated_gradients(model, tensor, result.target):
            yield Step(path.done, path.total, _of_path(path.answer, result.target) if path.answer else None)
    else:
        from resnet_explorer.score_cam import score_cam

        for scored in score_cam(model, tensor, asked.stage, result.target):
            assert scored.answer is not None
            yield Step(scored.done, scored.total, Found(Evidence(scored.answer, asked.stage)))


def _of_path(integral: PathIntegral, target: Target) -> Found:
    sentence = t(
        "All pixels, for and against, sum to **{total:.3f}**. {score} is {value:.3f} for the photo and "
        "{baseline:.3f} for the mean colour: a difference of **{difference:.3f}**. What is between the two "
        "sums is the error of {steps} steps."
    )
    return Found(
        Evidence(integral.balance, PIXELS),
        sentence.format(
            total=integral.total,
            score=t("The logit") if isinstance(target, int) else t("The probability"),
            value=integral.score,
            baseline=integral.baseline_score,
            difference=integral.difference,
            steps=integral.steps,
        ),
    )


def _side(found: Found, against: bool, whole: bool) -> Found:
    return Found(replace(found.evidence, against=against), found.sentence, whole)
