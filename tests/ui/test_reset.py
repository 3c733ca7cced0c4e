"""A page is as it was at first by one click, and as it was before by another."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from resnet_explorer.ui.app import reset


def test_a_second_click_on_undo_before_the_button_is_gone_does_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state: dict[str, Any] = {"_reset_undo": ("Blocks", {"x": 1}), "x": 2}
    monkeypatch.setattr(reset, "st", SimpleNamespace(session_state=state))
    reset._undo()
    reset._undo()
    assert state == {"x": 1}
