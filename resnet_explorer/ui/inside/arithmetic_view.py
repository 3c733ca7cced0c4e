"""Down to the arithmetic: which layer, channel and cell, and the numbers that its value came from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.common.colours import STAGE_COLOURS
from resnet_explorer.common.html_table import html_table
from resnet_explorer.common.i18n import prose, t
from resnet_explorer.common.numbers import scientific_text, significant_text
from resnet_explorer.common.text import named
from resnet_explorer.explanation.captioned_figure import Caption, numbers_json
from resnet_explorer.features.statistics import peak_cell
from resnet_explorer.graph.svg import Picture
from resnet_explorer.inside.arithmetic import Arithmetic, LayerValues, arithmetic, numbers_of, part_rows
from resnet_explorer.inside.arithmetic_svg import arithmetic_svg
from resnet_explorer.inside.map_origin import (
    Cell,
    block_of,
    read_from,
    shortcut_from,
    window_layer,
    window_layers,
    writer_of,
)
from resnet_explorer.network.layers import Block, Layer, Plan, shapes_text
from resnet_explorer.network.table_rows import to_csv, window_text
from resnet_explorer.ui.app.head import foot_places, picture, steps_and_settings
from resnet_explorer.ui.app.refusal import shown_refusal
from resnet_explorer.ui.app.url_state import linked, whole
from resnet_explorer.ui.inside.controls import SOURCE, go_inside, is_refining, refining_button
from resnet_explorer.ui.inside.found import inside_photo
from resnet_explorer.ui.inside.trail import forget, go_back, leads_back, remember
from resnet_explorer.ui.photos.viewed_photo import ViewedPhoto
from resnet_explorer.ui.session.cached_result import cached_result
from resnet_explorer.ui.session.loaded_networks import as_stored, torch_gate
from resnet_explorer.ui.widgets.cell_input import cell_input, pick_cell, step_cell
from resnet_explorer.ui.widgets.keeping_value import keeping_value
from resnet_explorer.ui.widgets.linked_inputs import linked_select
from resnet_explorer.ui.widgets.png_button import png_button
from resnet_explorer.ui.widgets.save_button import save_button
from resnet_explorer.ui.widgets.svg_view import PLACE, show_svg

LAYER: Final = "in_layer"
CHANNEL: Final = "in_map"
CELL: Final = "in_"
"""Begins the keys of row and column."""
ROW, COLUMN = f"{CELL}row", f"{CELL}col"
_CLICKED: Final = "_in_clicked"
LISTED: Final = 16
"""Channels in the table below the picture."""


def arithmetic_view(controls: DeltaGenerator) -> None:
    """Draw it.

    Args:
        controls: the room in the page's head.
    """
    place = picture()
    words, take_home = foot_places()
    below = st.container()
    viewed, room = inside_photo(place, words)
    network = viewed.weights.plan
    layer = _layer_input(network, controls)
    with words, shown_refusal(ends_page=True):
        values = _values(viewed, layer)
    channel = _channel_input(values, controls)
    with take_home:
        steps, settings = steps_and_settings()
    peak = peak_cell(values.last[channel])
    with settings:
        cell = cell_input(CELL, (layer.out_shape[1], layer.out_shape[2]), peak, steps=None)
        refining_button()
    found = cached_result("_in_sum", (values, channel, cell), lambda: arithmetic(values, channel, *cell))
    reads_photo = layer.name == "conv1" and viewed.weights.spec.in_channels == 3

    def draw(caption: Sequence[str] = ()) -> Picture:
        colour = STAGE_COLOURS[layer.stage]
        channel_map = values.last[channel]
        return arithmetic_svg(found, channel_map, colour, reads_photo=reads_photo, caption=caption)

    key = viewed.weights.key
    with room:
        show_svg(draw().svg, "in_arithmetic", lambda part: _pick(part, key, network, found), height=PLACE)
    _steps(steps, key, found)
    words.markdown((t("Residual 56. ") if is_refining() else "") + _sentence(found, viewed))
    _downloads(found, viewed, draw, take_home)
    with below:
        _below(found, layer, network)


def show_arithmetic(layer: str, channel: int | None, row: int, column: int) -> None:
    """Choose a cell of what a layer wrote, None for the most active channel; for callbacks."""
    state = st.session_state
    state[SOURCE] = "arithmetic"
    state[LAYER], state[CHANNEL] = layer, channel
    state[ROW], state[COLUMN] = row, column


def show_cell_of(network: Plan, block: Block, part: str, channel: int, row: int, column: int) -> bool:
    """Choose a cell of a part of a block; for callbacks.

    Args:
        network: it.
        block: the block.
        part: "x", "shortcut", "branch", "total" or "output" (`inside.block_values`).
        channel, row, column: of the cell.

    Returns:
        Whether there is one: option A's zeros no layer wrote.
    """
    last = window_layer(network, writer_of(network, block.name))
    cell = (channel, row, column)
    source: tuple[str, Cell] | None = (last.name, cell)
    if part == "x":
        first = next(layer for layer in block.layers if layer.kind == "conv")
        name = read_from(network, first)
        assert name is not None
        source = (name, cell)
    elif part == "shortcut":
        source = shortcut_from(network, last, cell)
    if source:
        show_arithmetic(source[0], *source[1])
    return source is not None


def say_value(viewed: ViewedPhoto, words: str) -> None:
    """What was clicked, and why it is this channel's, said of the value just chosen; for callbacks.

    The map that was clicked is not always the one that the value's steps end with: g(x) stands before the
    addition.
    """
    state = st.session_state
    cell = (state[key] for key in (SOURCE, LAYER, CHANNEL, ROW, COLUMN))
    state[_CLICKED] = ((*viewed.question, *cell), words)


def aim_arithmetic(layer: str, channel: int, row: int, column: int) -> None:
    """Go from another page to a cell's arithmetic; for callbacks."""
    show_arithmetic(layer, channel, row, column)
    forget()
    go_inside()


