"""Predictions of many photos: how many of each class, the table, one photo more closely, what was none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.batch.counts_svg import counts_svg
from resnet_explorer.batch.results import (
    ORDERS,
    PhotoPrediction,
    Results,
    as_csv,
    as_json,
    chosen,
    counts,
    named_class,
)
from resnet_explorer.common.i18n import msg, nt, t
from resnet_explorer.common.text import escaped_markdown, shortened, spreadsheet_file
from resnet_explorer.explanation.confidence import confidence_of
from resnet_explorer.explanation.top_k_svg import top_k_svg
from resnet_explorer.network.spec import title
from resnet_explorer.photos.decode import Photo, open_photo
from resnet_explorer.photos.thumbnails import Copies
from resnet_explorer.ui.app.goal import leave_for
from resnet_explorer.ui.app.url_state import linked, one_of
from resnet_explorer.ui.photos.photo_input import put_photo
from resnet_explorer.ui.session.cached_result import cached_result
from resnet_explorer.ui.session.network import link_parameters
from resnet_explorer.ui.widgets.keeping_value import keeping_value
from resnet_explorer.ui.widgets.linked_inputs import linked_select
from resnet_explorer.ui.widgets.save_button import save_button
from resnet_explorer.ui.widgets.svg_view import PLACE, show_svg

if TYPE_CHECKING:
    import pandas as pd

    from resnet_explorer.weights.description import Weights

EVERY: Final = "all"
ORDER_NAMES: Final = {
    "given": msg("As they came"),
    "unsure": msg("Least confident"),
    "sure": msg("Most confident"),
}
_BARS: Final = 7
_FEW_BARS: Final = 4
_UPLOADER: Final = 164
"""Pixels of the uploader above the bars."""
_ORDER_WIDTH: Final = 170
_ROW: Final = 72
_HEIGHT: Final = 412


def class_choice(results: Results, names: tuple[str, ...]) -> int | None:
    """Which class is shown, None for all. Drawn if there are photos."""
    label = linked("mp_class", EVERY, one_of([EVERY, *map(str, range(len(names)))]))
    if results.predictions:
        present = {str(index): count for index, count in counts(results.predictions)}
        st.selectbox(
            t("Class"),
            [EVERY, *present] + ([label] if label not in (EVERY, *present) else []),
            format_func=lambda code: (
                t("all classes") if code == EVERY else f"{names[int(code)]} ({present.get(code, 0):,})"
            ),
            **keeping_value("mp_class"),
        )
    return None if label == EVERY else int(label)


def order_input(results: Results, place: DeltaGenerator) -> str:
    """In which of the `ORDERS` photos are shown. Drawn if there are some."""
    if not results.predictions:
        return linked("mp_order", ORDERS[0], one_of(ORDERS))
    return linked_select(
        "mp_order",
        t("Order"),
        ORDERS,
        default=ORDERS[0],
        names=ORDER_NAMES,
        at=place,
        label_visibility="collapsed",
        width=_ORDER_WIDTH,
    )


def show_counts(results: Results, names: tuple[str, ...], label: int | None, is_whole: bool) -> None:
    """How many photos were put into each class, as bars; a click on one shows these photos, or all again.

    Args:
        results: the predictions.
        names: of the classes.
        label: the class that is shown; None for all.
        is_whole: whether they have the whole height of the picture's place.
    """
    numbers = counts(results.predictions)
    show_svg(
        counts_svg(numbers, names, label, _BARS if is_whole else _FEW_BARS),
        "mp_bars",
        on_pick=_choose_class,
        height=PLACE if is_whole else f"calc({PLACE} - {_UPLOADER}px)",
    )


def _choose_class(code: str) -> None:
    st.session_state["mp_class"] = EVERY if st.session_state.get("mp_class") == code else code


def show_table(
    results: Results, weights: Weights, names: tuple[str, ...], label: int | None, order: str
) -> PhotoPrediction[Copies] | None:
    """The table; a click on a row makes its photo that of the whole lab.

    Args:
        results: the predictions.
        weights: whose predictions they are.
        names: of the classes, told apart where two have one name.
        label: the class that is shown; None for all.
        order: one of the `ORDERS`.

    Returns:
        The prediction to look at more closely: that of the clicked row, or of the first.
    """
    question = (results, len(results.predictions), names, label, order)
    shown, table = cached_result("_mp_table", question, lambda: _table(results, weights, names, label, order))
    if not shown:
        st.info(t("No photo was put into this class."))
        return None
    # A key for each content of the table: elsewhere the number of the clicked row means another photo.
    key = f"mp_rows_{id(results)}_{len(results.predictions)}_{label}_{order}"
    event: Any = st.dataframe(
        table,
        key=key,
        on_select=lambda: _make_the_labs(shown, key),
        selection_mode="single-row",
        hide_index=True,
        row_height=_ROW,
        height=min(_HEIGHT, 40 + _ROW * len(shown)),
        column_config={
            "thumbnail": st.column_config.ImageColumn("", width=80),
            "photo": st.column_config.TextColumn(t("Photo"), width=115),
            "prediction": st.column_config.TextColumn(t("Prediction"), width=100),
            "probability": st.column_config.ProgressColumn(
                t("Probability"), format="percent", min_value=0, max_value=1, width=115
            ),
            "next": st.column_config.TextColumn(t("Then"), width=140),
            "right": st.column_config.TextColumn(t("Folder"), width=110),
        },
    )
    rows = event["selection"]["rows"]
    return shown[rows[0]] if rows and rows[0] < len(shown) else shown[0]


def _table(
    results: Results, weights: Weights, names: tuple[str, ...], label: int | None, order: str
) -> tuple[list[PhotoPrediction[Copies]], pd.DataFrame]:
    import pandas as pd

    shown, unsure = chosen(results.predictions, label, order), unsure_of(results, weights)
    mark = " · " + t("unsure")
    table = pd.DataFrame(
        {
            "thumbnail": [each.kept.thumbnail for each in shown],
            "photo": [each.name for each in shown],
            "prediction": [
                names[each.label] + mark if each in unsure else names[each.label] for each in shown
            ],
            "probability": [each.confidence for each in shown],
            "next": [", ".join(f"{names[index]} {p:.0%}" for index, p in each.best[1:2]) for each in shown],
        }
    )
    folders = [named_class(each.name, weights.classes) for each in shown]
    if any(folders):
        table["right"] = [
            "" if folder is None else "✓" if folder == weights.classes[each.label] else f"✗ {folder}"
            for each, folder in zip(shown, folders, strict=True)
        ]
    return shown, table


def unsure_of(results: Results, weights: Weights) -> frozenset[PhotoPrediction[Copies]]:
    """The answers of which fewer than half are right, where no kind is likely; kept until more are known."""

    def found() -> frozenset[PhotoPrediction[Copies]]:
        confidences = ((each, confidence_of(each.probabilities, weights)) for each in results.predictions)
        return frozenset(each for each, of in confidences if of.is_unsure and of.kind is None)

    return cached_result("_mp_unsure", (results, len(results.predictions)), found)


def _make_the_labs(shown: list[PhotoPrediction[Copies]], key: str) -> None:
    rows = st.session_state[key]["selection"]["rows"]
    if rows and rows[0] < len(shown):
        put_photo(_copy(shown[rows[0]]))


def _copy(prediction: PhotoPrediction[Copies]) -> Photo:
    """The small copy as a photo of its own."""
    opened = open_photo(prediction.kept.photo, prediction.name)
    return Photo(opened.name, opened.image, opened.original_size, (t("a small copy"), *opened.notes))


def show_closer(prediction: PhotoPrediction[Copies], names: tuple[str, ...]) -> None:
    """One photo, its five likeliest classes, and the way to the Predict page."""
    picture, bars = st.columns([1, 1.6], gap="medium")
    picture.image(prediction.kept.photo, width="stretch", alt=prediction.name)
    short = shortened(prediction.name)
    picture.text(short, help=escaped_markdown(prediction.name) if short != prediction.name else None)
    best = tuple((names[index], probability) for index, probability in prediction.best)
    with bars:
        show_svg(top_k_svg(best, best[0][0], prediction.name), "mp_best", shrink=0.5)
    if picture.button(
        t("Open it on Predict"),
        key="mp_open",
        icon=":material/photo_camera:",
        type="primary",
        on_click=lambda: put_photo(_copy(prediction)),
    ):
        leave_for("pages/predict.py", link_parameters())


def show_unread(results: Results) -> None:
    """The files that could not be read, by name, each with its sentence."""
    if not results.unread:
        return
    st.subheader(t("Not read"))
    count = len(results.unread)
    words = nt("{count:,} file could not be read.", "{count:,} files could not be read.", count)
    st.markdown(
        words.format(count=count) + " " + t("The others were done. These are in the JSON, not in the CSV.")
    )
    st.dataframe(
        {
            t("File"): [each.name for each in results.unread],
            t("Why"): [each.sentence for each in results.unread],
        },
        key="mp_unread",
        hide_index=True,
    )


def show_files(results: Results, weights: Weights) -> None:
    """The predictions to take away."""
    save_button(
        t("CSV"),
        lambda: spreadsheet_file(as_csv(results.predictions, weights.classes)),
        "answers.csv",
        key="mp_csv",
    )
    save_button(
        t("JSON"),
        lambda: as_json(results, weights.classes, title(weights.spec), weights.label),
        "answers.json",
        key="mp_json",
    )
