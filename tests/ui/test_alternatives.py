"""Every chart and every picture of pixels says what it shows to those who do not see it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.places import ROOT

DRAWN = {"plotly_chart", "image", "svg_inline"}
"""Calls of Streamlit, and of what draws a QR code."""
SAID = {"alt", "aria_label", "title"}


def drawings() -> Iterator[tuple[str, set[str | None]]]:
    """Where something is drawn, and what that is told by name."""
    for folder in ("pages", "resnet_explorer/ui"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
                    continue
                is_part = isinstance(call.func.value, ast.Name) and call.func.value.id == "svg"
                if call.func.attr in DRAWN and not is_part:  # of a picture that has a name itself
                    where = f"{file.relative_to(ROOT)}:{call.lineno}"
                    yield where, {each.arg for each in call.keywords}


def test_each_says_what_it_shows() -> None:
    found = dict(drawings())
    assert len(found) > 15
    assert [where for where, told in found.items() if not told & SAID] == []


def test_no_button_is_a_sign_alone() -> None:
    """Whoever hears the page hears "‹" as nothing, or as "less than"."""
    signs = [
        f"{file.relative_to(ROOT)}:{call.lineno}"
        for folder in ("pages", "resnet_explorer/ui")
        for file in sorted((ROOT / folder).rglob("*.py"))
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
        if call.func.attr in {"button", "popover", "download_button", "link_button"} and call.args
        if isinstance(call.args[0], ast.Constant) and not any(map(str.isalpha, str(call.args[0].value)))
    ]
    assert signs == []
