"""The maps of one photo by two networks: the one that a run began with, and the one that came out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from resnet_explorer.cam import METHODS, Evidence, evidence
from resnet_explorer.crop import CENTRE
from resnet_explorer.i18n import t
from resnet_explorer.overlay import heat_picture, jpeg_bytes, overlay
from resnet_explorer.sheet import Caption, Scale, numbers_json, sheet
from resnet_explorer.ui.answer import answer_for, class_names
from resnet_explorer.ui.evidence import SIDE, Look, enlarged, stage_label
from resnet_explorer.ui.networks import torch_gate
from resnet_explorer.ui.remembered import remembered
from resnet_explorer.ui.subject import Subject
from resnet_explorer.ui.trust_run import Judged
from resnet_explorer.weights import find

if TYPE_CHECKING:
    from resnet_explorer.module import ResNet
    from resnet_explorer.stage_pass import StagePass


@dataclass(frozen=True)
class Asked:
    """Which maps, and how they are drawn.

    Attributes:
        method: a key of `ONE_PASS`.
        stage: whose output is read.
        look: opacity, colours, cells.
        one_scale: whether one value has one colour in both maps.
    """

    method: str
    stage: int
    look: Look
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
        subject: the photo before the network that came out.
        asked: which maps.
        sides: before and after; after alone, where the other cannot be had.
        tops: the value of the brightest colour of each.
        pictures: the square that is seen, and each map over it.
        files: the same as JPEG files.
    """

    subject: Subject
    asked: Asked
    sides: tuple[Side, ...]
    tops: tuple[float, ...]
    pictures: tuple[Image.Image, ...]
    files: tuple[bytes, ...]

    def scale(self, number: int = 0) -> Scale:
        """The colour bar of a side, which is that of both on one scale."""
        return Scale(self.asked.look.colour_map, "0", f"{self.tops[number]:.3g}", t("evidence for the class"))

    def sheet(self) -> bytes:
        """All of them side by side, with what they are, as a PNG file."""
        lines = list(self._caption.lines)
        for side in self.sides[:-1]:
            words = t("Before: {name}; its map is for {label}, {probability:.1%}")
            lines.append(words.format(name=side.name, label=side.label, probability=side.probability))
        scale = self.scale()
        if not self.asked.one_scale:
            scale = replace(scale, high=t("its largest value"))
            tops = ", ".join(f"{top:.3g}" for top in self.tops)
            lines.append(t("Each map is as bright as its own largest value: {tops}").format(tops=tops))
        return sheet(self.pictures, lines, scale, [t("The photo"), *(side.when for side in self.sides)])

    def numbers(self) -> str:
        """The same as numbers, as JSON."""
        told: dict[str, Any] = {
            side.when.lower(): {
                "network": side.name,
                "class": side.label,
                "probability": side.probability,
                "map": np.asarray(side.found.map).tolist(),
            }
            for side in self.sides
        }
        return numbers_json(self._caption, told)

    @property
    def _caption(self) -> Caption:
        after, method = self.sides[-1], METHODS[self.asked.method]
        return self.subject.caption(
            after.result.target,
            after.probability,
            stage_label(self.asked.stage),
            f"{method.name} ({method.source})",
        )


def drawn_maps(subject: Subject, asked: Asked, sides: tuple[Side, ...]) -> Maps:
    """The maps as pictures; those of the last question are kept."""

    def draw() -> Maps:
        tops = [side.found.peak for side in sides]
        if asked.one_scale:
            tops = [max(tops)] * len(tops)
        look, original = asked.look, enlarged(subject.seen)
        heats = [
            heat_picture(side.found.map.numpy(), (SIDE, SIDE), look.colour_map, look.smooth, top)
            for side, top in zip(sides, tops, strict=True)
        ]
        pictures = (original, *(overlay(original, heat, look.alpha) for heat in heats))
        return Maps(subject, asked, sides, tuple(tops), pictures, tuple(map(jpeg_bytes, pictures)))

    return remembered("_tr_maps", (asked, *(side.result for side in sides)), draw)


def side_after(subject: Subject, asked: Asked, target: int | None) -> Side:
    """What the network that came out makes of the photo, for a class or its own surest one.

    Raises:
        ValueError: in one sentence, if it cannot be had or cannot take a photo.
    """
    result = answer_for(subject.photo, subject.weights, CENTRE, target, "_tr_after_answer")
    return _side(t("After"), subject.weights.label, subject.names, result, asked)


def side_before(judged: Judged, subject: Subject, asked: Asked) -> Side:
    """What the network that the run began with makes of the same square, for its own surest class.

    Raises:
        ValueError: in one sentence, if that network cannot be had, or knows no classes.
    """
    story = judged.run.story
    if story.start is None:
        result = remembered(
            "_tr_untrained_answer", (subject.photo, judged.run.key), lambda: _untrained(judged, subject)
        )
        name, classes = t("untrained, seed {seed}").format(seed=story.settings.seed), story.classes
    else:
        weights = replace(find(story.start), preprocessing=story.preprocessing)
        result = answer_for(subject.photo, weights, CENTRE, None, "_tr_before_answer")
        name, classes = weights.label, weights.classes
    return _side(t("Before"), name, class_names(classes), result, asked)


def _side(when: str, name: str, classes: tuple[str, ...], result: StagePass, asked: Asked) -> Side:
    return Side(when, name, classes, result, evidence(result.outputs[asked.stage], asked.method))


def _untrained(judged: Judged, subject: Subject) -> StagePass:
    from resnet_explorer.stage_pass import stage_pass

    network = remembered("_tr_untrained", (judged.run.key,), lambda: _beginning(judged))
    with torch_gate():
        return stage_pass(network, subject.tensor(), range(len(judged.run.story.spec.depths) + 1))


def _beginning(judged: Judged) -> ResNet:
    """The beginning of a run from nothing, made again from its seed."""
    from resnet_explorer.evaluation import for_evaluation
    from resnet_explorer.finetune.parts import beginner

    story = judged.run.story
    return for_evaluation(beginner(story.spec, len(story.classes), story.settings.seed))
