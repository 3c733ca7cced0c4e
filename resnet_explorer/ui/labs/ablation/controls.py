"""What "Cut the wire" works on: a trained network, the photos it is measured on, and what is ablated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import as_markdown
from resnet_explorer.finetune.dataset.store import datasets
from resnet_explorer.labs.ablation.ablations import WHOLE, Ablation, can_skip, fits, read, write
from resnet_explorer.labs.ablation.sweep import is_plain
from resnet_explorer.labs.degradation.study import counterpart, study_networks
from resnet_explorer.network.layers import Block
from resnet_explorer.photos.cifar_photos import knows_them
from resnet_explorer.ui.app.url_state import SWITCH, Code, linked, one_of, whole
from resnet_explorer.ui.labs.network_input import network_input, shown_photos
from resnet_explorer.ui.labs.question import Screen
from resnet_explorer.ui.session.loaded_networks import trained
from resnet_explorer.ui.session.network import weights_key
from resnet_explorer.ui.widgets.linked_inputs import (
    linked_choice,
    linked_number,
    linked_select,
    linked_switch,
)
from resnet_explorer.weights.description import Weights

if TYPE_CHECKING:
    from resnet_explorer.labs.photos import Photos
    from resnet_explorer.model.resnet import ResNet

DEFAULT: Final = "study/residual-20"
"""The one whose counterpart differs from it in the shortcuts alone."""
SAMPLES: Final = "samples"
"""In the link, for the photos that ship."""
COUNTS: Final = (200, 500, 1000)
MOST_DRAWS: Final = 50
DRAWS: Final = 5
LAST_SEED: Final = 9999


@dataclass(frozen=True, eq=False)
class AblationSetup:
    """The network, and what is measured of it.

    Attributes:
        weights: whose network it is.
        blocks: its blocks.
        model: the network, shared by all sessions.
        photos: what it is measured on.
        ablation: what is cut, block by block.
        draws: networks for each number of blocks taken out, and paths of each length.
        seed: of the draws.
        other: the network of the other kind that may stand beside it, None where there is none.
        dataset: the key of the dataset that the photos are of, none for those that ship.
    """

    weights: Weights
    blocks: tuple[Block, ...]
    model: ResNet
    photos: Photos
    ablation: Ablation
    draws: int
    seed: int
    other: Weights | None = None
    dataset: str = ""

    @property
    def count(self) -> int:
        """How many photos it is measured on."""
        return len(self.photos.images)

    @property
    def question(self) -> tuple[object, ...]:
        """What a measurement depends on, whatever is cut."""
        return (self.weights.key, self.count, self.dataset, self.photos.labels is None)

    @property
    def measure(self) -> str:
        """What is measured, in words."""
        return t("accuracy") if self.photos.labels is not None else t("same answer as uncut")

    @property
    def chance(self) -> float | None:
        """What guessing reaches; None where nobody knows."""
        return None if self.photos.labels is None else 1 / len(self.weights.classes)


def setup_input(controls: DeltaGenerator, places: Screen) -> AblationSetup:
    """Draw the choice of network, in the head, and of photos.

    Args:
        controls: room in the head.
        places: of the screen.

    Raises:
        ValueError: in one sentence, if no network is here, or it cannot be had.
    """
    with controls:
        weights = network_input(
            "cw_net",
            [key for key in (weights_key(), DEFAULT) if key],
            lambda weights: any(map(can_skip, weights.plan.blocks)),
            label_visibility="collapsed",
            width=256,
        )
    blocks = weights.plan.blocks
    dataset = "" if knows_them(weights.classes) else _dataset_input(places)
    if knows_them(weights.classes):
        count = linked_choice(
            "cw_photos", t("Photos"), COUNTS, default=COUNTS[0], names="{:,}".format, at=places.settings
        )
    else:
        count = linked("cw_photos", COUNTS[0], one_of(COUNTS))
    # What other views draw is in the link of this one too.
    ablation = linked("cw_cut", WHOLE, ablation_code(blocks))
    linked("cw_twin", True, SWITCH)
    draws, seed = linked("cw_draws", DRAWS, whole(1, MOST_DRAWS)), linked("cw_seed", 0, whole(0, LAST_SEED))
    with places.picture, st.spinner(t("Loading the network …")):
        model, shown = trained(weights), shown_photos(weights, count, dataset)
    other = counterpart(weights)
    return AblationSetup(weights, blocks, model, shown, ablation, draws, seed, other, dataset)


def _dataset_input(places: Screen) -> str:
    """The choice between the samples and the datasets that are kept here; the key of one, none for samples.

    A dataset that was just chosen on Train is chosen here.
    """
    kept = {dataset.key: dataset.label for dataset in datasets()}
    if not kept:
        return ""
    names = {SAMPLES: t("the samples"), **kept}
    known = st.session_state.get("al_album")
    first = known if known in kept else SAMPLES
    chosen = linked_select(
        "cw_on", t("Photos"), names, default=first, names=names.__getitem__, at=places.settings
    )
    return "" if chosen == SAMPLES else chosen


def counterpart_input(setup: AblationSetup, places: Screen) -> AblationSetup | None:
    """Draw the choice whether the network of the other kind stands beside; it, if it does.

    Raises:
        ValueError: in one sentence, if its file is damaged.
    """
    other = setup.other
    label = t("Beside it: {label}").format(label=as_markdown(other.label if other else ""))
    if other is None or not linked_switch("cw_twin", label, default=True, at=places.settings):
        return None
    with places.picture, st.spinner(t("Loading the network …")):
        count = COUNTS[0] if setup.photos.labels is None else setup.count
        photos = shown_photos(other, count)
        return AblationSetup(other, other.plan.blocks, trained(other), photos, WHOLE, setup.draws, setup.seed)


def beside_input(setup: AblationSetup, places: Screen) -> AblationSetup | None:
    """`counterpart_input`; a network that has none has the study's shallowest plain one beside it.

    Both are measured alike: beside a network that is held against itself, the other one is, too.

    Raises:
        ValueError: as that does.
    """
    if setup.other is None and not is_plain(setup.blocks):
        plain = next((each for each in study_networks() if is_plain(each.plan.blocks)), None)
        setup = replace(setup, other=plain)
    other = counterpart_input(setup, places)
    if other and setup.photos.labels is None:
        return replace(other, photos=replace(other.photos, labels=None))
    return other


def ablation_code(blocks: Sequence[Block]) -> Code:
    """An ablation as it stands in the link."""
    return Code(
        lambda ablation: write(ablation, blocks),
        lambda text: read(text, blocks),
        lambda ablation: isinstance(ablation, Ablation) and fits(ablation, blocks),
    )


def draws_input(label: str, places: Screen) -> None:
    """How many draws, and their seed."""
    linked_number("cw_draws", label, 1, MOST_DRAWS, default=DRAWS, at=places.settings)
    linked_number("cw_seed", t("Seed"), 0, LAST_SEED, default=0, at=places.settings)


def photo_words(setup: AblationSetup) -> str:
    """Which photos a network is shown."""
    if setup.dataset:
        words = t("{count} photos of your dataset: the network is held against itself, uncut.")
    elif setup.photos.labels is None:
        words = t(
            "It knows other things than the photos with labels show: it is held against itself, uncut, on "
            "{count} squares of the sample photos, mirrored too."
        )
    elif setup.weights.source == "bundled":
        words = t(
            "{count:,} of CIFAR-10’s test photos (Krizhevsky 2009), as many of each class, never trained on."
        )
    else:
        words = t("{count:,} of CIFAR-10’s test photos (Krizhevsky 2009), as many of each class.")
    return words.format(count=setup.count)
