"""The view of Predict from the answer back: which channels made a class's logit, and which decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st
from PIL import Image
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.common.i18n import prose, t
from resnet_explorer.common.numbers import fixed_text
from resnet_explorer.common.text import as_markdown
from resnet_explorer.explanation.captioned_figure import Caption, numbers_json
from resnet_explorer.explanation.heatmap import heat_picture, jpeg_bytes, overlay
from resnet_explorer.explanation.target import Target
from resnet_explorer.features.places import places
from resnet_explorer.graph.svg import Picture
from resnet_explorer.inside.answer import AnswerChannels, channel_rows
from resnet_explorer.inside.answer_svg import ChannelList, answer_svg
from resnet_explorer.network.table_rows import to_csv
from resnet_explorer.ui.app.goal import set_goal
from resnet_explorer.ui.app.head import foot_places, more_settings, picture
from resnet_explorer.ui.app.page_list import FEATURES
from resnet_explorer.ui.app.refusal import shown_refusal
from resnet_explorer.ui.explanation.evidence import colours_input, opacity_input
from resnet_explorer.ui.explanation.prediction import class_input
from resnet_explorer.ui.explanation.two_classes import contrast_input
from resnet_explorer.ui.features.place import go_to
from resnet_explorer.ui.photos.viewed_photo import ViewedPhoto, photo_view
from resnet_explorer.ui.session.cached_result import cached_result
from resnet_explorer.ui.session.loaded_networks import torch_gate, trained
from resnet_explorer.ui.session.network import link_parameters
from resnet_explorer.ui.widgets.png_button import png_button
from resnet_explorer.ui.widgets.save_button import save_button
from resnet_explorer.ui.widgets.svg_view import PLACE, show_svg

if TYPE_CHECKING:
    from resnet_explorer.explanation.activations_and_gradients import StagePass

_SIDE: Final = 98
"""Pixels of a channel's picture: a multiple of 7."""


def show_channels(controls: DeltaGenerator) -> None:
    """Draw it.

    Args:
        controls: the room in the page's head.
    """
    place = picture()
    words, take_home = foot_places()
    below = st.container()
    view = photo_view(place, words)
    viewed = view.viewed
    with controls:
        target = class_input(viewed.names, viewed.weights.kinds, in_head=True)
    with words, shown_refusal(ends_page=True), st.spinner(t("The network runs …")):
        result = viewed.answer(_one_class(viewed, target))
    other = None
    if len(viewed.names) > 1:
        with controls:
            other = contrast_input(result, viewed.names, in_head=True)
    with take_home, more_settings():
        opacity, colours = opacity_input(), colours_input()
    found = _channels(viewed, result)
    index = result.target
    assert isinstance(index, int)
    lists = _lists(found, result, viewed, index, other)
    shown = tuple(sorted({channel for each in lists for channel in each.channels}))
    pictures = cached_result(
        "_p_channel_pictures",
        (found, shown, opacity, colours),
        lambda: {c: _over_photo(found, viewed.seen, c, opacity, colours) for c in shown},
    )
    title = t("The channels that made {name}").format(name=viewed.names[index])
    svg = cached_result(
        "_p_channels_svg", (pictures, index, other, result), lambda: answer_svg(lists, pictures, title).svg
    )

    def open_channel(part: str) -> None:
        go_to(places(viewed.weights.plan)[-1])
        st.session_state.update({"fm_view": "maps", "fm_channel": int(part.removeprefix("channel:"))})
        set_goal(FEATURES.file, link_parameters())

    with view.room:
        show_svg(svg, "p_channels", open_channel, height=PLACE)
    with words:
        st.markdown(_sentence(lists))
    name = f"channels-{index}" + ("" if other is None else f"-{other}")
    caption = _caption(viewed, result)
    rows = channel_rows(found, index, other)

    def file() -> Picture:
        return answer_svg(lists, pictures, title, caption.lines)

    with take_home:
        png_button(file, f"{name}.png", "p_channels_png")
        save_button(t("SVG"), lambda: file().svg, f"{name}.svg", icon=None)
        save_button(t("CSV"), lambda: to_csv(rows), f"{name}.csv", icon=None)
        save_button(t("JSON"), lambda: json_file(found, viewed, result, other), f"{name}.json", icon=None)
    with below:
        if target is not None and not isinstance(target, int):
            st.info(
                t(
                    "A kind has no logit of its own: its probability is the sum of its classes’. "
                    "Shown is the likeliest of them, **{name}**."
                ).format(name=as_markdown(viewed.names[index]))
            )
        st.markdown(prose("predict_channels"))
        if viewed.weights.spec.activation == "pre":
            st.caption(t("Pre-activated: the mean is taken behind the last batch norm and its ReLU."))


