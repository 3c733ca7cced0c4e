"""Which network of its shapes a live module is: it can be run, as no file can, and held against each.

Strides, dilation, pooling, activations and the ε of norms leave no tensor: of a file they are assumed, or
told by its norms (`recognise_by_norms`). A module shows them by what it makes of an image.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import chain
from typing import Final

import torch
from torch import Tensor, nn

from resnet_explorer.common.i18n import t
from resnet_explorer.model.resnet import ResNet
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import ResNetSpec
from resnet_explorer.weights.reading.name_schemes import prefixes
from resnet_explorer.weights.reading.saved_network import SavedNetwork
from resnet_explorer.weights.recognition.alternatives import alternatives
from resnet_explorer.weights.recognition.input_forms import input_forms
from resnet_explorer.weights.tensors import network_of

CLOSE, COARSELY_CLOSE = 1e-3, 0.1
"""Of the largest number: how far a network may be from itself, summed in another order; and in fewer bits
than float32's. Of another stride or pooling it is at 0.1 and more, of an ε of 0.001 at about 0.01."""
MOST_MACS: Final = 50_000_000_000
"""Of one image; a larger module is read from its values alone."""


def network_that_runs_so(module: nn.Module, saved: SavedNetwork, spec: ResNetSpec) -> ResNetSpec | None:
    """The network of a module's shapes that makes of an image what the module does.

    Args:
        module: it is run in evaluation mode, without gradients, and left as it is.
        saved: the values that were found in it.
        spec: the most common network of these shapes, or the module's own.

    Returns:
        None where nothing tells: it takes no image of the usual size, or puts out nothing of a network's.

    Raises:
        ValueError: if it puts out other logits, or another map, than every network of these shapes.
    """
    if plan(spec, spec.natural_size).macs > MOST_MACS:
        return None
    image = torch.randn(1, spec.in_channels, *spec.natural_size, generator=torch.Generator().manual_seed(0))
    inner, before = _part_with_network(module, saved)
    found = _output(inner, image)
    if found is not None:
        if match := _match(found, spec, saved, [image]):
            return match
        if _is_answer(found, spec, has_head=saved.names.get("fc.weight", " ").startswith(before)):
            if match := _match(found, spec, saved, list(_in_forms(image))):
                return match
            raise ValueError(
                t(
                    "It puts out other numbers than every network that can be built here from its values: "
                    "its strides, dilation, pooling, activations or the ε of its norms are others, or it "
                    "changes the image first."
                )
            )
    outer = None if inner is module else _output(module, image)
    return None if outer is None else _match(outer, spec, saved, [image])


def _networks_of_shapes(spec: ResNetSpec) -> Iterator[ResNetSpec]:
    """All networks whose values have the names and shapes of this one's, this one first."""
    found = dict.fromkeys((spec, *alternatives(spec)))
    yield from found
    if spec.norm == "none":  # which leaves no tensor of the order, either
        other = "post" if spec.activation == "pre" else "pre"
        yield from (each.with_(activation=other) for each in found)


def _part_with_network(module: nn.Module, saved: SavedNetwork) -> tuple[nn.Module, str]:
    """The part of a module that holds the network, and what stands before the names in it."""
    first = saved.names["conv1.weight"]
    before = max(
        (each for each in prefixes(module.state_dict()) if first.startswith(each)), key=len, default=""
    )
    return (module.get_submodule(before[:-1]) if before else module), before


def _in_forms(image: Tensor) -> Iterator[Tensor]:
    """An image as networks get it that subtract a mean and divide themselves."""
    forms = (form for form in input_forms(image.shape[1]) if not form.reverses)
    for form in forms:
        mean, std = (
            torch.tensor(values[: image.shape[1]]).view(-1, 1, 1) for values in (form.mean, form.std)
        )
        yield (image - mean) / std


@torch.no_grad()
def _output(module: nn.Module, image: Tensor) -> Tensor | None:
    """What a module makes of an image, in float32; None where it takes none, or puts out no tensor."""
    first = next(chain(module.parameters(), module.buffers()))
    try:
        with _evaluating(module), _in_full(first.device):
            found = module(image.to(first.device, first.dtype))
    except Exception:  # the forward of others may want anything, and raise whatever it likes
        return None
    for name in ("logits", "last_hidden_state"):  # Hugging Face's
        found = getattr(found, name, found)
    if not isinstance(found, Tensor) or found.ndim not in (2, 4) or not found.isfinite().all():
        return None
    found = found.float().cpu()
    return found.flatten(1) if found.shape[2:] == (1, 1) else found


def _in_full(device: torch.device) -> AbstractContextManager[None]:
    """Convolutions in float32: a GPU's are in TF32 unless told, whose ten bits are too few to compare."""
    if device.type != "cuda":
        return nullcontext()
    flags: AbstractContextManager[None] = torch.backends.cudnn.flags(enabled=True, allow_tf32=False)
    return flags


@contextmanager
def _evaluating(module: nn.Module) -> Iterator[None]:
    before = {each: each.training for each in module.modules()}
    module.eval()
    try:
        yield
    finally:
        for each, mode in before.items():
            each.training = mode


@torch.no_grad()
def _match(
    found: Tensor, spec: ResNetSpec, saved: SavedNetwork, images: Sequence[Tensor]
) -> ResNetSpec | None:
    """The first network of a spec's shapes that makes what was found of one of the images."""
    is_full = saved.state["conv1.weight"].dtype in (torch.float32, torch.float64)
    close = CLOSE if is_full else COARSELY_CLOSE
    for each in _networks_of_shapes(spec):
        network = network_of(each, saved.state)
        outputs = (output for image in images for output in _outputs(network, image))
        if any(_are_close(found, output, close) for output in outputs):
            return each
    return None


def _outputs(network: ResNet, image: Tensor) -> Iterator[Tensor]:
    """All that a module with this network in it may put out."""
    features = network.relu_last(network.bn_last(network.stage_outputs(image)[-1]))
    pooled = features.mean(dim=(2, 3))
    if network.spec.include_top:
        logits = network.fc(pooled)
        yield from (logits, logits.softmax(dim=1), logits.log_softmax(dim=1))
    yield from (pooled, features)


def _are_close(one: Tensor, other: Tensor, close: float) -> bool:
    return one.shape == other.shape and float((one - other).abs().max()) <= close * float(other.abs().max())


def _is_answer(found: Tensor, spec: ResNetSpec, *, has_head: bool) -> bool:
    """Whether a module puts out what its network does, and nothing that was made of that."""
    if found.ndim == 2:
        return has_head and spec.include_top and found.shape[1] == spec.num_classes
    return found.shape[1] == plan(spec, spec.natural_size).stages[-1].out_shape[0]
