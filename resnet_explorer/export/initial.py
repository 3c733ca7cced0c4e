"""The ONNX file of a network with its initial weights, which torch draws."""

from __future__ import annotations

import torch

from resnet_explorer.export.onnx_file import check_size, onnx_file
from resnet_explorer.module import build
from resnet_explorer.spec import ResNetSpec


def initial_onnx(spec: ResNetSpec, seed: int) -> bytes:
    """The ONNX file of a network as `torch.manual_seed(seed)` and `build(spec)` make it.

    The random numbers of others go on as if nothing had been drawn.

    Raises:
        ValueError: if it would be too large.
    """
    check_size(spec)  # before anything is built
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = build(spec)
    return onnx_file(spec, model.state_dict())
