"""The maps of one photo by two networks: with the initial weights of a run, and fine-tuned."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from resnet_explorer.common.i18n import t
from resnet_explorer.explanation.cam import METHODS, Evidence, evidence
from resnet_explorer.explanation.captioned_figure import Caption, ColourBar, figure, numbers_json
from resnet_explorer.explanation.heatmap import heat_picture, jpeg_bytes, overlay
from resnet_explorer.photos.crop import CENTRE
from resnet_explorer.ui.explanation.evidence import SIDE, MapStyle, enlarged, stage_label
from resnet_explorer.ui.finetune.evaluation.evaluated_run import EvaluatedRun
from resnet_explorer.ui.photos.viewed_photo import ViewedPhoto, cached_pass, class_names
from resnet_explorer.ui.session.cached_result import cached_result
from resnet_explorer.ui.session.loaded_networks import torch_gate
from resnet_explorer.weights.catalogue import find
from resnet_explorer.weights.shown_names import code_of

if TYPE_CHECKING:
    from resnet_explorer.explanation.activations_and_gradients import StagePass
    from resnet_explorer.model.resnet import ResNet


@dataclass(frozen=True)
class MapChoice:
    """Which maps, and how they are drawn.

    Attributes:
        method: a key of `ONE_PASS`.
        stage: whose output is read.
        style: opacity, colours, cells.
        one_scale: whether one value has one colour in both maps.
    """

    method: str
    stage: int
    style: MapStyle
    one_scale: bool


@dataclass(frozen=True, eq=False)
class Side:
    """What one of the two networks makes of the photo.

    Attributes:
        when: "Before" or "After".
        name: of the network.
        classes: their names.
        result: the pass.
        found: the map.
    """

    when: str
    name: str
    classes: tuple[str, ...]
    result: StagePass
    found: Evidence

    @property
    def label(self) -> str:
        """The class that the map is for."""
        return self.result.name(self.classes)

    @property
    def probability(self) -> float:
        """Of that class."""
        return self.result.probability


@dataclass(frozen=True, eq=False)
class Maps:
    """Both maps, drawn.

    Attributes:
        viewed: the photo before the fine-tuned network.
        choice: which maps.
        sides: before and after; after alone, where the other cannot be had.
        tops: the value of the brightest colour of each.
        pictures: the square that is seen, and each map over it.
        files: the pictures as JPEG files.
    """

    viewed: ViewedPhoto
    choice: MapChoice
    sides: tuple[Side, ...]
    tops: tuple[float, ...]
    pictures: tuple[Image.Image, ...]
    files: tuple[bytes, ...]

    def scale(self, number: int = 0) -> ColourBar:
        """The colour bar of a side, which is that of both on one scale."""
        return ColourBar(
            self.choice.style.colour_map, "0", f"{self.tops[number]:.3g}", t("evidence for the class")
        )

    def figure(self) -> bytes:
        """All of them side by side, with what they are, as a PNG file."""
        lines = list(self._caption.lines)
        for side in self.sides[:-1]:
            words = t("Before: {name}; its map is for {label}, {probability:.1%}")
            lines.append(words.format(name=side.name, label=side.label, probability=side.probability))
        scale = self.scale()
        if not self.choice.one_scale:
            scale = replace(scale, high=t("its largest value"))
            tops = ", ".join(f"{top:.3g}" for top in self.tops)
            lines.append(t("Each map is as bright as its own largest value: {tops}").format(tops=tops))
        return figure(self.pictures, lines, scale, [t("The photo"), *(side.when for side in self.sides)])

    def numbers(self) -> str:
        """Both maps as numbers, in JSON."""
        times = ("before", "after")[-len(self.sides) :]
        numbers: dict[str, Any] = {
            when: {
                "network": side.name,
                "class": code_of(side.label),
                "probability": side.probability,
                "map": np.asarray(side.found.map).tolist(),
            }
            for when, side in zip(times, self.sides, strict=True)
        }
        return numbers_json(self._caption, numbers)

    @property
    def _caption(self) -> Caption:
        after, method = self.sides[-1], METHODS[self.choice.method].citation
        stage = stage_label(self.choice.stage)
        return self.viewed.caption(after.result.target, after.probability, stage, method)


def drawn_maps(viewed: ViewedPhoto, choice: MapChoice, sides: tuple[Side, ...]) -> Maps:
    """The maps as pictures; those of the last choice are kept."""

    def draw() -> Maps:
        tops = [side.found.peak for side in sides]
        if choice.one_scale:
            tops = [max(tops)] * len(tops)
        style, original = choice.style, enlarged(viewed.seen)
        heats = [
            heat_picture(side.found.map.numpy(), (SIDE, SIDE), style.colour_map, style.smooth, top)
            for side, top in zip(sides, tops, strict=True)
        ]
        pictures = (original, *(overlay(original, heat, style.alpha) for heat in heats))
        return Maps(viewed, choice, sides, tuple(tops), pictures, tuple(map(jpeg_bytes, pictures)))

    return cached_result("_tr_maps", (choice, *(side.result for side in sides)), draw)


def side_after(viewed: ViewedPhoto, choice: MapChoice, target: int | None) -> Side:
    """What the fine-tuned network makes of the photo, for a class or its own most probable one.

    Raises:
        ValueError: in one sentence, if it cannot be had or cannot take a photo.
    """
    result = cached_pass(viewed.photo, viewed.weights, CENTRE, target, "_tr_after_answer")
    return _side(t("After"), viewed.weights.label, viewed.names, result, choice)


def side_before(evaluated: EvaluatedRun, viewed: ViewedPhoto, choice: MapChoice) -> Side:
    """What the network that the run began with makes of the same square, for its own most probable class.

    Raises:
        ValueError: in one sentence, if that network cannot be had, or knows no classes.
    """
    config = evaluated.run.config
    if config.start is None:
        result = cached_result(
            "_tr_untrained_answer", (viewed.photo, evaluated.run.key), lambda: _untrained(evaluated, viewed)
        )
        name, classes = t("untrained, seed {seed}").format(seed=config.settings.seed), config.classes
    else:
        weights = replace(find(config.start), preprocessing=config.preprocessing)
        result = cached_pass(viewed.photo, weights, CENTRE, None, "_tr_before_answer")
        name, classes = weights.label, weights.classes
    return _side(t("Before"), name, class_names(classes), result, choice)


def _side(when: str, name: str, classes: tuple[str, ...], result: StagePass, choice: MapChoice) -> Side:
    return Side(when, name, classes, result, evidence(result.outputs[choice.stage], choice.method))


def _untrained(evaluated: EvaluatedRun, viewed: ViewedPhoto) -> StagePass:
    from resnet_explorer.explanation.activations_and_gradients import stage_pass

    network = cached_result("_tr_untrained", (evaluated.run.key,), lambda: _initial(evaluated))
    with torch_gate():
        return stage_pass(network, viewed.tensor(), range(len(evaluated.run.config.spec.depths) + 1))


def _initial(evaluated: EvaluatedRun) -> ResNet:
    """The random initial weights of a run, made again from its seed."""
    from resnet_explorer.finetune.training.backbone_and_head import with_new_head
    from resnet_explorer.model.fold_batch_norm import for_evaluation

    config = evaluated.run.config
    return for_evaluation(with_new_head(config.spec, len(config.classes), config.settings.seed))
