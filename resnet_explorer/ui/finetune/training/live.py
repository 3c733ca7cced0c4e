"""Runs while they work: how far each is, its curves, and Stop. It goes on when nobody looks."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import as_markdown, duration, shortened
from resnet_explorer.common.user_folder import home
from resnet_explorer.finetune.dataset.image_folder import Item
from resnet_explorer.finetune.runs import worker_process
from resnet_explorer.finetune.runs.status import STATUS
from resnet_explorer.finetune.runs.store import RunEntry, example_run, runs
from resnet_explorer.finetune.training.passing_order import FIRST, passing_batches
from resnet_explorer.finetune.training.strategies import THUMBNAILS, parts, passing_svg, strategy_svg
from resnet_explorer.ui.app.goal import set_goal
from resnet_explorer.ui.app.head import foot, picture
from resnet_explorer.ui.app.menu_bar import page_link
from resnet_explorer.ui.app.page_list import TRUST
from resnet_explorer.ui.app.refusal import kept_refusal
from resnet_explorer.ui.finetune.dataset.views import square_thumbnail
from resnet_explorer.ui.finetune.runs.progress import (
    SECONDS,
    first_head_words,
    show_bar,
    show_curves,
    show_end,
    show_loss_words,
    stop_button,
)
from resnet_explorer.ui.finetune.runs.run_input import show_example_words
from resnet_explorer.ui.serving.begin_run import continue_run, may_train
from resnet_explorer.ui.session.cached_result import cached_result
from resnet_explorer.ui.session.network import link_parameters
from resnet_explorer.ui.session.polling import polling
from resnet_explorer.ui.widgets.svg_view import PLACE, show_svg
from resnet_explorer.weights.shown_names import shown_names


def take_up_cut_off_runs() -> None:
    """Once after the server started: a machine that was switched off goes on where it was."""
    if may_train():
        _take_up_runs_of(str(home()))


@st.cache_resource(show_spinner=False)
def _take_up_runs_of(folder: str) -> None:
    """Once for each folder: in a class, students have their own."""
    worker_process.revive()


def show_live(controls: DeltaGenerator) -> None:
    """The runs that work or wait, until none does; else the last one that ended.

    Args:
        controls: the head's; nothing is chosen here.
    """
    found = runs()
    alive = [run for run in found if run.alive]
    if alive:
        _show_alive(frozenset(run.key for run in alive))
    elif found:
        _show_ended(max(found, key=_last_noted))
    else:
        _show_example(example_run())


def _show_example(run: RunEntry) -> None:
    """The curves of the run that ships, as long as there is none of one's own."""
    with picture():
        st.markdown(f"#### {run.config.label}")
        show_curves(run)
    yours = t("Yours stands here once **A new run** has begun one.")
    with foot(f"{_end_sentence(run)} {yours}"):
        page_link(TRUST, t("Can it be trusted?"), icon=None)
    show_loss_words(run)
    show_example_words(run)


def _last_noted(run: RunEntry) -> float:
    """When its state was last noted, in seconds since 1970."""
    path = run.folder / STATUS
    return path.stat().st_mtime if path.exists() else 0.0


@polling(SECONDS)
def _show_alive(drawn: frozenset[str]) -> None:
    """The runs that live; when one has ended or begun, the whole page is drawn anew."""
    alive = [run for run in reversed(runs()) if run.alive]
    if {run.key for run in alive} != drawn:
        st.rerun()
    first, *others = sorted(alive, key=lambda run: run.status.phase == "waiting")
    with picture():
        _show_state(first)
        if first.log and first.status.phase != "features":
            show_curves(first)
        else:
            _show_before(first)
    foot(_sentence(first))
    if others:
        st.caption(t("One run trains at a time on this machine; the others wait in their order."))
    for run in others:
        _show_state(run)


