"""Clicks on the parts of a picture, told to the page before anything is drawn, as the browser tells them."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from resnet_explorer.ui.app import head as page_head


def clicks_on(monkeypatch: pytest.MonkeyPatch, *views: ModuleType) -> Callable[[AppTest, str, str], AppTest]:
    """A click on the page: the picture's key, the part's. Asked for before the page is opened.

    Args:
        monkeypatch: undoes it.
        views: the modules that draw the pictures with `show_svg`.
    """
    clicks: list[tuple[str, str]] = []
    told: dict[str, Any] = {}
    draw_head = page_head.head

    def keeping(draw: Any) -> Any:
        def keep(svg: str, key: str, on_pick: Any = None, **more: Any) -> None:
            told[key] = on_pick
            draw(svg, key, on_pick, **more)

        return keep

    def head_after_click(name: str) -> Any:
        if clicks:
            key, part = clicks.pop()
            told[key](part)
        return draw_head(name)

    for view in views:
        monkeypatch.setattr(view, "show_svg", keeping(view.show_svg))  # type: ignore[attr-defined]
    monkeypatch.setattr(page_head, "head", head_after_click)

    def click(page: AppTest, key: str, part: str) -> AppTest:
        clicks.append((key, part))
        return page.run()

    return click
