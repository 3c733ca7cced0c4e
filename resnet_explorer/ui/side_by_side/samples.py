"""The sample photos through the networks of the Side by side page: a matrix of photo × network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import spreadsheet_file
from resnet_explorer.network.table_rows import to_csv
from resnet_explorer.photos.samples import SAMPLES
from resnet_explorer.photos.thumbnails import thumbnail
from resnet_explorer.side_by_side.predictions import ComparedNetwork, over_photos
from resnet_explorer.side_by_side.tables import matrix_rows
from resnet_explorer.ui.photos.photo_input import sample_photo
from resnet_explorer.ui.session.cached_result import cached_result
from resnet_explorer.ui.session.loaded_networks import trained
from resnet_explorer.ui.session.progress_job import run_with_progress
from resnet_explorer.ui.side_by_side.tables import matrix_html
from resnet_explorer.ui.widgets.linked_inputs import linked_switch
from resnet_explorer.ui.widgets.save_button import save_button


def show_samples(networks: Sequence[ComparedNetwork], names: Sequence[str]) -> None:
    """The sample photos through the same networks: a matrix of photo × network."""
    if not linked_switch("sb_samples", t("Predict each of them"), default=True):
        return
    photos = [sample_photo(each.name) for each in SAMPLES]
    # The predictions do not depend on the class of the maps.
    plain = [replace(each, target=None) for each in networks]
    rows, _ = run_with_progress(
        "sb_matrix",
        tuple(each.weights.key for each in networks),
        lambda: over_photos(photos, plain, trained),
        t("The networks predict the samples"),
    )
    if not rows:
        return
    classes = [each.names for each in networks]
    pictures = cached_result(
        "_sb_thumbnails", tuple(photos), lambda: [thumbnail(photo.image) for photo in photos]
    )
    heads = [(picture, t(each.title)) for picture, each in zip(pictures, SAMPLES, strict=True)]
    st.html(matrix_html(names, classes, rows, heads))
    st.caption(t("≠ and a bar: networks that know the same classes say different things."))
    save_button(
        t("Table as CSV"),
        lambda: spreadsheet_file(to_csv(matrix_rows(names, classes, rows))),
        "samples.csv",
        key="sb_matrix_csv",
    )
