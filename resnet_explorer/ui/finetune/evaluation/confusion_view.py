"""The confusion matrix, and beside it the photos of the cell that was clicked or, before, the mistakes."""

from __future__ import annotations

from functools import partial
from typing import Final

import streamlit as st
from PIL import Image

from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import named
from resnet_explorer.explanation.heatmap import jpeg_bytes, whole_box
from resnet_explorer.finetune.dataset.thumbnail_grid_svg import EXCLUDE, Thumbnail, thumbnail_grid
from resnet_explorer.finetune.evaluation.confusion_svg import (
    FEW_CLASSES,
    MOST_CLASSES,
    Cell,
    confusion_svg,
    pairs_svg,
)
from resnet_explorer.finetune.evaluation.predictions import confusions
from resnet_explorer.photos.crop import seen_box
from resnet_explorer.ui.app.head import foot, picture
from resnet_explorer.ui.finetune.evaluation.evaluated_run import (
    EvaluatedRun,
    again_button,
    as_words,
    correct_words,
    show_tested,
)
from resnet_explorer.ui.session.cached_result import cached_result
from resnet_explorer.ui.widgets.step_buttons import part_buttons, part_of
from resnet_explorer.ui.widgets.svg_view import PLACE, show_svg

THUMBNAIL: Final = 224
_PAIRS: Final = 8
_COLUMNS, _ROWS, _GRID_SIDE = 5, 2, 130
"""Photos in a row beside the matrix, rows of them, and pixels of each."""
_AT_ONCE: Final = _COLUMNS * _ROWS


def chosen_photos(evaluated: EvaluatedRun, cell: Cell | None) -> tuple[int, ...]:
    """The photos of a cell or, without one, all mistakes; the most confident prediction first.

    Of the example those that ship.
    """
    predictions = evaluated.predictions
    found = predictions.mistakes() if cell is None else predictions.cell(*cell)
    if evaluated.run.is_example:
        return tuple(index for index in found if predictions.names[index] in evaluated.photos)
    return found


def show_cells(evaluated: EvaluatedRun, cell: Cell | None) -> None:
    """Matrix and photos; of many classes the most frequent mistakes, and the matrix below."""
    predictions = evaluated.predictions
    count, indices = len(predictions.classes), chosen_photos(evaluated, cell)
    shown = tuple(part_of("tr_page", indices, _AT_ONCE))
    with picture():
        left, right = st.columns([1, 1.65], gap="medium")
    with left:
        if count <= FEW_CLASSES:
            show_svg(_matrix(evaluated, cell), "tr_matrix", _choose_cell, height=PLACE)
        elif pairs := confusions(predictions)[:_PAIRS]:
            drawn = pairs_svg(pairs, predictions.shown_classes, cell)
            show_svg(drawn, "tr_pairs", _choose_cell, height=PLACE)
    with right:
        _show_photos(evaluated, cell, shown)
    with foot(f"{correct_words(evaluated)} {_heading(evaluated, cell)}"):
        if cell is not None:
            st.button(t("All mistakes"), key="tr_all", on_click=_show_cell, args=(None,))
        part_buttons("tr_page", t("photos"), len(indices), _AT_ONCE)
        again_button(evaluated)
    show_tested(evaluated)
    if FEW_CLASSES < count <= MOST_CLASSES:
        st.header(t("Confusion matrix"))
        show_svg(_matrix(evaluated, cell), "tr_matrix", _choose_cell, shrink=0.4, magnify=1.3, tallest=1000)


def _matrix(evaluated: EvaluatedRun, cell: Cell | None) -> str:
    predictions = evaluated.predictions
    return confusion_svg(tuple(map(tuple, predictions.confusion.tolist())), predictions.short_classes, cell)


def _choose_cell(key: str) -> None:
    reference, _, predicted = key.partition("-")
    cell = int(reference), int(predicted)
    _show_cell(None if st.session_state.get("tr_cell") == cell else cell)


def _show_cell(cell: Cell | None) -> None:
    st.session_state["tr_cell"], st.session_state["tr_page"] = cell, 1


def _show_photos(evaluated: EvaluatedRun, cell: Cell | None, shown: tuple[int, ...]) -> None:
    """The photos of a page, each with what it was predicted as."""
    if not shown and cell is None:
        st.success(t("Every prediction is correct."))
    elif not shown:
        st.info(t("No photo is in this cell."))
    elif evaluated.gone and not evaluated.photos:
        st.info(as_words(evaluated.gone) + " " + t("The figures stand."))
    else:
        files = cached_result(
            "_tr_thumbnails", (evaluated.run.key, shown), lambda: [_thumbnail(evaluated, i) for i in shown]
        )
        thumbnails = [
            Thumbnail(
                str(index),
                evaluated.predictions.names[index],
                file,
                _lines(evaluated, index, cell),
                evaluated.is_excluded(index) if evaluated.dataset else None,
            )
            for index, file in zip(shown, files, strict=True)
        ]
        grid, click = thumbnail_grid(thumbnails, _COLUMNS, _ROWS, _GRID_SIDE), partial(_click, evaluated)
        show_svg(grid, "tr_grid", click, height=PLACE)


def _heading(evaluated: EvaluatedRun, cell: Cell | None) -> str:
    predictions = evaluated.predictions
    count = len(predictions.mistakes() if cell is None else predictions.cell(*cell))
    if cell is not None:
        shown = len(chosen_photos(evaluated, cell))
        some = t("; {shown} of them ship").format(shown=shown) if shown < count else ""
        return f"**{named(evaluated.prediction_words(*cell), str(count))}**{some}"
    words = t("The most confident of {count:,} mistakes") if count > 1 else t("Mistakes")
    return words.format(count=count) + t("; a click on a cell shows its photos.")


def _lines(evaluated: EvaluatedRun, index: int, cell: Cell | None) -> tuple[str, ...]:
    """What stands below a photo: the confidence; among all mistakes, also both classes."""
    predictions = evaluated.predictions
    confidence = f"{predictions.confidences[index]:.0%}"
    if cell is not None:
        return (t("confidence {share}").format(share=confidence),)
    predicted, reference = predictions.predicted[index], predictions.labels[index]
    return (
        t("{share} {name}").format(name=predictions.short_classes[predicted], share=confidence),
        t("true: {name}").format(name=predictions.short_classes[reference]),
    )


def _thumbnail(evaluated: EvaluatedRun, index: int) -> bytes:
    """The square of a photo that the network takes, as a JPEG file; nothing if it cannot be read."""
    try:
        photo = evaluated.open(index)
    except ValueError:
        return b""
    box = seen_box(photo, evaluated.run.config.preprocessing)
    square = photo.image.crop(whole_box(box, photo.image.size))
    return jpeg_bytes(square.resize((THUMBNAIL, THUMBNAIL), Image.Resampling.BILINEAR))


def _click(evaluated: EvaluatedRun, key: str) -> None:
    index = int(key.removeprefix(EXCLUDE))
    if index >= len(evaluated.predictions.names):  # a click on the photos of a moment ago
        return
    if key.startswith(EXCLUDE):
        evaluated.toggle_excluded(index)
    else:
        st.session_state["tr_photo"], st.session_state["tr_class"] = index, None
