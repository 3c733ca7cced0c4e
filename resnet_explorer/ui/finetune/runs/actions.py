"""What can be done with a run: continue, rename, delete, open its network on Predict."""

from __future__ import annotations

from typing import Final

import streamlit as st

from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import as_markdown
from resnet_explorer.finetune.runs.store import RunEntry, delete, rename
from resnet_explorer.ui.app.goal import leave_for
from resnet_explorer.ui.app.refusal import kept_refusal
from resnet_explorer.ui.finetune.runs.run_input import KEY
from resnet_explorer.ui.serving.begin_run import continue_run
from resnet_explorer.ui.session.network import choose_weights, link_parameters
from resnet_explorer.ui.widgets.popover import close_popovers, popover

MOST_EPOCHS: Final = 10_000
"""As many as `Settings` allow."""
LONGEST_NAME: Final = 100


def show_actions(run: RunEntry) -> None:
    """The buttons, one after the other."""
    if not run.alive:
        _continue_input(run)
    _rename_input(run)
    _delete_input(run)


def _continue_input(run: RunEntry) -> None:
    """Where it has epochs left, one click; else the question how many more."""
    epochs = run.config.settings.epochs
    if len(run.log) < epochs:
        if st.button(t("Continue"), key="ru_continue"):
            _go_on(run, None)
    elif epochs < MOST_EPOCHS:
        with popover(t("More epochs"), "ru_more"):
            most = MOST_EPOCHS - epochs
            more = st.number_input(t("How many more?"), 1, most, min(5, most), key=f"_ru_more_{run.key}")
            if run.config.settings.schedule == "cosine":
                st.caption(t("The learning rate goes on as it would be at this place of the longer run."))
            if st.button(t("Continue"), key="ru_more_go", type="primary"):
                _go_on(run, epochs + int(more))


def _go_on(run: RunEntry, epochs: int | None) -> None:
    with kept_refusal(), st.spinner(t("Starting …")):
        continue_run(run.key, epochs)
    close_popovers()
    st.rerun()


def _rename_input(run: RunEntry) -> None:
    with popover(t("Rename"), "ru_rename", disabled=run.alive):
        field, label = f"_ru_name_{run.key}", run.config.label[:LONGEST_NAME]
        st.text_input(t("Name"), label, max_chars=LONGEST_NAME, key=field)
        st.button(
            t("Give it this name"),
            key="ru_rename_go",
            type="primary",
            on_click=_rename,
            args=(run.key, field),
        )


@kept_refusal()
def _rename(key: str, field: str) -> None:
    close_popovers()
    rename(key, st.session_state[field])


def _delete_input(run: RunEntry) -> None:
    with popover(t("Delete"), "ru_delete", disabled=run.alive):
        words = t("**{run}** goes from this machine, and its network from Predict. The photos stay.")
        st.markdown(words.format(run=as_markdown(run.config.label, 100)))
        st.button(t("Delete it"), key="ru_delete_go", type="primary", on_click=_delete, args=(run.key,))


@kept_refusal()
def _delete(key: str) -> None:
    close_popovers()
    delete(key)
    st.session_state.pop(KEY, None)


def open_on_predict(weights: str) -> None:
    """Go to the Predict page with trained weights, which are the session's from now on."""
    choose_weights(weights)
    leave_for("pages/predict.py", link_parameters())
