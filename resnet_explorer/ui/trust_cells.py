"""The confusion matrix, and beside it the photos of the cell that was clicked or, before, the mistakes."""

from __future__ import annotations

from functools import partial
from math import ceil
from typing import Final

import streamlit as st
from PIL import Image

from resnet_explorer.crop import seen_box
from resnet_explorer.finetune.confusion_picture import (
    FEW_CLASSES,
    MOST_CLASSES,
    Cell,
    confusion_svg,
    pairs_svg,
)
from resnet_explorer.finetune.photo_grid import OUT, Tile, grid_svg
from resnet_explorer.finetune.verdicts import confusions
from resnet_explorer.i18n import t
from resnet_explorer.overlay import jpeg_bytes, whole_box
from resnet_explorer.ui.linked import linked, whole
from resnet_explorer.ui.remembered import remembered
from resnet_explorer.ui.svg import show_svg
from resnet_explorer.ui.trust_run import Judged, as_words, class_name

THUMBNAIL: Final = 224
_PAIRS: Final = 12
_BESIDE, _BELOW = (3, 3), (6, 2)
"""Columns and rows of the grid beside a small matrix, and below a large one."""


def chosen_photos(judged: Judged, cell: Cell | None) -> tuple[int, ...]:
    """The photos of a cell or, without one, all that were named wrong; the surest first."""
    return judged.verdicts.mistakes() if cell is None else judged.verdicts.cell(*cell)


def show_cells(judged: Judged, cell: Cell | None) -> None:
    """Matrix and photos."""
    if FEW_CLASSES < len(judged.verdicts.classes) <= MOST_CLASSES:
        _show_matrix(judged, cell)
        _show_photos(judged, cell, *_BELOW)
        return
    left, right = st.columns([1.2, 1], gap="medium")
    with left:
        _show_matrix(judged, cell)
    with right:
        _show_photos(judged, cell, *_BESIDE)


def _show_matrix(judged: Judged, cell: Cell | None) -> None:
    verdicts = judged.verdicts
    if len(verdicts.classes) <= MOST_CLASSES:
        rows = tuple(map(tuple, verdicts.confusion.tolist()))
        svg = confusion_svg(rows, verdicts.classes, cell)
        show_svg(svg, "tr_matrix", _choose_cell, shrink=0.4, magnify=1.3, tallest=1000)
        return
    pairs = confusions(verdicts)
    if not pairs:
        return
    st.markdown(
        t("**{count} classes**: which is taken for which most often").format(count=len(verdicts.classes))
    )
    show_svg(pairs_svg(pairs[:_PAIRS], verdicts.classes, cell), "tr_pairs", _choose_cell, shrink=0.5)


def _choose_cell(key: str) -> None:
    truth, _, answer = key.partition("-")
    cell = int(truth), int(answer)
    st.session_state["tr_cell"] = None if st.session_state.get("tr_cell") == cell else cell
    st.session_state["tr_page"] = 1


def _all_mistakes() -> None:
    st.session_state["tr_cell"], st.session_state["tr_page"] = None, 1


def _show_photos(judged: Judged, cell: Cell | None, columns: int, rows: int) -> None:
    indices = chosen_photos(judged, cell)
    at_once = columns * rows
    pages = max(1, ceil(len(indices) / at_once))
    page = linked("tr_page", 1, whole(1, pages))
    st.markdown(f"#### {_heading(judged, cell, len(indices))}")
    _show_way(page, pages, cell)
    if not indices:
        st.success(t("Every photo was named right.")) if cell is None else st.info(
            t("No photo is in this cell.")
        )
        return
    if judged.gone:
        st.info(f"{as_words(judged.gone)} {t('The figures stand.')}")
        return
    shown = indices[(page - 1) * at_once : page * at_once]
    pictures = remembered(
        "_tr_thumbnails", (judged.run.key, shown), lambda: [_thumbnail(judged, i) for i in shown]
    )
    out = judged.left_out
    tiles = [
        Tile(
            str(index),
            judged.verdicts.names[index],
            picture,
            _lines(judged, index, cell),
            judged.verdicts.names[index] in out if judged.album else None,
        )
        for index, picture in zip(shown, pictures, strict=True)
    ]
    show_svg(
        grid_svg(tiles, columns), "tr_grid", partial(_click, judged), shrink=0.5, magnify=1.4, tallest=1000
    )


def _heading(judged: Judged, cell: Cell | None, count: int) -> str:
    if cell is None:
        return t("The surest of {count:,} mistakes").format(count=count) if count > 1 else t("Mistakes")
    truth, answer = cell
    words = (
        t("{truth}, named right: {count:,}")
        if truth == answer
        else t("{truth}, taken for {answer}: {count:,}")
    )
    return words.format(truth=class_name(judged, truth), answer=class_name(judged, answer), count=count)


def _lines(judged: Judged, index: int, cell: Cell | None) -> tuple[str, ...]:
    """What stands below a photo: what it was called and how surely; among all mistakes, also what it is."""
    verdicts = judged.verdicts
    sure = f"{verdicts.confidences[index]:.0%}"
    if cell is not None:
        return (t("{sure} sure").format(sure=sure),)
    called = t("{sure} {name}").format(name=verdicts.classes[verdicts.answers[index]], sure=sure)
    return called, t("true: {name}").format(name=verdicts.classes[verdicts.labels[index]])


def _thumbnail(judged: Judged, index: int) -> bytes:
    """The square of a photo that the network looks at, as a JPEG file; nothing if it cannot be read."""
    try:
        photo = judged.open(index)
    except ValueError:
        return b""
    box = seen_box(photo, judged.run.story.preprocessing)
    square = photo.image.crop(whole_box(box, photo.image.size))
    return jpeg_bytes(square.resize((THUMBNAIL, THUMBNAIL), Image.Resampling.BILINEAR))


def _click(judged: Judged, key: str) -> None:
    if key.startswith(f"{OUT}:"):
        judged.turn_out(int(key.removeprefix(f"{OUT}:")))
        return
    st.session_state["tr_photo"], st.session_state["tr_class"] = int(key), None


def _show_way(page: int, pages: int, cell: Cell | None) -> None:
    """Back to all mistakes, and from page to page."""
    if cell is None and pages == 1:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if cell is not None:
            st.button(t("All mistakes"), key="tr_all", icon=":material/close:", on_click=_all_mistakes)
        if pages > 1:
            st.button("‹", key="tr_page_before", on_click=_turn, args=(page - 1,), disabled=page == 1)
            st.markdown(t("{page} / {pages}").format(page=page, pages=pages), width="content")
            st.button("›", key="tr_page_after", on_click=_turn, args=(page + 1,), disabled=page == pages)


def _turn(page: int) -> None:
    st.session_state["tr_page"] = page
