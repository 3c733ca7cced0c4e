"""What "Cut the wire" works on: a trained network, the photos it is measured on, and what is cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.i18n import t
from resnet_explorer.labs.cifar_photos import knows_them
from resnet_explorer.labs.wire_beside import beside
from resnet_explorer.labs.wiring import WHOLE, Lesions, can_skip, fits, read, write
from resnet_explorer.plan import Block
from resnet_explorer.short_text import as_markdown
from resnet_explorer.ui.lab_network import network_input, shown_photos
from resnet_explorer.ui.linked import SWITCH, Code, linked, one_of, whole
from resnet_explorer.ui.networks import trained
from resnet_explorer.weights import Weights

if TYPE_CHECKING:
    from resnet_explorer.labs.lesions import Photos
    from resnet_explorer.module import ResNet

USUAL: Final = "study/residual-20"
"""The one whose plain twin differs from it in the shortcuts alone."""
COUNTS: Final = (200, 500, 1000)
MOST_DRAWS: Final = 50
LAST_SEED: Final = 9999


@dataclass(frozen=True, eq=False)
class Bench:
    """The network, and what is asked of it.

    Attributes:
        weights: whose network it is.
        blocks: its blocks.
        model: the network, shared by all sessions.
        photos: what it is measured on.
        lesions: what is cut by hand.
        draws: networks for each number of blocks taken out, and paths of each length.
        seed: of the draws.
        other: the network of the other kind that may stand beside it, None where there is none.
    """

    weights: Weights
    blocks: tuple[Block, ...]
    model: ResNet
    photos: Photos
    lesions: Lesions
    draws: int
    seed: int
    other: Weights | None = None

    @property
    def count(self) -> int:
        """How many photos it is measured on."""
        return len(self.photos.images)

    @property
    def question(self) -> tuple[object, ...]:
        """What a measurement depends on, whatever is cut."""
        return (self.weights.key, self.count)

    @property
    def measure(self) -> str:
        """What is measured, in words."""
        return t("accuracy") if self.photos.labels is not None else t("same answer as the whole network")

    @property
    def chance(self) -> float | None:
        """What guessing reaches; None where nobody knows."""
        return None if self.photos.labels is None else 1 / len(self.weights.classes)


def bench_input() -> Bench:
    """Draw the choice of network and photos.

    Raises:
        ValueError: in one sentence, if no network is here, or it cannot be had.
    """
    network, photos, words = st.columns([1.5, 1.35, 1.5], gap="medium", vertical_alignment="bottom")
    with network:
        weights = network_input("cw_net", USUAL, _can_lose_a_block)
    blocks = weights.plan.blocks
    count = linked("cw_photos", COUNTS[0], one_of(COUNTS))
    lesions = linked("cw_cut", WHOLE, lesions_code(blocks))
    linked("cw_twin", True, SWITCH)
    draws, seed = linked("cw_draws", 5, whole(1, MOST_DRAWS)), linked("cw_seed", 0, whole(0, LAST_SEED))
    if knows_them(weights.classes):
        photos.segmented_control(
            t("Photos"),
            COUNTS,
            required=True,
            format_func="{:,}".format,
            key="cw_photos",
            persist_state="session",
        )
    with words, st.spinner(t("Loading the network …")):
        model, shown = trained(weights), shown_photos(weights, count)
    bench = Bench(weights, blocks, model, shown, lesions, draws, seed, beside(weights))
    words.caption(_measured_on(bench))
    return bench


def twin_input(bench: Bench) -> Bench | None:
    """Draw the choice whether the network of the other kind stands beside; it, if it does.

    Raises:
        ValueError: in one sentence, if its file is damaged.
    """
    other = bench.other
    if other is None:
        return None
    label = t("Beside it: {label}").format(label=as_markdown(other.label))
    if not st.toggle(label, key="cw_twin", persist_state="session"):
        return None
    with st.spinner(t("Loading the network …")):
        photos = shown_photos(other, bench.count)
        return Bench(other, other.plan.blocks, trained(other), photos, WHOLE, bench.draws, bench.seed)


def lesions_code(blocks: Sequence[Block]) -> Code:
    """Lesions as they stand in the link."""
    return Code(
        lambda lesions: write(lesions, blocks),
        lambda text: read(text, blocks),
        lambda lesions: isinstance(lesions, Lesions) and fits(lesions, blocks),
    )


def draws_input(label: str) -> DeltaGenerator:
    """How many draws, and their seed; the room beside them."""
    draws, seed, room = st.columns([1.4, 1, 3], gap="medium", vertical_alignment="bottom")
    number: dict[str, Any] = {"persist_state": "session"}
    draws.number_input(label, 1, MOST_DRAWS, key="cw_draws", **number)
    seed.number_input(t("Seed"), 0, LAST_SEED, key="cw_seed", **number)
    return room


def _measured_on(bench: Bench) -> str:
    if bench.photos.labels is None:
        return t(
            "It knows other things than the photos with labels show: it is held against itself, uncut, on "
            "{count} squares of the sample photos, mirrored too."
        ).format(count=bench.count)
    photos = t("{count:,} of CIFAR-10’s test photos (Krizhevsky 2009), as many of each class").format(
        count=bench.count
    )
    return photos + (t(", never trained on.") if bench.weights.source == "bundled" else ".")


def _can_lose_a_block(weights: Weights) -> bool:
    return any(map(can_skip, weights.plan.blocks))
