"""Which channels are shown: their order, the page of the grid, and the one that is shown large."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from resnet_explorer.common.i18n import msg, t
from resnet_explorer.features.grid_svg import COLUMNS, PER_PAGE, Tile
from resnet_explorer.features.statistics import ChannelStatistics
from resnet_explorer.ui.app.url_state import linked, whole
from resnet_explorer.ui.widgets.keeping_value import keeping_value
from resnet_explorer.ui.widgets.linked_inputs import linked_choice
from resnet_explorer.ui.widgets.svg_view import show_svg

ORDERS: Final = {"active": msg("Most active"), "number": msg("By number")}


def order_input(channels: ChannelStatistics, page_key: str) -> list[int]:
    """The channels in the order that is chosen; another order begins with its first page."""
    order = linked_choice(
        "fm_order",
        t("Channels"),
        ORDERS,
        default="active",
        help=t("The most active first: those with the largest mean on this photo."),
        on_change=_show_page,
        args=(page_key, 1),
    )
    return channels.most_active().tolist() if order == "active" else list(range(len(channels.mean)))


def page_input(page_key: str, order: Sequence[int]) -> list[int]:
    """The channels of the page that is shown; without controls where one page holds them all."""
    count = -(-len(order) // PER_PAGE)
    page = linked(page_key, 1, whole(1, count))
    if count > 1:
        row = st.container(horizontal=True, gap="small", vertical_alignment="center")
        for name, step in ((t("◀ Page"), -1), (t("Page ▶"), 1)):
            row.button(
                name,
                key=f"{page_key}_step{step}",
                disabled=not 1 <= page + step <= count,
                on_click=_show_page,
                args=(page_key, page + step),
            )
        row.markdown(t("**{page}** of {count:,}").format(page=page, count=count))
    return list(order[(page - 1) * PER_PAGE : page * PER_PAGE])


def channel_input(key: str, order: Sequence[int]) -> int:
    """The channel that is shown large: the first in order unless another one was chosen."""
    chosen = linked(key, None, whole(0, len(order) - 1))
    st.number_input(
        t("Channel"),
        0,
        len(order) - 1,
        value=None,
        placeholder=str(order[0]),
        help=t("Numbered from 0, as torch does. Or click one of the pictures."),
        width=150,
        **keeping_value(key),
    )
    return order[0] if chosen is None else chosen


def show_grid(key: str, tiles: Sequence[Tile], svg: str, height: str) -> None:
    """The grid; a click on a picture chooses its channel.

    Args:
        key: of the control that holds the channel.
        tiles: those that are shown.
        svg: the picture of them, by `grid_svg`.
        height: of its place, in CSS.
    """

    def pick(part: str) -> None:
        row, _, column = part.partition(",")
        place = int(row) * COLUMNS + int(column)
        if place < len(tiles):
            st.session_state[key] = tiles[place].number

    show_svg(svg, f"{key}_grid", pick, height=height)


def _show_page(page_key: str, page: int) -> None:
    st.session_state[page_key] = page
