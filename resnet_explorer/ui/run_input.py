"""The choice of a run, the same on all pages that look at one."""

from __future__ import annotations

import streamlit as st

from resnet_explorer.finetune.run_rows import labels_of, newest_first
from resnet_explorer.finetune.runs import RunEntry, runs
from resnet_explorer.i18n import t
from resnet_explorer.ui.frame import page_link
from resnet_explorer.ui.linked import linked, one_of, write
from resnet_explorer.ui.pages import TRAIN

KEY = "ru_run"


def run_input() -> RunEntry | None:
    """Draw the menu, the newest run first.

    Returns:
        The chosen run; None where there is none yet, after a sentence with the way to the first.
    """
    known = known_runs()
    if not known:
        say_none()
        return None
    chosen = chosen_run(known)
    labels = labels_of(known)
    st.session_state[KEY] = chosen.key  # the browser knows a run by its name, which may be another by now
    st.selectbox(t("Run"), list(labels), format_func=labels.__getitem__, key=KEY, persist_state="session")
    return chosen


def known_runs() -> list[RunEntry]:
    """All runs of this machine, the newest first."""
    return newest_first(runs())


def say_none() -> None:
    """That nothing was trained yet, and where that is done."""
    st.info(t("Nothing was trained on this machine yet."))
    page_link(TRAIN, t("Train a network on your own photos"))


def chosen_run(known: list[RunEntry]) -> RunEntry:
    """The run that the link or the session says, or the newest; what the link says of others is told."""
    by_key = {run.key: run for run in known}
    key = linked(KEY, known[0].key, one_of(by_key))
    write(KEY, key)  # on another day the newest is another one
    return by_key[key]