def _show_state(run: RunEntry) -> None:
    """Its name, how far it is, and Stop, in one row."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.markdown(f"#### {as_markdown(shortened(run.config.label, 40))}", width="content")
        show_bar(run)
        stop_button(run, f"tn_stop_{run.key}")


def _show_before(run: RunEntry) -> None:
    """What happens before an epoch: the photos that pass through the frozen part, and the first points."""
    state, config = run.status, run.config
    drawn = parts(config.spec, len(config.classes), config.settings)
    height, key = f"calc({PLACE} - 64px)", f"tn_passing_{run.key}"
    will_pass = config.settings.strategy != "all" and state.phase in ("waiting", "features")
    if not will_pass and not run.first_points:
        words = t("{count:,} photos").format(count=len(config.parts))
        show_svg(strategy_svg(drawn, (), words, shown_names(config.classes)), key, height=height)
        return
    with st.container(horizontal=True, wrap=False, height="stretch", gap="medium"):
        left, right = (st.container(width="stretch", height="stretch") for _ in range(2))
    with left:
        total = len(config.parts)
        if state.phase == "features":
            done = state.done
        else:
            done = run.first_points[-1].passed if run.first_points else 0
        words = t("{done:,} of {total:,}").format(done=done, total=total)
        show_svg(passing_svg(drawn, _passing(run, done), words, done / total), key, height=height)
    with right:
        show_curves(run, accuracy_alone=True)


def _passing(run: RunEntry, done: int) -> tuple[bytes, ...]:
    """The photos that passed last; none where they cannot be read now."""
    try:
        items = cached_result("_tn_items", (run.key,), lambda: _as_they_pass(run))
        return tuple(map(square_thumbnail, items[max(0, done - THUMBNAILS) : done]))
    except ValueError:
        return ()


def _as_they_pass(run: RunEntry) -> list[Item]:
    """All photos in the order in which they pass."""
    photos = run.config.photos()
    learnt, tested = photos.part("train"), photos.part("val")
    items = [*learnt, *tested]
    return [items[place] for batch in passing_batches(len(learnt), len(items)) for place in batch]


def _sentence(run: RunEntry) -> str:
    if not run.log:
        return first_head_words(run) or _what_comes(run)
    last, best = run.log[-1], run.best or run.log[-1]
    words = t("Last epoch **{last:.1%}** of the photos to test on, best **{best:.1%}** in epoch {epoch}.")
    return words.format(last=last.val_accuracy, best=best.val_accuracy, epoch=best.epoch)


def _what_comes(run: RunEntry) -> str:
    """When the first point comes."""
    if run.config.settings.strategy == "all":
        return t("The first point of its curves comes with the end of the first epoch.")
    words = t(
        "The first point comes when {count:,} photos have passed, by a first head that learns from them."
    )
    return words.format(count=min(FIRST, len(run.config.parts)))


def _show_ended(run: RunEntry) -> None:
    """How a run ended, and what can be done with it."""
    with picture():
        with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
            st.markdown(f"#### {as_markdown(shortened(run.config.label, 60))}", width="content")
            if run.was_cut_off:
                label, args = t("Take it up"), (run.key,)
                st.button(label, key="tn_take_up", type="primary", on_click=_take_up, args=args)
        if run.best is None:
            _show_before(run)
        else:
            show_curves(run)
    with foot(_end_sentence(run)):
        if run.best:
            page_link(TRUST, t("Can it be trusted?"), icon=None)
            st.button(
                t("Use it, compare it"), key="tn_runs", type="tertiary", on_click=_choose_run, args=(run.key,)
            )
    show_end(run)
    show_loss_words(run)


def _choose_run(key: str) -> None:
    st.session_state.update({"ru_run": key, "tr_view": "runs"})
    set_goal(TRUST.file, link_parameters())


def _end_sentence(run: RunEntry) -> str:
    if run.best is None:
        return t("It ended before an epoch was done, so there is no network of it.")
    words = t(
        "**{share:.1%}** of the {tested:,} photos to test on are right, after epoch {epoch} of {epochs}. "
        "It took {time}."
    )
    return words.format(
        share=run.best.val_accuracy,
        tested=run.config.count("val"),
        epoch=run.best.epoch,
        epochs=run.config.settings.epochs,
        time=duration(run.seconds),
    )


@kept_refusal()
def _take_up(key: str) -> None:
    """Let a run that was cut off go on."""
    continue_run(key)
