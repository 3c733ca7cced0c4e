"""What the pages of the photo lab look at: a photo, the square of it that is seen, and who sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st
from PIL import Image

from resnet_explorer.crop import Box, View, seen_box
from resnet_explorer.i18n import t
from resnet_explorer.overlay import boxed, for_screen, jpeg_bytes, whole_box
from resnet_explorer.photo import Photo
from resnet_explorer.sheet import Caption
from resnet_explorer.short_text import as_markdown
from resnet_explorer.spec import title
from resnet_explorer.target import Target, name_of
from resnet_explorer.ui.answer import answer_for, class_names, view_for
from resnet_explorer.ui.needs_weights import photo_weights
from resnet_explorer.ui.network import weights_key
from resnet_explorer.ui.page_end import end_page
from resnet_explorer.ui.photo_input import photo_input, view_input
from resnet_explorer.ui.remembered import remembered
from resnet_explorer.weights import Weights

if TYPE_CHECKING:
    from torch import Tensor

    from resnet_explorer.stage_pass import StagePass


@dataclass(frozen=True)
class Subject:
    """A photo before a trained network.

    Attributes:
        photo: the photo.
        weights: whose network looks at it.
        view: where in the photo it looks.
    """

    photo: Photo
    weights: Weights
    view: View

    @property
    def question(self) -> tuple[object, ...]:
        """What an answer about it depends on, for `remembered`."""
        return (self.photo, self.weights.key, self.view)

    @property
    def names(self) -> tuple[str, ...]:
        """The classes, told apart where two have one name."""
        return class_names(self.weights.classes)

    @property
    def seen(self) -> Image.Image:
        """The square that the network looks at, at the photo's resolution."""
        return self.photo.image.crop(whole_box(self._box, self.photo.image.size))

    @property
    def _box(self) -> Box:
        return seen_box(self.photo, self.weights.preprocessing, self.view)

    def tensor(self) -> Tensor:
        """The square as the network takes it, (1, channels, side, side)."""
        from resnet_explorer.predictor import preprocess

        return preprocess(self.photo, self.weights.preprocessing, self.view, self.weights.spec.in_channels)[0]

    def answer(self, target: Target | None = None) -> StagePass:
        """The pass over all stages for a class or kind, or for the most probable class; the last one is kept.

        Raises:
            ValueError: in one sentence, if the network cannot be had or cannot take a photo.
        """
        return answer_for(self.photo, self.weights, self.view, target)

    def rival_answer(self, rival: int) -> StagePass:
        """The same for a class that is held against it; kept beside it.

        Raises:
            ValueError: as above.
        """
        return answer_for(self.photo, self.weights, self.view, rival, "_p_rival_answer")

    def caption(self, target: Target, probability: float, stage: str, method: str) -> Caption:
        """What a picture of it says when it leaves the app."""
        return Caption(
            title(self.weights.spec),
            self.weights.label,
            self.photo.name,
            name_of(target, self.names),
            probability,
            stage,
            method,
            tuple(round(edge, 2) for edge in self._box),
        )


def subject_input() -> Subject:
    """The subject in small, with the controls to change it; the same as the Predict page's.

    A page that cannot go on without a network stops here, after a sentence.
    """
    picture, words = st.columns([1, 5.5], vertical_alignment="center")
    with words, st.container(horizontal=True):
        with st.popover(t("Another photo"), icon=":material/image:"):
            photo, about = photo_input()
        asked = view_input(width="content")
    if not weights_key():
        picture.image(for_screen(photo.image), width=190, alt=photo.name)
    with words:
        weights = photo_weights()
    try:
        with words, st.spinner(t("The network looks …")):
            view = view_for(photo, weights, asked)
    except ValueError as refusal:
        words.error(str(refusal))
        end_page()
    framed = remembered(
        "_p_framed", (photo, weights.preprocessing, view), lambda: _framed(photo, weights, view)
    )
    picture.image(framed, width=190, alt=t("The photo, the square framed"))
    words.markdown(f"**{as_markdown(photo.name)}** · {as_markdown(weights.label)}")
    words.caption(about)
    return Subject(photo, weights, view)


def _framed(photo: Photo, weights: Weights, view: View) -> bytes:
    return jpeg_bytes(boxed(photo.image, seen_box(photo, weights.preprocessing, view)))
