"""The tools themselves, asked: each counts the built module, and its figure is held against ours."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Final

import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode
from torchvision.models import get_model_weights

from resnet_explorer.common.i18n import msg
from resnet_explorer.counting.conventions import TOOLS, Tool, tool_count
from resnet_explorer.model.audit import on_meta, summarize
from resnet_explorer.model.resnet import ResNet
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import TORCHVISION_NAMES, ResNetSpec, preset_name

MOST_MACS: Final = 60_000_000_000
"""A tool that runs the network on real numbers is not asked for more: it would take minutes."""

MOST_LAYERS: Final = 8_000
"""Twice ResNet-1202's; each tool takes some milliseconds for a layer, in which others hardly run."""

_asking, _tracing = threading.Lock(), threading.Lock()


@dataclass(frozen=True)
class Answer:
    """What a tool said, beside our count by its convention.

    Attributes:
        tool: who was asked.
        ours: our count of the same network.
        theirs: the tool's figure; None where it was not asked.
        rounded_to: the figure is published in such units.
        note: why there is no figure, or how it was got.
    """

    tool: Tool
    ours: int
    theirs: int | None
    rounded_to: int = 1
    note: str = ""

    @property
    def equal(self) -> bool | None:
        """Whether the two are the same number; None where there is only one."""
        if self.theirs is None:
            return None
        return round(self.ours / self.rounded_to) * self.rounded_to == self.theirs


def ask(spec: ResNetSpec, input_size: tuple[int, int] = (224, 224)) -> tuple[Answer, ...]:
    """Have every tool count the network that can be asked here.

    Raises:
        ValueError: if the input is too small or too large, as `plan`.
    """
    with _asking:  # a class that asks of thirty networks at once would starve the server
        return tuple(_answer(tool, spec, input_size) for tool in TOOLS if tool.key != "paper")


def ask_tool(key: str, spec: ResNetSpec, input_size: tuple[int, int] = (224, 224)) -> int:
    """A tool's own count of the built module, for one image.

    Args:
        key: "torchinfo", "fvcore", "thop" or "torch".
        spec: the network.
        input_size: height and width of the image.
    """
    return _COUNTERS[key](spec, input_size)


def _answer(tool: Tool, spec: ResNetSpec, input_size: tuple[int, int]) -> Answer:
    ours = tool_count(spec, input_size, tool).total
    if tool.key == "tv":
        return Answer(tool, ours, *_published(spec, input_size))
    if tool.key == "ptflops":
        # It puts functions of its own into torch while it counts, for every session of a server.
        return Answer(tool, ours, None, note=msg("asked in the tests only: it changes torch while it counts"))
    if tool.key != "torch" and find_spec(tool.key) is None:
        return Answer(tool, ours, None, note=msg("not installed here"))
    asked = plan(spec, input_size)
    if len(asked.layers) > MOST_LAYERS or (tool.key == "fvcore" and asked.macs > MOST_MACS):
        return Answer(tool, ours, None, note=msg("it runs the network, and this one would take minutes"))
    return Answer(tool, ours, ask_tool(tool.key, spec, input_size))


def _published(spec: ResNetSpec, input_size: tuple[int, int]) -> tuple[int | None, int, str]:
    """The `_ops` that torchvision publishes of a network, in the unit that it rounds to."""
    name = preset_name(spec.with_(stride_in="3x3"))
    if name not in TORCHVISION_NAMES or input_size != (224, 224):
        return None, 1, msg("publishes a figure for its ten networks at 224 × 224")
    published = next(iter(get_model_weights(name))).meta["_ops"]
    return round(published * 1000) * 1_000_000, 1_000_000, msg("as published, in billions with three digits")


def _torchinfo(spec: ResNetSpec, input_size: tuple[int, int]) -> int:
    return int(summarize(spec, input_size).total_mult_adds)


def _flop_counter_mode(spec: ResNetSpec, input_size: tuple[int, int]) -> int:
    model, image = on_meta(spec, input_size)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(image)
    return int(counter.get_total_flops())


def _fvcore(spec: ResNetSpec, input_size: tuple[int, int]) -> int:
    from fvcore.nn import FlopCountAnalysis

    model, image = _of_zeros(spec, input_size)
    with _tracing, warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # of torch.jit, on which it rests
        analysis = FlopCountAnalysis(model, image)
        analysis.unsupported_ops_warnings(False).uncalled_modules_warnings(False)
        return int(analysis.total())


def _thop(spec: ResNetSpec, input_size: tuple[int, int]) -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of distutils, with which it reads torch's version
        from thop import profile

    model, image = on_meta(spec, input_size)
    return int(profile(model, (image,), verbose=False)[0])


def _of_zeros(spec: ResNetSpec, input_size: tuple[int, int]) -> tuple[ResNet, Tensor]:
    """The module and one image in real memory, for a tool that cannot trace without."""
    model, image = on_meta(spec, input_size)
    model = model.to_empty(device="cpu")
    with torch.no_grad():
        for tensor in (*model.parameters(), *model.buffers()):
            tensor.zero_()
    return model, torch.zeros(image.shape)


_COUNTERS: Final[Mapping[str, Callable[[ResNetSpec, tuple[int, int]], int]]] = {
    "torchinfo": _torchinfo,
    "fvcore": _fvcore,
    "thop": _thop,
    "torch": _flop_counter_mode,
}