def _layer_input(network: Plan, controls: DeltaGenerator) -> Layer:
    layers = window_layers(network)
    chosen = linked_select(
        LAYER,
        t("Layer"),
        layers,
        default=writer_of(network, network.blocks[0].name),
        names=lambda name: named(name, _window_words(layers[name])),
        at=controls,
        width=320,
        label_visibility="collapsed",
        on_change=_begin_anew,
    )
    return layers[chosen]


def _window_words(layer: Layer) -> str:
    return (
        window_text(layer)
        if layer.kind == "conv"
        else t("maximum of {window}").format(window=window_text(layer))
    )


def _begin_anew() -> None:
    """Another layer's channels and cells are others."""
    st.session_state[CHANNEL] = None
    for axis in (ROW, COLUMN):
        st.session_state.pop(axis, None)


def _channel_input(values: LayerValues, controls: DeltaGenerator) -> int:
    """The channel; the one of the largest mean unless chosen."""
    channels = len(values.last)
    first = int(values.last.mean(axis=(1, 2)).argmax())
    chosen: int | None = linked(CHANNEL, None, whole(0, channels - 1))
    controls.number_input(
        t("Channel"),
        0,
        channels - 1,
        value=None,
        placeholder=str(first),
        help=t("The channel, numbered from 0, as torch does."),
        width=170,
        label_visibility="collapsed",
        **keeping_value(CHANNEL, controls),
    )
    return first if chosen is None else chosen


def _values(viewed: ViewedPhoto, layer: Layer) -> LayerValues:
    """What the layer reads and writes; the last one's are kept.

    Raises:
        ValueError: in one sentence, if the network cannot be had or cannot take a photo.
    """

    def compute() -> LayerValues:
        model = as_stored(viewed.weights)
        from resnet_explorer.inside.layer_values import layer_values

        with torch_gate():
            return layer_values(model, viewed.tensor(), layer.name)

    with st.spinner(t("The network runs …")):
        return cached_result("_in_layer_values", (*viewed.question, layer.name), compute)


