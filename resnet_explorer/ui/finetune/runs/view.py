"""All runs in a table beside the curves of one: how far it is, what came of it, its settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import as_markdown, duration, shortened
from resnet_explorer.finetune.runs.store import RunEntry
from resnet_explorer.finetune.runs.table import circumstances, row_of, settings_of, status_word
from resnet_explorer.ui.app.head import foot, picture
from resnet_explorer.ui.app.refusal import show_kept_refusal
from resnet_explorer.ui.finetune.runs.actions import show_actions
from resnet_explorer.ui.finetune.runs.comparison import show_comparison
from resnet_explorer.ui.finetune.runs.files import show_use
from resnet_explorer.ui.finetune.runs.progress import (
    SECONDS,
    show_bar,
    show_curves,
    show_end,
    show_loss_words,
    stop_button,
)
from resnet_explorer.ui.finetune.runs.run_input import (
    chosen_run,
    known_runs,
    show_example_words,
    train_link,
)
from resnet_explorer.ui.finetune.runs.table import show_table, table_button
from resnet_explorer.ui.session.polling import polling
from resnet_explorer.ui.widgets.wrapped_table import words_table
from resnet_explorer.weights.catalogue import available

Signature = tuple[tuple[str, str, int], ...]
"""Of each run its key, its state in a word, and the epochs that it has done."""


def show_run(known: Sequence[RunEntry]) -> None:
    """The view of runs: all of them in a table, and beside it the curves of the chosen one.

    Args:
        known: all runs, one at least.
    """
    run = chosen_run(known)
    starts = {entry.key: entry.label for entry in available()}
    with picture(), st.container(horizontal=True, wrap=False, height="stretch", gap="medium"):
        table, curves = (st.container(width="stretch", height="stretch") for _ in range(2))
    with table:
        show_table(known, run, starts)
    with curves:
        if any(each.alive for each in known):
            _show_alive(_signature(known), run.key)
        if run.log:
            show_curves(run, above=True)
        else:
            st.info(t("Its curves begin with the end of its first epoch."))
    with foot(_sentence(run)):
        if run.is_example:
            train_link()
        else:
            show_actions(run)
        table_button(known, starts)
    show_kept_refusal()
    show_end(run)
    _show_figures(run, starts)
    show_loss_words(run)
    show_use(run, starts)
    _show_settings(run, starts)
    if run.is_example:
        show_example_words(run)
    show_comparison(known, starts)


def _sentence(run: RunEntry) -> str:
    name, best = as_markdown(shortened(run.config.label, 40)), run.best
    if best is None:
        return t("**{run}** has no epoch yet.").format(run=name)
    words = t("**{run}**: {share:.1%} of the photos to test on are right, in epoch {epoch}.")
    return words.format(run=name, share=best.val_accuracy, epoch=best.epoch)


@polling(SECONDS)
def _show_alive(drawn: Signature, key: str) -> None:
    known = known_runs()
    if _signature(known) != drawn:
        st.rerun()
    run = next(each for each in known if each.key == key)
    if run.alive:
        with st.container(horizontal=True, vertical_alignment="center"):
            show_bar(run)
            stop_button(run, "ru_stop")


def _signature(known: Sequence[RunEntry]) -> Signature:
    return tuple(sorted((run.key, status_word(run), len(run.log)) for run in known))


def _show_figures(run: RunEntry, starts: Mapping[str, str]) -> None:
    """What came of it, in large figures."""
    row, best = row_of(run, starts), run.best
    accuracy, epochs, seconds, learnt, tested, classes = st.columns(6)
    accuracy.metric(
        t("Accuracy"),
        f"{best.val_accuracy:.1%}" if best else "–",
        t("in epoch {epoch}").format(epoch=best.epoch) if best else None,
        delta_color="off",
        delta_arrow="off",
        help=t("The share of the photos to test on that its best network predicts right."),
    )
    epochs.metric(t("Epochs"), t("{done} of {all}").format(done=row.done, all=row.epochs))
    seconds.metric(t("Time"), duration(row.seconds))
    learnt.metric(t("Learnt from"), f"{row.photos:,}")
    tested.metric(t("Tested on"), f"{row.tested:,}")
    classes.metric(t("Classes"), f"{row.classes:,}")


def _show_settings(run: RunEntry, starts: Mapping[str, str]) -> None:
    """All its settings, and what its numbers may depend on beside them."""
    st.subheader(t("Its settings"))
    rows = [(name, [value]) for name, value in settings_of(run, starts).items()]
    half = (len(rows) + 1) // 2
    for column, part in zip(st.columns(2, gap="large"), (rows[:half], rows[half:]), strict=True):
        with column:
            words_table(part)
    found = circumstances(run)
    versions = " · ".join(f"{name} {number}" for name, number in found.versions.items())
    begun = f"{found.begun:%Y-%m-%d %H:%M}" if found.begun else t("some time ago")
    st.caption(
        t("Begun {begun} · {versions} · {folder}").format(
            begun=begun, versions=as_markdown(versions, 200), folder=as_markdown(run.key, 100)
        )
    )
