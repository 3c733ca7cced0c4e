"""What the parts of the Side by side page show: the answers, and how their maps are read and drawn."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from resnet_explorer.cam import Evidence, evidence
from resnet_explorer.crop import View
from resnet_explorer.disagreement import Opinion
from resnet_explorer.overlay import Map
from resnet_explorer.photo import Photo
from resnet_explorer.side_by_side import Answer, SideBySide, seen_square
from resnet_explorer.ui.evidence import Asked, Look, enlarged, layers


@dataclass(frozen=True)
class Maps:
    """How maps are read and drawn: by which method, for the class or against it, in which look."""

    method: str
    against: bool
    look: Look

    def of(self, answer: Answer) -> Evidence:
        """One network's map."""
        return evidence(answer.result.outputs[0], self.method, against=self.against)

    @property
    def words(self) -> str:
        """The method as a caption names it."""
        return Asked(0, self.method, self.against).words


@dataclass(frozen=True, eq=False)
class Scene:
    """The photo, and what each network made of it.

    Attributes:
        photo: what they looked at.
        found: their answers.
        names: what each is called, in the order of the answers.
        maps: how the maps are read.
        view: where they looked.
    """

    photo: Photo
    found: SideBySide
    names: tuple[str, ...]
    maps: Maps
    view: View

    @property
    def answers(self) -> tuple[Answer, ...]:
        """Of each network."""
        return self.found.answers

    @property
    def opinions(self) -> list[Opinion]:
        """All probabilities of each network."""
        return [answer.opinion(name) for answer, name in zip(self.answers, self.names, strict=True)]

    @property
    def heats(self) -> list[Map]:
        """The map of each network."""
        return [self.maps.of(answer).map.numpy() for answer in self.answers]

    def over(self, answer: Answer) -> Image.Image:
        """A network's map over the square that it saw."""
        square = enlarged(seen_square(self.photo, answer.looker, self.view))
        return layers(self.maps.of(answer), square, self.maps.look)[-1]
