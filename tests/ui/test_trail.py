"""Back leads to the value that one came from."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from resnet_explorer.ui.inside import trail


def test_back_clicked_twice_before_it_is_locked_leads_back_once(monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, Any] = {"row": 1}
    monkeypatch.setattr(trail, "st", SimpleNamespace(session_state=state))
    trail.remember("bundled", {"row": 1})
    state["row"] = 2
    trail.go_back("bundled")
    trail.go_back("bundled")
    assert state["row"] == 1
    assert not trail.leads_back("bundled")
