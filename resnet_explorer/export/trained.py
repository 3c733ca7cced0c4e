"""A trained network as ONNX or as safetensors, with its classes and its preprocessing inside."""

from __future__ import annotations

import safetensors.torch

from resnet_explorer.export.onnx_file import check_size, onnx_file
from resnet_explorer.recognise import COUNTER
from resnet_explorer.weights.base import Weights, to_metadata
from resnet_explorer.weights.tensors import State


def trained_onnx(weights: Weights, state: State) -> bytes:
    """The ONNX file of a trained network, which puts out the module's logits in evaluation mode.

    Its metadata has what a safetensors file of this library has: label, spec, classes, preprocessing.

    Args:
        weights: what the network is.
        state: its values by torchvision's names; those of float16 become float32.

    Raises:
        ValueError: if it would be too large.
    """
    check_size(weights.spec)
    values = {name: tensor.detach().cpu().float() for name, tensor in state.items() if _is_kept(name)}
    return onnx_file(weights.spec, values, to_metadata(weights))


def trained_file(weights: Weights, state: State) -> bytes:
    """The safetensors file of a trained network, as this library reads it."""
    values = {name: tensor.detach().cpu().contiguous() for name, tensor in state.items() if _is_kept(name)}
    content: bytes = safetensors.torch.save(values, to_metadata(weights))
    return content


def _is_kept(name: str) -> bool:
    """Counters of seen batches stay behind."""
    return not name.endswith(COUNTER)
