"""ResNet Explorer: residual networks, every shape and number of them, and what they see."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import PRESETS, ResNetSpec, preset

if TYPE_CHECKING:
    from resnet_explorer.explanation.api import explain, predict_photo
    from resnet_explorer.finetune.api import fine_tune
    from resnet_explorer.graph.interactive import draw_graph
    from resnet_explorer.model.resnet import build

__all__ = [
    "PRESETS",
    "ResNetSpec",
    "build",
    "draw_graph",
    "explain",
    "fine_tune",
    "plan",
    "predict_photo",
    "preset",
]

_LATER: Final = {
    "build": "model.resnet",
    "draw_graph": "graph.interactive",
    "explain": "explanation.api",
    "fine_tune": "finetune.api",
    "predict_photo": "explanation.api",
}
"""Where each is that is loaded when it is first asked for: drawing a network never waits for torch."""


def __getattr__(name: str) -> Any:
    """What is loaded late."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)


def __dir__() -> list[str]:
    return __all__
