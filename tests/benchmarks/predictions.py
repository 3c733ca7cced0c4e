"""Prediction and maps of evidence, one photo, against torchvision and the peers.

ResNet-50 at 224 × 224 unless told, and the bundled ResNet-18 at the size at which it looks at photos.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from functools import partial

import torch
import torchvision
from captum.attr import IntegratedGradients, LayerGradCam
from pytorch_grad_cam import GradCAM, GradCAMPlusPlus, HiResCAM, LayerCAM, ScoreCAM
from pytorch_grad_cam.base_cam import BaseCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import Tensor, nn
from torchcam.methods import GradCAM as TorchCam

from resnet_explorer import build, preset
from resnet_explorer.explanation.activations_and_gradients import stage_pass
from resnet_explorer.explanation.cam import METHODS, Evidence, evidence
from resnet_explorer.explanation.integrated_gradients import integrated_gradients
from resnet_explorer.explanation.predict import predict
from resnet_explorer.explanation.score_cam import score_cam
from resnet_explorer.model.fold_batch_norm import for_evaluation
from resnet_explorer.model.resnet import ResNet
from resnet_explorer.weights.catalogue import find, load
from tests.benchmarks.timing import Row, side_by_side

CLASS = 100
STAGES = (1, 2, 3, 4)
PEERS = {
    "gradcam": GradCAM,
    "gradcampp": GradCAMPlusPlus,
    "hirescam": HiResCAM,
    "layercam": LayerCAM,
}


def rows() -> Iterator[Row]:
    torch.manual_seed(0)
    theirs = torchvision.models.resnet50().eval()
    stored = build(preset("resnet50")).eval()
    stored.load_state_dict(theirs.state_dict())
    ours = for_evaluation(stored)
    photo = torch.randn(1, 3, 224, 224)
    yield from forward_rows("ResNet-50", ours, theirs, photo)
    yield from bundled_rows()
    yield from strip_rows(ours, theirs, photo)
    yield from method_rows(ours, theirs, photo)
    yield from slow_method_rows(photo)


def bundled_rows() -> Iterator[Row]:
    weights = find("bundled")
    stored, side = load(weights), weights.preprocessing.crop
    theirs = torchvision.models.resnet18(num_classes=len(weights.classes)).eval()
    theirs.load_state_dict(stored.state_dict())
    name = f"the bundled ResNet-18, {side} px"
    yield from forward_rows(name, for_evaluation(stored), theirs, torch.randn(1, 3, side, side))


def forward_rows(name: str, ours: ResNet, theirs: nn.Module, photo: Tensor) -> Iterator[Row]:
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
    yield Row(f"prediction, {name} ({equal})", times["predict"], eager, times["bare"], "< 1")
    yield Row(f"Grad-CAM at stage 4, {name}", times["last"], eager, times["bare"], "≤ 1.15")
    yield Row(f"film strip: Grad-CAM at four stages, {name}", times["strip"], eager, times["bare"], "≤ 1.5")


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


def method_rows(ours: ResNet, theirs: nn.Module, photo: Tensor) -> Iterator[Row]:
    """Each method of one pass, from the photo to the map, against pytorch-grad-cam's."""
    for method, peer in PEERS.items():
        times = side_by_side(
            {
                "ours": partial(one_map, ours, photo, method),
                "theirs": partial(peers_map, peer, theirs, photo),
            },
            rounds=9,
        )
        name = METHODS[method].name
        yield Row(f"{name} at stage 4", times["ours"], f"pytorch-grad-cam's {name}", times["theirs"], "≤ 1")


def slow_method_rows(photo: Tensor) -> Iterator[Row]:
    """The methods of many passes, of ResNet-18: Score-CAM runs it 512 times."""
    torch.manual_seed(0)
    theirs = torchvision.models.resnet18().eval()
    stored = build(preset("resnet18")).eval()
    stored.load_state_dict(theirs.state_dict())
    ours = for_evaluation(stored)

    times = side_by_side(
        {
            "ours": lambda: deque(score_cam(ours, photo, 4, CLASS), maxlen=1),
            "theirs": lambda: peers_map(ScoreCAM, theirs, photo),
        },
        rounds=1,
    )
    peer = "pytorch-grad-cam's Score-CAM"
    yield Row("Score-CAM at stage 4, ResNet-18", times["ours"], peer, times["theirs"], "≤ 1")

    times = side_by_side(
        {
            "ours": lambda: deque(integrated_gradients(ours, photo, CLASS), maxlen=1),
            "theirs": lambda: IntegratedGradients(theirs).attribute(photo, target=CLASS),
        },
        rounds=3,
    )
    peer = "captum's"
    yield Row("Integrated Gradients, 50 steps, ResNet-18", times["ours"], peer, times["theirs"], "≤ 1")


def one_map(ours: ResNet, photo: Tensor, method: str) -> Tensor:
    return evidence(stage_pass(ours, photo, [4], CLASS).outputs[0], method).map


def peers_map(peer: type[BaseCAM], theirs: nn.Module, photo: Tensor) -> object:
    with peer(theirs, [theirs.layer4]) as cam:
        return cam(photo, [ClassifierOutputTarget(CLASS)])


def grad_cams(ours: ResNet, photo: Tensor, stages: Sequence[int]) -> list[Evidence]:
    return [evidence(output) for output in stage_pass(ours, photo, stages, CLASS).outputs]
