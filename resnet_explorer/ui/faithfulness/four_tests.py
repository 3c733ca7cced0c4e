"""The four tests of the page *Prove it*: what each asks for, computes, and makes of what it found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import streamlit as st
from PIL import Image

from resnet_explorer.common.i18n import msg, t
from resnet_explorer.common.numbers import minus_sign
from resnet_explorer.common.progress import Step
from resnet_explorer.explanation.captioned_figure import ColourBar
from resnet_explorer.explanation.heatmap import DIVERGING, signed_picture
from resnet_explorer.faithfulness.baseline import BASELINES, baseline_name, baseline_photo
from resnet_explorer.faithfulness.findings import (
    areas_finding,
    cascade_finding,
    deletion_finding,
    occlusion_finding,
)
from resnet_explorer.photos.crop import crop_photo
from resnet_explorer.ui.explanation.evidence import SIDE, enlarged
from resnet_explorer.ui.faithfulness.test_view import FaithfulnessTest, Places, Result, Settings
from resnet_explorer.ui.faithfulness.tested_map import TestedMap
from resnet_explorer.ui.session.loaded_networks import as_stored, trained
from resnet_explorer.ui.session.network import current_weights
from resnet_explorer.ui.widgets.linked_inputs import linked_choice, linked_number, linked_slider

if TYPE_CHECKING:
    from resnet_explorer.faithfulness.cascading_randomization import Cascade, CascadeStep
    from resnet_explorer.faithfulness.deletion import Deletion
    from resnet_explorer.faithfulness.masked_forward import Mask, MaskedForward
    from resnet_explorer.faithfulness.occlusion import Occlusion
    from resnet_explorer.faithfulness.pixel_ranking import Shuffle
    from resnet_explorer.faithfulness.random_areas import Areas

_SHUFFLES: Final[Mapping[Shuffle, str]] = {"cells": msg("The map’s cells"), "pixels": msg("Single pixels")}
_CASCADE_SIDE: Final = 256
"""Pixels: six of them stand in a row."""


def _baseline_input() -> str:
    weights = current_weights()
    return linked_choice(
        "pr_fill",
        t("Removed pixels become"),
        BASELINES,
        default="mean",
        names=lambda name: baseline_name(name, weights.preprocessing.mean if weights else (1.0,)),
        wrap=True,
        help=t(
            "Either makes a photo that the network never saw in training, and it may react to that as well: "
            "try both. The blur leaves the colours where they were."
        ),
    )


def _shuffle_input() -> Shuffle:
    return linked_choice(
        "pr_chance",
        t("Shuffled by chance"),
        _SHUFFLES,
        default="cells",
        wrap=True,
        help=t(
            "Single pixels leave holes everywhere, which disturbs a network more than patches do. The map’s "
            "own cells, shuffled, leave patches as large as the map’s: the fairer comparison."
        ),
    )


def _seed_input() -> int:
    help_text = t("The same seed, the same chance. Another one: does the finding stay?")
    return linked_number("pr_seed", t("Seed"), 0, 9999, default=0, step=1, help=help_text)


def _forward(tested: TestedMap, baseline: str) -> MaskedForward:
    """The network and the photo, ready for masks.

    Raises:
        ValueError: in one sentence, if the network cannot be had.
    """
    weights = tested.viewed.weights
    model = trained(weights)
    from resnet_explorer.faithfulness.masked_forward import MaskedForward, photos_at_once

    tensor = tested.viewed.tensor()
    at_once = photos_at_once(weights.spec, (tensor.shape[2], tensor.shape[3]))
    return MaskedForward(model, tensor, tested.result.target, baseline_photo(tensor, baseline), at_once)


def _masked_pictures(tested: TestedMap, baseline: str, masks: Sequence[Mask]) -> list[Image.Image]:
    """What the network gets without the pixels of each mask, as squares of `SIDE` pixels."""
    import numpy as np

    from resnet_explorer.faithfulness.pictures import as_picture, fitted

    photos = _forward(tested, baseline).masked(np.stack(masks))
    preprocessing = tested.viewed.weights.preprocessing
    return [fitted(as_picture(photo[None], preprocessing), SIDE) for photo in photos]


class _RemoveAndInsert(FaithfulnessTest):
    """RISE: the probability while the hottest pixels are removed, and while they are inserted, first."""

    name = "deletion"
    short_title = msg("Remove")
    title = msg("Remove and insert")
    question = msg("Remove the hottest pixels first: does the answer go at once?")
    source = msg(
        "RISE: Petsiuk, Das, Saenko 2018. A good map leaves little area while removing, much while inserting."
    )
    progress = msg("Photos shown to the network")

    def controls(self) -> Settings:
        baseline, shuffle = _baseline_input(), _shuffle_input()
        orders = linked_slider("pr_orders", t("Random orders"), 2, 100, default=10)
        return Settings(baseline, shuffle, orders, seed=_seed_input())

    def compute(self, tested: TestedMap, settings: Settings) -> Iterator[Step[Deletion]]:
        from resnet_explorer.faithfulness.deletion import deletion

        forward = _forward(tested, settings.baseline)
        return deletion(forward, tested.heat, settings.count, settings.shuffle, settings.seed)

    def places(self, found: Deletion) -> Places:
        tested, pictures, chart = st.columns([1, 2.08, 2.7], gap="small")
        with pictures:
            removed, inserted = st.columns(2, gap="small")
        return Places(tested, (removed, inserted), chart, pictures)

    def share_input(self) -> int:
        label = t("Share of the pixels")
        return linked_slider("pr_share", label, 0, 100, default=20, step=2, format="%d %%")

    def result(self, tested: TestedMap, found: Deletion, settings: Settings, percent: int) -> Result:
        from resnet_explorer.faithfulness.figures import deletion_figure
        from resnet_explorer.faithfulness.pixel_ranking import top_k_pixels

        at = round(percent / 100 * (len(found.shares) - 1))
        share = float(found.shares[at])
        hottest = top_k_pixels(found.ranks, share)
        return Result(
            deletion_finding(found),
            _masked_pictures(tested, settings.baseline, [hottest, ~hottest]),
            [
                t("{share:.0%} removed: {probability:.1%}").format(
                    share=share, probability=found.removed[at]
                ),
                t("{share:.0%} inserted: {probability:.1%}").format(
                    share=share, probability=found.inserted[at]
                ),
            ],
            t("Areas: removed {removed:.3f}, inserted {inserted:.3f}").format(
                removed=found.area_removed, inserted=found.area_inserted
            ),
            {
                "removed pixels become": settings.baseline,
                "shuffled": settings.shuffle,
                "seed": settings.seed,
                "shares": found.shares.tolist(),
                "removed": found.removed.tolist(),
                "inserted": found.inserted.tolist(),
                "area removed": found.area_removed,
                "area inserted": found.area_inserted,
                "random orders, removed": found.random_removed.tolist(),
                "random orders, areas": found.random_areas_removed,
                "random orders, inserted": found.random_inserted.tolist(),
                "random orders, areas inserted": found.random_areas_inserted,
            },
            deletion_figure(found, share, tested.stage_name),
        )


class _RandomAreas(FaithfulnessTest):
    """The hottest area, masked, against the same shape elsewhere."""

    name = "areas"
    short_title = msg("Areas")
    title = msg("Against random areas")
    question = msg("Cover the hot area: does it cost more than elsewhere?")
    source = msg(
        "The same area, moved to random places; what leaves at an edge comes in at the opposite one."
    )
    progress = msg("Areas covered")

    def controls(self) -> Settings:
        baseline = _baseline_input()
        label = t("Hottest share of the pixels")
        percent = linked_slider("pr_hot", label, 1, 90, default=20, format="%d %%")
        count = linked_slider("pr_places", t("Random places"), 10, 500, default=100, step=10)
        return Settings(baseline, count=count, percent=percent, seed=_seed_input())

    def compute(self, tested: TestedMap, settings: Settings) -> Iterator[Step[Areas]]:
        from resnet_explorer.faithfulness.random_areas import random_areas

        forward = _forward(tested, settings.baseline)
        return random_areas(forward, tested.heat, settings.percent / 100, settings.count, settings.seed)

    def places(self, found: Areas) -> Places:
        tested, picture, chart = st.columns([1, 1, 2], gap="medium")
        return Places(tested, (picture,), chart, picture)

    def result(self, tested: TestedMap, found: Areas, settings: Settings, percent: int) -> Result:
        from resnet_explorer.faithfulness.figures import drops_figure

        share = float(found.mask.mean())
        return Result(
            areas_finding(found),
            _masked_pictures(tested, settings.baseline, [found.mask]),
            [t("{share:.0%} covered: {probability:.1%}").format(share=share, probability=found.without)],
            t("Falls by more than with {beaten} of {count} areas of the same shape elsewhere").format(
                beaten=found.beaten, count=len(found.random)
            ),
            {
                "removed pixels become": settings.baseline,
                "seed": settings.seed,
                "share": share,
                "probability": found.whole,
                "probability without the hottest area": found.without,
                "probabilities without random areas": found.random.tolist(),
                "random areas that cost less": found.beaten,
            },
            drops_figure(found, tested.stage_name) if len(found.random) else None,
        )


class _PieceByPiece(FaithfulnessTest):
    """Superpixels masked one by one."""

    name = "occlusion"
    short_title = msg("Pieces")
    title = msg("Piece by piece")
    question = msg("Cover it piece by piece: does the network miss what is hot?")
    source = msg(
        "Occlusion: Zeiler, Fergus 2014. The pieces: SLIC, Achanta et al. 2012. No gradient is used."
    )
    progress = msg("Pieces covered")

    def controls(self) -> Settings:
        baseline = _baseline_input()
        count = linked_slider("pr_pieces", t("Pieces, at most about"), 10, 150, default=40)
        return Settings(baseline, count=count)

    def compute(self, tested: TestedMap, settings: Settings) -> Iterator[Step[Occlusion]]:
        from resnet_explorer.faithfulness.occlusion import occlusion, superpixels

        viewed = tested.viewed
        picture = crop_photo(viewed.photo, viewed.weights.preprocessing, viewed.view).image
        segments = superpixels(picture, settings.count)
        return occlusion(_forward(tested, settings.baseline), tested.heat, segments)

    def places(self, found: Occlusion) -> Places:
        tested, pictures, chart = st.columns([1, 2.08, 2], gap="small")
        with pictures:
            pieces, worth = st.columns(2, gap="small")
        return Places(tested, (pieces, worth), chart, pictures)

    def result(self, tested: TestedMap, found: Occlusion, settings: Settings, percent: int) -> Result:
        from resnet_explorer.faithfulness.figures import segments_figure
        from resnet_explorer.faithfulness.pictures import outlined

        reach = float(abs(found.drops).max())
        drops = signed_picture(found.picture, (SIDE, SIDE), reach, smooth=False)
        return Result(
            occlusion_finding(found),
            [outlined(picture, found.segments) for picture in (enlarged(tested.viewed.seen), drops)],
            [t("{count} pieces").format(count=len(found.heat)), t("What each is worth")],
            t("Rank correlation of map and drops: {rho}").format(rho=_correlation_text(found.correlation)),
            {
                "removed pixels become": settings.baseline,
                "probability": found.whole,
                "segments": found.segments.tolist(),
                "probability without each": found.without.tolist(),
                "map's mean in each": found.heat.tolist(),
                "rank correlation": found.correlation,
            },
            segments_figure(found, tested.stage_name),
            colour_bar=ColourBar(
                DIVERGING,
                f"−{100 * reach:.1f}",
                f"+{100 * reach:.1f}",
                t("points that the piece is worth: without an orange one the probability falls"),
            ),
            shows_colour_bar=True,
        )


class _RandomWeights(FaithfulnessTest):
    """Cascading randomization of the weights."""

    name = "randomisation"
    short_title = msg("Weights")
    title = msg("Random weights")
    question = msg("Let the network forget, from the head down: does the map change?")
    source = msg(
        "Cascading randomisation: Adebayo, Gilmer, Muelly, Goodfellow, Hardt, Kim 2018, section 3.1."
    )
    progress = msg("Networks asked")

    def controls(self) -> Settings:
        return Settings(seed=_seed_input())

    def compute(self, tested: TestedMap, settings: Settings) -> Iterator[Step[Cascade]]:
        model = as_stored(tested.viewed.weights)
        from resnet_explorer.faithfulness.cascading_randomization import cascade

        tensor, target = tested.viewed.tensor(), tested.result.target
        return cascade(model, tensor, target, tested.stage, tested.method, settings.seed)

    def places(self, found: Cascade) -> Places:
        return Places(None, st.columns(len(found), gap="small"), st.container(), st.container())

    def result(self, tested: TestedMap, found: Cascade, settings: Settings, percent: int) -> Result:
        from resnet_explorer.faithfulness.figures import cascade_figure

        titles = [_section_title(step) for step in found]
        correlations = [_correlation_text(step.correlation) for step in found]
        side = (_CASCADE_SIDE, _CASCADE_SIDE)
        return Result(
            cascade_finding(found),
            [tested.over(step.map).resize(side, Image.Resampling.BICUBIC) for step in found],
            titles,
            t("Rank correlation with the first: ") + " · ".join(correlations),
            {
                "seed": settings.seed,
                "networks": [
                    {
                        "at random": title,
                        "probability": step.probability,
                        "rank correlation": step.correlation,
                        "ssim": step.ssim,
                        "map": step.map.tolist(),
                    }
                    for step, title in zip(found, titles, strict=True)
                ],
            },
            cascade_figure(found, titles),
            notes=[
                f"  \nρ = {correlation}, p = {step.probability:.0%}"
                for step, correlation in zip(found, correlations, strict=True)
            ],
            legend=t("ρ: rank correlation with the first map. p: what each network gives {label}.").format(
                label=tested.label
            ),
            colour_bar=ColourBar(
                tested.style.colour_map,
                "0",
                t("its peak"),
                t("evidence for the class, each map by its own peak"),
            ),
        )


def _section_title(step: CascadeStep) -> str:
    """What is random by now, besides all that is above it in the network."""
    if not step.section:
        return t("As trained")
    if step.section == "head":
        return t("Head random")
    return t("+ {section}").format(section=t(step.section))


def _correlation_text(correlation: float | None) -> str:
    return "–" if correlation is None else minus_sign(f"{correlation:.2f}")


TESTS: Final[Mapping[str, FaithfulnessTest]] = {
    "deletion": _RemoveAndInsert(),
    "areas": _RandomAreas(),
    "pieces": _PieceByPiece(),
    "weights": _RandomWeights(),
}
"""The tests, by the key that stands in links."""
