"""The features of one place: all channels in a grid on one scale, and one large over the photo."""

from __future__ import annotations

from typing import Final

import streamlit as st

from resnet_explorer.feature_grid import Span, channel_tiles, large_svg
from resnet_explorer.feature_numbers import peak_cell
from resnet_explorer.i18n import prose, t
from resnet_explorer.ui.evidence import colours_input, opacity_input, show_scale
from resnet_explorer.ui.feature_answer import Looked
from resnet_explorer.ui.feature_channels import (
    channel_input,
    order_input,
    page_input,
    picture_of,
    show_grid,
)
from resnet_explorer.ui.feature_downloads import bar_of, show_downloads
from resnet_explorer.ui.linked import linked, one_of
from resnet_explorer.ui.remembered import remembered
from resnet_explorer.ui.svg import show_svg

SCALES: Final = {"place": "This place", "network": "Whole network"}


def show_maps(looked: Looked) -> None:
    """The grid with its controls, the large channel beside it, and the downloads."""
    grid_column, large_column = st.columns([1.75, 1], gap="large")
    with grid_column:
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
            order = order_input(looked.numbers, "fm_page")
            largest = _largest_of_scale(looked)
        grid_place = st.container()
        shown = page_input("fm_page", order)
    with large_column:
        channel = channel_input("fm_channel", order)
        large_place = st.container()
        opacity = opacity_input()
        signed = looked.numbers.has_negative
        span = Span.of(largest, signed, "" if signed else colours_input())
    if signed:
        grid_column.info(prose("features_signed"))
    tiles = remembered(
        "_fm_tiles",
        (looked, tuple(shown), span),
        lambda: channel_tiles(looked.features, looked.numbers.mean, shown, span),
    )
    with grid_place:
        show_scale(bar_of(span))
        title = t("{count} of {total:,} channels at {place}").format(
            count=len(tiles), total=len(order), place=looked.place.words
        )
        svg = remembered("_fm_grid", (tiles, channel), lambda: picture_of(tiles, len(order), channel, title))
        show_grid("fm_channel", tiles, svg)
    with large_place:
        show_large(looked, channel, span, opacity, "fm_large")
    show_downloads(looked, tiles, channel, span, opacity)


def show_large(looked: Looked, channel: int, span: Span, opacity: float, key: str) -> None:
    """One channel over the square that the network saw, and its numbers."""
    values, numbers = looked.features[channel], looked.numbers
    row, column = peak_cell(values)
    is_flat = numbers.low[channel] == numbers.high[channel]
    title = t("Channel {channel} at {place}, over the photo").format(
        channel=channel, place=looked.place.words
    )
    svg = remembered(
        f"_{key}",
        (looked, channel, span, opacity),
        lambda: large_svg(
            looked.subject.seen, span.picture(values), opacity, None if is_flat else (row, column), title
        ),
    )
    show_svg(svg, key, shrink=0.4, magnify=1.4, tallest=520)
    st.markdown(
        t(
            "**Channel {channel}** · mean **{mean:.3g}** · max **{high:.3g}** · **{zeros:.0%}** {where}"
        ).format(
            channel=channel,
            mean=numbers.mean[channel],
            high=numbers.high[channel],
            zeros=numbers.zeros[channel],
            where=t("zeros behind the next ReLU") if numbers.has_negative else t("zeros"),
        )
    )
    if is_flat:
        st.caption(t("It is {value:.3g} everywhere on this photo.").format(value=numbers.high[channel]))
    else:
        height, width = values.shape
        st.caption(
            t("The frame is its maximum: row {row}, column {column} of {height} × {width} cells.").format(
                row=row, column=column, height=height, width=width
            )
        )


def _largest_of_scale(looked: Looked) -> float:
    linked("fm_scale", "place", one_of(SCALES))
    scale = st.segmented_control(
        t("One scale for"),
        list(SCALES),
        required=True,
        format_func=lambda name: t(SCALES[name]),
        key="fm_scale",
        help=t("All channels of a place are always on one scale: only so can they be compared."),
        persist_state="session",
    )
    if scale == "place":
        return looked.numbers.largest
    return max(numbers.largest for numbers in looked.survey.numbers)
