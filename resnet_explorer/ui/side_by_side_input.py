"""The choices of the Side by side page: photo, networks, and how the maps are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.cam import METHODS, ONE_PASS
from resnet_explorer.crop import View, seen_box
from resnet_explorer.i18n import prose, t
from resnet_explorer.overlay import boxed, for_screen, jpeg_bytes
from resnet_explorer.photo import Photo
from resnet_explorer.short_text import as_markdown
from resnet_explorer.side_by_side import Looker, SideBySide, short_name, side_by_side, whole_square
from resnet_explorer.tables import bytes_text
from resnet_explorer.target import name_of
from resnet_explorer.ui.answer import class_input, class_names
from resnet_explorer.ui.evidence import look_input, method_input
from resnet_explorer.ui.linked import Code, complain, linked, one_of, shortened, some_of
from resnet_explorer.ui.networks import ROOM, stored_bytes, trained, warm_up
from resnet_explorer.ui.page_end import end_page
from resnet_explorer.ui.photo_input import photo_input, view_input
from resnet_explorer.ui.remembered import remembered
from resnet_explorer.ui.side_by_side_scene import Maps
from resnet_explorer.ui.slow_work import slow_work
from resnet_explorer.weights import Weights, find
from resnet_explorer.weights.catalogue import on_this_machine

USUAL: Final = 4
MOST: Final = 6
_BACK: Final = ("last", "one before", "two before")
_FRAMED: Final = "_sb_shown"


@dataclass(frozen=True)
class Place:
    """Where the photo stands in small, what it is, and where there is room to tell of the work."""

    picture: DeltaGenerator
    photo: Photo
    work: DeltaGenerator


def photo_choice() -> tuple[Place, View]:
    """The photo of the lab in small with the controls to change it, and where it is to be looked at."""
    picture, words, work = st.columns([1, 2.7, 2.8], vertical_alignment="center")
    with words, st.container(horizontal=True):
        with st.popover(t("Another photo"), icon=":material/image:"):
            photo, about = photo_input()
        view = view_input(width="content")
    words.markdown(f"**{as_markdown(photo.name)}**")
    words.caption(about)
    place = Place(picture.empty(), photo, work)
    # With the frame of before, until the networks have said where they look: nothing blinks.
    before: tuple[Photo, bytes] | None = st.session_state.get(_FRAMED)
    shown = before[1] if before and before[0] is photo else jpeg_bytes(for_screen(photo.image))
    place.picture.image(shown, width=190, alt=photo.name)
    return place, view


def show_square(place: Place, looker: Looker, view: View) -> None:
    """Frame the square that the networks look at."""

    def framed() -> bytes:
        box = seen_box(place.photo, whole_square(looker.weights.preprocessing), view)
        return jpeg_bytes(boxed(place.photo.image, box))

    picture = remembered("_sb_framed", (place.photo, looker.weights.preprocessing, view), framed)
    st.session_state[_FRAMED] = (place.photo, picture)
    place.picture.image(picture, width=190, alt=t("The photo, the square framed"))


def networks_input() -> list[Weights]:
    """Which networks look, of those that can answer without a download; the page ends here without one."""
    with st.spinner(t("Loading torch …")):
        warm_up("torchvision")
    here = _here()
    if not here:
        st.error(t("No trained network is on this machine. {how}").format(how=prose("side_by_side_more")))
        end_page()
    labels = {weights.key: weights.label for weights in here}
    linked("sb_nets", _usual(here), _at_most(list(labels)))
    names = dict(zip(labels, _menu_names(here), strict=True))
    keys = st.multiselect(
        t("Networks"),
        list(labels),
        format_func=names.__getitem__,
        key="sb_nets",
        max_selections=MOST,
        persist_state="session",
    )
    if len(here) == 1:
        st.caption(t("One trained network is on this machine. {how}").format(how=prose("side_by_side_more")))
    chosen = [weights for weights in here if weights.key in keys]
    if not chosen:
        st.info(t("Choose at least one network."))
        end_page()
    together = sum(map(stored_bytes, chosen))
    if together > ROOM and len(chosen) > 1:
        sentence = t("Together these networks take {size}; choose fewer, for at most {room}.")
        st.error(sentence.format(size=bytes_text(together), room=bytes_text(ROOM)))
        end_page()
    return chosen


def _here() -> list[Weights]:
    """The networks that can look at a photo now: on this machine, of colour or grey, and with a head."""
    entries = on_this_machine()
    found = remembered("_sb_here", entries, lambda: [find(entry.key) for entry in entries])
    return [each for each in found if each.spec.include_top and each.spec.in_channels in (1, 3)]


def _menu_names(here: Sequence[Weights]) -> list[str]:
    return [
        each.label if each.label.startswith(name := short_name(each)) else f"{name} · {each.label}"
        for each in here
    ]


def _usual(here: Sequence[Weights]) -> list[str]:
    """The first few, as long as they fit into memory together."""
    keys: list[str] = []
    room = ROOM
    for weights in here[:USUAL]:
        room -= stored_bytes(weights)
        if keys and room < 0:
            break
        keys.append(weights.key)
    return keys


def _at_most(keys: list[str]) -> Code:
    """Some of the networks, but not more than the page has room for; one that is not here costs itself."""
    some = some_of(keys)

    def read(text: str) -> list[str]:
        asked = text.split(",")
        known = [key for key in asked if key in keys]
        chosen: list[str] = some.read(",".join(known) if known else text)
        if len(chosen) > MOST:
            raise ValueError(t("at most {most} networks at once.").format(most=MOST))
        for key in asked:
            if chosen and key not in keys:
                complain(t("The network `{key}` is not on this machine.").format(key=shortened(key)))
        return chosen

    return Code(some.write, read, some.allows)


def map_input(chosen: Sequence[Weights]) -> tuple[list[Looker], int, Maps]:
    """For which class, at which stage and by which method the maps are read.

    Returns:
        Who looks; how many stages before the last; and how the maps are read and drawn.
    """
    named = [class_names(weights.classes) for weights in chosen]
    together = tuple(dict.fromkeys(name for names in named for name in names))
    class_place, stage_place, method_place = st.columns([1.3, 1.6, 1], vertical_alignment="bottom")
    with class_place:
        index = class_input(together)
    with stage_place:
        back = _stage_input(min(len(weights.spec.depths) for weights in chosen))
    with method_place, st.popover(t("Method and colours"), width="stretch"):
        method, against = method_input()
        look = look_input()
    if method not in ONE_PASS:
        sentence = t("{method} asks for more than one pass; the maps here are read by {usual}.")
        usual = next(iter(ONE_PASS))
        st.info(sentence.format(method=METHODS[method].name, usual=METHODS[usual].name))
        method = usual
    target = None if index is None else name_of(index, together)
    lookers = [
        Looker(weights, names, names.index(target) if target in names else None)
        for weights, names in zip(chosen, named, strict=True)
    ]
    return lookers, back, Maps(method, against, look)


def _stage_input(stages: int) -> int:
    """Whose output is asked, counted from the end, where networks of three and four stages are alike."""
    options = range(min(stages, len(_BACK)))
    back = linked("sb_stage", 0, one_of(options))
    st.segmented_control(
        t("Stage"),
        options,
        required=True,
        format_func=lambda number: t(_BACK[number]),
        key="sb_stage",
        help=t("Counted from the end: networks of three stages and of four have cells of like size there."),
        persist_state="session",
    )
    return back


def ask(place: Place, lookers: Sequence[Looker], view: View, back: int) -> tuple[SideBySide | None, bool]:
    """The answers of all networks, with progress and Stop; times of before are kept."""
    keys = tuple(each.weights.key for each in lookers)
    known = st.session_state.get("_sb_times")
    targets = tuple(each.target for each in lookers)
    with place.work:  # beside the photo, where it moves nothing
        found, whole = slow_work(
            "sb_work",
            (place.photo, keys, targets, view, back),
            lambda: side_by_side(place.photo, lookers, view, back, trained, known),
            t("The networks look"),
        )
    if found and whole:
        st.session_state["_sb_times"] = found.times
    return found, whole
