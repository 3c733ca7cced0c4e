"""The same square of a photo through several trained networks: answer, map and time of each.

Long work, as generators of `progress.Step`: a network is opened, asked and timed in pieces. A network that
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

from resnet_explorer.crop import CENTRE, View, seen_box
from resnet_explorer.disagreement import Opinion
from resnet_explorer.overlay import Map, whole_box
from resnet_explorer.photo import Photo
from resnet_explorer.progress import Step
from resnet_explorer.spec import title

if TYPE_CHECKING:
    from torch import Tensor

    from resnet_explorer.module import ResNet
    from resnet_explorer.stage_pass import StagePass
    from resnet_explorer.weights import Preprocessing, Weights

    Load = Callable[[Weights], ResNet]

TURNS: Final = 7
"""How often it is each network's turn to be timed, after one turn that does not count."""
TURN_MS: Final = 40.0
"""A turn is one run, or as many as fit into this."""
RUNS_OF_A_TURN: Final = 8
COMMON_SIDE: Final = 56
"""Maps of different sizes are brought to this many cells before they are compared."""


@dataclass(frozen=True)
class Looker:
    """A trained network that is to look at a photo.

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
class Answer:
    """What one network made of the photo; `result` has the output of the one stage that was asked."""

    looker: Looker
    result: StagePass

    @property
    def name(self) -> str:
        """The class that the map is for."""
        return self.result.name(self.looker.names)

    @property
    def probability(self) -> float:
        """The probability of that class."""
        return self.result.probability

    def top(self, k: int = 5) -> list[tuple[str, float]]:
        """The most probable classes by name, the likeliest first."""
        return [(self.looker.names[index], value) for index, value in self.result.prediction.top(k)]

    def opinion(self, network: str) -> Opinion:
        """All its probabilities, under the name by which the network goes here."""
        probabilities = self.result.prediction.logits.double().softmax(0).numpy()
        return Opinion(network, self.looker.names, probabilities)


@dataclass(frozen=True, eq=False)
class SideBySide:
    """The answers that are known so far.

    Attributes:
        answers: in the order of the lookers, without those that refused.
        refusals: a sentence each.
        view: where all of them looked; None before the first could.
        times: by the key of the weights.
    """

    answers: tuple[Answer, ...] = ()
    refusals: tuple[str, ...] = ()
    view: View | None = None
    times: Mapping[str, Timing] = field(default_factory=dict)


def whole_square(preprocessing: Preprocessing) -> Preprocessing:
    """The same without a margin around the crop, so that networks of any size see the same square."""
    return replace(preprocessing, resize=preprocessing.crop)


def seen_square(photo: Photo, looker: Looker, view: View) -> Image.Image:
    """What is looked at, at the photo's resolution."""
    box = seen_box(photo, whole_square(looker.weights.preprocessing), view)
    return photo.image.crop(whole_box(box, photo.image.size))


def side_by_side(
    photo: Photo,
    lookers: Sequence[Looker],
    asked: View,
    back: int,
    load: Load,
    known: Mapping[str, Timing] | None = None,
) -> Iterator[Step[SideBySide]]:
    """Ask each network, then time them in turns.

    They are timed in turns because a machine is quicker at one moment than at another: what slows it
    down slows all of them. The first turn of each warms it up and is not counted.

    Args:
        photo: what they look at.
        lookers: who looks; the first decides where, if its weights do and nobody else did.
        asked: where to look; `CENTRE` if nobody said.
        back: how many stages before the last one is asked for its map, 0 for the last.
        load: opens a network; it should keep it, as it is asked for at every turn.
        known: times of before; if they cover all the networks, nothing is timed again.
    """
    found, done = SideBySide(view=None if _is_free(asked, lookers) else asked), 0
    tensors: list[Tensor] = []
    is_known = known is not None and all(each.weights.key in known for each in lookers)
    rounds = 0 if is_known else 1 + TURNS
    for looker in lookers:
        try:
            answer, view, tensor = _asked(photo, looker, found.view, back, load)
            tensors.append(tensor)
            found = replace(found, answers=(*found.answers, answer), view=view)
        except ValueError as refusal:
            found = replace(found, refusals=(*found.refusals, f"{looker.weights.label}: {refusal}"))
        done += 1
        waiting = len(lookers) - done
        if not waiting and is_known:
            found = replace(found, times=dict(known or {}))
        yield Step(done, len(lookers) + rounds * (len(tensors) + waiting), found)
    total = done + rounds * len(tensors)
    runs: dict[str, list[float]] = {each.looker.weights.key: [] for each in found.answers}
    for turn in range(rounds):
        for answer, tensor in zip(found.answers, tensors, strict=True):
            weights = answer.looker.weights
            times = _turn(load(weights), tensor)
            if turn:
                runs[weights.key] += times
            done += 1
            if done == total:
                found = replace(found, times={key: Timing.of(ms) for key, ms in runs.items()})
            yield Step(done, total, found)


