"""Grad-CAM (Selvaraju et al. 2017): where in the photo the evidence for a class was found.

No hooks: the network is run to a stage without gradients, then on from that stage's output with them,
and `torch.autograd.grad` asks for one gradient. So nothing is left behind on the model, no parameter
gets a `.grad`, and threads that share a model do not meet.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import torch
from torch import Tensor

from resnet_explorer.module import ResNet
from resnet_explorer.predictor import Prediction, check_input


@dataclass(frozen=True, eq=False)
class GradCam:
    """A map and the prediction of the same pass.

    Attributes:
        map: (h, w), the size of the stage's output: evidence for the class, 0 where there is none.
            Not normalised; its unit is that of the logits.
        target: index of the class it is for.
        stage: 0 for the stem, n for stage n.
        prediction: of the same pass; its time is that of the way forward.
        milliseconds: forward and backward together.
    """

    map: Tensor
    target: int
    stage: int
    prediction: Prediction
    milliseconds: float

    @property
    def peak(self) -> float:
        """The largest value of the map."""
        return float(self.map.max())

    @property
    def is_empty(self) -> bool:
        """Whether the map is zero everywhere: at this stage nothing speaks for the class, on balance.

        Grad-CAM keeps positive evidence only (equation 2, the ReLU), so that is an answer.
        """
        return self.peak == 0.0


def grad_cam(model: ResNet, tensor: Tensor, stage: int | None = None, target: int | None = None) -> GradCam:
    """One pass that gives the logits and the map of a class at a stage.

    L = ReLU(Σ_k α_k A^k), where A is the stage's output and α_k the mean over the pixels of the
    gradient of the class's logit by A^k (Selvaraju et al. 2017, equations 1 and 2).

    Args:
        model: a network in evaluation mode; it may be shared by threads.
        tensor: (1, channels, H, W).
        stage: 0 for the stem's output, n for that of stage n; the last unless told.
        target: index of the class; the most probable unless told.

    Raises:
        ValueError: for a stage or class that the network does not have, or a tensor it does not take.
    """
    check_input(model, tensor)
    stage = len(model.stages) if stage is None else stage
    if not 0 <= stage <= len(model.stages):
        raise ValueError(f"stage is {stage}; 0 (the stem) to {len(model.stages)} is allowed.")
    if target is not None and not 0 <= target < model.spec.num_classes:
        raise ValueError(f"target is {target}; the classes go from 0 to {model.spec.num_classes - 1}.")

    start = time.perf_counter()
    with torch.inference_mode(False), torch.no_grad():
        features = model.stem(tensor)
        for each in model.stages[:stage]:
            features = each(features)
        with torch.enable_grad():
            features.requires_grad_()
            logits = model.from_stage(stage, features)
            forward = _milliseconds_since(start)
            chosen = int(logits.argmax()) if target is None else target
            (gradient,) = torch.autograd.grad(logits[0, chosen], features)
        features = features.detach()
        alpha = gradient.mean(dim=(2, 3), keepdim=True)  # (1, C, 1, 1), one weight for each channel
        evidence = (alpha * features).sum(dim=1).relu()[0]  # (h, w)
    prediction = Prediction(logits[0].detach(), forward, str(logits.device))
    return GradCam(evidence, chosen, stage, prediction, _milliseconds_since(start))


def _milliseconds_since(start: float) -> float:
    return (time.perf_counter() - start) * 1000
