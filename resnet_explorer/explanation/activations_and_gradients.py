"""One way forward and one way back: what the stages put out, and how the score of a target hangs on it.

No hooks: the network is run to the first stage that is asked for without gradients, then on from there
with them, and `torch.autograd.grad` asks for the gradients of all the stages at once. So nothing is left
behind on the model, no parameter gets a `.grad`, and threads that share a model do not meet.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from resnet_explorer.common.i18n import t
from resnet_explorer.explanation.predict import Prediction, check_input
from resnet_explorer.explanation.target import Target, check_target, name_of, probability_of, score_of
from resnet_explorer.model.resnet import ResNet


@dataclass(frozen=True, eq=False)
class StageOutput:
    """What came out of a stage, and the gradient of the score by it: a class's logit, a kind's probability.

    Attributes:
        stage: 0 for the stem, n for stage n.
        features: (C, h, w).
        gradient: (C, h, w).
    """

    stage: int
    features: Tensor
    gradient: Tensor


@dataclass(frozen=True, eq=False)
class StagePass:
    """The stages that were asked for, of one pass.

    Attributes:
        outputs: in the order of the data.
        target: index of the class, or the kind.
        prediction: of the same pass; its time is that of the way forward.
        milliseconds: forward and backward together.
    """

    outputs: tuple[StageOutput, ...]
    target: Target
    prediction: Prediction
    milliseconds: float

    @property
    def probability(self) -> float:
        """Of the class or kind."""
        return float(probability_of(self.prediction.probabilities, self.target))

    def name(self, classes: Sequence[str]) -> str:
        """The class, or the kind."""
        return name_of(self.target, classes)


def stage_pass(
    model: ResNet, tensor: Tensor, stages: Sequence[int] | None = None, target: Target | None = None
) -> StagePass:
    """One pass that gives the logits, and the outputs and gradients of some stages.

    Args:
        model: a network in evaluation mode; it may be shared by threads.
        tensor: (1, channels, H, W).
        stages: 0 for the stem, n for stage n; every stage but the stem unless told.
        target: index of the class, or a kind; the most probable class unless told.

    Raises:
        ValueError: for a stage, class or kind that the network does not have, or a tensor it does not take.
    """
    check_input(model, tensor)
    last = len(model.stages)
    asked = sorted(set(range(1, last + 1) if stages is None else stages))
    for number in asked or [-1]:
        check_stage(model, number)
    if target is not None:
        check_target(target, model.spec.num_classes)

    start = time.perf_counter()
    with torch.inference_mode(False), torch.no_grad():
        x = model.stem(tensor)
        for stage in model.stages[: asked[0]]:
            x = stage(x)
        with torch.enable_grad():
            outputs = {asked[0]: x.requires_grad_()}
            for number, stage in enumerate(model.stages[asked[0] :], start=asked[0] + 1):
                x = stage(x)
                outputs[number] = x
            logits = model.head(x)
            forward = _milliseconds_since(start)
            chosen: Target = int(logits.argmax()) if target is None else target
            score = score_of(logits, chosen)[0]
            gradients = torch.autograd.grad(score, [outputs[number] for number in asked])
    found = tuple(
        StageOutput(number, outputs[number].detach()[0], gradient[0])
        for number, gradient in zip(asked, gradients, strict=True)
    )
    prediction = Prediction(logits[0].detach(), forward, str(logits.device))
    return StagePass(found, chosen, prediction, _milliseconds_since(start))


def check_stage(model: ResNet, stage: int) -> None:
    """Refuse a stage that the network does not have.

    Raises:
        ValueError: with the stages that there are.
    """
    if not isinstance(stage, int) or not 0 <= stage <= len(model.stages):
        raise ValueError(
            t("stage is {stage!r}; 0 (the stem) to {count} is allowed.").format(
                stage=stage, count=len(model.stages)
            )
        )


def _milliseconds_since(start: float) -> float:
    return (time.perf_counter() - start) * 1000
