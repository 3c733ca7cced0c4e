"""What the chosen photo makes of the blocks of a network: computed once, and kept for the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.common.i18n import t
from resnet_explorer.explanation.target import Target
from resnet_explorer.inside.additions import Addition, additions
from resnet_explorer.ui.app.refusal import shown_refusal
from resnet_explorer.ui.inside.controls import REFINING, is_refining
from resnet_explorer.ui.photos.photo_input import current_photo, current_view
from resnet_explorer.ui.photos.viewed_photo import ViewedPhoto, photo_view, view_for
from resnet_explorer.weights.catalogue import find

if TYPE_CHECKING:
    from resnet_explorer.inside.block_values import BlockValues
    from resnet_explorer.inside.logit_parts import LogitPasses


def inside_photo(place: DeltaGenerator, words: DeltaGenerator) -> tuple[ViewedPhoto, DeltaGenerator]:
    """The photo as the session's network sees it, or the study's deep one, and the room for the picture.

    Args:
        place: of the page's picture.
        words: where the page says what it waits for.
    """
    if not is_refining():
        view = photo_view(place, words)
        return view.viewed, view.room
    with words, shown_refusal(ends_page=True), st.spinner(t("The network runs …")):
        return refining_photo(), place


def refining_photo() -> ViewedPhoto:
    """The photo as the study's deep network sees it.

    Raises:
        ValueError: in one sentence, if it cannot be had or cannot take a photo.
    """
    photo, weights = current_photo(), find(REFINING)
    return ViewedPhoto(photo, weights, view_for(photo, weights, current_view()))


def additions_of(viewed: ViewedPhoto, key: str = "_in_additions") -> tuple[Addition, ...]:
    """What every block adds; the last photo's are kept.

    Args:
        viewed: the photo.
        key: under which they are kept.

    Raises:
        ValueError: in one sentence, if the network cannot be had or cannot take a photo.
    """
    return viewed.computed(key, additions)


def logit_of(viewed: ViewedPhoto, target: Target | None) -> LogitPasses:
    """The ways of a class's logit, of the most probable one unless told; the last ones are kept.

    Raises:
        ValueError: as above.
    """
    from resnet_explorer.inside.logit_parts import logit_parts  # torch: not before it is asked for

    return viewed.computed("_in_logit", logit_parts, target)


def block_of(viewed: ViewedPhoto, index: int) -> BlockValues:
    """The tensors of one block; the last ones are kept.

    Raises:
        ValueError: as above.
    """
    from resnet_explorer.inside.block_values import block_values_at

    return viewed.computed("_in_block_values", block_values_at, index)
