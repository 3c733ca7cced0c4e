"""AppTest as a server runs this app: `app.py` first, and the page inside it."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.runtime.pages_manager import PagesManager


def keep_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let AppTest run `app.py` before the page in every run, as a server does after its first.

    AppTest forgets between two runs that the app has `st.navigation`, takes the `pages/` folder for
    the app's pages, and starts every run with a bare page.
    """
    start = PagesManager.__init__

    def start_framed(self: PagesManager, *args: Any, **kwargs: Any) -> None:
        start(self, *args, **kwargs)
        PagesManager.uses_pages_directory = False

    monkeypatch.setattr(PagesManager, "__init__", start_framed)
