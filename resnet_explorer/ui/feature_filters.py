"""The filters of the first convolution, and what each of them finds in the photo."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import streamlit as st

from resnet_explorer.feature_grid import Span, grid_picture, kernel_svg
from resnet_explorer.first_layer import filter_picture, filter_tiles, largest_weight
from resnet_explorer.i18n import prose, t
from resnet_explorer.overlay import GREY
from resnet_explorer.sheet import Scale, numbers_json, sheet
from resnet_explorer.ui.evidence import colours_input, opacity_input, show_scale
from resnet_explorer.ui.feature_answer import Looked
from resnet_explorer.ui.feature_channels import (
    channel_input,
    order_input,
    page_input,
    picture_of,
    show_grid,
)
from resnet_explorer.ui.feature_downloads import bar_of
from resnet_explorer.ui.feature_maps import show_large
from resnet_explorer.ui.networks import as_stored
from resnet_explorer.ui.remembered import remembered
from resnet_explorer.ui.save import save_button
from resnet_explorer.ui.svg import show_svg

if TYPE_CHECKING:
    from resnet_explorer.first_layer import Kernels
    from resnet_explorer.weights import Weights


def kernels_of(weights: Weights) -> Kernels:
    """The weights of conv1 as they stand in the file, (filters, channels, k, k).

    Raises:
        ValueError: in one sentence, if the network cannot be had.
    """

    def read() -> Kernels:
        return cast("Kernels", as_stored(weights).conv1.weight.detach().numpy().copy())  # type: ignore[operator]

    return remembered("_fm_kernels", (weights.key,), read)


def show_filters(looked: Looked) -> None:
    """The filters as pictures; the chosen one large, beside its channel on the photo.

    Args:
        looked: the stem.
    """
    kernels = kernels_of(looked.subject.weights)
    filters, channels, *window = kernels.shape
    st.markdown(
        prose("features_filters").format(
            filters=filters,
            window=" × ".join(map(str, window)),
            colour=t("red, green and blue as one colour") if channels == 3 else t("as brightness"),
        )
    )
    grid_column, large_column = st.columns([1.75, 1], gap="large")
    with grid_column:
        order = order_input(looked.numbers, "fm_fpage")
        grid_place = st.container()
        shown = page_input("fm_fpage", order)
        st.caption(t("Below each filter its number, and the mean of its channel on this photo."))
    with large_column:
        number_place, kernel_place = st.columns(2, vertical_alignment="bottom")
        with number_place:
            number = channel_input("fm_filter", order)
        channel_place = st.container()
        opacity = opacity_input()
        span = Span.of(looked.numbers.largest, looked.numbers.has_negative, colours_input())
    largest = largest_weight(kernels)
    bar = Scale(GREY, f"−{largest:.3g}", f"{largest:.3g}", t("weight"))
    tiles = remembered(
        "_fm_filter_tiles",
        (kernels, looked, tuple(shown)),
        lambda: filter_tiles(kernels, looked.numbers.mean, shown),
    )
    with grid_place:
        show_scale(bar)
        title = t("{count} of {total:,} filters of conv1").format(count=len(tiles), total=filters)
        svg = remembered(
            "_fm_filter_grid", (tiles, number), lambda: picture_of(tiles, filters, number, title)
        )
        show_grid("fm_filter", tiles, svg)
    with kernel_place:
        picture = remembered(
            "_fm_kernel",
            (kernels, number),
            lambda: kernel_svg(
                filter_picture(kernels[number], largest), t("Filter {number}").format(number=number)
            ),
        )
        show_svg(picture, "fm_kernel", shrink=0.2, magnify=1.4, tallest=170)
    with channel_place:
        show_large(looked, number, span, opacity, "fm_filter_large")
        show_scale(bar_of(span))
    caption = looked.caption(t("Filters of conv1"))
    with st.container(horizontal=True):
        save_button(
            t("Filters as PNG"),
            lambda: sheet([grid_picture(tiles)], caption.lines, bar),
            "filters-conv1.png",
            key="fm_save_filters",
        )
        save_button(
            t("Filters as JSON"),
            lambda: numbers_json(caption, {"filters": kernels.tolist()}),
            "filters-conv1.json",
            key="fm_save_filters_json",
        )
