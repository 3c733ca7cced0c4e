"""Uploaded files, whose bytes the server keeps for as long as the session lasts, unless told."""

from __future__ import annotations

from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile


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
        context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)


def read_once(file: UploadedFile) -> bytes:
    """The bytes of a file, which is empty from then on."""
    content = file.getvalue()
    file.close()
    return content
