"""The choices of the Side by side page: networks, and how the maps are read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.common.i18n import msg, nt, prose, t
from resnet_explorer.common.numbers import bytes_text
from resnet_explorer.explanation.cam import METHODS, ONE_PASS
from resnet_explorer.explanation.target import name_of
from resnet_explorer.photos.crop import View
from resnet_explorer.photos.decode import Photo
from resnet_explorer.side_by_side.predictions import (
    ComparedNetwork,
    Predictions,
    short_name,
    side_by_side,
)
from resnet_explorer.ui.app.page_end import end_page
from resnet_explorer.ui.app.url_state import Code, complain, linked, shortened, some_of
from resnet_explorer.ui.explanation.evidence import method_input, style_input
from resnet_explorer.ui.explanation.prediction import class_input
from resnet_explorer.ui.photos.viewed_photo import class_names
from resnet_explorer.ui.session.loaded_networks import ROOM, photo_networks, stored_bytes, trained, warm_up
from resnet_explorer.ui.session.progress_job import run_with_progress
from resnet_explorer.ui.side_by_side.results import MapSettings
from resnet_explorer.ui.widgets.keeping_value import keeping_value
from resnet_explorer.ui.widgets.linked_inputs import linked_choice
from resnet_explorer.weights.description import Weights

DEFAULT: Final = 4
MOST: Final = 6
_BACK: Final = (msg("last stage"), msg("one before"), msg("two before"))


def networks_input(place: DeltaGenerator, notices: DeltaGenerator) -> list[Weights]:
    """Which networks are compared, of those that need no download; the page ends here without one.

    Args:
        place: where the choice stands.
        notices: where it is told why there is nothing to compare.
    """
    with notices, st.spinner(t("Loading torch …")):
        warm_up("torchvision")
    here = photo_networks()
    how = prose("side_by_side_more")
    if not here:
        notices.error(t("No trained network is on this machine. {how}").format(how=how))
        end_page()
    labels = {weights.key: weights.label for weights in here}
    count = len(linked("sb_nets", _default(here), _at_most(list(labels))))
    names = dict(zip(labels, _menu_names(here), strict=True))
    label = nt("{count} network", "{count} networks", count).format(count=count)
    with place.popover(label, key="sb_choice"):
        keys = st.multiselect(
            t("Networks"),
            list(labels),
            format_func=names.__getitem__,
            max_selections=MOST,
            **keeping_value("sb_nets"),
        )
        if len(here) == 1:
            st.caption(t("One trained network is on this machine. {how}").format(how=how))
    chosen = [weights for weights in here if weights.key in keys]
    if not chosen:
        notices.info(t("Choose at least one network."))
        end_page()
    together = sum(map(stored_bytes, chosen))
    if together > ROOM and len(chosen) > 1:
        sentence = t("Together these networks take {size}; choose fewer, for at most {room}.")
        notices.error(sentence.format(size=bytes_text(together), room=bytes_text(ROOM)))
        end_page()
    return chosen


def _menu_names(here: Sequence[Weights]) -> list[str]:
    return [
        each.label if each.label.startswith(name := short_name(each)) else f"{name} · {each.label}"
        for each in here
    ]


def _default(here: Sequence[Weights]) -> list[str]:
    """The first few, as long as they fit into memory together."""
    keys: list[str] = []
    room = ROOM
    for weights in here[:DEFAULT]:
        room -= stored_bytes(weights)
        if keys and room < 0:
            break
        keys.append(weights.key)
    return keys


def _at_most(keys: list[str]) -> Code:
    """Some of the networks, but not more than the page has room for; one that is not here costs itself."""
    some = some_of(keys)

    def read(text: str) -> list[str]:
        wanted = text.split(",")
        known = [key for key in wanted if key in keys]
        chosen: list[str] = some.read(",".join(known) if known else text)
        if len(chosen) > MOST:
            raise ValueError(t("at most {most} networks at once.").format(most=MOST))
        for key in wanted:
            if chosen and key not in keys:
                complain(t("The network `{key}` is not on this machine.").format(key=shortened(key)))
        return chosen

    return Code(some.write, read, some.allows)


def stage_input(stages: int, place: DeltaGenerator) -> int:
    """How many stages before the last the maps are read.

    Args:
        stages: that every network has.
        place: where the choice stands.
    """
    return linked_choice(
        "sb_stage",
        t("Stage of the maps, counted from the end"),
        range(min(stages, len(_BACK))),
        default=0,
        names=lambda number: t(_BACK[number]),
        at=place,
        label_visibility="collapsed",
    )


def map_input(chosen: Sequence[Weights]) -> tuple[list[ComparedNetwork], MapSettings]:
    """For which class and by which method the maps are read, and how they are drawn."""
    named = [class_names(weights.classes) for weights in chosen]
    together = tuple(dict.fromkeys(name for names in named for name in names))
    index = class_input(together)
    method, negative = method_input()
    style = style_input()
    if method not in ONE_PASS:
        sentence = t("{method} asks for more than one pass; the maps here are read by {default}.")
        default = next(iter(ONE_PASS))
        st.info(sentence.format(method=METHODS[method].name, default=METHODS[default].name))
        method = default
    target = None if index is None else name_of(index, together)
    compared = [
        ComparedNetwork(weights, names, names.index(target) if target in names else None)
        for weights, names in zip(chosen, named, strict=True)
    ]
    return compared, MapSettings(method, negative, style)


def predict(
    photo: Photo, networks: Sequence[ComparedNetwork], view: View, back: int
) -> tuple[Predictions | None, bool]:
    """The predictions of all networks, with progress and Stop; times of before are kept."""
    known = st.session_state.get("_sb_times")
    found, is_whole = run_with_progress(
        "sb_work",
        (photo, tuple(networks), view, back),
        lambda: side_by_side(photo, networks, view, back, trained, known),
        t("The networks predict"),
    )
    if found and is_whole:
        st.session_state["_sb_times"] = found.times
    return found, is_whole
