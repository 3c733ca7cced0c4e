"""The filters of the first convolution, and what each of them finds in the photo."""

from __future__ import annotations

from typing import cast

import streamlit as st

from resnet_explorer.common.i18n import prose, t
from resnet_explorer.explanation.captioned_figure import ColourBar, figure, numbers_json
from resnet_explorer.explanation.heatmap import GREY
from resnet_explorer.features.grid_svg import (
    ColourScale,
    Kernels,
    filter_picture,
    filter_tiles,
    grid_picture,
    grid_svg,
    kernel_svg,
    largest_weight,
)
from resnet_explorer.ui.app.head import more_settings
from resnet_explorer.ui.explanation.evidence import colours_input, opacity_input, show_colour_bar
from resnet_explorer.ui.features.channels import channel_input, order_input, page_input, show_grid
from resnet_explorer.ui.features.maps import numbers_of, show_large, where_largest
from resnet_explorer.ui.features.place_features import PlaceFeatures, colour_bar_of
from resnet_explorer.ui.features.screen import BELOW_BAR, Screen
from resnet_explorer.ui.session.cached_result import cached_result
from resnet_explorer.ui.session.loaded_networks import as_stored
from resnet_explorer.ui.widgets.save_button import save_button
from resnet_explorer.ui.widgets.svg_view import show_svg
from resnet_explorer.weights.description import Weights


def show_filters(found: PlaceFeatures, screen: Screen) -> None:
    """The filters as pictures; the chosen one large, beside its channel on the photo.

    Args:
        found: the features of the stem.
        screen: the page's rooms.
    """
    kernels = _kernels(found.viewed.weights)
    count, channels, *window = kernels.shape
    largest = largest_weight(kernels)
    bar = ColourBar(GREY, f"−{largest:.3g}", f"{largest:.3g}", t("weight"))
    caption = found.caption(t("Filters of conv1"))
    grid_column, large_column, side_column = screen.columns()
    with screen.take_home, more_settings():
        order = order_input(found.channels, "fm_fpage")
        opacity = opacity_input()
        scale = ColourScale.of(found.channels.largest, found.channels.has_negative, colours_input())
    with side_column:
        number = channel_input("fm_filter", order)
        shown = page_input("fm_fpage", order)
    tiles = cached_result(
        "_fm_filter_tiles",
        (kernels, found, tuple(shown)),
        lambda: filter_tiles(kernels, found.channels.mean, shown),
    )
    title = t("{count} of {total:,} filters of conv1").format(count=len(tiles), total=count)
    with grid_column:
        show_colour_bar(bar)
        svg = cached_result("_fm_filter_grid", (tiles, number), lambda: grid_svg(tiles, count, number, title))
        show_grid("fm_filter", tiles, svg, BELOW_BAR)
    with side_column:
        title = t("Filter {number}").format(number=number)
        svg = cached_result(
            "_fm_kernel",
            (kernels, number),
            lambda: kernel_svg(filter_picture(kernels[number], largest), title),
        )
        show_svg(svg, "fm_kernel", shrink=0.2, magnify=1.4, tallest=150)
        st.caption(where_largest(found, number))
    with large_column:
        show_large(found, number, scale, opacity, "fm_filter_large")
        show_colour_bar(colour_bar_of(scale))
    screen.words.markdown(numbers_of(found, number))
    with screen.take_home:
        save_button(
            t("PNG"),
            lambda: figure([grid_picture(tiles)], caption.lines, bar),
            "filters-conv1.png",
            key="fm_save_filters",
        )
        save_button(
            t("JSON"),
            lambda: numbers_json(caption, {"filters": kernels.tolist()}),
            "filters-conv1.json",
            key="fm_save_filters_json",
        )
    with screen.below:
        st.caption(t("Below each filter its number, and the mean of its channel on this photo."))
        st.markdown(
            prose("features_filters").format(
                filters=count,
                window=" × ".join(map(str, window)),
                colour=t("red, green and blue as one colour") if channels == 3 else t("as brightness"),
            )
        )


def _kernels(weights: Weights) -> Kernels:
    """The weights of conv1 as they stand in the file, (filters, channels, k, k).

    Raises:
        ValueError: in one sentence, if the network cannot be had.
    """

    def read() -> Kernels:
        return cast("Kernels", as_stored(weights).conv1.weight.detach().numpy().copy())  # type: ignore[operator]

    return cached_result("_fm_kernels", (weights.key,), read)
