"""The photo of the photo lab's pages, the square of it that is cropped, and the network that sees it."""

from __future__ import annotations

import hashlib
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

import streamlit as st
from PIL import Image
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.common.i18n import t
from resnet_explorer.common.language_cache import language_cache
from resnet_explorer.explanation.captioned_figure import Caption
from resnet_explorer.explanation.heatmap import for_screen, whole_box
from resnet_explorer.explanation.target import Target, name_of
from resnet_explorer.network.spec import title
from resnet_explorer.network.table_rows import activation_bytes
from resnet_explorer.photos.crop import CENTRE, Box, View, seen_box
from resnet_explorer.photos.decode import Photo
from resnet_explorer.ui.app.refusal import shown_refusal
from resnet_explorer.ui.photos.photo_input import current_photo, current_view
from resnet_explorer.ui.session.cached_result import cached_result
from resnet_explorer.ui.session.loaded_networks import torch_gate, trained
from resnet_explorer.ui.session.network import weights_key
from resnet_explorer.ui.session.shared_result import shared_result
from resnet_explorer.ui.weights.needs_weights import photo_weights
from resnet_explorer.weights.description import Weights
from resnet_explorer.weights.shown_names import shown_names

if TYPE_CHECKING:
    from torch import Tensor

    from resnet_explorer.explanation.activations_and_gradients import StagePass

T = TypeVar("T")

SHARED: Final = 512 * 2**20
"""Bytes of a photo's feature maps up to which a pass is kept for all sessions: those of networks in use have
480 MB at most at 224 pixels, and sixteen passes of more would fill the memory."""


@language_cache(maxsize=8)
def class_names(classes: tuple[str, ...]) -> tuple[str, ...]:
    """The classes as they are shown; two of one name, as ImageNet's cranes, told apart by their index."""
    times = Counter(classes)
    return shown_names(
        [f"{name} ({index})" if times[name] > 1 else name for index, name in enumerate(classes)]
    )


def digest_of(photo: Photo, key: str = "") -> str:
    """What tells photos apart, whoever opened them, and however often.

    Args:
        photo: the photo.
        key: names its place on the page, where there are several.
    """
    return cached_result(f"_photo_digest{key}", (photo,), lambda: _digest(photo))


def _digest(photo: Photo) -> str:
    return hashlib.sha256(repr(photo.image.size).encode() + photo.image.tobytes()).hexdigest()


def view_for(photo: Photo, weights: Weights, wanted: View) -> View:
    """Which crop the network gets: the chosen one or, unmoved, that of the weights' crop policy.

    Raises:
        ValueError: in one sentence, if the network cannot be had or cannot take a photo.
    """
    if wanted != CENTRE or weights.preprocessing.crop_policy == "centre":
        return wanted

    def compute() -> View:
        model = trained(weights)
        from resnet_explorer.explanation.predict import default_view

        with torch_gate():
            return default_view(model, photo, weights.preprocessing)

    return shared_result("_p_looked", (digest_of(photo), weights.key), compute)


def cached_pass(
    photo: Photo, weights: Weights, view: View, target: Target | None, key: str = "_p_answer"
) -> StagePass:
    """The pass for a class or kind over all stages; the last one under a key is kept.

    So a change of stage, method or colours runs no network.

    Raises:
        ValueError: in one sentence, if the network cannot be had or cannot take a photo.
    """

    def compute() -> StagePass:
        model = trained(weights)
        from resnet_explorer.explanation.activations_and_gradients import stage_pass
        from resnet_explorer.explanation.predict import preprocess

        tensor, _ = preprocess(photo, weights.preprocessing, view, weights.spec.in_channels)
        with torch_gate():
            return stage_pass(model, tensor, range(len(weights.spec.depths) + 1), target)

    # A run begins with weights of this key, but shows them photos in its own size.
    question = (digest_of(photo, key), weights.key, weights.preprocessing, view, target)
    if activation_bytes(weights.plan) > SHARED:
        return cached_result(key, question, compute)
    return shared_result(key, question, compute, "pass")


@dataclass(frozen=True)
class ViewedPhoto:
    """A photo, and the square of it that a trained network sees.

    Attributes:
        photo: the photo.
        weights: of the network.
        view: where the square lies in the photo.
    """

    photo: Photo
    weights: Weights
    view: View

    @property
    def question(self) -> tuple[object, ...]:
        """What an answer about it depends on, for `cached_result`."""
        return (self.photo, self.weights.key, self.view)

    @property
    def names(self) -> tuple[str, ...]:
        """The classes as they are shown, told apart where two have one name."""
        return class_names(self.weights.classes)

    @property
    def seen(self) -> Image.Image:
        """The square, at the photo's resolution."""
        return self.photo.image.crop(whole_box(self.box, self.photo.image.size))

    @property
    def box(self) -> Box:
        """Where the square lies in the photo's image."""
        return seen_box(self.photo, self.weights.preprocessing, self.view)

    def tensor(self) -> Tensor:
        """The square as the network takes it, (1, channels, side, side)."""
        from resnet_explorer.explanation.predict import preprocess

        return preprocess(self.photo, self.weights.preprocessing, self.view, self.weights.spec.in_channels)[0]

    def computed(self, key: str, compute: Callable[..., T], *more: object) -> T:
        """What comes of the square in the network; the last one under a key is kept.

        Args:
            key: names it in the session's state.
            compute: makes it of the network, the square as it takes it, and what it is given more.
            more: that.

        Raises:
            ValueError: in one sentence, if the network cannot be had or cannot take a photo.
        """

        def compute_now() -> T:
            model = trained(self.weights)
            with torch_gate():
                return compute(model, self.tensor(), *more)

        return cached_result(key, (*self.question, *more), compute_now)

    def answer(self, target: Target | None = None) -> StagePass:
        """The pass over all stages for a class or kind, or for the most probable class; the last one is kept.

        Raises:
            ValueError: in one sentence, if the network cannot be had or cannot take a photo.
        """
        return cached_pass(self.photo, self.weights, self.view, target)

    def contrast_answer(self, contrast_class: int) -> StagePass:
        """The pass over all stages for a class that is held against the other; kept beside its own.

        Raises:
            ValueError: as above.
        """
        return cached_pass(self.photo, self.weights, self.view, contrast_class, "_p_rival_answer")

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
            tuple(round(edge, 2) for edge in self.box),
        )


@dataclass(frozen=True)
class PhotoView:
    """The photo of a page, and where its picture goes.

    Attributes:
        viewed: the photo, and the network that sees it.
        is_by_policy: whether the weights' crop policy moved the square from the centre.
        room: for the picture, which takes the place of the photo that was there at once.
    """

    viewed: ViewedPhoto
    is_by_policy: bool
    room: DeltaGenerator


def photo_view(place: DeltaGenerator, words: DeltaGenerator) -> PhotoView:
    """The photo as the session's network sees it.

    Where torch is not loaded yet, or no network can answer, the photo is there at once. A page that cannot
    go on without a network stops here, after a sentence.

    Args:
        place: of the page's picture.
        words: where the page says what it waits for.
    """
    photo, wanted = current_photo(), current_view()
    room, told = place, words
    if "torch" not in sys.modules or not weights_key():
        room = place.empty()
        left, told = room.container().columns([1.2, 1], gap="medium")
        left.image(for_screen(photo.image), alt=photo.name)
    with told:
        weights = photo_weights()
        with shown_refusal(ends_page=True), st.spinner(t("The network chooses its square …")):
            view = view_for(photo, weights, wanted)
    return PhotoView(ViewedPhoto(photo, weights, view), view != wanted, room)
