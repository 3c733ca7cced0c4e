"""The figures of a run beside its photos: per class, how sure it is, how far it moved."""

from __future__ import annotations

import csv
import io
import math
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from resnet_explorer.finetune.verdicts import (
    BINS,
    Calibration,
    ClassFigures,
    calibration,
    class_figures,
)
from resnet_explorer.i18n import prose, t
from resnet_explorer.short_text import as_markdown, for_spreadsheet
from resnet_explorer.ui.networks import as_stored, torch_gate, warm_up
from resnet_explorer.ui.remembered import remembered
from resnet_explorer.ui.save import save_button
from resnet_explorer.ui.trust_run import Judged, as_words

if TYPE_CHECKING:
    from resnet_explorer.finetune.moved import Move

_ROW, _HEIGHT = 46, 640
_CLEAR = {"displayModeBar": False}


def show_classes(judged: Judged) -> None:
    """Precision, recall, F1 and support of each class."""
    figures = remembered("_tr_classes", (judged.verdicts,), lambda: class_figures(judged.verdicts))
    st.markdown(_read_classes(figures))
    st.dataframe(
        {
            "class": [each.name for each in figures],
            "precision": [_percent(each.precision) for each in figures],
            "recall": [_percent(each.recall) for each in figures],
            "f1": [_percent(each.f1) for each in figures],
            "photos": [each.support for each in figures],
        },
        key="tr_table",
        hide_index=True,
        row_height=_ROW,
        height=min(_HEIGHT, 42 + _ROW * len(figures)),
        column_config={
            "class": st.column_config.TextColumn(t("Class"), width="medium"),
            "precision": _bar(t("Precision")),
            "recall": _bar(t("Recall")),
            "f1": _bar("F1"),
            "photos": st.column_config.NumberColumn(t("Photos"), format="localized", width="small"),
        },
    )
    words = t(
        "Mean over the classes that have one: precision {precision:.1%}, recall {recall:.1%}, F1 {f1:.1%}."
    )
    st.caption(
        words.format(
            precision=np.nanmean([each.precision for each in figures]),
            recall=np.nanmean([each.recall for each in figures]),
            f1=np.nanmean([each.f1 for each in figures]),
        )
    )
    save_button(t("Figures as CSV"), lambda: classes_csv(figures), "classes.csv", key="tr_csv")


def _percent(share: float) -> float | None:
    """For a column of percents, in which nothing stands for no number."""
    return None if math.isnan(share) else 100 * share


def _bar(label: str) -> ColumnConfig:
    """A column of percents as bars."""
    return st.column_config.ProgressColumn(
        label, format="%.1f %%", min_value=0, max_value=100, width="medium"
    )


def _read_classes(figures: tuple[ClassFigures, ...]) -> str:
    """Both words said of the class that is found least."""
    seen = [each for each in figures if each.support] or list(figures)
    worst = min(seen, key=lambda each: each.recall)
    name = as_markdown(worst.name)
    found = t("Of the **{name}** there are, it finds {recall:.0%} (recall).").format(
        name=name, recall=worst.recall
    )
    called = (
        t("It calls nothing {name}, so there is no precision.")
        if math.isnan(worst.precision)
        else t("Of what it calls {name}, {precision:.0%} are (precision).").format(
            name=name, precision=worst.precision
        )
    )
    return " ".join((found, called, t("F1 is the harmonic mean of the two.")))


