"""Who asks in the session of this thread, and the folder of what is theirs."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Final

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from resnet_explorer.serving.classroom import STUDENT, TEACHER, Role, classroom

MOST: Final = 1_000
"""Sessions whose cookies are kept for when their connection breaks."""
_kept: Final[OrderedDict[str, Mapping[str, str]]] = OrderedDict()
_keeping: Final = threading.Lock()


def role() -> Role:
    """Of who asks; the owner, where no class is served."""
    room = classroom()
    return "owner" if room is None else room.role(_cookies())


def browser_name() -> str:
    """The random name of the browser that asks; one that takes no cookies has its session's."""
    context = get_script_run_ctx(suppress_warning=True)
    return _cookies().get(STUDENT) or (context.session_id if context else "")


def student_home() -> Path | None:
    """The folder of the student who asks; None for everybody else."""
    room, context = classroom(), get_script_run_ctx(suppress_warning=True)
    if room is None or context is None or role() != "student":
        return None
    # A browser that takes no cookies has its things until the page is loaded again.
    return room.home_of(_cookies().get(STUDENT, context.session_id))


def who_asks() -> Hashable:
    """Who has a turn at long work (`serving.gate`): a student with all their windows, else each window."""
    context = get_script_run_ctx(suppress_warning=True)
    return student_home() or (context and context.session_id)


def _cookies() -> Mapping[str, str]:
    """The browser's by which it is known; those of before while its connection is broken.

    A phone that sleeps breaks it. What is computed for it goes on for a while, and is to find its folder.
    """
    context = get_script_run_ctx(suppress_warning=True)
    sent = st.context.cookies
    if context is None:
        return sent
    session = context.session_id
    with _keeping:
        if runtime.exists() and runtime.get_instance().get_client(session) is None:
            return _kept.get(session, {})
        known = {name: sent[name] for name in (TEACHER, STUDENT) if name in sent}
        _kept[session] = known
        _kept.move_to_end(session)
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return known
