"""Who asks in the session of this thread, and the folder of what is theirs."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from resnet_explorer.serving.classroom import STUDENT, Role, classroom


def role() -> Role:
    """Of who asks; the owner, where no class is served."""
    room = classroom()
    return "owner" if room is None else room.role(st.context.cookies)


def browser_name() -> str:
    """The random name of the browser that asks; one that takes no cookies has its session's."""
    context = get_script_run_ctx(suppress_warning=True)
    return st.context.cookies.get(STUDENT) or (context.session_id if context else "")


def student_home() -> Path | None:
    """The folder of the student who asks; None for everybody else."""
    room, context = classroom(), get_script_run_ctx(suppress_warning=True)
    if room is None or context is None or role() != "student":
        return None
    # A browser that takes no cookies has its things until the page is loaded again.
    return room.home_of(st.context.cookies.get(STUDENT, context.session_id))


def who_asks() -> Hashable:
    """Who has a turn at long work (`serving.gate`): a student with all their windows, else each window."""
    context = get_script_run_ctx(suppress_warning=True)
    return student_home() or (context and context.session_id)
