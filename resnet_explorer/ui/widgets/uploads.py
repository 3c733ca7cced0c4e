"""Uploaded files, whose bytes the server keeps for as long as the session lasts, unless told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Final
from weakref import WeakValueDictionary

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from resnet_explorer.serving.upload_budget import Key

_taken: Final[WeakValueDictionary[Key, UploadedFile]] = WeakValueDictionary()
_noting: Final = threading.Lock()


def emptied(key: str, take: Callable[[list[UploadedFile]], None]) -> dict[str, Any]:
    """What makes an uploader or a camera hand on what comes and be empty again: `**emptied("p_own", take)`.

    Leave its file types open: a wrong one would be an error on the whole page, where we have a sentence.

    Args:
        key: names it; the widget's own key has a number behind, for an emptied widget is a new one.
        take: takes the files before the page is drawn; the server forgets them then.
    """
    number = f"_{key}_number"
    widget = f"{key}_{st.session_state.get(number, 0)}"

    def come() -> None:
        files = arrived(st.session_state.get(widget))
        if files:
            take(files)
            let_go(files)
            st.session_state[number] = st.session_state.get(number, 0) + 1

    return {"key": widget, "on_change": come}


def arrived(value: object) -> list[UploadedFile]:
    """The files of an uploader's value that the server holds.

    When a run is interrupted, the next one is told again of the uploads of the one before, and then
    finds some that were let go already.
    """
    files = value if isinstance(value, list) else [value]
    return [file for file in files if isinstance(file, UploadedFile)]


def let_go(files: list[UploadedFile]) -> None:
    """Let the server forget files; who holds one of them can still read it.

    For the callback of an uploader that is emptied afterwards. Streamlit frees an upload when its
    browser says so, which one that has closed the page never does.
    """
    context = get_script_run_ctx()
    if context is None or not isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        return
    for file in files:
        with _noting:
            _taken[context.session_id, file.file_id] = file
        context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)


def taken() -> set[Key]:
    """The files that pages took and hold still: their bytes are in memory until they are read or dropped."""
    with _noting:
        return {key for key, file in _taken.items() if not file.closed}


def read_once(file: UploadedFile) -> bytes:
    """The bytes of a file, which is empty from then on."""
    content = file.getvalue()
    file.close()
    return content
