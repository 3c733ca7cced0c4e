"""The sample photos through the networks of the Side by side page: a matrix of photo × network."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import streamlit as st

from resnet_explorer.i18n import t
from resnet_explorer.overlay import jpeg_bytes
from resnet_explorer.photo import Photo
from resnet_explorer.samples import SAMPLES, Sample
from resnet_explorer.side_by_side import Looker, over_photos
from resnet_explorer.side_by_side_tables import matrix_html, matrix_rows
from resnet_explorer.tables import to_csv
from resnet_explorer.ui.linked import SWITCH, linked
from resnet_explorer.ui.networks import trained
from resnet_explorer.ui.photo_input import sample_photo
from resnet_explorer.ui.remembered import remembered
from resnet_explorer.ui.save import save_button
from resnet_explorer.ui.slow_work import slow_work


def show_samples(lookers: Sequence[Looker], names: Sequence[str]) -> None:
    """The sample photos through the same networks: a matrix of photo × network."""
    st.subheader(t("The five sample photos"))
    linked("sb_samples", True, SWITCH)
    if not st.toggle(t("Ask about each of them"), key="sb_samples", persist_state="session"):
        return
    photos = [sample_photo(each.name) for each in SAMPLES]
    keys = tuple(each.weights.key for each in lookers)
    # The answers do not hang on the class of the maps.
    bare = [Looker(each.weights, each.names) for each in lookers]
    rows, _ = slow_work(
        "sb_matrix", keys, lambda: over_photos(photos, bare, trained), t("The networks look at the samples")
    )
    if not rows:
        return
    classes = [each.names for each in lookers]
    st.html(matrix_html(names, classes, rows, _heads(photos)))
    st.caption(t("≠ and a bar: networks that know the same classes say different things."))
    save_button(
        t("Table as CSV"),
        lambda: to_csv(matrix_rows(names, classes, rows)),
        "samples.csv",
        key="sb_matrix_csv",
    )


def _heads(photos: Sequence[Photo]) -> list[str]:
    """Each photo as a picture of a thumb's size and its title."""
    return remembered(
        "_sb_heads", tuple(photos), lambda: [_head(*pair) for pair in zip(photos, SAMPLES, strict=True)]
    )


def _head(photo: Photo, sample: Sample) -> str:
    small = photo.image.copy()
    small.thumbnail((120, 84))
    data = base64.b64encode(jpeg_bytes(small)).decode()
    return (
        "<div style='display:flex;align-items:center;gap:0.8rem'>"
        f"<img src='data:image/jpeg;base64,{data}' alt='' style='height:56px;border-radius:0.3rem'>"
        f"<span>{t(sample.title)}</span></div>"
    )
