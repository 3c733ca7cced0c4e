"""AppTest as a server runs this app: `app.py` first, and the page inside it."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1.element_tree import ElementList

components_of_packages = cache(manifest_scanner.scan_component_manifests)


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


def look_through_packages_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let AppTest read only once which of all installed packages bring components.

    It does so for every app that it makes, which takes longer than most of our pages.
    """
    monkeypatch.setattr(manifest_scanner, "scan_component_manifests", components_of_packages)


def find_in_popovers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let AppTest find a widget in a popover by the key of its value, which may have got a number behind."""
    find = ElementList.__call__

    def find_numbered(self: Any, key: str) -> Any:
        try:
            return find(self, key)
        except KeyError:
            numbered = (each for each in self if re.fullmatch(rf"{re.escape(key)}_\d+", each.key or ""))
            return next(numbered, None) or find(self, key)

    monkeypatch.setattr(ElementList, "__call__", find_numbered)
