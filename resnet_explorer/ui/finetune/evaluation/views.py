"""The figures of a run beside its photos: per class, its confidence, the change of its weights."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from resnet_explorer.common.i18n import prose, t
from resnet_explorer.common.text import as_markdown, enumerated, for_spreadsheet, spreadsheet_file
from resnet_explorer.finetune.evaluation.predictions import (
    BINS,
    Calibration,
    ClassFigures,
    calibration,
    class_figures,
)
from resnet_explorer.finetune.runs.example import example_weight_change
from resnet_explorer.network.table_rows import to_csv
from resnet_explorer.ui.app.head import foot, picture
from resnet_explorer.ui.finetune.evaluation.evaluated_run import EvaluatedRun, as_words, show_tested
from resnet_explorer.ui.session.cached_result import cached_result
from resnet_explorer.ui.session.loaded_networks import as_stored, torch_gate, warm_up
from resnet_explorer.ui.widgets.save_button import save_button
from resnet_explorer.weights.shown_names import code_of

if TYPE_CHECKING:
    from resnet_explorer.finetune.evaluation.weight_change import WeightChange

_ROW: Final = 46
_SHARES: Final = ("precision", "recall", "f1")
_CLEAR: Final = {"displayModeBar": False}


def show_classes(evaluated: EvaluatedRun) -> None:
    """Precision, recall, F1 and support of each class."""
    predictions = evaluated.predictions
    figures = cached_result("_tr_classes", (predictions,), lambda: class_figures(predictions))
    shares = {name: [getattr(each, name) for each in figures] for name in _SHARES}
    with picture():
        st.dataframe(
            {
                "class": [each.name for each in figures],
                **{name: [_percent(share) for share in column] for name, column in shares.items()},
                "photos": [each.support for each in figures],
            },
            key="tr_table",
            hide_index=True,
            row_height=_ROW,
            height="stretch",
            column_config={
                "class": st.column_config.TextColumn(t("Class"), width="medium"),
                "precision": _bar(t("Precision")),
                "recall": _bar(t("Recall")),
                "f1": _bar("F1"),
                "photos": st.column_config.NumberColumn(t("Photos"), format="localized", width="small"),
            },
        )
    with foot(_read_classes(figures)):
        save_button(
            t("CSV"), lambda: spreadsheet_file(classes_csv(figures)), "classes.csv", key="tr_csv", icon=None
        )
    words = t(
        "Mean over the classes that have one: precision {precision:.1%}, recall {recall:.1%}, F1 {f1:.1%}."
    )
    st.caption(words.format(**{name: np.nanmean(column) for name, column in shares.items()}))
    show_tested(evaluated)


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
    worst = min((each for each in figures if each.support), key=lambda each: each.recall, default=figures[0])
    recall = t("Of the **{name}** there are, it finds {recall:.0%} (recall).")
    precision = (
        t("It calls nothing {name}, so there is no precision.")
        if math.isnan(worst.precision)
        else t("Of what it calls {name}, {precision:.0%} are (precision).")
    )
    f1 = t("F1 is the harmonic mean of the two.")
    return f"{recall} {precision} {f1}".format(
        name=as_markdown(worst.name), recall=worst.recall, precision=worst.precision
    )


def classes_csv(figures: tuple[ClassFigures, ...]) -> str:
    """The table as CSV; a share that a class does not have stays empty."""
    return to_csv(
        [
            {
                "class": for_spreadsheet(code_of(each.name)),
                **{name: _six_digits(getattr(each, name)) for name in _SHARES},
                "photos": each.support,
            }
            for each in figures
        ]
    )


def _six_digits(share: float) -> str:
    return "" if math.isnan(share) else f"{share:.6f}"


def show_calibration(evaluated: EvaluatedRun) -> None:
    """The reliability diagram, its error, and a sentence that reads it."""
    predictions = evaluated.predictions
    found = cached_result("_tr_calibration", (predictions,), lambda: calibration(predictions))
    warm_up("resnet_explorer.finetune.evaluation.figures")
    from resnet_explorer.finetune.evaluation.figures import reliability_figure

    alt = t("The reliability diagram: expected calibration error {error:.3f}").format(error=found.error)
    with picture():
        st.plotly_chart(
            reliability_figure(found), key="tr_reliability", config=_CLEAR, alt=alt, height="stretch"
        )
    sentence, detail = _read_calibration(found)
    with foot(t("Expected calibration error **{error:.3f}**.").format(error=found.error) + f" {sentence}"):
        save_button(t("CSV"), lambda: bins_csv(found), "calibration.csv", key="tr_bins_csv", icon=None)
    st.markdown(detail)
    smoothing = evaluated.run.config.settings.label_smoothing
    if found.verdict == "underconfident" and smoothing:
        words = t(
            "Its labels were smoothed by {smoothing:g}, which keeps probabilities away from 1 "
            "(Müller, Kornblith and Hinton 2019)."
        )
        st.markdown(words.format(smoothing=smoothing))
    st.caption(prose("trust_calibration").format(bins=BINS))
    show_tested(evaluated)


def _read_calibration(found: Calibration) -> tuple[str, str]:
    """What the diagram says in a sentence, and in which bin most of the error is."""
    means = t("Its mean confidence is **{confidence:.0%}**, its accuracy **{accuracy:.0%}**: ")
    verdict = {
        "fair": t("no farther apart than chance would bring so many photos."),
        "overconfident": t("overconfident."),
        "underconfident": t("underconfident, it knows more than it says."),
    }[found.verdict]
    worst = found.worst_bin
    detail = t(
        "Most of the error is where it says {confidence:.2f} and is right in {accuracy:.2f}: "
        "{count:,} photos."
    ).format(confidence=worst.confidence, accuracy=worst.accuracy, count=worst.count)
    return means.format(confidence=found.confidence, accuracy=found.accuracy) + verdict, detail


def bins_csv(found: Calibration) -> str:
    """The bins as CSV; what a bin without a photo has no value for stays empty."""
    return to_csv(
        [
            {
                "above": f"{each.low:.1f}",
                "up to": f"{each.high:.1f}",
                "photos": each.count,
                "mean confidence": _six_digits(each.confidence),
                "accuracy": _six_digits(each.accuracy),
            }
            for each in found.bins
        ]
    )


def show_weight_change(evaluated: EvaluatedRun) -> None:
    """How far the weights of each section are from their initial values."""
    shown = picture()
    try:
        with st.spinner(t("Comparing the weights …")):
            found = _weight_changes(evaluated)
    except ValueError as refusal:
        shown.info(as_words(refusal))
        return
    from resnet_explorer.finetune.evaluation.figures import weight_change_figure

    alt = enumerated(f"{t(change.section)} {change.distance:.1%}" for change in found)
    with shown:
        st.plotly_chart(weight_change_figure(found), key="tr_moves", config=_CLEAR, alt=alt, height="stretch")
    with foot(_read_weight_change(found)):
        save_button(t("CSV"), lambda: weight_change_csv(found), "moved.csv", key="tr_moves_csv", icon=None)
    st.markdown(prose("trust_weight_change" if evaluated.run.config.start else "trust_weight_change_random"))
    show_tested(evaluated)


def _read_weight_change(found: tuple[WeightChange, ...]) -> str:
    from resnet_explorer.finetune.evaluation.figures import distance_text

    most = max(found, key=lambda change: change.distance)
    if not most.distance:
        return t("All stages stayed as they were: **only the new head** learned.")
    words = t("The weights of **{section}** changed most, by {distance} of their initial values.")
    return words.format(section=t(most.section), distance=distance_text(most.distance))


def _weight_changes(evaluated: EvaluatedRun) -> tuple[WeightChange, ...]:
    """Of each section.

    Raises:
        ValueError: in one sentence, if one of the two networks cannot be had.
    """
    weights, config = evaluated.run.weights, evaluated.run.config
    if evaluated.run.is_example:
        return example_weight_change()
    if weights is None:
        raise ValueError(t("Its network is not kept here: there is nothing to compare."))

    def compare() -> tuple[WeightChange, ...]:
        warm_up("resnet_explorer.finetune.evaluation.weight_change")
        from resnet_explorer.finetune.evaluation.weight_change import weight_changes
        from resnet_explorer.finetune.training.backbone_and_head import with_new_head
        from resnet_explorer.weights.catalogue import find, load

        start = (
            load(find(config.start))
            if config.start
            else with_new_head(config.spec, len(config.classes), config.settings.seed)
        )
        end = as_stored(weights)
        with torch_gate():
            return weight_changes(start, end)

    return cached_result("_tr_weight_change", (evaluated.run.key, weights.key), compare)


def weight_change_csv(found: tuple[WeightChange, ...]) -> str:
    """The distances as CSV."""
    return to_csv(
        [
            {
                "section": change.section,
                "relative distance": f"{change.distance:.9g}",
                "weights": change.weights,
            }
            for change in found
        ]
    )
