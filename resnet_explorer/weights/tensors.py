"""Trained values into a network, and out of it into a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import safetensors.torch
import torch
from torch import Tensor

from resnet_explorer.common.atomic_file import whole_or_nothing
from resnet_explorer.common.i18n import t
from resnet_explorer.common.os_error import NOT_READABLE, NOT_WRITTEN, os_error_as
from resnet_explorer.model.resnet import ResNet, build
from resnet_explorer.network.spec import ResNetSpec
from resnet_explorer.weights.recognition.infer_spec import COUNTER

State = Mapping[str, Tensor]


def network_of(spec: ResNetSpec, state: State) -> ResNet:
    """The network of `spec` with the values of `state`, to predict and not to train: no gradients.

    Values of other types become float32. Missing counters of seen batches, which nothing in a
    trained network reads, are filled in by torch as 0.

    Raises:
        ValueError: if a value is missing, left over or of another shape.
    """
    with torch.device("meta"):
        model = build(spec)
    floats = {name: t if name.endswith(COUNTER) else t.float() for name, t in state.items()}
    try:
        model.load_state_dict(floats, strict=True, assign=True)
    except RuntimeError as error:
        first = str(error).splitlines()[1].strip() if "\n" in str(error) else str(error)
        raise ValueError(t("The values do not fit the network: {first}").format(first=first)) from None
    return model.eval().requires_grad_(False)


def read_state(path: Path) -> dict[str, Tensor]:
    """The tensors of a safetensors file.

    Raises:
        ValueError: if the file is damaged.
    """
    try:
        state: dict[str, Tensor] = safetensors.torch.load_file(path)
    except (safetensors.SafetensorError, OSError) as error:
        raise ValueError(t(NOT_READABLE).format(name=path.name, reason=error)) from None
    return state


def halved(state: State) -> dict[str, Tensor]:
    """Matrices and kernels as float16, half the bytes; vectors, such as a norm's, stay float32.

    Raises:
        ValueError: if a value is too large for float16, or no number.
    """
    stored = {}
    for name, tensor in state.items():
        stored[name] = tensor.half() if tensor.ndim > 1 else tensor
        if not stored[name].isfinite().all():
            raise ValueError(t("{name} holds values that float16 cannot.").format(name=name))
    return stored


def state_file(state: State, metadata: Mapping[str, str]) -> bytes:
    """The safetensors file of a network's values, without counters of seen batches, which torch fills in."""
    kept = {
        name: tensor.detach().cpu().contiguous().clone()
        for name, tensor in state.items()
        if not name.endswith(COUNTER)
    }
    content: bytes = safetensors.torch.save(kept, dict(metadata))
    return content


def write_state(path: Path, state: State, metadata: Mapping[str, str]) -> None:
    """Write a safetensors file whole or not at all.

    Raises:
        ValueError: if the folder cannot be written to, or is full.
    """
    content = state_file(state, metadata)
    with os_error_as(NOT_WRITTEN, file=path.name, folder=path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_or_nothing(path) as part:
            part.write_bytes(content)
