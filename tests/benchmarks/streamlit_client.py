"""A browser without a screen: it speaks Streamlit's own protocol, and remembers what it was shown.

As the browser does, it sends the state of its widgets with every click, keeps messages that the server then
only names, and asks again for parts of a page that run by themselves.
"""

from __future__ import annotations

import asyncio
import re
import socket
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from http.client import HTTPResponse
from http.cookiejar import CookieJar
from typing import Any, Self
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import FileUploaderState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

KEPT_RUNS = 2
"""Runs for which a browser keeps a message that was not shown (`global.maxCachedMessageAge`)."""
PATIENCE = 120.0
"""Seconds that an answer may take."""
PART_FINISHED = ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY
XSRF = "_streamlit_xsrf"
"""The cookie that an upload says again."""


@dataclass
class Screen:
    """What a run of the script showed.

    Attributes:
        deltas: elements, each with the part of the page (`st.fragment`) that drew it, in the order of their
            coming; a later one in the same place follows the earlier one.
    """

    deltas: list[Any] = field(default_factory=list)

    @property
    def elements(self) -> list[Any]:
        return [delta.new_element for delta in self.deltas]

    def markdown(self) -> list[str]:
        return [
            element.markdown.body for element in self.elements if element.WhichOneof("type") == "markdown"
        ]

    def component_data(self, key: str) -> str:
        """The JSON of the component of that key; "" where there is none."""
        found = ""
        for element in self.elements:
            if element.WhichOneof("type") == "bidi_component":
                component = element.bidi_component
                if component.id.endswith(f"-{key}"):
                    found = component.json or component.mixed.json
        return found

    def widget(self, key: str) -> Any:
        """The widget of that key, which may have a number behind (`ui.widgets.popover`)."""
        return self._found(key)[0]

    def part_of(self, key: str) -> str:
        """The part of the page that drew the widget of that key; "" for the page itself."""
        return self._found(key)[1]

    def of_parts(self, parts: Collection[str]) -> list[Any]:
        """What these parts of the page drew."""
        return [delta for delta in self.deltas if delta.fragment_id in parts]

    def forget(self, deltas: Collection[Any]) -> None:
        """These were drawn anew."""
        self.deltas = [delta for delta in self.deltas if not any(delta is each for each in deltas)]

    def _found(self, key: str) -> tuple[Any, str]:
        for delta in reversed(self.deltas):
            element = delta.new_element
            widget = getattr(element, element.WhichOneof("type") or "", None)
            if re.search(rf"-{re.escape(key)}(_\d+)?$", getattr(widget, "id", "")):
                return widget, delta.fragment_id
        raise LookupError(f"no widget {key} on the page")

    @property
    def exceptions(self) -> list[str]:
        return [e.exception.message for e in self.elements if e.WhichOneof("type") == "exception"]


