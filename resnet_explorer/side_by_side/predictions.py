"""The same square of a photo through several trained networks: prediction, map and time of each.

Long work, as generators of `progress.Step`: a network is opened, run and timed in pieces. A network that
cannot be had is told in a sentence, and the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import median
from string import ascii_uppercase
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image

from resnet_explorer.common.progress import Step
from resnet_explorer.explanation.heatmap import Map, whole_box
from resnet_explorer.network.spec import title
from resnet_explorer.photos.crop import CENTRE, View, seen_box
from resnet_explorer.photos.decode import Photo
from resnet_explorer.side_by_side.disagreement import Distribution

if TYPE_CHECKING:
    from torch import Tensor

    from resnet_explorer.explanation.activations_and_gradients import StagePass
    from resnet_explorer.model.resnet import ResNet
    from resnet_explorer.photos.preprocessing import Preprocessing
    from resnet_explorer.weights.description import Weights

    Load = Callable[[Weights], ResNet]

ROUNDS: Final = 7
"""How often each network is timed, after one round that does not count."""
ROUND_MS: Final = 40.0
"""A round times a network by one run, or as many as fit into this."""
MOST_RUNS: Final = 8
"""Of a network in one round."""
COMMON_SIDE: Final = 56
"""Maps of different sizes are brought to this many cells before they are compared."""


@dataclass(frozen=True)
class ComparedNetwork:
    """A trained network that is compared with others.

    Attributes:
        weights: the network.
        names: its classes, told apart where two have one name.
        target: the class its map is for; None for the most probable.
    """

    weights: Weights
    names: tuple[str, ...]
    target: int | None = None


@dataclass(frozen=True)
class Timing:
    """How long a pass forward took: the median, of how many, and between which two all were."""

    milliseconds: float
    runs: int
    fastest: float
    slowest: float

    @classmethod
    def of(cls, runs: Sequence[float]) -> Timing:
        """Of some runs, in milliseconds."""
        return cls(median(runs), len(runs), min(runs), max(runs))


@dataclass(frozen=True, eq=False)
class NetworkPrediction:
    """What one network says of the photo; `result` has the output of the one stage whose map is shown."""

    network: ComparedNetwork
    result: StagePass

    @property
    def name(self) -> str:
        """The class that the map is for."""
        return self.result.name(self.network.names)

    @property
    def probability(self) -> float:
        """The probability of that class."""
        return self.result.probability

    def top(self, k: int = 5) -> list[tuple[str, float]]:
        """The most probable classes by name, the likeliest first."""
        return [(self.network.names[index], value) for index, value in self.result.prediction.top(k)]

    def distribution(self, name: str) -> Distribution:
        """All its probabilities, under the name by which the network goes here."""
        probabilities = self.result.prediction.logits.double().softmax(0).numpy()
        return Distribution(name, self.network.names, probabilities)


@dataclass(frozen=True, eq=False)
class Predictions:
    """The predictions that are known so far.

    Attributes:
        predictions: in the order of the networks, without those that refused.
        refusals: a sentence each.
        view: which square all of them see; None before the first could say.
        times: by the key of the weights.
    """

    predictions: tuple[NetworkPrediction, ...] = ()
    refusals: tuple[str, ...] = ()
    view: View | None = None
    times: Mapping[str, Timing] = field(default_factory=dict)


def whole_square(preprocessing: Preprocessing) -> Preprocessing:
    """Without a margin around the crop, so that networks of any size see the same square."""
    return replace(preprocessing, resize=preprocessing.crop)


def square_box(photo: Photo, network: ComparedNetwork, view: View) -> tuple[float, float, float, float]:
    """Where the square that a network sees lies in the photo's image."""
    return seen_box(photo, whole_square(network.weights.preprocessing), view)


def seen_square(photo: Photo, network: ComparedNetwork, view: View) -> Image.Image:
    """The square that a network sees, at the photo's resolution."""
    return photo.image.crop(whole_box(square_box(photo, network, view), photo.image.size))


def side_by_side(
    photo: Photo,
    networks: Sequence[ComparedNetwork],
    wanted: View,
    back: int,
    load: Load,
    known: Mapping[str, Timing] | None = None,
) -> Iterator[Step[Predictions]]:
    """Predict with each network, then time them in rounds.

    Each round times every network, because a machine is quicker at one moment than at another: what slows
    it down slows all of them. The first round warms them up and is not counted.

    Args:
        photo: what they see.
        networks: in the order of the page; the first decides on the square, if that is its crop policy and
            nobody else did.
        wanted: the square; `CENTRE` if nobody said.
        back: how many stages before the last one the map is read, 0 for the last.
        load: opens a network; it should keep it, as it is called in every round.
        known: times of before; if they cover all the networks, nothing is timed again.
    """
    found, done = Predictions(view=None if _is_free(wanted, networks) else wanted), 0
    tensors: list[Tensor] = []
    is_known = known is not None and all(each.weights.key in known for each in networks)
    rounds = 0 if is_known else 1 + ROUNDS
    for network in networks:
        try:
            prediction, view, tensor = _predicted(photo, network, found.view, back, load)
            tensors.append(tensor)
            found = replace(found, predictions=(*found.predictions, prediction), view=view)
        except ValueError as refusal:
            found = replace(found, refusals=(*found.refusals, f"{network.weights.label}: {refusal}"))
        done += 1
        waiting = len(networks) - done
        if not waiting and is_known:
            found = replace(found, times=dict(known or {}))
        yield Step(done, len(networks) + rounds * (len(tensors) + waiting), found)
    total = done + rounds * len(tensors)
    runs: dict[str, list[float]] = {each.network.weights.key: [] for each in found.predictions}
    for number in range(rounds):
        for prediction, tensor in zip(found.predictions, tensors, strict=True):
            weights = prediction.network.weights
            times = _timed(load(weights), tensor)
            if number:
                runs[weights.key] += times
            done += 1
            if done == total:
                found = replace(found, times={key: Timing.of(ms) for key, ms in runs.items()})
            yield Step(done, total, found)


