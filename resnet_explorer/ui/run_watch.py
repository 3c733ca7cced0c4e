"""The chosen run while it works, and an eye on the others: the page follows each of their epochs."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from resnet_explorer.finetune.run_rows import state_word
from resnet_explorer.finetune.runs import RunEntry, find_run, runs
from resnet_explorer.i18n import t
from resnet_explorer.ui.run_live import SECONDS, share_done, state_words, stop

Sign = tuple[tuple[str, str, int], ...]
"""Of each run its key, its state in a word, and the epochs that it has done."""


def watch(known: Sequence[RunEntry], key: str) -> None:
    """Where a run works, draw how far the chosen one is, and the page anew when there is more to show.

    Args:
        known: all runs, as the page shows them.
        key: of the chosen one.
    """
    if any(run.alive for run in known):
        _working(_sign(known), key)


@st.fragment(run_every=SECONDS)
def _working(drawn: Sign, key: str) -> None:
    if _sign(runs()) != drawn:
        st.rerun()
    run = find_run(key)
    if not run.alive:
        return
    bar, button = st.columns([6, 1], vertical_alignment="bottom")
    bar.progress(share_done(run), text=state_words(run))
    button.button(t("Stop"), key="ru_stop", on_click=stop, args=(key,), width="stretch")


def _sign(known: Sequence[RunEntry]) -> Sign:
    return tuple(sorted((run.key, state_word(run), len(run.log)) for run in known))
