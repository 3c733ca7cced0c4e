"""Pages are tested inside their frame."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st

from resnet_explorer.weights import bundled
from tests.framed import find_in_popovers, keep_frame, look_through_packages_once


@pytest.fixture(autouse=True)
def framed(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_frame(monkeypatch)
    find_in_popovers(monkeypatch)
    look_through_packages_once(monkeypatch)


@pytest.fixture(autouse=True)
def what_is_loaded_is_no_garbage() -> None:
    """After each run of a page Streamlit looks through all objects: those of before are passed over."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def fresh_server(temporary_home: Path) -> Iterator[Path]:
    """A server that has just started on a machine that keeps nothing: the folder of what it will keep."""
    st.cache_resource.clear()
    yield temporary_home
    st.cache_resource.clear()


@pytest.fixture
def bundled_file(fresh_server: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where `bundled_network.bundle` puts a network in place of the one that is shipped."""
    monkeypatch.setattr(bundled, "FILE", tmp_path / "network.safetensors")
    return bundled.FILE
