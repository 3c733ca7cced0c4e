"""A web server of a test's own, on this machine, that can also go wrong."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class LocalServer:
    """What it answers to a path, and what it was asked."""

    url: str
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def serve(self, name: str, answer: Answer) -> str:
        """Answer to a name from now on; returns its address."""
        self.answers[f"/{name}"] = answer
        return f"{self.url}/{name}"


@contextmanager
def local_server() -> Iterator[LocalServer]:
    """A server on a free port, until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            local.asked.append(self.path)
            local.answers.get(self.path, status(404))(self)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    local = LocalServer(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield local
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def complete(content: bytes) -> Answer:
    """All of it, its length told first."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        _head(request, len(content))
        request.wfile.write(content)

    return answer


def cut_off(content: bytes, sent: int) -> Answer:
    """The length of all, then the first `sent` bytes, then nothing: the connection closes."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        _head(request, len(content))
        request.wfile.write(content[:sent])

    return answer


def silent(seconds: float) -> Answer:
    """Nothing, for that long."""
    return lambda _: time.sleep(seconds)


def status(code: int) -> Answer:
    """An error by its number."""
    return lambda request: request.send_error(code)


def _head(request: BaseHTTPRequestHandler, length: int) -> None:
    request.send_response(200)
    request.send_header("Content-Length", str(length))
    request.end_headers()