def _pick(part: str, key: str, network: Plan, found: Arithmetic) -> None:
    """Follow a click: to a cell of the map, to one under the window, or to what the shortcut brings."""
    what, _, where = part.partition(":")
    here = _controls(found)
    if what == "cell":
        pick_cell(CELL, where)
    elif what == "shortcut":
        came_from = shortcut_from(network, found.layer, (found.channel, found.row, found.column))
        if came_from is None:
            return
        show_arithmetic(came_from[0], *came_from[1])
    else:
        source = read_from(network, found.layer)
        if source is None:  # it is the photo
            return
        channel, row, column = map(int, where.split(","))
        show_arithmetic(source, channel, row, column)
    remember(key, here)


def _controls(found: Arithmetic) -> dict[str, object]:
    """What to set to see a value again."""
    return {
        SOURCE: "arithmetic",
        LAYER: found.layer.name,
        CHANNEL: found.channel,
        ROW: found.row,
        COLUMN: found.column,
    }


def _steps(at: DeltaGenerator, key: str, found: Arithmetic) -> None:
    """Back to the value that one came from, and on to the next cell."""
    at.button(
        t("◀ Back"),
        key="in_back",
        type="tertiary",
        shortcut="B",
        disabled=not leads_back(key),
        help=t("To where you came from; or press B"),
        on_click=go_back,
        args=(key,),
    )

    def step() -> None:
        remember(key, _controls(found))
        step_cell(CELL, (found.layer.out_shape[1], found.layer.out_shape[2]), 1)

    at.button(
        t("Next ▶"),
        key=f"{CELL}step1",
        type="tertiary",
        shortcut="N",
        help=t("The next cell, as one reads; or press N"),
        on_click=step,
    )


def _sentence(found: Arithmetic, viewed: ViewedPhoto) -> str:
    if found.weights is None:
        how = t("the largest of {count} values").format(count=int((~found.in_padding).sum()))
    else:
        how = t("{products:,} products sum to **{total}**").format(
            products=found.products, total=significant_text(found.total)
        )
    here, clicked = st.session_state.get(_CLICKED, (None, ""))
    if here == (*viewed.question, *_controls(found).values()):
        return t("; ").join((clicked, how)) + t(".")
    return t("**{value}**: {how}; torch differs by at most {difference}.").format(
        value=significant_text(found.shown), how=how, difference=scientific_text(found.difference)
    )


def _downloads(
    found: Arithmetic, viewed: ViewedPhoto, draw: Callable[[Sequence[str]], Picture], place: DeltaGenerator
) -> None:
    name = f"{found.layer.name}-{found.channel}-{found.row}-{found.column}"

    def caption() -> Caption:  # the answer is asked for when a file is
        index, probability = viewed.answer().prediction.top(1)[0]
        method = t("Channel {channel}, row {row}, column {column}").format(
            channel=found.channel, row=found.row, column=found.column
        )
        return viewed.caption(index, probability, found.layer.name, method)

    with place:
        png_button(lambda: draw(caption().lines), f"{name}.png", "in_number_png")
        save_button(t("SVG"), lambda: draw(caption().lines).svg, f"{name}.svg", icon=None)
        save_button(t("CSV"), lambda: to_csv(part_rows(found)), f"{name}.csv", icon=None)
        save_button(t("JSON"), lambda: numbers_json(caption(), numbers_of(found)), f"{name}.json", icon=None)


def _below(found: Arithmetic, layer: Layer, network: Plan) -> None:
    """Where the layer stands, what the steps are, and the channels by what they add."""
    block = block_of(network, layer)
    where = t("in {block}").format(block=block.name) if block else t("in the stem")
    st.markdown(
        t("**{layer}** stands {where}: {shapes}, {window}.").format(
            layer=layer.name, where=where, shapes=shapes_text(layer), window=_window_words(layer)
        )
    )
    st.markdown(prose("inside_arithmetic"))
    if found.weights is None:
        return
    st.subheader(t("The channels by what they add"))
    rows = [(str(row["channel"]), significant_text(row["sum of products"])) for row in part_rows(found)]
    st.html(html_table(rows[:LISTED], (t("channel"), t("sum of its products")), kind="sums"))
    if len(rows) > LISTED:
        st.caption(
            t("The first {listed} of {count:,}; the CSV has all.").format(listed=LISTED, count=len(rows))
        )
