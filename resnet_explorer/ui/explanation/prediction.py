"""The prediction for the photo: what is shown of it, in words and as bars that are buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from resnet_explorer.common.i18n import msg, t
from resnet_explorer.common.text import as_markdown, enumerated
from resnet_explorer.explanation.confidence import confidence_of, in_words, with_article
from resnet_explorer.explanation.heatmap import boxed, crisp, jpeg_bytes, png_bytes
from resnet_explorer.explanation.target import Target, members_of
from resnet_explorer.photos.crop import crop_photo
from resnet_explorer.ui.explanation.answer_picture import Answer, Bar, Option, Shown
from resnet_explorer.ui.photos.photo_input import about_photo
from resnet_explorer.ui.photos.viewed_photo import ViewedPhoto, class_names
from resnet_explorer.ui.session.cached_result import cached_result
from resnet_explorer.ui.widgets.linked_inputs import linked_select
from resnet_explorer.weights.shown_names import code_of, shown_name

if TYPE_CHECKING:
    from resnet_explorer.explanation.activations_and_gradients import StagePass
    from resnet_explorer.weights.description import Weights
    from resnet_explorer.weights.kinds import Kind

MOST_PROBABLE: Final = msg("most probable")
FEW_CLASSES: Final = 20
IN_HEAD: Final[dict[str, Any]] = {"label_visibility": "collapsed", "width": 210}
"""How the choice of a class looks in a page's head, where room is short."""
SEEN_SIDE: Final = 160
"""Pixels at most of the crop’s picture in small."""


def class_input(
    names: tuple[str, ...], kinds: tuple[Kind, ...] = (), *, in_head: bool = False
) -> Target | None:
    """Which class or kind is asked for.

    Args:
        names: of the classes, as they are shown; the link has those of the network.
        kinds: that there are.
        in_head: whether it stands in a page's head, where room is short.

    Returns:
        The class's index, the kind, or None for the most probable class.
    """
    by_code = {_code_of(kind): kind for kind in kinds}
    codes = [code_of(name) for name in names]

    def label(code: str) -> str:
        if code in by_code:
            return t("a kind: {name}").format(name=shown_name(by_code[code].name))
        return t(code) if code == MOST_PROBABLE else names[codes.index(code)]

    code = linked_select(
        "p_class",
        t("Class"),
        [MOST_PROBABLE, *by_code, *codes],
        default=MOST_PROBABLE,
        names=label,
        help=t("Type to search, or click one of the bars."),
        **(IN_HEAD if in_head else {}),
    )
    if code == MOST_PROBABLE:
        return None
    return by_code[code] if code in by_code else codes.index(code)


def _code_of(kind: Kind) -> str:
    """A kind as the link and the menu's state have it."""
    return f"kind:{kind.name}"


def framed_photo(viewed: ViewedPhoto) -> tuple[Shown, Shown]:
    """The photo with its crop framed, and the crop as the network gets it."""
    preprocessing = viewed.weights.preprocessing

    def draw() -> tuple[bytes, bytes]:
        crop = crop_photo(viewed.photo, preprocessing, viewed.view)
        return jpeg_bytes(boxed(viewed.photo.image, crop.box)), png_bytes(crisp(crop.image, SEEN_SIDE))

    framed, square = cached_result("_p_seen", viewed.question, draw)
    size = t("{side} × {side} pixels").format(side=preprocessing.crop)
    return (
        Shown(framed, t("The photo, the square framed"), about_photo()),
        Shown(square, t("What the network sees"), t("What it sees") + f"\n{size}"),
    )


def about_square(viewed: ViewedPhoto, is_by_policy: bool) -> str:
    """What the network gets of the photo.

    Args:
        viewed: the photo, and the network that it is of.
        is_by_policy: whether the weights' crop policy moved the square from the centre.
    """
    preprocessing = viewed.weights.preprocessing
    sentences = [t("What the network sees: {side} × {side} pixels.").format(side=preprocessing.crop)]
    if preprocessing.tile:
        sentences.append(
            t("Made small and soft first, {tile} × {tile}: it learned from small pictures.").format(
                tile=preprocessing.tile
            )
        )
    if is_by_policy:
        sentences.append(t("Of three squares along the photo, it is surest of this one."))
    return " ".join(sentences)


def answer_of(result: StagePass, weights: Weights) -> Answer:
    """The likeliest class or kind in words, and the five likeliest classes as bars.

    Args:
        result: the pass.
        weights: whose prediction it is.
    """
    names = class_names(weights.classes)
    best = [(index, names[index], value) for index, value in result.prediction.top(5)]
    found = confidence_of(result.prediction.probabilities, weights)
    kind = found.kind.kind if found.kind else None
    name, probability = (
        (with_article(kind.name), found.kind.probability) if found.kind and kind else best[0][1:]
    )
    chosen = members_of(result.target)
    return Answer(
        heading=t("Unsure") if found.is_unsure and kind is None else t("Most probable"),
        name=name,
        probability=f"{probability:.1%}",
        words=in_words(found, names, str),
        bars=tuple(Bar(f"class:{each}", each, value, index in chosen) for index, each, value in best),
        hint=t("Click a bar: the evidence for that class; again:"),
        channels=Option("channels:", t("which channels made it"), False),
        kind=Option(f"class:{_code_of(kind)}", t("show its map"), False)
        if kind and kind != result.target
        else None,
    )


def about_answer(result: StagePass, names: tuple[str, ...]) -> str:
    """How long the answer took, and what the network knows."""
    timing = t("{forward:.0f} ms on {device}; with the maps {whole:.0f} ms.").format(
        forward=result.prediction.milliseconds,
        device=result.prediction.device.upper(),
        whole=result.milliseconds,
    )
    return f"{timing} {_what_it_knows(names)}"


def choose_class(shown: str) -> None:
    """Ask for the map of a class by its name as it is shown, or of a kind by its code; for callbacks."""
    st.session_state["p_class"] = code_of(shown)


def _what_it_knows(names: tuple[str, ...]) -> str:
    if len(names) == 1:
        return t("It knows one thing, and calls any photo that: {name}.").format(name=as_markdown(names[0]))
    if len(names) > FEW_CLASSES:
        return t("It knows {count:,} things, and calls any photo one of them.").format(count=len(names))
    return t("It knows {count} things, and calls any photo one of them: {names}.").format(
        count=len(names), names=enumerated(map(as_markdown, names))
    )
