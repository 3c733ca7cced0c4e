"""What the server does when a page is run again for ResNet-152, beside a page that counts anew."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from resnet_explorer.ui.app.page_list import OVERVIEW, PAGES, PageEntry
from tests.benchmarks.timing import Row, side_by_side
from tests.framed import keep_frame
from tests.places import APP

COUNTS_ANEW = """
import streamlit as st
import torchinfo
import torchvision

summary = torchinfo.summary(torchvision.models.resnet152(), (1, 3, 224, 224), verbose=0)
st.metric("Parameters", f"{summary.total_params:,}")
st.code(str(summary))
"""


def rows(rounds: int = 7) -> Iterator[Row]:
    """One row a page: the whole run of the script, the harness of AppTest included, in both."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as monkeypatch:
        peer = Path(folder) / "peer.py"
        peer.write_text(COUNTS_ANEW)
        keep_frame(monkeypatch)
        contenders = {page.name: _opened(page).run for page in PAGES}
        contenders["peer"] = AppTest.from_file(str(peer), default_timeout=600).run
        times = side_by_side(contenders, rounds)
    for page in PAGES:
        yield Row(
            f"{page.name}, a rerun for ResNet-152",
            times[page.name],
            "torchvision's resnet152 and torchinfo.summary in each rerun",
            times["peer"],
            "≤ 50 ms",
        )


def _opened(page: PageEntry) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=600)
    app.query_params["net"] = "resnet152"
    # The Overview is at the root: by its file's name each run would be led there first, and count twice.
    return app.run() if page is OVERVIEW else app.switch_page(page.file).run()
