"""What torch's own hooks see, to hold our walks through a network against."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


def seen(model: nn.Module, tensor: Tensor, names: list[str]) -> dict[str, tuple[Tensor, Tensor]]:
    """What torch's hooks see go into modules and leave them, (C, h, w) each."""
    found: dict[str, tuple[Tensor, Tensor]] = {}

    def keep(name: str) -> Any:
        def hook(_module: nn.Module, inputs: tuple[Tensor], output: Tensor) -> None:
            found[name] = inputs[0][0].clone(), output[0].clone()

        return hook

    handles = [model.get_submodule(name).register_forward_hook(keep(name)) for name in names]
    with torch.no_grad():
        model(tensor)
    for handle in handles:
        handle.remove()
    return found
