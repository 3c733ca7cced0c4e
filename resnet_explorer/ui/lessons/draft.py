"""A lesson that is being written: by *Add this view* on any page, and as a text."""

from __future__ import annotations

from typing import Final

import streamlit as st

from resnet_explorer.common.i18n import t
from resnet_explorer.lessons.lesson import PLACE, address
from resnet_explorer.lessons.read import HEADING, WORDS
from resnet_explorer.ui.app.url_state import written_link

TEXT: Final = "le_text"
"""Key of the text, which is in no link."""
_HEADING, _WORDS = "_le_heading", "_le_words"


def draft() -> str:
    """The text of the lesson that is being written."""
    return str(st.session_state.setdefault(TEXT, t("# My lesson\n\n45 minutes\n")))


def set_draft(text: str) -> None:
    """Write another one."""
    st.session_state[TEXT] = text


def add_view_input(stem: str) -> None:
    """What makes the open page, as it is, the next step of the lesson that is being written.

    Args:
        stem: of the page.
    """
    st.text_input(
        t("A step of your own: its heading"), key=_HEADING, max_chars=HEADING, persist_state="session"
    )
    st.text_input(t("What you say of it"), key=_WORDS, max_chars=WORDS, persist_state="session")
    st.button(t("Add this view"), key="_le_add", on_click=_add, args=(stem,))
    steps = draft().count("\n## ")
    if steps:
        st.caption(
            t("Steps so far: {count}. Read, change and keep them on *Lessons*, *Write*.").format(count=steps)
        )


def _add(stem: str) -> None:
    state = st.session_state
    link = {name: text for name, text in written_link().items() if name not in PLACE}
    heading, words = (" ".join(str(state.get(key) or "").split()) for key in (_HEADING, _WORDS))
    heading = heading or t("A step")
    step = [f"## {heading}", f"[Open]({address(stem, link)})", words]
    set_draft(draft().rstrip() + "\n\n" + "\n\n".join(part for part in step if part) + "\n")
    state[_HEADING] = state[_WORDS] = ""
