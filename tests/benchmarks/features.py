"""All feature maps of ResNet-50 at 224 × 224, one photo, against a forward pass alone and against hooks."""

from __future__ import annotations

from collections.abc import Iterator

import torch
import torchvision
from torch import Tensor, nn

from resnet_explorer import build, preset
from resnet_explorer.explanation.predict import predict
from resnet_explorer.features.activations import activation_statistics, activations
from resnet_explorer.model.fold_batch_norm import for_evaluation
from tests.benchmarks.timing import Row, side_by_side


def rows() -> Iterator[Row]:
    torch.manual_seed(0)
    theirs = torchvision.models.resnet50().eval()
    stored = build(preset("resnet50")).eval()
    stored.load_state_dict(theirs.state_dict())
    ours = for_evaluation(stored)
    photo = torch.randn(1, 3, 224, 224)
    blocks = [theirs.maxpool, *(block for stage in range(1, 5) for block in getattr(theirs, f"layer{stage}"))]

    def hooks() -> list[Tensor]:
        kept: list[Tensor] = []
        handles = [block.register_forward_hook(_keeper(kept)) for block in blocks]
        with torch.inference_mode():
            theirs(photo)
        for handle in handles:
            handle.remove()
        return kept

    times = side_by_side(
        {
            "forward": lambda: predict(ours, photo),
            "all": lambda: list(activations(ours, photo)),
            "numbers": lambda: activation_statistics(ours, photo),
            "hooks": hooks,
        },
        rounds=15,
    )
    what = "all 17 feature maps of ResNet-50"
    yield Row(what, times["all"], "our forward pass", times["forward"], "≤ 1.05")
    yield Row(f"{what}, in numbers", times["numbers"], "our forward pass", times["forward"], "≤ 1.5")
    yield Row(what, times["all"], "torchvision's network with hooks", times["hooks"], "≤ 1")


def _keeper(kept: list[Tensor]) -> object:
    def keep(_module: nn.Module, _inputs: object, output: Tensor) -> None:
        kept.append(output)

    return keep
