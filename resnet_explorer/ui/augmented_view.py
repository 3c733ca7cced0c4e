"""Augmentation on a photo of one's own: what training sees of it, by the function that training uses."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Final

import streamlit as st

from resnet_explorer.finetune.album_picture import augmented_views
from resnet_explorer.finetune.albums import Album
from resnet_explorer.finetune.collection import Item, LabelledPhotos
from resnet_explorer.finetune.story import learned_from
from resnet_explorer.i18n import prose, t
from resnet_explorer.overlay import for_screen, jpeg_bytes, png_bytes
from resnet_explorer.photo import open_photo
from resnet_explorer.short_text import as_markdown, shortened
from resnet_explorer.ui.linked import linked, whole
from resnet_explorer.ui.networks import torch_gate, warm_up
from resnet_explorer.ui.remembered import remembered
from resnet_explorer.ui.start_input import network_preprocessing
from resnet_explorer.ui.svg import show_svg

if TYPE_CHECKING:
    from resnet_explorer.weights import Preprocessing

VIEWS: Final = 8
LAST_PHOTO: Final = 999_999
LAST_DICE: Final = 9999
_FEW_PIXELS: Final = 64
"""Pixels of a side up to which they are shown one by one."""


def show_augmented(album: Album, photos: LabelledPhotos) -> None:
    """One photo to learn from, and eight of the views of it that training may draw."""
    st.subheader(t("What training sees of a photo"))
    st.markdown(prose("album_augmented"))
    items = photos.part("train")
    number = linked("al_photo", 0, whole(0, LAST_PHOTO)) % len(items)
    dice = linked("al_dice", 0, whole(0, LAST_DICE))
    preprocessing = learned_from(network_preprocessing())
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.button(
            t("Another photo"),
            icon=":material/image:",
            key="al_another",
            on_click=_another,
            args=(len(items),),
        )
        st.button(t("Throw the dice again"), icon=":material/casino:", key="al_throw", on_click=_throw)
    item = items[number]
    try:
        picture = remembered(
            "_al_views",
            (album.key, item.name, dice, preprocessing),
            lambda: _drawn(item, dice, preprocessing),
        )
    except ValueError as refusal:
        st.error(str(refusal))
        return
    show_svg(picture, "al_views", tallest=900)
    words = t("A photo of **{label}**, seed {dice}: the link shows the same eight views.")
    st.caption(words.format(label=as_markdown(photos.classes[item.label]), dice=dice))


def _drawn(item: Item, dice: int, preprocessing: Preprocessing) -> str:
    photo = for_screen(open_photo(item.read(), item.name).image)
    words = (shortened(item.name.rpartition("/")[2], 34), t("Eight of the views that training may draw"))
    return augmented_views(jpeg_bytes(photo), _views(item, dice, preprocessing), words)


def _views(item: Item, dice: int, preprocessing: Preprocessing) -> list[bytes]:
    """What the network is given, made visible again: times the deviation, plus the mean."""
    with st.spinner(t("Throwing the dice …")):
        warm_up()
        import numpy as np
        import torch
        from PIL import Image

        from resnet_explorer.finetune.batches import augmented

        mean, std = (torch.tensor(values).view(3, 1, 1) for values in (preprocessing.mean, preprocessing.std))
        files = []
        with torch_gate():
            for view in range(VIEWS):
                tensor = augmented(item, preprocessing, 3, np.random.default_rng([dice, view]))
                pixels = tensor.mul(std).add(mean).mul(255).round().clamp(0, 255).to(torch.uint8)
                image = Image.fromarray(pixels.permute(1, 2, 0).numpy())
                files.append(png_bytes(image) if image.width <= _FEW_PIXELS else jpeg_bytes(image))
    return files


def _another(count: int) -> None:
    st.session_state["al_photo"] = random.randrange(min(count, LAST_PHOTO))


def _throw() -> None:
    st.session_state["al_dice"] = (st.session_state.get("al_dice", 0) + 1) % (LAST_DICE + 1)