def classes_csv(figures: tuple[ClassFigures, ...]) -> str:
    """The table as CSV."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["class", "precision", "recall", "f1", "photos"])
    for each in figures:
        numbers = (each.precision, each.recall, each.f1)
        writer.writerow(
            [
                for_spreadsheet(each.name),
                *("" if math.isnan(number) else f"{number:.6f}" for number in numbers),
                each.support,
            ]
        )
    return text.getvalue()


def show_calibration(judged: Judged) -> None:
    """The reliability diagram, its error, and a sentence that reads it."""
    found = remembered("_tr_calibration", (judged.verdicts,), lambda: calibration(judged.verdicts))
    warm_up("resnet_explorer.finetune.trust_figures")
    from resnet_explorer.finetune.trust_figures import reliability_figure

    picture, words = st.columns([1.5, 1], gap="large")
    with picture:
        st.plotly_chart(
            reliability_figure(found), key="tr_reliability", config=_CLEAR, alt=t("The reliability diagram")
        )
    with words:
        st.metric(t("Expected calibration error"), f"{found.error:.3f}")
        st.markdown(read_calibration(found))
        if found.verdict == "too unsure" and judged.run.story.settings.label_smoothing:
            smoothing = judged.run.story.settings.label_smoothing
            st.markdown(
                t(
                    "Its labels were smoothed by {smoothing:g}: it was taught never to be quite sure "
                    "(Müller, Kornblith and Hinton 2019)."
                ).format(smoothing=smoothing)
            )
        st.caption(prose("trust_calibration").format(bins=BINS))
        save_button(t("Figures as CSV"), lambda: bins_csv(found), "calibration.csv", key="tr_bins_csv")


def read_calibration(found: Calibration) -> str:
    """What the diagram says, in words."""
    mean = t("On the average it is **{confidence:.0%} sure** and right in **{accuracy:.0%}** of the photos: ")
    ends = {
        "fair": t("no farther apart than chance would bring so many photos."),
        "too sure": t("too sure."),
        "too unsure": t("it knows more than it says."),
    }
    worst = found.widest
    detail = t(
        "Most of the error is where it says {confidence:.2f} and is right in {accuracy:.2f}: "
        "{count:,} photos."
    )
    return (
        mean.format(confidence=found.confidence, accuracy=found.accuracy)
        + ends[found.verdict]
        + "\n\n"
        + detail.format(confidence=worst.confidence, accuracy=worst.accuracy, count=worst.count)
    )


def bins_csv(found: Calibration) -> str:
    """The bins as CSV; what a bin without a photo has no value for stays empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["above", "up to", "photos", "mean confidence", "accuracy"])
    for each in found.bins:
        means = (f"{each.confidence:.6f}", f"{each.accuracy:.6f}") if each.count else ("", "")
        writer.writerow([f"{each.low:.1f}", f"{each.high:.1f}", each.count, *means])
    return text.getvalue()


def show_moves(judged: Judged) -> None:
    """How far the weights of each section are from where they began."""
    try:
        with st.spinner(t("Comparing the weights …")):
            found = _moves(judged)
    except ValueError as refusal:
        st.info(as_words(refusal))
        return
    from resnet_explorer.finetune.trust_figures import moved_figure

    picture, words = st.columns([1.6, 1], gap="large")
    with picture:
        st.plotly_chart(
            moved_figure(found),
            key="tr_moves",
            config=_CLEAR,
            alt=", ".join(f"{move.section} {move.distance:.1%}" for move in found),
        )
        save_button(t("Figures as CSV"), lambda: moves_csv(found), "moved.csv", key="tr_moves_csv")
    with words:
        st.markdown(prose("trust_moved" if judged.run.story.start else "trust_moved_nothing"))


def _moves(judged: Judged) -> tuple[Move, ...]:
    """Raises: ValueError in one sentence, if one of the two networks cannot be had."""
    weights, story = judged.run.weights, judged.run.story
    if weights is None:
        raise ValueError(t("Its network is not kept here: there is nothing to compare."))

    def compare() -> tuple[Move, ...]:
        warm_up("resnet_explorer.finetune.moved")
        from resnet_explorer.finetune.moved import moves
        from resnet_explorer.finetune.parts import beginner
        from resnet_explorer.weights import find, load

        start = (
            load(find(story.start))
            if story.start
            else beginner(story.spec, len(story.classes), story.settings.seed)
        )
        end = as_stored(weights)
        with torch_gate():
            return moves(start, end)

    return remembered("_tr_moved", (judged.run.key, weights.key), compare)


def moves_csv(found: tuple[Move, ...]) -> str:
    """The distances as CSV."""
    rows = "".join(f"{move.section},{move.distance:.9g},{move.weights}\n" for move in found)
    return f"section,relative distance,weights\n{rows}"