def _is_free(wanted: View, networks: Sequence[ComparedNetwork]) -> bool:
    """Whether the first network decides on the square."""
    policies = [each.weights.preprocessing.crop_policy for each in networks]
    return wanted == CENTRE and policies[:1] == ["most_confident"]


def _predicted(
    photo: Photo, network: ComparedNetwork, view: View | None, back: int, load: Load
) -> tuple[NetworkPrediction, View, Tensor]:
    """One network's prediction, the square that it is of, and that square as it takes it.

    Raises:
        ValueError: in one sentence, if the network cannot be had or cannot take a photo.
    """
    from resnet_explorer.explanation.activations_and_gradients import stage_pass

    model = load(network.weights)
    view, tensor = _square(model, photo, network, view)
    stage = max(0, len(network.weights.spec.depths) - back)
    return NetworkPrediction(network, stage_pass(model, tensor, [stage], network.target)), view, tensor


def _square(model: ResNet, photo: Photo, network: ComparedNetwork, view: View | None) -> tuple[View, Tensor]:
    """The square, decided by this network where it is not yet, and its tensor."""
    from resnet_explorer.explanation.predict import default_view, preprocess

    preprocessing = whole_square(network.weights.preprocessing)
    view = view or default_view(model, photo, preprocessing)
    return view, preprocess(photo, preprocessing, view, network.weights.spec.in_channels)[0]


def _timed(model: ResNet, tensor: Tensor) -> list[float]:
    """The milliseconds of the runs of one round."""
    from resnet_explorer.explanation.predict import predict

    times: list[float] = []
    while len(times) < MOST_RUNS and sum(times) < ROUND_MS:
        times.append(predict(model, tensor).milliseconds)
    return times


@dataclass(frozen=True)
class PhotoRow:
    """A photo, and the most probable class of each network with its probability; None where it refused."""

    photo: str
    firsts: tuple[tuple[str, float] | None, ...]


def over_photos(
    photos: Sequence[Photo], networks: Sequence[ComparedNetwork], load: Load
) -> Iterator[Step[tuple[PhotoRow, ...]]]:
    """Each photo through each network, on the square of the first of them.

    Args:
        photos: what they see.
        networks: in the order of the page.
        load: opens a network; it should keep it.
    """
    from resnet_explorer.explanation.predict import predict

    rows: tuple[PhotoRow, ...] = ()
    total = len(photos) * len(networks)
    for photo in photos:
        view = None if _is_free(CENTRE, networks) else CENTRE
        firsts: list[tuple[str, float] | None] = []
        for network in networks:
            try:
                model = load(network.weights)
                view, tensor = _square(model, photo, network, view)
                ((index, probability),) = predict(model, tensor).top(1)
                firsts.append((network.names[index], probability))
            except ValueError:  # told where the networks stand side by side
                firsts.append(None)
            if len(firsts) == len(networks):
                rows = (*rows, PhotoRow(photo.name, tuple(firsts)))
            yield Step(len(rows) * len(networks) + len(firsts) % len(networks), total, rows)


def map_rank_correlation(one: Map, other: Map) -> float | None:
    """Spearman's rank correlation of two maps, brought to one size: 1 where both rank the cells alike.

    Returns:
        −1 to 1, or None where a map is level and so ranks nothing.
    """
    from resnet_explorer.explanation.map_similarity import rank_correlation

    return rank_correlation(_common_size(one), _common_size(other))


def _common_size(heat: Map) -> Map:
    size = (COMMON_SIDE, COMMON_SIDE)
    return np.asarray(Image.fromarray(heat.astype(np.float32)).resize(size, Image.Resampling.BILINEAR))


def short_name(weights: Weights) -> str:
    """What to call a network where there is little room: "ResNet-20"; what it is made of is left out."""
    return title(weights.spec).partition(" (")[0]


def short_names(several: Sequence[Weights]) -> tuple[str, ...]:
    """What to call each network; of one name, torchvision's go by version, the others by letters."""
    plain = [short_name(weights) for weights in several]
    versioned = [
        f"{name} {weights.label.rpartition(' ')[2]}"
        if plain.count(name) > 1 and weights.source == "torchvision"
        else name
        for name, weights in zip(plain, several, strict=True)
    ]
    return tuple(
        f"{name} {ascii_uppercase[versioned[:number].count(name)]}" if versioned.count(name) > 1 else name
        for number, name in enumerate(versioned)
    )