def _one_class(viewed: ViewedPhoto, target: Target | None) -> int | None:
    """The class; of a kind the likeliest member; None for the most probable class."""
    if target is None or isinstance(target, int):
        return target
    probabilities = viewed.answer(target).prediction.probabilities
    return max(target.members, key=lambda member: float(probabilities[member]))


def _channels(viewed: ViewedPhoto, result: StagePass) -> AnswerChannels:
    def compute() -> AnswerChannels:
        model = trained(viewed.weights)
        from resnet_explorer.inside.answer import answer_channels

        with torch_gate():
            return answer_channels(model, result.outputs[-1].features)

    return cached_result("_p_channels_found", viewed.question, compute)


def _lists(
    found: AnswerChannels, result: StagePass, viewed: ViewedPhoto, index: int, other: int | None
) -> list[ChannelList]:
    """The class, the other one, and what decides between them."""
    probabilities = result.prediction.probabilities
    classes = [index] if other is None else [index, other]
    lists = [
        ChannelList(
            viewed.names[each],
            t("{share:.1%} · weight · mean of each channel").format(share=float(probabilities[each])),
            found.of(each),
            t("= its logit"),
        )
        for each in classes
    ]
    if other is not None:
        lists.append(
            ChannelList(
                t("What decides"),
                t("difference of the weights · mean"),
                found.between(index, other),
                t("= its lead"),
                (found.weight[index].tolist(), found.weight[other].tolist()),
            )
        )
    return lists


def _over_photo(
    found: AnswerChannels, seen: Image.Image, channel: int, opacity: float, colours: str
) -> bytes:
    """A channel's cells over the photo, the brightest its largest."""
    side = (_SIDE, _SIDE)
    photo = seen.resize(side, Image.Resampling.BICUBIC)
    heat = heat_picture(found.features[channel].clip(min=0), side, colours, smooth=False)
    return jpeg_bytes(overlay(photo, heat, opacity))


def _sentence(lists: list[ChannelList]) -> str:
    """What the lists come to."""
    own = lists[0]
    told = t("**{name}**: {above:,} channels add, {below:,} take; logit **{logit}**").format(
        name=as_markdown(own.name),
        above=int((own.found.parts > 0).sum()),
        below=int((own.found.parts < 0).sum()),
        logit=fixed_text(own.found.total, 3),
    )
    if len(lists) > 1:
        lead = lists[2].found
        told += t("; it leads **{other}** by **{lead}**").format(
            other=as_markdown(lists[1].name),
            lead=fixed_text(lead.total, 3),
        )
    return told + t(".")


def _caption(viewed: ViewedPhoto, result: StagePass) -> Caption:
    stage = t("stage {number}").format(number=len(viewed.weights.spec.depths))
    return viewed.caption(result.target, result.probability, stage, t("Weight · mean of each channel"))


def json_file(found: AnswerChannels, viewed: ViewedPhoto, result: StagePass, other: int | None) -> str:
    """The numbers of all channels, with the caption."""
    index = result.target
    assert isinstance(index, int)
    numbers = {
        "logit": float(result.prediction.logits[index]),
        "bias": found.of(index).bias,
        "channels": channel_rows(found, index, other),
    }
    if other is not None:
        numbers |= {
            "other": viewed.names[other],
            "other logit": float(result.prediction.logits[other]),
            "other bias": found.of(other).bias,
        }
    return numbers_json(_caption(viewed, result), numbers)
