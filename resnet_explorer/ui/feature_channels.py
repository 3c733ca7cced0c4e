"""Which channels are shown: their order, the page of the grid, and the one that is shown large."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from resnet_explorer.feature_grid import COLUMNS, PER_PAGE, ROWS, Tile, grid_svg
from resnet_explorer.feature_numbers import ChannelNumbers
from resnet_explorer.i18n import t
from resnet_explorer.ui.linked import linked, one_of, whole
from resnet_explorer.ui.svg import show_svg

ORDERS: Final = {"active": "Most active", "number": "By number"}


def order_input(numbers: ChannelNumbers, page_key: str) -> list[int]:
    """The channels in the order that is asked for; another order begins with its first page."""
    linked("fm_order", "active", one_of(ORDERS))
    order = st.segmented_control(
        t("Channels"),
        list(ORDERS),
        required=True,
        format_func=lambda name: t(ORDERS[name]),
        key="fm_order",
        help=t("The most active first: those with the largest mean on this photo."),
        on_change=_to_page,
        args=(page_key, 1),
        persist_state="session",
    )
    channels = range(len(numbers.mean))
    return numbers.most_active().tolist() if order == "active" else list(channels)


def page_input(page_key: str, order: Sequence[int]) -> list[int]:
    """The channels of the page that is shown; without controls where one page holds them all."""
    count = -(-len(order) // PER_PAGE)
    page = linked(page_key, 1, whole(1, count))
    shown = list(order[(page - 1) * PER_PAGE : page * PER_PAGE])
    if count == 1:
        return shown
    row = st.container(horizontal=True, gap="small", vertical_alignment="center")
    for name, step in ((t("◀ Page"), -1), (t("Page ▶"), 1)):
        row.button(
            name,
            key=f"{page_key}_step{step}",
            disabled=not 1 <= page + step <= count,
            on_click=_to_page,
            args=(page_key, page + step),
        )
    row.markdown(t("**{page}** of {count:,}").format(page=page, count=count))
    return shown


def channel_input(key: str, order: Sequence[int]) -> int:
    """The channel that is shown large: the first in order unless another one was chosen."""
    chosen = linked(key, None, whole(0, len(order) - 1))
    st.number_input(
        t("Channel"),
        0,
        len(order) - 1,
        value=None,
        key=key,
        placeholder=str(order[0]),
        help=t("Numbered from 0, as torch does. Or click one of the pictures."),
        width=150,
        persist_state="session",
    )
    return order[0] if chosen is None else chosen


def show_grid(key: str, tiles: Sequence[Tile], svg: str) -> None:
    """The grid; a click on a picture chooses its channel.

    Args:
        key: of the control that holds the channel.
        tiles: those that are shown.
        svg: `picture_of` them.
    """

    def pick(part: str) -> None:
        row, _, column = part.partition(",")
        place = int(row) * COLUMNS + int(column)
        if place < len(tiles):
            st.session_state[key] = tiles[place].number

    show_svg(svg, f"{key}_grid", pick, shrink=0.3, magnify=1.3, tallest=1000)


def picture_of(tiles: Sequence[Tile], total: int, chosen: int, title: str) -> str:
    """The grid as SVG, as high on its last page as on the others."""
    rows = ROWS if total > PER_PAGE else -(-len(tiles) // COLUMNS)
    return grid_svg(tiles, rows, chosen, title)


def _to_page(page_key: str, page: int) -> None:
    st.session_state[page_key] = page
