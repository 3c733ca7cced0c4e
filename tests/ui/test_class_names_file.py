"""A file of class names waits for its checkpoint, however long that is sought."""

from __future__ import annotations

from typing import Any, NoReturn

import pytest
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.testing.v1 import AppTest

from resnet_explorer.ui.weights import weights_input
from resnet_explorer.weights import checkpoint


def page() -> None:
    from resnet_explorer.ui.weights.weights_input import _open_checkpoint

    _open_checkpoint()


@pytest.mark.parametrize(("taken_back", "named"), [(False, b"daisy\nrose"), (True, None)])
def test_the_server_may_let_go_of_it_meanwhile(
    monkeypatch: pytest.MonkeyPatch, taken_back: bool, named: bytes | None
) -> None:
    read = []

    def read_checkpoint(content: bytes, name: str, class_names: bytes | None, **_: Any) -> NoReturn:
        read.append((content, class_names))
        raise ValueError("No network.")

    monkeypatch.setattr(checkpoint, "read_checkpoint", read_checkpoint)
    monkeypatch.setattr(weights_input, "warm_up", lambda _: True)
    at = AppTest.from_function(page, default_timeout=60).run()
    names, _ = at.file_uploader
    names.set_value(("names.txt", b"daisy\nrose", "text/plain")).run()
    held = MemoryUploadedFileManager.get_files

    def without_names(self: MemoryUploadedFileManager, session_id: str, file_ids: list[str]) -> list[Any]:
        return [file for file in held(self, session_id, file_ids) if file.name != "names.txt"]

    monkeypatch.setattr(MemoryUploadedFileManager, "get_files", without_names)
    if taken_back:
        at.file_uploader[0].set_value(None).run()
    at.file_uploader[1].set_value(("network.pth", b"content", "")).run()
    assert not at.exception
    assert read == [(b"content", named)]
    assert at.error[0].value == "No network."
    at.file_uploader[1].set_value(("network.pth", b"other", "")).run()
    assert read[1:] == [(b"other", None)], "they were for the file before"
