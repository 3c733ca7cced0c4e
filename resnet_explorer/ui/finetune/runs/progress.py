"""How far a run is: in words, as a bar with Stop, as curves; and why it ended where it did."""

from __future__ import annotations

from typing import Final

import streamlit as st

from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import as_markdown, duration
from resnet_explorer.finetune.runs import worker_process
from resnet_explorer.finetune.runs.store import RunEntry
from resnet_explorer.finetune.training.hyperparameters import least_smoothed_loss
from resnet_explorer.ui.app.refusal import kept_refusal

SECONDS: Final = 1.0
"""Between two drawings of runs that work."""


def show_bar(run: RunEntry) -> None:
    """How much of what the run does now is done, and what that is."""
    st.progress(_share_done(run), text=_state_words(run))


def stop_button(run: RunEntry, key: str) -> None:
    """Stop; a sentence says why if it cannot be."""
    st.button(t("Stop"), key=key, on_click=_stop, args=(run.key,))


@kept_refusal()
def _stop(key: str) -> None:
    worker_process.stop(key)


def _share_done(run: RunEntry) -> float:
    """0 to 1: of the features, or of all epochs."""
    state = run.status
    part = state.done / state.total if state.total else 0.0
    if state.phase == "features":
        return part
    if state.phase in ("training", "testing"):
        within = part if state.phase == "training" else 1.0
        return min(1.0, (state.epoch - 1 + within) / run.config.settings.epochs)
    return 0.0


def _state_words(run: RunEntry) -> str:
    state = run.status
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
    }[state.phase] + ("" if state.left is None else t(" · about {left} left"))
    return words.format(
        done=state.done,
        total=state.total,
        epoch=state.epoch,
        epochs=run.config.settings.epochs,
        left=duration(state.left or 0),
    )


def show_curves(
    run: RunEntry,
    *,
    above: bool = False,
    accuracy_alone: bool = False,
) -> None:
    """Accuracy and loss, to the last epoch that was asked for, and before the first one a first head's.

    Args:
        run: a run.
        above: the accuracy above the loss rather than beside it.
        accuracy_alone: without the loss.
    """
    # Plotly is loaded when there is something to draw.
    from resnet_explorer.finetune.runs.curves import QUANTITIES, FirstPass, run_figure

    points = run.first_points
    first = FirstPass(points, len(run.config.parts)) if points or not run.log else None
    quantities = QUANTITIES[:1] if accuracy_alone else QUANTITIES
    st.plotly_chart(
        run_figure(run.log, run.config.settings.epochs, first, above=above, quantities=quantities),
        key=f"ru_curves_{run.key}",
        height="stretch",
        config={"displayModeBar": False},
        alt=_curve_words(run),
    )


def _curve_words(run: RunEntry) -> str:
    """What the curves say, for who does not see them."""
    if not run.log:
        return first_head_words(run).replace("**", "") or t("The axes of accuracy and loss, without a point")
    words = t(
        "Accuracy and loss of each epoch; after epoch {epoch}, {accuracy:.1%} of the photos to test on are "
        "right, and the loss is {loss:.2f}"
    )
    last = run.log[-1]
    return words.format(epoch=last.epoch, accuracy=last.val_accuracy, loss=last.val_loss)


def show_loss_words(run: RunEntry) -> None:
    """Why the loss while learning may lie above the one when tested, where labels are smoothed."""
    settings = run.config.settings
    smoothing = settings.label_smoothing
    if not smoothing or settings.balance or not run.log:  # with weights of classes, the least is another
        return
    words = t(
        "While learning, the loss is that of labels smoothed by {smoothing:g}: no network comes below "
        "{least:.2f}. When tested, it is that of the true labels, and may lie lower for that alone."
    )
    least = least_smoothed_loss(smoothing, len(run.config.classes))
    st.caption(words.format(smoothing=smoothing, least=least))


def first_head_words(run: RunEntry) -> str:
    """What the last first head came to, and on what; nothing where there was none."""
    if not run.first_points:
        return ""
    point = run.first_points[-1]
    words = t(
        "**{share:.1%}** of {tested:,} photos to test on are right, after {passed:,} of {photos:,} passed: "
        "by a first head, not yet the run’s own."
    )
    return words.format(
        share=point.val_accuracy, tested=point.tested, passed=point.passed, photos=len(run.config.parts)
    )


def show_end(run: RunEntry) -> None:
    """Why it is not done, where it is at rest and is not."""
    epochs = len(run.log)
    if run.status.phase == "failed":
        st.error(as_markdown(run.status.sentence, 400) or t("It failed."))
    elif run.was_cut_off:
        st.warning(t("It was cut off after epoch {n}.").format(n=epochs))
    elif run.status.phase == "stopped" and epochs < run.config.settings.epochs:
        words = t("It was stopped after epoch {n}; **Continue**, below the runs, takes it up there.")
        st.info(words.format(n=epochs))
