"""The networks as columns of one picture; below it what each is made of, and which square they see."""

from __future__ import annotations

from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.common import svg
from resnet_explorer.common.i18n import prose, t
from resnet_explorer.common.numbers import bytes_text, count_text
from resnet_explorer.common.text import as_markdown, sentence_as_markdown
from resnet_explorer.explanation.heatmap import boxed, colour_bar, for_screen, jpeg_bytes, png_bytes
from resnet_explorer.network.layers import section_name
from resnet_explorer.photos.decode import Photo
from resnet_explorer.side_by_side.columns_svg import HEIGHT, NetworkColumn, columns_svg
from resnet_explorer.side_by_side.predictions import ROUNDS, NetworkPrediction, square_box
from resnet_explorer.ui.app.head import picture
from resnet_explorer.ui.explanation.prediction import choose_class
from resnet_explorer.ui.photos.photo_input import about_photo
from resnet_explorer.ui.session.cached_result import cached_result
from resnet_explorer.ui.session.loaded_networks import stored_bytes
from resnet_explorer.ui.side_by_side.results import Results
from resnet_explorer.ui.side_by_side.tables import milliseconds_text, networks_html
from resnet_explorer.ui.widgets.svg_view import PLACE, show_svg

_SHOWN: Final = "_sb_shown"
_COLOURS: Final = (256, 1)
"""Width and height of the row of a map's colours, which the picture stretches."""


def columns_place(photo: Photo) -> DeltaGenerator:
    """Where the columns are drawn; what is there of this photo stays, another one is seen alone till then."""
    if st.session_state.get(_SHOWN) is photo:
        return picture()
    st.session_state[_SHOWN] = photo
    with picture():
        place = st.empty()
    with place:
        show_svg(_photo_svg(photo), "sb_photo", height=PLACE)
    return place


def _photo_svg(photo: Photo) -> str:
    def draw() -> str:
        width = HEIGHT * photo.image.width / photo.image.height
        address = svg.data_address(jpeg_bytes(for_screen(photo.image)))
        return svg.document(width, HEIGHT, svg.image(0, 0, width, HEIGHT, address), aria_label=photo.name)

    return cached_result("_sb_photo", (photo,), draw)


def show_columns(results: Results, place: DeltaGenerator) -> None:
    """The networks beside each other; a click on a class makes it that of all maps."""
    columns = [_column(results, number) for number in range(len(results.predictions))]
    with place:
        show_svg(columns_svg(columns), "sb_picture", on_pick=choose_class, height=PLACE)


def _column(results: Results, number: int) -> NetworkColumn:
    prediction, maps = results.predictions[number], results.maps
    heat, overlay = cached_result(
        f"_sb_picture_{number}",
        (results.photo, prediction.result, results.view, maps),
        lambda: (maps.of(prediction), svg.data_address(jpeg_bytes(results.over(prediction)))),
    )
    rows, columns = heat.map.shape
    return NetworkColumn(
        results.names[number],
        _facts(results, prediction),
        prediction.top(),
        prediction.name,
        section_name(prediction.result.outputs[0].stage),
        (rows, columns),
        heat.peak,
        overlay,
        svg.data_address(png_bytes(colour_bar(maps.style.colour_map, _COLOURS))),
    )


def _facts(results: Results, prediction: NetworkPrediction) -> str:
    """How large it is, where there is room for it, and its time."""
    weights, timing = prediction.network.weights, results.found.times.get(prediction.network.weights.key)
    facts = []
    if len(results.predictions) <= 2 or not timing:
        facts.append(t("{depth} weighted layers").format(depth=weights.spec.depth))
    if len(results.predictions) <= 2:
        facts.append(t("{count} parameters").format(count=count_text(weights.plan.params)))
    if timing:
        facts.append(t("{time} a pass").format(time=milliseconds_text(timing.milliseconds)))
    return " · ".join(facts)


def show_how(results: Results) -> None:
    """What each network is made of, which square all of them see, and how the times were taken."""
    st.html(networks_html(results.names, results.found))
    _tell_of_zeros(results)
    photo, words = st.columns([1, 2.6], gap="medium", vertical_alignment="center")
    network = results.predictions[0].network
    framed = cached_result(
        "_sb_framed",
        (results.photo, network.weights.preprocessing, results.view),
        lambda: jpeg_bytes(boxed(results.photo.image, square_box(results.photo, network, results.view))),
    )
    photo.image(framed, width="stretch", alt=t("The photo, the square framed"))
    words.caption(sentence_as_markdown(about_photo()))
    if results.found.times:
        words.caption(_how_timed(results))


def _how_timed(results: Results) -> str:
    import torch

    runs = sorted({timing.runs for timing in results.found.times.values()})
    return prose("side_by_side_how").format(
        rounds=ROUNDS,
        runs=runs[0] if len(runs) == 1 else f"{runs[0]}–{runs[-1]}",
        device=results.predictions[0].result.prediction.device.upper(),
        threads=torch.get_num_threads(),
        memory=bytes_text(sum(stored_bytes(each.network.weights) for each in results.predictions)),
    )


def _tell_of_zeros(results: Results) -> None:
    """Of a map that is zero everywhere, what that means."""
    side = t("against") if results.maps.negative else t("for")
    for name, prediction in zip(results.names, results.predictions, strict=True):
        if results.maps.of(prediction).is_empty:
            words = t("{network}: the map is zero everywhere, nothing in it speaks {side} {label}.")
            st.caption(words.format(network=as_markdown(name), side=side, label=as_markdown(prediction.name)))