class Visitor:
    """One browser on one page; `async with Visitor(address) as visitor: await visitor.open("predict")`.

    Attributes:
        screen: what the last run showed.
        query: the link that the page is at.
        processes: of the server that answered, where it tells their names; of one visitor it is one.
        polls: seconds that parts of the page took that asked by themselves.
    """

    def __init__(self, address: str, heard: Callable[[bytes], None] = lambda message: None) -> None:
        """
        Args:
            address: of the server's root, without a slash behind.
            heard: gets every message of the server as it comes.
        """
        self.address, self.heard = address, heard
        self.screen = Screen()
        self.query = ""
        self._page = self._path = ""
        self._socket: ClientConnection | None = None
        self._session = ""
        self.processes: set[str] = set()
        self.polls: list[float] = []
        self._cookies = CookieJar()
        self._browser = build_opener(HTTPCookieProcessor(self._cookies))
        self._widgets: dict[str, WidgetState] = {}
        self._known: dict[str, tuple[int, ForwardMsg]] = {}
        self._runs = 0
        self._timers: dict[str, asyncio.Task[None]] = {}
        self._run: Screen | None = None
        self._stale: list[Any] = []  # of a part that is drawn anew: a browser shows it until that is done
        self._finished, self._part_finished = asyncio.Event(), asyncio.Event()
        self._one_part = asyncio.Lock()
        self._urls: asyncio.Queue[Any] = asyncio.Queue()
        self._listener: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in (*self._timers.values(), self._listener):
            if task:
                task.cancel()
        if self._socket:
            await self._socket.close()

    @property
    def _cookie(self) -> str:
        return "; ".join(f"{each.name}={each.value}" for each in self._cookies)

    async def load(self, path: str = "") -> None:
        """What a browser fetches before it speaks: the page, and the scripts and styles that it names.

        Args:
            path: of the page; the teacher's leads on to the first one.
        """

        def fetch() -> None:
            page = self._fetched(Request(f"{self.address}/{path.lstrip('/')}"))[1].decode()
            self.processes.clear()  # before there was a cookie, any of them may have answered
            for part in ("_stcore/health", "_stcore/host-config"):
                self._fetched(Request(f"{self.address}/{part}"))
            for part in re.findall(r'(?:src|href)="\./(static/[^"]+\.(?:js|css))"', page):
                self._fetched(Request(f"{self.address}/{part}"))

        await asyncio.to_thread(fetch)

    def _fetched(self, request: Request) -> tuple[int, bytes]:
        """The status and the body of an answer; cookies are sent and kept."""
        answer: HTTPResponse
        with self._browser.open(request, timeout=120) as answer:
            self._note_process(answer.headers.get("Process"))
            return answer.status, answer.read()

    def _note_process(self, name: str | None) -> None:
        if name:
            self.processes.add(name)

    async def open(self, page: str = "", **link: str) -> float:
        """Come to a page, or go to another; returns the seconds until it is there."""
        if self._socket is None:
            if not len(self._cookies):
                await self.load()
            stream = self.address.replace("http", "ws", 1) + "/_stcore/stream"
            self._socket = await connect(
                stream, additional_headers={"Cookie": self._cookie}, max_size=None, open_timeout=120
            )
            assert self._socket.response
            self._note_process(self._socket.response.headers.get("Process"))
            self._listener = asyncio.create_task(self._listen(self._socket))
        self.query, self._path, self._page = urlencode(link), page, ""
        return await self._ask()

    async def choose(self, key: str, option: int | str) -> float:
        """Choose an option of a list or of a row of buttons; returns the seconds until the page is there."""
        widget = self.screen.widget(key)
        state = WidgetState(id=widget.id)
        names = [getattr(each, "content", each) for each in widget.options]
        name = names[option % len(names)] if isinstance(option, int) else option
        if name not in names:
            raise LookupError(f"{key} has no option {name}")
        if widget.DESCRIPTOR.name == "ButtonGroup":
            state.string_array_value.data.append(name)
        else:
            state.string_value = name
        part = self.screen.part_of(key)
        return await (self._ask_part(part, state) if part else self._ask(state))

    async def click(self, key: str) -> float:
        """Click a button; returns the seconds until the page is there."""
        return await self._ask(WidgetState(id=self.screen.widget(key).id, trigger_value=True))

    async def upload(self, key: str, name: str, content: bytes) -> float:
        """Give a file to an uploader; returns the seconds until the page is there."""
        start, widget = time.perf_counter(), self.screen.widget(key)
        urls = await self.place_for(name)
        await asyncio.to_thread(self.put, urls.upload_url, name, content)
        state = WidgetState(id=widget.id)
        info = FileUploaderState().uploaded_file_info.add()
        info.name, info.size, info.file_id = name, len(content), urls.file_id
        info.file_urls.CopyFrom(urls)
        state.file_uploader_state_value.uploaded_file_info.append(info)
        await self._ask(state)
        return time.perf_counter() - start

    async def place_for(self, name: str) -> Any:
        """Where the server wants a file: its `upload_url`, and others."""
        request = BackMsg()
        request.file_urls_request.request_id = name
        request.file_urls_request.session_id = self._session
        request.file_urls_request.file_names.append(name)
        await self._send(request)
        return (await self._urls.get()).file_urls[0]

    def put(self, path: str, name: str, content: bytes) -> int:
        """Upload a file to where the server said; returns the status.

        Raises:
            urllib.error.HTTPError: if it is refused.
        """
        body, headers = self._form(name, content)
        return self._fetched(Request(self.address + path, body, headers, method="PUT"))[0]

    def break_off(self, path: str, name: str, claimed: int) -> None:
        """Begin to upload a file that is said to have so many bytes, send a few, and be gone."""
        body, headers = self._form(name, bytes(100_000))
        server = self.address.rpartition("/")[2]
        lines = [f"PUT {path} HTTP/1.1", f"Host: {server}", f"Content-Length: {claimed}"]
        lines += [f"{key}: {value}" for key, value in (headers | {"Cookie": self._cookie}).items()]
        host, _, port = server.partition(":")
        with socket.create_connection((host, int(port)), 60) as connection:
            connection.sendall("\r\n".join((*lines, "", "")).encode() + body[:50_000])

    def _form(self, name: str, content: bytes) -> tuple[bytes, dict[str, str]]:
        """The body of an upload and what is said of it."""
        edge = "a-file-of-a-benchmark"
        head = (
            f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        headers = {
            "Content-Type": f"multipart/form-data; boundary={edge}",
            "X-Xsrftoken": next((each.value or "" for each in self._cookies if each.name == XSRF), ""),
        }
        return head.encode() + content + f"\r\n--{edge}--\r\n".encode(), headers

    async def _ask(self, changed: WidgetState | None = None) -> float:
        """Run the script and wait for its end; what it shows is the screen from then on."""
        start = time.perf_counter()
        self._run = None
        self._finished.clear()
        if changed:
            self._widgets[changed.id] = changed
        await self._send(self._rerun())
        if changed and changed.trigger_value:
            del self._widgets[changed.id]
        await self._wait_for(self._finished)
        return time.perf_counter() - start

    async def _ask_part(self, part: str, changed: WidgetState | None = None) -> float:
        """Run one part of the page, which asks by itself or in which something was changed."""
        start = time.perf_counter()
        async with self._one_part:  # else the end of one would be taken for that of the other
            self._part_finished.clear()
            if changed:
                self._widgets[changed.id] = changed
            await self._send(self._rerun(part, is_auto=changed is None))
            await self._wait_for(self._part_finished)
        return time.perf_counter() - start

    async def _wait_for(self, event: asyncio.Event) -> None:
        assert self._listener
        end = asyncio.ensure_future(event.wait())
        await asyncio.wait((end, self._listener), timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        if self._listener.done():
            self._listener.result()
            raise ConnectionError("the server closed the connection")
        if not end.done():
            raise TimeoutError(f"no answer in {PATIENCE:.0f} s")

    def _rerun(self, fragment: str = "", *, is_auto: bool = False) -> BackMsg:
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_script_hash, state.page_name = self.query, self._page, self._path
        state.fragment_id, state.is_auto_rerun = fragment, is_auto
        state.widget_states.widgets.extend(self._widgets.values())
        state.cached_message_hashes.extend(self._known)
        state.context_info.locale = "en"
        return message

    async def _send(self, message: BackMsg) -> None:
        assert self._socket
        await self._socket.send(message.SerializeToString())

    async def _listen(self, socket: ClientConnection) -> None:
        async for raw in socket:
            assert isinstance(raw, bytes)
            self.heard(raw)
            message = ForwardMsg.FromString(raw)
            if message.metadata.cacheable:
                self._known[message.hash] = (self._runs, message)
            if message.WhichOneof("type") == "ref_hash":
                message = self._known[message.ref_hash][1]
                self._known[message.hash] = (self._runs, message)
            self._take(message)

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            target = self._run or self.screen
            target.deltas.append(message.delta)
        elif kind == "new_session":
            session = message.new_session
            self._session = session.initialize.session_id
            self._stale = self.screen.of_parts(set(message.metadata.run.fragment_ids))
            if not message.metadata.run.fragment_ids:
                self._page = session.page_script_hash
                self._run = Screen()
                for timer in self._timers.values():
                    timer.cancel()
                self._timers.clear()
        elif kind == "navigation":
            self._page = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "auto_rerun":
            found = message.auto_rerun
            task = asyncio.create_task(self._again(found.fragment_id, found.interval))
            self._timers[found.fragment_id] = task
        elif kind == "file_urls_response":
            self._urls.put_nowait(message.file_urls_response)
        elif kind == "script_finished" and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
            self._end_run()
        elif kind == "script_finished" and message.script_finished == PART_FINISHED:
            self.screen.forget(self._stale)
            self._part_finished.set()

    def _end_run(self) -> None:
        if self._run is None:
            return
        self.screen, self._run = self._run, None
        self._runs += 1
        self._known = {key: kept for key, kept in self._known.items() if self._runs - kept[0] <= KEPT_RUNS}
        self._finished.set()
        self._part_finished.set()  # a part may ask for the whole page

    async def _again(self, fragment: str, interval: float) -> None:
        while True:
            await asyncio.sleep(interval)
            self.polls.append(await self._ask_part(fragment))
