"""Whether a browser gives the page a camera, by the page's address."""

from __future__ import annotations

import pytest
import streamlit as st

from resnet_explorer.ui.photos.photo_input import has_camera


@pytest.mark.parametrize(
    ("address", "has"),
    [
        ("http://localhost:8501/predict", True),
        ("http://127.0.0.1:8501/", True),
        ("https://school.example/predict", True),
        ("http://192.168.1.20:8501/predict", False),
        (None, True),
    ],
)
def test_without_https_only_this_machine_has_a_camera(
    address: str | None, has: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(st.context), "url", address)
    assert has_camera() is has
