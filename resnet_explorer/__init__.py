"""ResNet Explorer: residual networks, every shape and number of them, and what they see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from resnet_explorer.plan import plan
from resnet_explorer.spec import PRESETS, ResNetSpec, preset

if TYPE_CHECKING:
    from resnet_explorer.module import build

__all__ = ["PRESETS", "ResNetSpec", "build", "plan", "preset"]


def __getattr__(name: str) -> Any:
    """Loads torch when `build` is first asked for, so that drawing a network never waits for it."""
    if name == "build":
        from resnet_explorer.module import build

        return build
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
