"""Prediction and Grad-CAM of ResNet-50 at 224 × 224, one photo, against torchvision and the peers."""

from __future__ import annotations

from collections.abc import Iterator

import torch
import torchvision
from captum.attr import LayerGradCam
from pytorch_grad_cam import GradCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torchcam.methods import GradCAM as TorchCam

from resnet_explorer import build, preset
from resnet_explorer.cam import evidence
from resnet_explorer.predictor import predict
from resnet_explorer.stage_pass import stage_pass
from tests.benchmarks.timing import Row, side_by_side

CLASS = 281


def rows() -> Iterator[Row]:
    torch.manual_seed(0)
    theirs = torchvision.models.resnet50().eval()
    ours = build(preset("resnet50")).eval().requires_grad_(False)
    ours.load_state_dict(theirs.state_dict())
    photo = torch.randn(1, 3, 224, 224)

    def bare() -> torch.Tensor:
        with torch.inference_mode():
            return theirs(photo)

    def captum() -> object:
        return LayerGradCam(theirs, theirs.layer4).attribute(photo, CLASS, relu_attributions=True)

    def pytorch_grad_cam() -> object:
        with GradCAM(theirs, [theirs.layer4[-1]]) as cam:
            return cam(photo, [ClassifierOutputTarget(CLASS)])

    def torchcam() -> object:
        with TorchCam(theirs, "layer4") as cam:
            scores = theirs(photo)
            return cam(CLASS, scores)

    peers = {"captum": captum, "pytorch-grad-cam": pytorch_grad_cam, "torchcam": torchcam}
    times = side_by_side(
        {
            "bare": bare,
            "predict": lambda: predict(ours, photo),
            "ours": lambda: evidence(stage_pass(ours, photo, [4], CLASS).outputs[0]),
            "strip": lambda: [evidence(output) for output in stage_pass(ours, photo, None, CLASS).outputs],
            **peers,
        },
        rounds=15,
    )
    yield Row("prediction, ResNet-50", times["predict"], "torchvision's forward", times["bare"], "≤ 1.05")
    yield Row("Grad-CAM at stage 4", times["ours"], "torchvision's forward", times["bare"], "≤ 1.15")
    yield Row("Grad-CAM at all four stages", times["strip"], "torchvision's forward", times["bare"])
    for peer in peers:
        yield Row("Grad-CAM at stage 4", times["ours"], f"{peer}'s Grad-CAM", times[peer], "≤ 1")
