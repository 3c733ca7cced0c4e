"""The features of one place: all channels in a grid on one scale, and one large over the photo."""

from __future__ import annotations

from typing import Final

import streamlit as st

from resnet_explorer.common.i18n import msg, prose, t
from resnet_explorer.features.grid_svg import ColourScale, channel_tiles, grid_svg, large_svg
from resnet_explorer.features.statistics import peak_cell
from resnet_explorer.inside.map_origin import writer_of
from resnet_explorer.network.layers import Plan
from resnet_explorer.ui.app.head import more_settings
from resnet_explorer.ui.explanation.evidence import colours_input, opacity_input, show_colour_bar
from resnet_explorer.ui.features.channels import channel_input, order_input, page_input, show_grid
from resnet_explorer.ui.features.place import place_heading, step_buttons
from resnet_explorer.ui.features.place_features import PlaceFeatures, colour_bar_of, show_downloads
from resnet_explorer.ui.features.screen import BELOW_BAR, Screen
from resnet_explorer.ui.inside.arithmetic_view import aim_arithmetic
from resnet_explorer.ui.inside.controls import inside_button
from resnet_explorer.ui.session.cached_result import cached_result
from resnet_explorer.ui.widgets.linked_inputs import linked_choice
from resnet_explorer.ui.widgets.svg_view import show_svg

SCALES: Final = {"place": msg("This place"), "network": msg("Whole network")}


def show_maps(found: PlaceFeatures, plan: Plan, screen: Screen) -> None:
    """The grid, the large channel beside it, and the downloads."""
    channels = found.channels
    signed = channels.has_negative
    grid_column, large_column, side_column = screen.columns()
    with screen.take_home, more_settings():
        order = order_input(channels, "fm_page")
        largest = _largest_of_scale(found)
        opacity = opacity_input()
        scale = ColourScale.of(largest, signed, "" if signed else colours_input())
    with side_column:
        place_heading(found.place)
        step_buttons(found.place, plan)
        channel = channel_input("fm_channel", order)
        shown = page_input("fm_page", order)
    tiles = cached_result(
        "_fm_tiles",
        (found, tuple(shown), scale),
        lambda: channel_tiles(found.features, channels.mean, shown, scale),
    )
    title = t("{count} of {total:,} channels at {place}").format(
        count=len(tiles), total=len(order), place=found.place.words
    )
    with grid_column:
        show_colour_bar(colour_bar_of(scale))
        svg = cached_result("_fm_grid", (tiles, channel), lambda: grid_svg(tiles, len(order), channel, title))
        show_grid("fm_channel", tiles, svg, BELOW_BAR)
    with large_column:
        show_large(found, channel, scale, opacity, "fm_large")
    with side_column:
        st.caption(where_largest(found, channel) + " " + t("Click a cell for its arithmetic."))
    screen.words.markdown(numbers_of(found, channel))
    with screen.take_home:
        if found.place.block:
            inside_button(found.place.name)
        show_downloads(found, tiles, channel, scale, opacity)
    with screen.below:
        if signed:
            st.info(prose("features_signed"))
        st.markdown(prose("features_read"))


def show_large(found: PlaceFeatures, channel: int, scale: ColourScale, opacity: float, key: str) -> None:
    """One channel over the crop that the network saw; a click on a cell leads to its arithmetic."""
    values, channels = found.features[channel], found.channels
    is_flat = channels.low[channel] == channels.high[channel]
    title = t("Channel {channel} at {place}, over the photo").format(channel=channel, place=found.place.words)
    svg = cached_result(
        f"_{key}",
        (found, channel, scale, opacity),
        lambda: large_svg(
            found.viewed.seen, scale.picture(values), opacity, None if is_flat else peak_cell(values), title
        ),
    )

    def open_cell(part: str) -> None:
        row, column = map(int, part.split(","))
        place = found.place
        layer = writer_of(found.viewed.weights.plan, place.name if place.block else None)
        aim_arithmetic(layer, channel, row, column)

    show_svg(svg, key, open_cell, shrink=0.4, magnify=1.4, tallest=520)


def numbers_of(found: PlaceFeatures, channel: int) -> str:
    """The numbers of a channel on the photo."""
    channels = found.channels
    return t(
        "**Channel {channel}** · mean **{mean:.3g}** · max **{high:.3g}** · **{zeros:.0%}** {where}"
    ).format(
        channel=channel,
        mean=channels.mean[channel],
        high=channels.high[channel],
        zeros=channels.zeros[channel],
        where=t("zeros behind the next ReLU") if channels.has_negative else t("zeros"),
    )


def where_largest(found: PlaceFeatures, channel: int) -> str:
    """Where a channel is largest, which a frame shows."""
    values, channels = found.features[channel], found.channels
    if channels.low[channel] == channels.high[channel]:
        return t("It is {value:.3g} everywhere on this photo.").format(value=channels.high[channel])
    row, column = peak_cell(values)
    height, width = values.shape
    return t("The frame is its maximum: row {row}, column {column} of {height} × {width} cells.").format(
        row=row, column=column, height=height, width=width
    )


def _largest_of_scale(found: PlaceFeatures) -> float:
    scale = linked_choice(
        "fm_scale",
        t("One scale for"),
        SCALES,
        default="place",
        help=t("All channels of a place are always on one scale: only so can they be compared."),
    )
    places = [found.channels] if scale == "place" else found.statistics.places
    return max(channels.largest for channels in places)
