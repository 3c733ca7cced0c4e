"""A class and a contrast class: both signed maps, their difference, and what it says in numbers."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

import streamlit as st
from PIL import Image

from resnet_explorer.common.i18n import msg, t
from resnet_explorer.common.numbers import with_minus_signs
from resnet_explorer.common.text import as_markdown
from resnet_explorer.explanation.cam import METHODS
from resnet_explorer.explanation.captioned_figure import ColourBar, figure, numbers_json
from resnet_explorer.explanation.contrast import Contrast, contrast, contrast_class_of, place_in_words
from resnet_explorer.explanation.heatmap import DIVERGING, jpeg_bytes, overlay, signed_picture
from resnet_explorer.ui.explanation.evidence import (
    SIDE,
    MapChoice,
    MapStyle,
    enlarged,
    show_colour_bar,
    stage_label,
)
from resnet_explorer.ui.explanation.prediction import IN_HEAD
from resnet_explorer.ui.session.shared_result import shared_result
from resnet_explorer.ui.widgets.linked_inputs import linked_select
from resnet_explorer.ui.widgets.save_button import save_button
from resnet_explorer.weights.shown_names import code_of

if TYPE_CHECKING:
    from resnet_explorer.explanation.activations_and_gradients import StagePass
    from resnet_explorer.ui.photos.viewed_photo import ViewedPhoto

NEXT: Final = msg("the next most probable")


def show_contrast(result: StagePass, choice: MapChoice, viewed: ViewedPhoto, style: MapStyle) -> None:
    """Why this class and not that one, at the chosen stage by the chosen method.

    Args:
        result: the pass for the class, over all stages.
        choice: the stage, and the method, which is one of one pass.
        viewed: the photo, and the network that it is of.
        style: how strongly to draw, and whether smooth.
    """
    if len(viewed.names) < 2:
        return
    if not isinstance(result.target, int):
        st.caption(t("Two classes are compared by their logits; a kind has none."))
        return
    heading = st.empty()
    words_column, pictures_column = st.columns([1.35, 3], gap="large")
    with words_column:
        contrast_class = contrast_input(result, viewed.names)
    contrast_result = viewed.contrast_answer(contrast_class)
    target, other = result.name(viewed.names), viewed.names[contrast_class]
    heading.subheader(
        t("Why {target} and not {contrast_class}?").format(
            target=as_markdown(target), contrast_class=as_markdown(other)
        )
    )
    found = contrast(result, contrast_result, choice.stage, choice.method)
    pictures, files = shared_result(
        "_p_rival_panels",
        (result, contrast_result, choice, style),
        lambda: _draw(found, viewed.seen, style),
    )
    with words_column:
        st.markdown(_in_words(found, choice, viewed, as_markdown(target), as_markdown(other)))
    titles = [target, other, t("{target} less {contrast_class}").format(target=target, contrast_class=other)]
    ends = t("← more for {name}").format(name=other), t("more for {name} →").format(name=target)
    with pictures_column:
        for column, file, name in zip(st.columns(3), files, titles, strict=True):
            column.image(file, width="stretch", alt=t("Map for and against {name}").format(name=name))
            column.markdown(f"**{as_markdown(name)}**")
        show_colour_bar(ColourBar(DIVERGING, f"−{found.extent:.3g}", f"{found.extent:.3g}", ""))
        st.html(  # which end is whose stands below: names may be long
            "<div style='display:grid;grid-template-columns:1fr auto 1fr;font-size:1rem;font-weight:600'>"
            f"<span>{escape(ends[0])}</span><span>0</span>"
            f"<span style='text-align:right'>{escape(ends[1])}</span></div>"
        )
        st.caption(
            t("One scale for the three. In the first two, orange speaks for the class and blue against it.")
        )
        _show_downloads(found, pictures, choice, viewed, (result, contrast_result), titles, ends)


def contrast_input(result: StagePass, names: tuple[str, ...], *, in_head: bool = False) -> int:
    """The contrast class; the next most probable unless chosen.

    Args:
        result: the pass for the class that it is held against.
        names: of the classes.
        in_head: whether it stands in a page's head, where room is short.
    """
    codes = [code_of(name) for name in names]

    def label(code: str) -> str:
        if code == NEXT:
            return t("and not the next") if in_head else t(NEXT)
        name = names[codes.index(code)]
        return t("and not {name}").format(name=name) if in_head else name

    code = linked_select(
        "p_rival",
        t("And not"),
        [NEXT, *(code for index, code in enumerate(codes) if index != result.target)],
        default=NEXT,
        names=label,
        help=t("The class that it is held against. Type to search."),
        **(IN_HEAD if in_head else {}),
    )
    return contrast_class_of(result) if code == NEXT else codes.index(code)


def _draw(found: Contrast, seen: Image.Image, style: MapStyle) -> tuple[list[Image.Image], list[bytes]]:
    """The class, the contrast class and the difference as pictures, and as files for the screen."""
    original = enlarged(seen)
    coloured = (
        signed_picture(each.numpy(), (SIDE, SIDE), found.extent, style.smooth)
        for each in (found.map, found.contrast_map, found.difference)
    )
    pictures = [overlay(original, each, style.alpha) for each in coloured]
    return pictures, [jpeg_bytes(picture) for picture in pictures]


def _in_words(
    found: Contrast, choice: MapChoice, viewed: ViewedPhoto, target: str, contrast_class: str
) -> str:
    """The picture read in numbers."""
    (row, column), (height, width) = found.largest, found.difference.shape
    value = float(found.difference[row, column])
    sentences = [
        t(
            "The logit of **{target}** is {logits[0]:.2f}, that of **{contrast_class}** {logits[1]:.2f}: "
            "a lead of **{lead:.2f}**."
        ),
        t("The cells' differences sum to **{total:.3g}**; {count:,} of {cells:,} speak more for {target}."),
        t("The largest, {size:.3g} for **{side}**, is in cell ({row}, {column}): {place}."),
    ]
    spec = viewed.weights.spec
    # Average pooling and a linear layer are all that follows: then gradient × output sums to the logit.
    is_last = choice.stage == len(spec.depths) and spec.activation == "post"
    if is_last and choice.method in ("gradcam", "hirescam"):
        sentences.append(
            t("At the last stage this method shares out the logit: the rest, {rest:.3g}, is the biases'.")
        )
    told = " ".join(sentences).format(
        target=target,
        contrast_class=contrast_class,
        logits=found.logits,
        lead=found.lead,
        total=found.total,
        count=int((found.difference > 0).sum()),
        cells=height * width,
        size=abs(value),
        side=target if value > 0 else contrast_class,
        row=row,
        column=column,
        place=t(place_in_words(row, column, height, width)),
        rest=found.lead - found.total,
    )
    return with_minus_signs(told)


def _show_downloads(
    found: Contrast,
    pictures: list[Image.Image],
    choice: MapChoice,
    viewed: ViewedPhoto,
    passes: tuple[StagePass, StagePass],
    titles: list[str],
    ends: tuple[str, str],
) -> None:
    one, other = passes
    stage = stage_label(choice.stage)
    caption = viewed.caption(one.target, one.probability, stage, METHODS[choice.method].citation)
    first = t("{target} {ours:.1%}, {contrast_class} {theirs:.1%} · {photo}").format(
        target=titles[0],
        ours=one.probability,
        contrast_class=titles[1],
        theirs=other.probability,
        photo=caption.photo,
    )
    bar = ColourBar(DIVERGING, f"{ends[0]} −{found.extent:.3g}", f"{found.extent:.3g} {ends[1]}", "")
    numbers = {
        "rival": titles[1],
        "rival_probability": other.probability,
        "logits": list(found.logits),
        "map": found.map.tolist(),
        "rival_map": found.contrast_map.tolist(),
        "difference": found.difference.tolist(),
    }
    name = f"{choice.method}-{one.target}-{other.target}-{stage.replace(' ', '')}"
    with st.container(horizontal=True):
        save_button(
            t("Both as PNG"),
            lambda: figure(pictures, (first, caption.lines[1]), bar, titles),
            f"{name}.png",
            key="p_rival_save",
        )
        save_button(
            t("Both as JSON"), lambda: numbers_json(caption, numbers), f"{name}.json", key="p_rival_json"
        )
