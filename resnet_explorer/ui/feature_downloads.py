"""Features to take away: the grid and one channel as pictures with a caption, and the numbers."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from PIL import Image

from resnet_explorer.feature_grid import LARGE, Span, Tile, enlarged_cells, grid_picture
from resnet_explorer.feature_numbers import channel_rows
from resnet_explorer.i18n import t
from resnet_explorer.overlay import overlay
from resnet_explorer.sheet import Scale, numbers_json, sheet
from resnet_explorer.tables import to_csv
from resnet_explorer.ui.feature_answer import Looked
from resnet_explorer.ui.save import save_button


def bar_of(span: Span) -> Scale:
    """The colour bar of a scale."""
    low = f"{span.low:.3g}".replace("-", "−")
    return Scale(span.colour_map, low, f"{span.high:.3g}", t("activation"))


def show_downloads(looked: Looked, tiles: Sequence[Tile], channel: int, span: Span, opacity: float) -> None:
    """The buttons."""
    name = f"features-{looked.place.name}"
    with st.container(horizontal=True):
        save_button(
            t("Grid as PNG"), lambda: grid_file(looked, tiles, span), f"{name}.png", key="fm_save_grid"
        )
        save_button(
            t("Channel as PNG"),
            lambda: channel_file(looked, channel, span, opacity),
            f"{name}-{channel}.png",
            key="fm_save_large",
        )
        save_button(t("Numbers as JSON"), lambda: json_file(looked), f"{name}.json", key="fm_save_json")
        save_button(t("Numbers as CSV"), lambda: csv_file(looked), f"{name}.csv", key="fm_save_csv")


def grid_file(looked: Looked, tiles: Sequence[Tile], span: Span) -> bytes:
    """The page of the grid that is shown, as a PNG."""
    method = t("Features, {count} of {total:,} channels").format(count=len(tiles), total=len(looked.features))
    return sheet([grid_picture(tiles)], looked.caption(method).lines, bar_of(span))


def channel_file(looked: Looked, channel: int, span: Span, opacity: float) -> bytes:
    """The photo, a channel, and the channel over the photo, as a PNG."""
    seen = looked.subject.seen.resize((LARGE, LARGE), Image.Resampling.BICUBIC)
    cells = enlarged_cells(span.picture(looked.features[channel]), LARGE)
    panels = [seen, cells, overlay(seen, cells, opacity)]
    method = t("Features, channel {channel}").format(channel=channel)
    return sheet(panels, looked.caption(method).lines, bar_of(span))


def json_file(looked: Looked) -> str:
    """The numbers of all channels of the place, with the caption."""
    numbers = {
        "place": looked.place.name,
        "shape": list(looked.place.shape),
        "channels": channel_rows(looked.features, looked.numbers),
    }
    return numbers_json(looked.caption(t("Features")), numbers)


def csv_file(looked: Looked) -> str:
    """A row a channel."""
    return to_csv(channel_rows(looked.features, looked.numbers))
