"""Augmentation on a photo of one's own: what training sees of it, by the function that training uses."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Final

import streamlit as st

from resnet_explorer.common.i18n import prose, t
from resnet_explorer.common.text import as_markdown, shortened
from resnet_explorer.explanation.heatmap import for_screen, jpeg_bytes, png_bytes
from resnet_explorer.finetune.dataset.image_folder import Item, LabelledPhotos
from resnet_explorer.finetune.dataset.photos_svg import augmented_views
from resnet_explorer.finetune.dataset.store import Dataset
from resnet_explorer.finetune.training.run_config import learned_from
from resnet_explorer.photos.decode import open_photo
from resnet_explorer.ui.app.refusal import shown_refusal
from resnet_explorer.ui.app.url_state import linked, whole
from resnet_explorer.ui.finetune.dataset.survey import LAST_SEED
from resnet_explorer.ui.finetune.training.initial_weights_input import network_preprocessing
from resnet_explorer.ui.session.cached_result import cached_result
from resnet_explorer.ui.session.loaded_networks import torch_gate, warm_up
from resnet_explorer.ui.widgets.svg_view import show_svg
from resnet_explorer.weights.shown_names import shown_names

if TYPE_CHECKING:
    from resnet_explorer.photos.preprocessing import Preprocessing

VIEWS: Final = 8
LAST_PHOTO: Final = 999_999
_FEW_PIXELS: Final = 64
"""Pixels of a side up to which they are shown one by one."""


def show_augmented(dataset: Dataset, photos: LabelledPhotos) -> None:
    """One photo to learn from, and eight of the views of it that training may draw."""
    st.subheader(t("What training sees of a photo"))
    st.markdown(prose("dataset_augmented"))
    items = photos.part("train")
    item = items[linked("al_photo", 0, whole(0, LAST_PHOTO)) % len(items)]
    seed = linked("al_dice", 0, whole(0, LAST_SEED))
    preprocessing = learned_from(network_preprocessing())
    with st.container(horizontal=True, vertical_alignment="bottom"):
        icon, count = ":material/image:", len(items)
        st.button(t("Another photo"), icon=icon, key="al_another", on_click=_choose_photo, args=(count,))
        st.button(t("Draw again"), icon=":material/casino:", key="al_throw", on_click=_next_seed)
    with shown_refusal():
        picture = cached_result(
            "_al_views",
            (dataset.key, item.name, seed, preprocessing),
            lambda: _drawn(item, seed, preprocessing),
        )
        show_svg(picture, "al_views", tallest=900)
        words = t("A photo of **{label}**, seed {seed}: the link shows the same eight views.")
        st.caption(words.format(label=as_markdown(shown_names(photos.classes)[item.label]), seed=seed))


def _drawn(item: Item, seed: int, preprocessing: Preprocessing) -> str:
    photo = for_screen(open_photo(item.read(), item.name).image)
    words = (shortened(item.name.rpartition("/")[2], 34), t("Eight of the views that training may draw"))
    return augmented_views(jpeg_bytes(photo), _views(item, seed, preprocessing), words)


def _views(item: Item, seed: int, preprocessing: Preprocessing) -> list[bytes]:
    """What the network is given, made visible again: times the deviation, plus the mean."""
    with st.spinner(t("Drawing views …")):
        warm_up()
        import numpy as np
        import torch
        from PIL import Image

        from resnet_explorer.finetune.dataset.batches import augmented

        mean, std = (torch.tensor(values).view(3, 1, 1) for values in (preprocessing.mean, preprocessing.std))
        files = []
        with torch_gate():
            for view in range(VIEWS):
                tensor = augmented(item, preprocessing, 3, np.random.default_rng([seed, view]))
                pixels = tensor.mul(std).add(mean).mul(255).round().clamp(0, 255).to(torch.uint8)
                image = Image.fromarray(pixels.permute(1, 2, 0).numpy())
                files.append(png_bytes(image) if image.width <= _FEW_PIXELS else jpeg_bytes(image))
    return files


def _choose_photo(count: int) -> None:
    st.session_state["al_photo"] = random.randrange(min(count, LAST_PHOTO))


def _next_seed() -> None:
    st.session_state["al_dice"] = (st.session_state.get("al_dice", 0) + 1) % (LAST_SEED + 1)
