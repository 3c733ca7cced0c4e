"""What can be done with a run: stop, continue, rename, delete."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st

from resnet_explorer.finetune.runs import RunEntry, delete, rename
from resnet_explorer.i18n import t
from resnet_explorer.short_text import as_markdown
from resnet_explorer.ui.run_input import KEY

MOST_EPOCHS: Final = 10_000
"""As many as `Settings` allow."""
LONGEST_NAME: Final = 100
_REFUSAL, _TURN = "_ru_refusal", "_ru_turn"


def show_actions(run: RunEntry) -> None:
    """The buttons, and what was refused of the last one."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if not run.alive:
            _continue(run)
        _rename(run)
        _delete(run)
    refusal = st.session_state.pop(_REFUSAL, None)
    if refusal:
        st.error(refusal)


def _continue(run: RunEntry) -> None:
    """Where it has epochs left, one click; else the question how many more."""
    if len(run.log) < run.story.settings.epochs:
        if st.button(t("Continue"), key="ru_continue", icon=":material/play_arrow:", type="primary"):
            _go_on(run, None)
        return
    all_of_them = run.story.settings.epochs
    if all_of_them >= MOST_EPOCHS:
        return
    with st.popover(t("More epochs"), icon=":material/play_arrow:", key=_key("more")):
        more = st.number_input(
            t("How many more?"), 1, MOST_EPOCHS - all_of_them, 5, key=f"_ru_more_{run.key}"
        )
        if run.story.settings.schedule == "cosine":
            st.caption(t("The learning rate goes on as it would be at this place of the longer run."))
        if st.button(t("Continue"), key="ru_more_go", type="primary"):
            _go_on(run, all_of_them + int(more))


def _go_on(run: RunEntry, epochs: int | None) -> None:
    from resnet_explorer.finetune import background

    try:
        with st.spinner(t("Starting …")):
            background.go_on(run.key, epochs)
    except (ValueError, OSError) as refusal:
        st.session_state[_REFUSAL] = str(refusal)
    _close()
    st.rerun()


def _rename(run: RunEntry) -> None:
    with st.popover(t("Rename"), icon=":material/edit:", disabled=run.alive, key=_key("rename")):
        field = f"_ru_name_{run.key}"
        st.text_input(t("Name"), run.story.label[:LONGEST_NAME], max_chars=LONGEST_NAME, key=field)
        st.button(
            t("Give it this name"),
            key="ru_rename_go",
            type="primary",
            on_click=lambda: _try(lambda: rename(run.key, st.session_state[field])),
        )


def _delete(run: RunEntry) -> None:
    with st.popover(t("Delete"), icon=":material/delete:", disabled=run.alive, key=_key("delete")):
        st.markdown(
            t("**{run}** goes from this machine, and its network from Predict. The photos stay.").format(
                run=as_markdown(run.story.label, 100)
            )
        )
        st.button(
            t("Delete it"),
            key="ru_delete_go",
            type="primary",
            on_click=lambda: _try(lambda: _delete_now(run.key)),
        )


def _delete_now(key: str) -> None:
    delete(key)
    st.session_state.pop(KEY, None)


def _try(action: Callable[[], None]) -> None:
    """Do it, or keep why not for the next run of the page; either way the popover closes."""
    try:
        action()
    except ValueError as refusal:
        st.session_state[_REFUSAL] = str(refusal)
    _close()


def _key(name: str) -> str:
    """A popover of a new key is a closed one."""
    return f"ru_{name}_{st.session_state.get(_TURN, 0)}"


def _close() -> None:
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
