"""Prediction and maps of evidence of ResNet-50 at 224 × 224, one photo, against torchvision and the peers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
import torchvision
from captum.attr import LayerGradCam
from pytorch_grad_cam import GradCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import Tensor, nn
from torchcam.methods import GradCAM as TorchCam

from resnet_explorer import build, preset
from resnet_explorer.cam import Evidence, evidence
from resnet_explorer.evaluation import for_evaluation
from resnet_explorer.module import ResNet
from resnet_explorer.predictor import predict
from resnet_explorer.stage_pass import stage_pass
from tests.benchmarks.timing import Row, side_by_side

CLASS = 281
STAGES = (1, 2, 3, 4)


def rows() -> Iterator[Row]:
    torch.manual_seed(0)
    theirs = torchvision.models.resnet50().eval()
    stored = build(preset("resnet50")).eval()
    stored.load_state_dict(theirs.state_dict())
    ours = for_evaluation(stored)
    photo = torch.randn(1, 3, 224, 224)
    yield from forward_rows(ours, theirs, photo)
    yield from strip_rows(ours, theirs, photo)


def forward_rows(ours: ResNet, theirs: nn.Module, photo: Tensor) -> Iterator[Row]:
    def bare() -> Tensor:
        with torch.inference_mode():
            return theirs(photo)

    apart = (predict(ours, photo).logits - bare()[0]).abs().max() / bare().abs().max()
    times = side_by_side(
        {
            "bare": bare,
            "predict": lambda: predict(ours, photo),
            "last": lambda: grad_cams(ours, photo, [4]),
            "strip": lambda: grad_cams(ours, photo, STAGES),
        },
        rounds=25,
    )
    eager = "torchvision's forward, eager"
    equal = f"logits within {apart:.0e} of the largest"
    yield Row(f"prediction, ResNet-50 ({equal})", times["predict"], eager, times["bare"], "< 1")
    yield Row("Grad-CAM at stage 4", times["last"], eager, times["bare"], "≤ 1.15")
    yield Row("film strip: Grad-CAM at four stages", times["strip"], eager, times["bare"], "≤ 1.5")


def strip_rows(ours: ResNet, theirs: nn.Module, photo: Tensor) -> Iterator[Row]:
    """One pass for four stages, against a call of the peer for each."""
    layers = [getattr(theirs, f"layer{stage}") for stage in STAGES]

    def captum() -> object:
        return [
            LayerGradCam(theirs, layer).attribute(photo, CLASS, relu_attributions=True) for layer in layers
        ]

    def pytorch_grad_cam() -> object:
        maps = []
        for layer in layers:
            with GradCAM(theirs, [layer]) as cam:
                maps.append(cam(photo, [ClassifierOutputTarget(CLASS)]))
        return maps

    def torchcam() -> object:
        maps = []
        for layer in layers:
            with TorchCam(theirs, layer) as cam:
                maps.append(cam(CLASS, theirs(photo)))
        return maps

    peers = {"captum": captum, "pytorch-grad-cam": pytorch_grad_cam, "torchcam": torchcam}
    times = side_by_side({"strip": lambda: grad_cams(ours, photo, STAGES), **peers}, rounds=9)
    for peer in peers:
        yield Row("film strip of four stages", times["strip"], f"four calls of {peer}", times[peer], "< 1")


def grad_cams(ours: ResNet, photo: Tensor, stages: Sequence[int]) -> list[Evidence]:
    return [evidence(output) for output in stage_pass(ours, photo, stages, CLASS).outputs]
