"""Pages are tested inside their frame."""

from __future__ import annotations

import pytest

from tests.framed import keep_frame


@pytest.fixture(autouse=True)
def framed(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_frame(monkeypatch)
