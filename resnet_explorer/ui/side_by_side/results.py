"""What the parts of the Side by side page show: predictions, and how their maps are read and drawn."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from resnet_explorer.explanation.cam import Evidence, evidence
from resnet_explorer.explanation.heatmap import Map
from resnet_explorer.photos.crop import View
from resnet_explorer.photos.decode import Photo
from resnet_explorer.side_by_side.disagreement import Distribution
from resnet_explorer.side_by_side.predictions import NetworkPrediction, Predictions, seen_square
from resnet_explorer.ui.explanation.evidence import MapChoice, MapStyle, enlarged, layers


@dataclass(frozen=True)
class MapSettings:
    """How maps are read and drawn: by which method, for the class or against it, in which style."""

    method: str
    negative: bool
    style: MapStyle

    def of(self, prediction: NetworkPrediction) -> Evidence:
        """One network's map."""
        return evidence(prediction.result.outputs[0], self.method, negative=self.negative)

    @property
    def words(self) -> str:
        """The method as a caption names it."""
        return MapChoice(0, self.method, self.negative).words


@dataclass(frozen=True, eq=False)
class Results:
    """The photo, and what each network says of it.

    Attributes:
        photo: what they see.
        found: their predictions and times.
        names: what each network is called, in the order of the predictions.
        maps: how the maps are read.
        view: the square that they see.
    """

    photo: Photo
    found: Predictions
    names: tuple[str, ...]
    maps: MapSettings
    view: View

    @property
    def predictions(self) -> tuple[NetworkPrediction, ...]:
        """One of each network."""
        return self.found.predictions

    @property
    def distributions(self) -> list[Distribution]:
        """All probabilities of each network."""
        return [each.distribution(name) for each, name in zip(self.predictions, self.names, strict=True)]

    @property
    def heats(self) -> list[Map]:
        """The map of each network."""
        return [self.maps.of(each).map.numpy() for each in self.predictions]

    def over(self, prediction: NetworkPrediction) -> Image.Image:
        """A network's map over the square that it saw."""
        square = enlarged(seen_square(self.photo, prediction.network, self.view))
        return layers(self.maps.of(prediction), square, self.maps.style)[-1]
