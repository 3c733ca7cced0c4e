"""Train again: the Train page filled in as an earlier run was told."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import streamlit as st

from resnet_explorer.finetune.albums import albums
from resnet_explorer.finetune.runs import RunEntry, find_run
from resnet_explorer.i18n import t
from resnet_explorer.ui.network import choose, choose_weights
from resnet_explorer.ui.way_input import fill, keep_way

AGAIN: Final = "tn_again"
"""Key of the run, left in the session by who sends the reader to the Train page."""


def take_over() -> None:
    """Fill the page in, if somebody was sent here to train a run again; what is gone is told."""
    key = st.session_state.pop(AGAIN, None)
    if key is None:
        return
    try:
        run = find_run(key)
        _fill_in(run)
    except ValueError as refusal:
        st.error(str(refusal))
        return
    st.rerun()  # the sidebar stands above, with the network of before


def _fill_in(run: RunEntry) -> None:
    story, state = run.story, st.session_state
    album = next((album for album in albums() if album.path.resolve() == Path(story.data)), None)
    if album is None:
        raise ValueError(t("The photos of {run} are no album that is kept here.").format(run=story.label))
    state["tn_view"] = "new"
    state["al_album"] = album.key
    keep_way(story.settings.strategy)
    fill(story.settings)
    state["tn_stages"] = story.settings.stages
    state["tn_name"] = t("{run}, again").format(run=story.label)
    state["tn_scratch"] = story.start is None
    if story.start is None:
        choose(story.spec)
    else:
        choose_weights(story.start)
