"""Controls that more than one of the tests has, and what they share on the screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import streamlit as st
from PIL import Image

from resnet_explorer.i18n import t
from resnet_explorer.overlay import jpeg_bytes
from resnet_explorer.sheet import Scale, numbers_json, sheet
from resnet_explorer.ui.evidence import SIDE
from resnet_explorer.ui.linked import linked, one_of, whole
from resnet_explorer.ui.networks import trained
from resnet_explorer.ui.save import save_button

if TYPE_CHECKING:
    from resnet_explorer.proof.probe import Fill, Mask, Probe
    from resnet_explorer.ui.prove_map import Claim

_FILLS: Final = {"mean": "Mean colour", "blur": "Blurred photo"}
LAST_SEED: Final = 9999


def fill_input() -> Fill:
    """What removed pixels become."""
    usual: Fill = "mean"
    fill = linked("pr_fill", usual, one_of(_FILLS))
    st.segmented_control(
        t("Removed pixels become"),
        list(_FILLS),
        required=True,
        format_func=lambda name: t(_FILLS[name]),
        key="pr_fill",
        wrap=True,
        help=t(
            "Either makes a photo that the network never saw in training, and it may react to that as well: "
            "try both. The blur leaves the colours where they were."
        ),
        persist_state="session",
    )
    return fill


def seed_input() -> int:
    """The seed of all that is random in a test."""
    linked("pr_seed", 0, whole(0, LAST_SEED))
    return int(
        st.number_input(
            t("Seed"),
            0,
            LAST_SEED,
            step=1,
            key="pr_seed",
            help=t("The same seed, the same chance. Another one: does the finding stay?"),
            persist_state="session",
        )
    )


def count_input(key: str, label: str, low: int, high: int, usual: int, step: int, unit: str = "%d") -> int:
    """A slider of a whole number."""
    linked(key, usual, whole(low, high))
    return int(st.slider(label, low, high, step=step, format=unit, key=key, persist_state="session"))


def probe_of(claim: Claim, fill: Fill) -> Probe:
    """The network and the photo of a claim, ready to be asked.

    Raises:
        ValueError: in one sentence, if the network cannot be had.
    """
    model = trained(claim.subject.weights)
    from resnet_explorer.proof.probe import Probe, blank, photos_at_once

    tensor = claim.subject.tensor()
    height, width = tensor.shape[2:]
    at_once = photos_at_once(claim.subject.weights.spec, (height, width))
    return Probe(model, tensor, claim.result.target, blank(tensor, fill), at_once)


@dataclass(frozen=True)
class Drawn:
    """Pictures, and the same as files for the screen."""

    pictures: list[Image.Image]
    files: list[bytes]


def masked_pictures(claim: Claim, fill: Fill, masks: Sequence[Mask]) -> Drawn:
    """What the network gets without the pixels of each mask, as squares of `SIDE` pixels."""
    import numpy as np

    from resnet_explorer.proof.pictures import as_picture, fitted

    photos = probe_of(claim, fill).masked(np.stack(masks))
    preprocessing = claim.subject.weights.preprocessing
    pictures = [fitted(as_picture(photo[None], preprocessing), SIDE) for photo in photos]
    return Drawn(pictures, [jpeg_bytes(picture) for picture in pictures])


def question(words: str, source: str) -> None:
    """What a test asks, and who asked it first."""
    st.subheader(words)
    st.caption(source)


def reading(words: str) -> None:
    """What the result says."""
    st.info(words, icon=":material/lightbulb:")


def take_home(
    claim: Claim,
    test: str,
    panels: Callable[[], Sequence[Image.Image]],
    titles: Sequence[str],
    line: str,
    numbers: Callable[[], Mapping[str, Any]],
    scale: Scale | None = None,
) -> None:
    """The buttons that save a test's pictures with their caption, and its numbers.

    Args:
        claim: the map that was tested.
        test: names the files.
        panels: the pictures, drawn when somebody asks.
        titles: a name above each.
        line: what is below them, besides what the map is of.
        numbers: what the JSON holds, besides what the map is of.
        scale: the pictures' colour bar.
    """
    caption = claim.caption()
    with st.container(horizontal=True):
        save_button(
            t("Download as PNG"),
            lambda: sheet(panels(), (*caption.lines, line), scale, titles),
            f"{claim.file(test)}.png",
            key="pr_save",
        )
        save_button(
            t("Numbers as JSON"),
            lambda: numbers_json(caption, {"test": test, **numbers()}),
            f"{claim.file(test)}.json",
            key="pr_json",
        )
