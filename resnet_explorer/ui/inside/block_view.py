"""The view of one block on the photo: what goes in, what it adds, and what comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.common.i18n import prose, t
from resnet_explorer.common.numbers import fixed_text, significant_text
from resnet_explorer.explanation.captioned_figure import Caption, numbers_json
from resnet_explorer.inside.additions import Addition, addition_rows
from resnet_explorer.inside.additions_svg import block_words, ratio_text, strip_picture
from resnet_explorer.inside.block_svg import BlockPicture, block_svg, part_words
from resnet_explorer.labs.ablation.ablations import WHOLE, can_skip
from resnet_explorer.network.layers import Block, shape_text
from resnet_explorer.ui.app.goal import leave_for
from resnet_explorer.ui.app.head import foot_places, more_settings, picture
from resnet_explorer.ui.app.refusal import shown_refusal
from resnet_explorer.ui.explanation.prediction import class_input
from resnet_explorer.ui.inside.arithmetic_view import say_value, show_cell_of
from resnet_explorer.ui.inside.controls import (
    BLOCK,
    SOURCE,
    block_input,
    channel_input,
    is_refining,
    pick,
    pick_refining,
    refining_button,
)
from resnet_explorer.ui.inside.found import additions_of, block_of, inside_photo, logit_of, refining_photo
from resnet_explorer.ui.inside.trail import remember
from resnet_explorer.ui.photos.viewed_photo import ViewedPhoto
from resnet_explorer.ui.session.network import link_parameters
from resnet_explorer.ui.widgets.png_button import png_button
from resnet_explorer.ui.widgets.save_button import save_button
from resnet_explorer.ui.widgets.svg_view import PLACE, show_svg
from resnet_explorer.ui.widgets.wrapped_table import words_table

if TYPE_CHECKING:
    from resnet_explorer.inside.block_values import BlockValues, Map, Part
    from resnet_explorer.inside.logit_parts import LogitPasses


def show_block(controls: DeltaGenerator) -> None:
    """Draw the view, from the page's head on.

    Args:
        controls: room in the head.
    """
    place = picture()
    words, take_home = foot_places()
    viewed, room = inside_photo(place, words)
    blocks = viewed.weights.plan.blocks
    with words, shown_refusal(ends_page=True), st.spinner(t("The network runs …")):
        index = block_input(blocks, controls)
        channel = channel_input(blocks[index].out_shape[0], controls)
        with take_home, more_settings():
            target = class_input(viewed.names, viewed.weights.kinds)
        found = additions_of(viewed)
        logit = logit_of(viewed, target)
        values = block_of(viewed, index)
    shown = _picture_of(values, found[index], logit, channel, viewed)
    with room:
        show_svg(
            block_svg(shown, found).svg,
            "in_picture",
            lambda part: _pick(part, viewed, shown, values, channel),
            height=PLACE,
        )
    words.markdown((t("Residual 56. ") if is_refining() else "") + sentence(shown))
    with take_home:
        _ways(viewed, blocks[index], index)
        _downloads(shown, found, logit, viewed, channel)
    if not is_refining():
        _beside()
    _table(found, logit)
    st.markdown(prose("inside_add"))


def _pick(
    part: str, viewed: ViewedPhoto, shown: BlockPicture, values: BlockValues, channel: int | None
) -> None:
    """Follow a click: to a block of the strip, or to the arithmetic of a map's cell.

    The cell of a mean leads to the channel that gives most to it.
    """
    name, is_cell, where = part.partition(":")
    if not is_cell:
        pick(part)
        return
    row, column = map(int, where.split(","))
    which = cast("Part", name)
    rows, columns = shown.maps[which].shape if which in shown.maps else (0, 0)
    if row >= rows or column >= columns:  # a click on the picture of a moment ago
        return
    part_name = part_words(which, shown.addition)
    if channel is None or _has_other_channels(values, which):
        channel, channels = values.largest_channel(which, row, column)
        words = t("channel {channel}, of {channels:,} the largest here ({part})").format(
            channel=channel, channels=channels, part=part_name
        )
    else:
        words = t("channel {channel} ({part})").format(channel=channel, part=part_name)
    block = shown.addition.block
    if show_cell_of(viewed.weights.plan, block, name, channel, row, column):
        remember(viewed.weights.key, {SOURCE: "photo", BLOCK: block.name})
        value = float(values.map(which, channel)[row, column])
        say_value(viewed, f"**{significant_text(value)}**: {words}")


def sentence(shown: BlockPicture) -> str:
    """What the picture shows, with its numbers: one line, ≈ where it is the first order."""
    each, parts = shown.addition, shown.parts
    name = block_words(each).capitalize()
    if each.ratio is None:
        said = t("**{name}** hands on g(x) alone.").format(name=name)
    elif each.angle is None:
        said = t("**{name}** adds **{ratio} × ‖x‖**.").format(name=name, ratio=ratio_text(each))
    else:
        words = t("**{name}** adds **{ratio} × ‖x‖** at **{angle:.0f}°**.")
        said = words.format(name=name, ratio=ratio_text(each), angle=each.angle)
    about = "" if parts.exact else "≈ "
    return f"{said} " + t("Of the logit **{logit}**, {about}**{new}** is new.").format(
        logit=fixed_text(parts.logit, 1), about=about, new=fixed_text(parts.branch, 1)
    )


def json_file(
    shown: BlockPicture,
    found: Sequence[Addition],
    logit: LogitPasses,
    viewed: ViewedPhoto,
    channel: int | None,
) -> str:
    """The maps of the block and the numbers of all, with the caption."""
    from resnet_explorer.inside.logit_parts import logit_rows

    rows = [one | other for one, other in zip(addition_rows(found), logit_rows(logit), strict=True)]
    numbers = {
        "block": shown.addition.block.name,
        "channel": "mean" if channel is None else channel,
        "logit": logit.logit,
        "maps": {part: values.tolist() for part, values in shown.maps.items()},
        "blocks": rows,
    }
    return numbers_json(_caption(shown, logit, viewed, channel), numbers)


def _caption(shown: BlockPicture, logit: LogitPasses, viewed: ViewedPhoto, channel: int | None) -> Caption:
    which = t("mean of the channels") if channel is None else t("channel {number}").format(number=channel)
    method = t("What each block adds, {which}").format(which=which)
    return viewed.caption(logit.target, logit.probability, block_words(shown.addition), method)


def _picture_of(
    values: BlockValues, addition: Addition, logit: LogitPasses, channel: int | None, viewed: ViewedPhoto
) -> BlockPicture:
    parts: list[Part] = ["x"]
    if values.shortcut is not None and not values.is_identity:
        parts.append("shortcut")
    parts.append("branch")
    if values.shortcut is not None:
        parts.append("total")
    if values.has_relu:
        parts.append("output")
    maps: dict[Part, Map] = {}
    notes: dict[Part, str] = {}
    for part in parts:
        tensor = values.tensor(part)
        assert tensor is not None
        is_mean = channel is None or _has_other_channels(values, part)
        maps[part] = values.map(part, None if is_mean else channel)
        notes[part] = shape_text(tuple(tensor.shape)) + (
            "" if channel is None or not is_mean else t(", mean")
        )
    return BlockPicture(addition, maps, notes, logit.blocks[addition.index], viewed.names[logit.target])


def _has_other_channels(values: BlockValues, part: Part) -> bool:
    """Whether the chosen channel is none of a part's: x may be brought to others, or have fewer."""
    is_brought = values.shortcut is not None and not values.is_identity
    return part == "x" and (is_brought or len(values.x) != len(values.branch))


