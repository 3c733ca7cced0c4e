"""Uploads of a class pass a budget before Streamlit takes them (`serving.upload_budget`)."""

from __future__ import annotations

from typing import Final

from anyio import fail_after, to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime import get_instance
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from resnet_explorer.common.i18n import best_language, speaking
from resnet_explorer.serving.classroom import STUDENT, Classroom
from resnet_explorer.serving.upload_budget import Key, UploadBudget, folder_bytes
from resnet_explorer.ui.widgets.uploads import taken

PATH: Final = "/_stcore/upload_file/"
SILENCE: Final = 60.0
"""Seconds without a word after which an upload has broken off: a network that is gone says no goodbye."""


class LimitsUploads:
    """Refuses an upload that is too much for its student or the server; the teacher's count, too."""

    def __init__(self, app: ASGIApp, room: Classroom, most: int) -> None:
        """
        Args:
            app: that takes uploads.
            room: the class.
            most: bytes of all uploads that are held.
        """
        self.app, self.room = app, room
        self.budget = UploadBudget(room.folder, _held, _forget, most)

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
            # The page of who uploads says in which language it is (`ui.app.upload_trouble`).
            with (
                speaking(best_language([request.headers.get("accept-language")])),
                self.budget.taking(student, (session, file), int(length), on_disk),
            ):
                await self.app(scope, _bounded(int(length), receive), send)
        except ValueError as refusal:
            await PlainTextResponse(str(refusal), status_code=413)(scope, receive, send)
        except ClientDisconnect:  # the page tells it, and nothing of the file is held
            await PlainTextResponse("It broke off.", status_code=408)(scope, receive, send)


def _bounded(length: int, receive: Receive) -> Receive:
    """The body, cut off where it is longer than it was said to be, or does not go on."""
    left = length

    async def bounded() -> Message:
        nonlocal left
        try:
            with fail_after(SILENCE):
                message = await receive()
        except TimeoutError:
            return {"type": "http.disconnect"}
        left -= len(message.get("body", b""))
        return message if left >= 0 else {"type": "http.disconnect"}

    return bounded


def _files() -> MemoryUploadedFileManager | None:
    files = get_instance().uploaded_file_mgr
    return files if isinstance(files, MemoryUploadedFileManager) else None


def _held() -> set[Key]:
    """What Streamlit holds for pages to come, and what pages hold."""
    files = _files()
    stored = list(files.file_storage.items()) if files else []
    return taken() | {(session, file) for session, held in stored for file in list(held)}


def _forget(key: Key) -> None:
    if files := _files():
        files.remove_file(*key)
