"""Uploads of a class pass a budget before Streamlit takes them (`serving.upload_budget`)."""

from __future__ import annotations

from typing import Final

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime import get_instance
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from resnet_explorer.serving.classroom import STUDENT, Classroom
from resnet_explorer.serving.upload_budget import Key, UploadBudget, folder_bytes

PATH: Final = "/_stcore/upload_file/"


class LimitsUploads:
    """Refuses an upload that is too much for its student or the server; the teacher's count, too."""

    def __init__(self, app: ASGIApp, room: Classroom) -> None:
        self.app, self.room = app, room
        self.budget = UploadBudget(room.folder, _held, _forget)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it pass, or answer with a sentence."""
        _, is_upload, names = scope.get("path", "").partition(PATH)
        if scope["type"] != "http" or scope["method"] != "PUT" or not is_upload:
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        session, _, file = names.partition("/")
        length = request.headers.get("content-length", "")
        if not (length.isascii() and length.isdigit()):
            await PlainTextResponse("How large is it?", status_code=411)(scope, receive, send)
            return
        student = request.cookies.get(STUDENT, session)
        try:
            home = self.room.home_of(student) if self.room.role(request.cookies) == "student" else None
            on_disk = await to_thread.run_sync(folder_bytes, home) if home else 0
            with self.budget.taking(student, (session, file), int(length), on_disk):
                await self.app(scope, _no_more_than(int(length), receive), send)
        except ValueError as refusal:
            await PlainTextResponse(str(refusal), status_code=413)(scope, receive, send)


def _no_more_than(length: int, receive: Receive) -> Receive:
    """The body, cut off where it is longer than it was said to be."""
    left = length

    async def bounded() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        return message if left >= 0 else {"type": "http.disconnect"}

    return bounded


def _files() -> MemoryUploadedFileManager | None:
    files = get_instance().uploaded_file_mgr
    return files if isinstance(files, MemoryUploadedFileManager) else None


def _held() -> set[Key]:
    files = _files()
    return (
        {(session, file) for session, held in list(files.file_storage.items()) for file in list(held)}
        if files
        else set()
    )


def _forget(key: Key) -> None:
    if files := _files():
        files.remove_file(*key)