def _ways(viewed: ViewedPhoto, block: Block, index: int) -> None:
    """To the network without this block, and to one with many blocks a stage."""
    asked = st.button(
        t("And without it?"),
        key="_in_without",
        disabled=not can_skip(block),
        help=t("Cut the wire: this block taken out, and what the network still knows."),
    )
    if asked:
        state = st.session_state
        state["cw_net"], state["cw_view"], state["cw_guess_shown"] = viewed.weights.key, "hand", True
        state["cw_cut"] = WHOLE.with_skipped(index)
        leave_for("pages/wire.py", link_parameters())
    refining_button()


def _beside() -> None:
    """The same photo in a network of many blocks a stage: what they add, to see which refine."""
    with shown_refusal():
        found = additions_of(refining_photo(), "_in_beside")
        st.header(t("Beside it: Residual 56, nine blocks a stage"))
        show_svg(strip_picture(found).svg, "in_beside", pick_refining)


def _downloads(
    shown: BlockPicture,
    found: Sequence[Addition],
    logit: LogitPasses,
    viewed: ViewedPhoto,
    channel: int | None,
) -> None:
    name = f"inside-{shown.addition.block.name}"
    lines = _caption(shown, logit, viewed, channel).lines
    png_button(lambda: block_svg(shown, found, lines), f"{name}.png", "in_png")
    save_button(t("SVG"), lambda: block_svg(shown, found, lines).svg, f"{name}.svg", icon=None)
    save_button(t("JSON"), lambda: json_file(shown, found, logit, viewed, channel), f"{name}.json", icon=None)


def _table(found: Sequence[Addition], logit: LogitPasses) -> None:
    """The numbers of all blocks."""
    heads = (
        t("‖g(x)‖"),
        t("‖x‖"),
        t("ratio"),
        t("angle"),
        t("cells open"),
        t("logit by the shortcut"),
        t("new"),
        t("added later"),
    )
    rows = []
    for each, parts in zip(found, logit.blocks, strict=True):
        rows.append(
            (
                each.block.name,
                (
                    f"{each.branch_norm:.3g}",
                    "–" if each.shortcut_norm is None else f"{each.shortcut_norm:.3g}",
                    ratio_text(each) or "–",
                    "–" if each.angle is None else f"{each.angle:.0f}°",
                    "–" if each.open_share is None else f"{each.open_share:.0%}",
                    fixed_text(parts.shortcut),
                    fixed_text(parts.branch),
                    fixed_text(parts.rest),
                ),
            )
        )
    st.header(t("Every block"))
    words_table(rows, heads)
