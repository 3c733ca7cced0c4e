"""The app as a server for a class: Streamlit's own, and a route that makes a browser the teacher's."""

from __future__ import annotations

import logging
import os
import secrets
import sys
import threading
from pathlib import Path
from typing import Final

import streamlit as st
from anyio import to_thread
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config

from resnet_explorer.common.i18n import t
from resnet_explorer.common.user_folder import let_visitors_have, own_home
from resnet_explorer.finetune.runs.queue import QUEUE
from resnet_explorer.finetune.runs.store import runs_in
from resnet_explorer.finetune.runs.worker_process import ask_to_stop
from resnet_explorer.serving.class_folder import class_in
from resnet_explorer.serving.classroom import A_DAY, STUDENT, TEACHER, Classroom, open_classroom
from resnet_explorer.serving.large_blocks import give_back_large_blocks
from resnet_explorer.serving.nginx import MESSAGES, prepare
from resnet_explorer.serving.processes import KeptProcess, check_port, free_ports, keep_running
from resnet_explorer.serving.upload_budget import server_share
from resnet_explorer.ui.serving.upload_limits import LimitsUploads
from resnet_explorer.ui.serving.visitor import student_home
from resnet_explorer.ui.session.loaded_networks import trained, warm_up
from resnet_explorer.weights import bundled
from resnet_explorer.weights.catalogue import find

APP: Final = Path(__file__).parents[3] / "app.py"
TEACH: Final = "/teach/"
SWITCH: Final = 0.001
"""Seconds after which a thread lets another one have the interpreter, a fifth of Python's own: with a dozen
scripts under way, the thread that answers the browsers waits for a turn of each."""
THREADS: Final = "OMP_NUM_THREADS"
"""How many cores torch takes; read when it is loaded."""


def class_app(room: Classroom, processes: int = 1) -> st.App:
    """The app with the teacher's route; who asks is told apart from now on.

    Args:
        room: the class.
        processes: that serve it, this one among them.
    """

    async def teach(request: Request) -> Response:
        if not room.is_teacher_link(request.path_params["secret"]):
            return PlainTextResponse(t("This is not the teacher’s link."), status_code=404)
        answer = RedirectResponse("/", status_code=303, headers={"Cache-Control": "no-store"})
        answer.set_cookie(TEACHER, room.teacher_cookie, max_age=A_DAY, httponly=True, samesite="lax")
        return answer

    open_classroom(room)
    let_visitors_have(student_home)
    return st.App(
        APP,
        routes=[Route(TEACH + "{secret}", teach)],
        middleware=[
            Middleware(_NamesStudents, room=room),
            Middleware(LimitsUploads, room=room, most=server_share(processes)),
        ],
    )


class _NamesStudents:
    """Gives each browser a random name, in a cookie that it keeps until it is closed."""

    def __init__(self, app: ASGIApp, room: Classroom) -> None:
        self.app, self.room = app, room

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_new = scope["type"] == "http" and STUDENT not in HTTPConnection(scope).cookies

        async def send_with_name(message: Message) -> None:
            if message["type"] == "http.response.start":
                kind = MutableHeaders(scope=message).get("content-type", "")
                if kind.startswith("text/html"):  # the page comes before all that it asks for
                    named = Response()
                    named.set_cookie(STUDENT, secrets.token_urlsafe(16), httponly=True, samesite="lax")
                    MutableHeaders(scope=message).append("set-cookie", named.headers["set-cookie"])
                    await to_thread.run_sync(self.room.forget_the_gone, stop_runs)
            await send(message)

        await self.app(scope, receive, send_with_name if is_new else send)


def serve_class(room: Classroom, port: int, address: str, processes: int = 1) -> None:
    """Serve until the process is stopped.

    Args:
        room: the class.
        port: to listen on.
        address: of the network card to listen on; "0.0.0.0" for all of them.
        processes: that serve the class, this one among them.
    """
    # All runs of the machine wait in one queue, whosever they are.
    os.environ.setdefault(QUEUE, str(own_home() / "queue"))
    sys.argv = [str(APP)]  # Streamlit looks for its configuration beside what was started
    logging.getLogger("uvicorn.access").disabled = True  # the teacher's link is no line of a log
    sys.setswitchinterval(SWITCH)
    give_back_large_blocks()
    # These take seconds to load, in which nobody else would be answered: before the first visitor comes.
    warm_up("pandas")
    trained(find(bundled.KEY))
    class_app(room, processes).run(
        config={"server.port": port, "server.address": address, "server.headless": True}
    )


def serve_class_in_processes(room: Classroom, port: int, address: str, count: int) -> None:
    """Serve a class by several processes on loopback, and nginx before them, until this one is stopped.

    A process that ends is started again: what its visitors see stays, and goes on when it is there.

    Args:
        room: the class, whose folder lies in the class's.
        port: for nginx to listen on.
        address: of the network card for it.
        count: of the app's processes.

    Raises:
        ValueError: in one sentence, if nginx is not installed, the port is taken, or a process ends
            again and again.
    """
    folder, ports = room.folder.parent, free_ports(count)
    static = Path(st.__file__).with_name("static")
    config._main_script_path = str(APP)  # where Streamlit looks for its configuration
    largest = int(config.get_option("server.maxUploadSize")) + 1  # and what is around a file
    nginx = prepare(folder / "nginx", address, port, ports, static, largest)
    check_port(address, port)
    threads = str(max(1, (os.cpu_count() or 1) // count))
    told = {THREADS: os.environ.get(THREADS, threads)}
    keep_running(
        [
            *(
                KeptProcess(
                    f"Process {number}",
                    [sys.executable, "-m", __name__, str(folder), str(each), str(count)],
                    told,
                )
                for number, each in enumerate(ports, 1)
            ),
            KeptProcess("nginx", nginx, messages=folder / "nginx" / MESSAGES),
        ]
    )


def _serve_one_of_several(folder: Path, port: int, count: int) -> None:
    """What such a process does; it ends when the one that started it does."""

    def end_with_the_other() -> None:
        os.read(sys.stdin.fileno(), 1)  # nothing ever comes but the end
        os._exit(1)

    threading.Thread(target=end_with_the_other, daemon=True).start()
    serve_class(class_in(folder), port, "127.0.0.1", count)


def stop_runs(home: Path) -> None:
    """Ask all runs in somebody's folder to stop."""
    for run in runs_in(home / "runs"):
        if run.alive:
            ask_to_stop(run)


if __name__ == "__main__":
    _serve_one_of_several(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