def _is_free(asked: View, lookers: Sequence[Looker]) -> bool:
    return asked == CENTRE and any(each.weights.preprocessing.look == "surest" for each in lookers[:1])


def _asked(
    photo: Photo, looker: Looker, view: View | None, back: int, load: Load
) -> tuple[Answer, View, Tensor]:
    """One network's answer, where it looked, and the square as it takes it.

    Raises:
        ValueError: in one sentence, if the network cannot be had or cannot take a photo.
    """
    from resnet_explorer.stage_pass import stage_pass

    model = load(looker.weights)
    view, tensor = _square(model, photo, looker, view)
    stage = max(0, len(looker.weights.spec.depths) - back)
    return Answer(looker, stage_pass(model, tensor, [stage], looker.target)), view, tensor


def _square(model: ResNet, photo: Photo, looker: Looker, view: View | None) -> tuple[View, Tensor]:
    """Where to look, decided by this network where it is not yet, and the tensor."""
    from resnet_explorer.predictor import first_view, preprocess

    preprocessing = whole_square(looker.weights.preprocessing)
    view = view or first_view(model, photo, preprocessing)
    return view, preprocess(photo, preprocessing, view, looker.weights.spec.in_channels)[0]


def _turn(model: ResNet, tensor: Tensor) -> list[float]:
    from resnet_explorer.predictor import predict

    times: list[float] = []
    while len(times) < RUNS_OF_A_TURN and sum(times) < TURN_MS:
        times.append(predict(model, tensor).milliseconds)
    return times


@dataclass(frozen=True)
class PhotoRow:
    """A photo, and the most probable class of each network with its probability; None where it refused."""

    photo: str
    firsts: tuple[tuple[str, float] | None, ...]


def over_photos(
    photos: Sequence[Photo], lookers: Sequence[Looker], load: Load
) -> Iterator[Step[tuple[PhotoRow, ...]]]:
    """Each photo through each network, where the first of them looks first.

    Args:
        photos: what they look at.
        lookers: who looks.
        load: opens a network; it should keep it.
    """
    rows: tuple[PhotoRow, ...] = ()
    total = len(photos) * len(lookers)
    for photo in photos:
        view = None if _is_free(CENTRE, lookers) else CENTRE
        firsts: list[tuple[str, float] | None] = []
        for looker in lookers:
            try:
                view, first = _first(photo, looker, view, load)
                firsts.append(first)
            except ValueError:  # told where the networks stand side by side
                firsts.append(None)
            if len(firsts) == len(lookers):
                rows = (*rows, PhotoRow(photo.name, tuple(firsts)))
            yield Step(len(rows) * len(lookers) + len(firsts) % len(lookers), total, rows)


def _first(photo: Photo, looker: Looker, view: View | None, load: Load) -> tuple[View, tuple[str, float]]:
    from resnet_explorer.predictor import predict

    model = load(looker.weights)
    view, tensor = _square(model, photo, looker, view)
    ((index, probability),) = predict(model, tensor).top(1)
    return view, (looker.names[index], probability)


def map_likeness(one: Map, other: Map) -> float | None:
    """Spearman's rank correlation of two maps, brought to one size: 1 where both rank the cells alike.

    Returns:
        −1 to 1, or None where a map is level and so ranks nothing.
    """
    from resnet_explorer.proof.similarity import rank_correlation

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
    told = [
        f"{name} {weights.label.rpartition(' ')[2]}"
        if plain.count(name) > 1 and weights.source == "torchvision"
        else name
        for name, weights in zip(plain, several, strict=True)
    ]
    return tuple(
        f"{name} {ascii_uppercase[told[:number].count(name)]}" if told.count(name) > 1 else name
        for number, name in enumerate(told)
    )
