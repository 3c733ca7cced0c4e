"""Runs while they work: how far each is, its curves, and Stop. It goes on when nobody looks."""

from __future__ import annotations

from typing import Final

import streamlit as st

from resnet_explorer.finetune import background
from resnet_explorer.finetune.runs import RunEntry, runs
from resnet_explorer.finetune.state import STATE
from resnet_explorer.i18n import t
from resnet_explorer.short_text import as_markdown, duration
from resnet_explorer.ui.frame import page_link
from resnet_explorer.ui.pages import RUNS, TRUST
from resnet_explorer.ui.run_curves import show_curves

SECONDS: Final = 1.0
"""Between two looks at runs that work."""
REFUSAL: Final = "_tn_refusal"
"""Why what was clicked could not be done; the page shows it."""


@st.cache_resource(show_spinner=False)
def take_up_cut_off_runs() -> None:
    """Once after the server started: a machine that was switched off goes on where it was."""
    background.revive()


def show_live() -> None:
    """The runs that work or wait, until none does; then the last one that ended."""
    found = runs()
    alive = [run for run in found if run.alive]
    if alive:
        _working(frozenset(run.key for run in alive))
    ended = [run for run in found if not run.alive]
    if ended:
        show_end(max(ended, key=last_heard_of))
    elif not alive:
        st.info(t("No run has been begun here yet."))


def last_heard_of(run: RunEntry) -> float:
    """When its state was last noted, in seconds since 1970."""
    path = run.folder / STATE
    return path.stat().st_mtime if path.exists() else 0.0


@st.fragment(run_every=SECONDS)
def _working(drawn: frozenset[str]) -> None:
    """The runs that live; when one has ended or begun, the whole page is drawn anew."""
    alive = [run for run in reversed(runs()) if run.alive]
    if {run.key for run in alive} != drawn:
        st.rerun()
    if len(alive) > 1:
        st.caption(t("One run trains at a time on this machine; the others wait in their order."))
    for run in sorted(alive, key=lambda run: run.state.phase == "waiting"):
        _show_working(run)


def _show_working(run: RunEntry) -> None:
    words, button = st.columns([6, 1], vertical_alignment="center")
    words.markdown(f"### {as_markdown(run.story.label)}")
    button.button(t("Stop"), key=f"tn_stop_{run.key}", on_click=stop, args=(run.key,), width="stretch")
    st.progress(share_done(run), text=state_words(run))
    if run.log:
        show_curves(run)
        last, best = run.log[-1], run.best or run.log[-1]
        st.markdown(
            t(
                "Last epoch **{last:.1%}** of the photos to test on, best **{best:.1%}** in epoch {epoch}."
            ).format(last=last.val_accuracy, best=best.val_accuracy, epoch=best.epoch)
        )


def show_end(run: RunEntry) -> None:
    """How a run ended, and what can be done with it."""
    st.markdown(f"### {as_markdown(run.story.label)}")
    if run.state.phase == "failed":
        st.error(as_markdown(run.state.sentence, 400))
    if run.was_cut_off:
        st.warning(t("It was cut off after epoch {n}.").format(n=len(run.log)))
        st.button(
            t("Take it up"), key="tn_take_up", icon="▶️", type="primary", on_click=take_up, args=(run.key,)
        )
    elif run.state.phase == "stopped" and len(run.log) < run.story.settings.epochs:
        st.info(t("It was stopped after epoch {n}; on Runs it can go on.").format(n=len(run.log)))
    if run.best is None:
        st.info(t("It ended before an epoch was done, so there is no network of it."))
        return
    tested = sum(part == "val" for part in run.story.parts.values())
    st.markdown(
        t(
            "**{share:.1%}** of the {tested:,} photos to test on are right, after epoch {epoch} of {epochs}. "
            "It took {time}."
        ).format(
            share=run.best.val_accuracy,
            tested=tested,
            epoch=run.best.epoch,
            epochs=run.story.settings.epochs,
            time=duration(run.seconds),
        )
    )
    with st.container(horizontal=True):
        page_link(TRUST, t("Can it be trusted?"))
        page_link(RUNS, t("Use it, compare it"))
    show_curves(run)


def share_done(run: RunEntry) -> float:
    """How much of what a run does now is done, 0 to 1: of the features, or of all epochs."""
    state = run.state
    part = state.done / state.total if state.total else 0.0
    if state.phase == "features":
        return part
    if state.phase in ("training", "testing"):
        within = part if state.phase == "training" else 1.0
        return min(1.0, (state.epoch - 1 + within) / run.story.settings.epochs)
    return 0.0


def state_words(run: RunEntry) -> str:
    """What a run does, in a line."""
    state = run.state
    if run.was_cut_off:
        return t("Cut off.")
    words = {
        "waiting": t("Waits: {total} before it.") if state.total else t("Begins …"),
        "features": t("The frozen part, once for each photo: {done:,} of {total:,}"),
        "training": t("Epoch {epoch} of {epochs}, step {done:,} of {total:,}"),
        "testing": t("Epoch {epoch} of {epochs}, testing"),
        "done": t("Done."),
        "stopped": t("Stopped after epoch {epoch} of {epochs}.") if state.epoch else t("Stopped."),
        "failed": t("Failed."),
    }[state.phase].format(
        done=state.done, total=state.total, epoch=state.epoch, epochs=run.story.settings.epochs
    )
    return (
        words if state.left is None else words + t(" · about {left} left").format(left=duration(state.left))
    )


def take_up(key: str) -> None:
    """Let a run that was cut off go on."""
    try:
        background.go_on(key)
    except ValueError as refusal:
        st.session_state[REFUSAL] = str(refusal)


def stop(key: str) -> None:
    """Ask a run to stop; a sentence says why if it cannot be."""
    try:
        background.stop(key)
    except ValueError as refusal:
        st.session_state[REFUSAL] = str(refusal)
