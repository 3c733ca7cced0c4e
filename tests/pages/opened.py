"""A page of the app as a link opens it."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

APP = str(Path(__file__).parents[2] / "app.py")


def opened(page: str, **link: str) -> AppTest:
    """A page as the very first thing that a session asks for."""
    app = AppTest.from_file(APP, default_timeout=120)
    app.query_params.update(link)
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    return app
