"""Photos that wait for the network are in memory, and count as uploads of their student until then."""

from __future__ import annotations

import io
import zipfile

import pytest
from streamlit.testing.v1 import AppTest

from resnet_explorer.photos.samples import sample_bytes
from resnet_explorer.ui.widgets.uploads import taken


def page() -> None:
    from resnet_explorer.ui.batch.photos_input import photos_input

    photos_input("files")


def two_in_one() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for name in "ab":
            packed.writestr(f"{name}.png", sample_bytes("cat"))
    return file.getvalue()


@pytest.mark.parametrize("name", ["cat.png", "cats.zip"])
def test_what_waits_is_held_until_it_is_read(name: str) -> None:
    before = taken()
    at = AppTest.from_function(page, default_timeout=60).run()
    content = two_in_one() if name.endswith(".zip") else sample_bytes("cat")
    at.file_uploader[0].set_value([(name, content, "")]).run()
    assert not at.exception
    assert len(taken() - before) == 1
    entries = at.session_state["_mp_came"]
    assert [entry.read() for entry in entries] == [sample_bytes("cat")] * len(entries)
    del at.session_state["_mp_came"]
    at.run()
    entries.clear()
    assert taken() <= before
