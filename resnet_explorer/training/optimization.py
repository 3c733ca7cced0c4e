"""What all trainers have in common: random numbers by epoch, precision, decay of weights, a step."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import torch
from torch import Generator, Tensor, nn

from resnet_explorer.common.i18n import t

Precision = Literal["float32", "bfloat16"]


def fastest_precision() -> Precision:
    """bfloat16 where this CPU multiplies it in hardware, else float32."""
    capabilities = torch.cpu.get_capabilities()
    known = any(capabilities.get(name) for name in ("avx512_bf16", "amx_bf16"))
    return "bfloat16" if known else "float32"


def in_precision(precision: Precision, device: str = "cpu") -> torch.autocast:
    """A context in which convolutions and products are computed in a precision."""
    return torch.autocast(device, torch.bfloat16, enabled=precision == "bfloat16")


def epoch_generator(seed: int, epoch: int) -> Generator:
    """What is random in an epoch (0-based), batch by batch; a resumed run draws as an unbroken one does."""
    return Generator().manual_seed(seed * 100_003 + epoch)


def epoch_rng(seed: int, epoch: int, *parts: int) -> np.random.Generator:
    """What is random in a part of an epoch, such as one photo, in whatever order the parts are computed."""
    return np.random.default_rng([seed, epoch, *parts])


def parameter_groups(model: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """The parameters that learn: weights decay; scales, shifts and biases do not."""
    learning = [parameter for parameter in model.parameters() if parameter.requires_grad]
    return [
        {"params": [p for p in learning if p.ndim > 1], "weight_decay": weight_decay},
        {"params": [p for p in learning if p.ndim <= 1], "weight_decay": 0.0},
    ]


def loss_is_no_number(epoch: int, place: int) -> ValueError:
    """What is told of a step, both from 0, after which there is nothing to go on with."""
    return ValueError(
        t(
            "The loss is no number any more in epoch {epoch}, step {number}; a smaller learning rate helps. "
            "What was reached before is kept."
        ).format(epoch=epoch + 1, number=place + 1)
    )


def step(optimizer: torch.optim.Optimizer, loss: Tensor, rate: float) -> None:
    """One step of the optimizer down a loss, at a learning rate."""
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
