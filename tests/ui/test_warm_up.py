"""What is exempt from garbage collection for speed keeps no session for good."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from resnet_explorer.ui.session.loaded_networks import warm_up


class Photo:
    """Stands for all that a session has."""


@pytest.fixture
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()
    warm_up.clear()


def page() -> None:
    import streamlit as st

    from resnet_explorer.ui.session.loaded_networks import warm_up
    from tests.ui.test_warm_up import Photo

    st.session_state["photo"] = Photo()
    warm_up("loaded_first")


@pytest.mark.usefixtures("thawed")
def test_a_session_goes_although_a_page_was_loaded_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("loaded_first", "loaded_then"):
        (tmp_path / f"{module}.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    at = AppTest.from_function(page, default_timeout=60).run()
    assert not at.exception
    photo = weakref.ref(at.session_state["photo"])
    del at
    warm_up("loaded_then")
    assert photo() is None
