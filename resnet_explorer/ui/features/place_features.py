"""A photo inside a network, computed once for a place, and its features to take away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st
from PIL import Image

from resnet_explorer.common.i18n import t
from resnet_explorer.common.numbers import minus_sign
from resnet_explorer.explanation.captioned_figure import Caption, ColourBar, figure, numbers_json
from resnet_explorer.explanation.heatmap import overlay
from resnet_explorer.features.grid_svg import LARGE, ColourScale, Tile, enlarged_cells, grid_picture
from resnet_explorer.features.places import Place
from resnet_explorer.features.statistics import ChannelStatistics, Features, channel_rows
from resnet_explorer.network.table_rows import to_csv
from resnet_explorer.ui.photos.viewed_photo import ViewedPhoto
from resnet_explorer.ui.session.cached_result import cached_result
from resnet_explorer.ui.session.loaded_networks import torch_gate, trained
from resnet_explorer.ui.widgets.save_button import save_button

if TYPE_CHECKING:
    from resnet_explorer.features.activations import ActivationStatistics


@dataclass(frozen=True, eq=False)
class PlaceFeatures:
    """The features of a place of the network on a photo, (C, h, w), and the statistics of all places."""

    viewed: ViewedPhoto
    statistics: ActivationStatistics
    place: Place
    features: Features

    @property
    def channels(self) -> ChannelStatistics:
        """Of the place's channels."""
        return self.statistics.places[self.place.index]

    def caption(self, method: str) -> Caption:
        """What a picture of it says when it leaves the app."""
        index, probability = self.statistics.prediction.top(1)[0]
        return self.viewed.caption(index, probability, self.place.words, method)


def statistics_of(viewed: ViewedPhoto) -> ActivationStatistics:
    """The statistics of all places on the photo; the last ones are kept.

    Raises:
        ValueError: in one sentence, if the network cannot be had or cannot take a photo.
    """
    with st.spinner(t("The network runs …")):
        from resnet_explorer.features.activations import activation_statistics

        return viewed.computed("_fm_survey", activation_statistics)


def features_of(viewed: ViewedPhoto, statistics: ActivationStatistics, place: Place) -> PlaceFeatures:
    """The features of a place; the last one's are kept.

    Raises:
        ValueError: in one sentence, if the network cannot be had or cannot take a photo.
    """

    def compute() -> PlaceFeatures:
        model = trained(viewed.weights)
        from resnet_explorer.features.activations import features_at

        with torch_gate():
            features = features_at(model, viewed.tensor(), place.index)
        return PlaceFeatures(viewed, statistics, place, features)

    with st.spinner(t("The network runs …")):
        return cached_result("_fm_looked", (*viewed.question, place.index), compute)


def colour_bar_of(scale: ColourScale) -> ColourBar:
    """The labelled bar of a scale."""
    return ColourBar(scale.colour_map, minus_sign(f"{scale.low:.3g}"), f"{scale.high:.3g}", t("activation"))


def show_downloads(
    found: PlaceFeatures, tiles: Sequence[Tile], channel: int, scale: ColourScale, opacity: float
) -> None:
    """The buttons that save the grid, the large channel, and the numbers."""
    name = f"features-{found.place.name}"
    save_button(t("PNG"), lambda: grid_file(found, tiles, scale), f"{name}.png", key="fm_save_grid")
    save_button(
        t("Channel"),
        lambda: channel_file(found, channel, scale, opacity),
        f"{name}-{channel}.png",
        key="fm_save_large",
    )
    save_button(t("JSON"), lambda: json_file(found), f"{name}.json", key="fm_save_json")
    save_button(t("CSV"), lambda: csv_file(found), f"{name}.csv", key="fm_save_csv")


def grid_file(found: PlaceFeatures, tiles: Sequence[Tile], scale: ColourScale) -> bytes:
    """The page of the grid that is shown, as a PNG."""
    method = t("Features, {count} of {total:,} channels").format(count=len(tiles), total=len(found.features))
    return figure([grid_picture(tiles)], found.caption(method).lines, colour_bar_of(scale))


def channel_file(found: PlaceFeatures, channel: int, scale: ColourScale, opacity: float) -> bytes:
    """The photo, a channel, and the channel over the photo, as a PNG."""
    crop = found.viewed.seen.resize((LARGE, LARGE), Image.Resampling.BICUBIC)
    cells = enlarged_cells(scale.picture(found.features[channel]), LARGE)
    method = t("Features, channel {channel}").format(channel=channel)
    panels = [crop, cells, overlay(crop, cells, opacity)]
    return figure(panels, found.caption(method).lines, colour_bar_of(scale))


def json_file(found: PlaceFeatures) -> str:
    """The numbers of all channels of the place, with the caption."""
    numbers = {
        "place": found.place.name,
        "shape": list(found.place.shape),
        "channels": channel_rows(found.features, found.channels),
    }
    return numbers_json(found.caption(t("Features")), numbers)


def csv_file(found: PlaceFeatures) -> str:
    """A row a channel."""
    return to_csv(channel_rows(found.features, found.channels))
