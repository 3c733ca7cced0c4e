"""Many photos through a network: decoded on threads while torch works, a few ahead, in batches.

Each photo gets the answer that it would get alone: the same decoder, the same square, the same choice
among the three squares of weights that look where they are surest.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, Generic, TypeVar

import torch
from torch import Tensor

from resnet_explorer.crop import ALONG, CENTRE, View
from resnet_explorer.many.answers import TOP, Answer, Found, Unread
from resnet_explorer.many.copies import Copies
from resnet_explorer.many.entries import Entry
from resnet_explorer.module import ResNet
from resnet_explorer.photo import Photo, open_photo
from resnet_explorer.plan import plan
from resnet_explorer.predictor import check_input, preprocess
from resnet_explorer.progress import Step
from resnet_explorer.spec import ResNetSpec
from resnet_explorer.threads import THREADS, in_order
from resnet_explorer.weights import Preprocessing

K = TypeVar("K")

MOST_SQUARES: Final = 96
PASS_MACS: Final = 20 * 10**9
"""Multiply–accumulates of one pass: four photos of ResNet-50, about a quarter of a second on two cores."""


@dataclass(frozen=True, eq=False)
class Look(Generic[K]):
    """A photo and what the network says of it.

    Attributes:
        name: of its file.
        best: the likeliest classes as (index, probability).
        probabilities: (classes,), all of them.
        view: where the network looked.
        kept: what was asked to be kept of the photo.
    """

    name: str
    best: tuple[tuple[int, float], ...]
    probabilities: Tensor
    view: View
    kept: K


@dataclass(frozen=True, eq=False)
class Decoded(Generic[K]):
    """A photo that waits for the network.

    Attributes:
        name: of its file.
        squares: (views, channels, side, side), what the network may look at.
        kept: what was asked to be kept of the photo.
    """

    name: str
    squares: Tensor
    kept: K


def looks(
    entries: Iterable[Entry],
    model: ResNet,
    preprocessing: Preprocessing,
    keep: Callable[[Photo], K],
    top: int = TOP,
) -> Generator[list[Look[K] | Unread], None, None]:
    """What a network says of photos, a batch at a time, in the order of the entries.

    Args:
        entries: where they come from; read a few ahead of the network and no further.
        model: a network in evaluation mode.
        preprocessing: its weights'.
        keep: what is wanted of each photo, made on the threads that decode.
        top: how many classes of each photo.

    Raises:
        ValueError: if the network cannot classify photos.
    """
    views, channels = views_of(preprocessing), model.spec.in_channels
    check_input(model, torch.empty(1, channels, 1, 1))
    size = batch_size(model.spec, preprocessing.crop, len(views))
    photos = decoded(entries, preprocessing, channels, keep, size + THREADS)
    try:
        while batch := list(islice(photos, size)):
            yield _answered(batch, model, views, top)
    finally:
        photos.close()


def views_of(preprocessing: Preprocessing) -> tuple[View, ...]:
    """Where the network looks in each photo."""
    return ALONG if preprocessing.look == "surest" else (CENTRE,)


def decoded(
    entries: Iterable[Entry],
    preprocessing: Preprocessing,
    channels: int,
    keep: Callable[[Photo], K],
    ahead: int,
) -> Generator[Decoded[K] | Unread, None, None]:
    """Photos as a network takes them, decoded on threads, in their order.

    Args:
        entries: where they come from.
        preprocessing: of the weights.
        channels: that the network takes.
        keep: what is wanted of each photo.
        ahead: how many may wait, decoded or to be decoded.
    """
    views = views_of(preprocessing)

    def decode(entry: Entry) -> Decoded[K] | Unread:
        try:
            photo = open_photo(entry.read(), entry.name)
        except ValueError as refusal:
            return Unread(entry.name, str(refusal))
        squares = [preprocess(photo, preprocessing, view, channels)[0] for view in views]
        return Decoded(entry.name, torch.cat(squares), keep(photo))

    return in_order(decode, entries, ahead)


def batch_size(spec: ResNetSpec, side: int, views: int = 1) -> int:
    """Photos in one pass: as many as take a fraction of a second, so that Stop stops."""
    macs = plan(spec, (side, side)).macs
    return max(1, min(MOST_SQUARES, PASS_MACS // macs) // views)


def classified(
    entries: Sequence[Entry],
    model: ResNet,
    preprocessing: Preprocessing,
    keep: Callable[[Photo], Copies | None] = lambda photo: None,
    top: int = TOP,
) -> Iterator[Step[Found]]:
    """The same with all answers so far at each step, a photo a piece.

    Args:
        entries: the photos.
        model: a network in evaluation mode.
        preprocessing: its weights'.
        keep: makes the small copies that are kept of each photo; none unless told.
        top: how many classes of each photo.

    Raises:
        ValueError: if the network cannot classify photos.
    """
    found, done, total = Found(), 0, len(entries)
    batches = looks(entries, model, preprocessing, keep, top)
    for batch in batches:
        for look in batch:
            if isinstance(look, Unread):
                found.unread.append(look)
            else:
                found.answers.append(Answer(look.name, look.best, look.kept))
        done += len(batch)
        if done == total:
            batches.close()  # the caller asks for no more, and the threads would wait
        yield Step(done, total, found)


def _answered(
    batch: Sequence[Decoded[K] | Unread], model: ResNet, views: tuple[View, ...], top: int
) -> list[Look[K] | Unread]:
    photos = [each for each in batch if isinstance(each, Decoded)]
    answers: Iterator[Look[K]] = iter(())
    if photos:
        with torch.inference_mode():
            scores = model(torch.cat([photo.squares for photo in photos])).softmax(dim=1)
        answers = map(_look, photos, scores.split(len(views)), [views] * len(photos), [top] * len(photos))
    return [each if isinstance(each, Unread) else next(answers) for each in batch]


def _look(photo: Decoded[K], scores: Tensor, views: tuple[View, ...], top: int) -> Look[K]:
    """The answer at the square that the network is surest of; scores are (views, classes)."""
    place = int(scores.amax(dim=1).argmax())
    values, indices = scores[place].topk(min(top, scores.shape[1]))
    best = tuple(zip(indices.tolist(), values.tolist(), strict=True))
    return Look(photo.name, best, scores[place], views[place], photo.kept)
