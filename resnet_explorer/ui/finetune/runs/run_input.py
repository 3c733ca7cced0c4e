"""The choice of a run, the same on all pages about one."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from resnet_explorer.common.i18n import prose, t
from resnet_explorer.common.text import duration
from resnet_explorer.finetune.runs.example import example_photos
from resnet_explorer.finetune.runs.store import RunEntry, example_run, runs
from resnet_explorer.finetune.runs.table import labels_of, newest_first
from resnet_explorer.ui.app.menu_bar import page_link
from resnet_explorer.ui.app.page_list import TRAIN
from resnet_explorer.ui.app.url_state import linked, one_of, write
from resnet_explorer.ui.widgets.keeping_value import keeping_value

KEY = "ru_run"


def run_input(known: Sequence[RunEntry]) -> RunEntry:
    """Draw the menu, the newest run first; returns the chosen one."""
    chosen = chosen_run(known)
    labels = labels_of(known)
    st.session_state[KEY] = chosen.key  # the browser knows a run by its name, which may be another by now
    st.selectbox(
        t("Run"),
        list(labels),
        format_func=labels.__getitem__,
        width=200,
        label_visibility="collapsed",
        **keeping_value(KEY),
    )
    return chosen


def known_runs() -> list[RunEntry]:
    """All runs of this machine, the newest first, and behind them the example that ships."""
    return newest_first([*runs(), example_run()])


def train_link() -> None:
    """The way to a run of one's own, beside the example."""
    page_link(TRAIN, t("Train on your own photos"), icon=None)


def show_example_words(run: RunEntry) -> None:
    """What the example is, where it comes from, and whose its photos are."""
    config = run.config
    words = prose("example_run").format(
        learnt=config.count("train"),
        tested=config.count("val"),
        seed=config.settings.seed,
        epochs=len(run.log),
        time=duration(run.seconds),
        shown=len(example_photos()),
    )
    st.caption(words)


def chosen_run(known: Sequence[RunEntry]) -> RunEntry:
    """The run that the link or the session says, or the newest; what the link says of others is told."""
    by_key = {run.key: run for run in known}
    key = linked(KEY, known[0].key, one_of(by_key))
    write(KEY, key)  # on another day the newest is another one
    return by_key[key]
