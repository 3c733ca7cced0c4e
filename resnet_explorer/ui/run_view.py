"""One run: how far it is, what came of it, its curves, and all that it was told."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from resnet_explorer.finetune.run_rows import circumstances, row_of, settings_of
from resnet_explorer.finetune.runs import RunEntry
from resnet_explorer.i18n import t
from resnet_explorer.short_text import as_markdown, duration
from resnet_explorer.ui.run_curves import show_curves
from resnet_explorer.ui.words_table import words_table


def show_figures(run: RunEntry, starts: Mapping[str, str]) -> None:
    """What came of it, in large figures."""
    row, best = row_of(run, starts), run.best
    right, epochs, seconds, learnt, tested, classes = st.columns(6)
    right.metric(
        t("Right"),
        f"{best.val_accuracy:.1%}" if best else "–",
        t("in epoch {epoch}").format(epoch=best.epoch) if best else None,
        delta_color="off",
        delta_arrow="off",
        help=t("The share of the photos to test on that its best network gets right."),
    )
    epochs.metric(t("Epochs"), t("{done} of {all}").format(done=row.done, all=row.epochs))
    seconds.metric(t("Time"), duration(row.seconds))
    learnt.metric(t("Learnt from"), f"{row.photos:,}")
    tested.metric(t("Tested on"), f"{row.tested:,}")
    classes.metric(t("Classes"), f"{row.classes:,}")


def show_end(run: RunEntry) -> None:
    """Why it is not done, where it is at rest and is not."""
    epochs = len(run.log)
    if run.state.phase == "failed":
        st.error(as_markdown(run.state.sentence, 400) or t("It failed."))
    elif run.was_cut_off:
        st.warning(t("It was cut off after epoch {n}; **Continue** takes it up there.").format(n=epochs))
    elif run.state.phase == "stopped" and epochs < run.story.settings.epochs:
        st.info(t("It was stopped after epoch {n}; **Continue** takes it up there.").format(n=epochs))


def show_course(run: RunEntry) -> None:
    """How it went, epoch by epoch."""
    if not run.log:
        st.info(t("Its curves begin with the end of its first epoch."))
        return
    st.subheader(t("Its curves"))
    show_curves(run)


def show_settings(run: RunEntry, starts: Mapping[str, str]) -> None:
    """All that it was told, and what its numbers may depend on beside that."""
    st.subheader(t("Its settings"))
    told = [(name, [value]) for name, value in settings_of(run, starts).items()]
    half = (len(told) + 1) // 2
    for column, part in zip(st.columns(2, gap="large"), (told[:half], told[half:]), strict=True):
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
