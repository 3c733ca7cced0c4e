"""Many photos through a network: decoded on threads while torch works, a few ahead, in batches.

Each photo gets the prediction that it would get alone: by the same decoder, of the same square, or of the
same one of three where the weights' crop policy is to take the most confident.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, Generic

import torch
from torch import Tensor

from resnet_explorer.batch.results import TOP, K, PhotoPrediction, Results, Unread
from resnet_explorer.common.i18n import t
from resnet_explorer.common.ordered_map import THREADS, in_order
from resnet_explorer.common.progress import Step
from resnet_explorer.explanation.predict import check_input, preprocess
from resnet_explorer.model.resnet import ResNet
from resnet_explorer.network.budget import PHOTO_BYTES
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import ResNetSpec
from resnet_explorer.network.table_rows import BYTES_PER_NUMBER, activation_bytes
from resnet_explorer.photos.crop import ALONG, CENTRE, View
from resnet_explorer.photos.decode import Photo, open_photo
from resnet_explorer.photos.preprocessing import Preprocessing
from resnet_explorer.photos.sources import Entry
from resnet_explorer.photos.thumbnails import copies_of

MOST_SQUARES: Final = 96
PASS_MACS: Final = 20 * 10**9
"""Multiply–accumulates of one pass: four photos of ResNet-50, about a quarter of a second on two cores."""

AHEAD_BYTES: Final = 512 * 2**20
"""Of the photos that wait for the network: a file may say that it sees 4096 pixels a side."""


@dataclass(frozen=True, eq=False)
class Decoded(Generic[K]):
    """A photo that waits for the network.

    Attributes:
        name: of its file.
        squares: (views, channels, side, side), the crops that the network is shown.
        kept: what is wanted of the photo itself.
    """

    name: str
    squares: Tensor
    kept: K


def predict_in_batches(
    entries: Iterable[Entry],
    model: ResNet,
    preprocessing: Preprocessing,
    keep: Callable[[Photo], K],
    top: int = TOP,
) -> Generator[list[PhotoPrediction[K] | Unread], None, None]:
    """Predict photos a batch at a time, in the order of the entries.

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
    side = preprocessing.crop
    size = batch_size(model.spec, side, len(views))
    room = AHEAD_BYTES // (len(views) * _input_bytes(model.spec, side))
    photos = decoded(entries, preprocessing, channels, keep, min(size + THREADS, max(size, room)))
    try:
        while batch := list(islice(photos, size)):
            yield _predicted(batch, model, views, top)
    finally:
        photos.close()


def views_of(preprocessing: Preprocessing) -> tuple[View, ...]:
    """The squares of each photo that the network is shown."""
    return ALONG if preprocessing.crop_policy == "most_confident" else (CENTRE,)


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
    """Photos in one pass: as many as take a fraction of a second, so that Stop stops, and fit into memory."""
    p = plan(spec, (side, side))
    room = 2 * PHOTO_BYTES // (activation_bytes(p) + _input_bytes(spec, side))
    return max(1, min(MOST_SQUARES, PASS_MACS // p.macs, room) // views)


def _input_bytes(spec: ResNetSpec, side: int) -> int:
    """Of a square as the network takes it."""
    return BYTES_PER_NUMBER * spec.in_channels * side * side


def predict_photos(
    entries: Sequence[Entry],
    model: ResNet,
    preprocessing: Preprocessing,
    top: int = TOP,
) -> Iterator[Step[Results]]:
    """Predict photos, with all results so far at each step, a photo a piece.

    Raises:
        ValueError: if the network cannot classify photos.
    """
    results, done, total = Results(), 0, len(entries)
    batches = predict_in_batches(entries, model, preprocessing, copies_of, top)
    for batch in batches:
        for each in batch:
            if isinstance(each, Unread):
                results.unread.append(each)
            else:
                results.predictions.append(each)
        done += len(batch)
        if done == total:
            batches.close()  # the caller asks for no more, and the threads would wait
        yield Step(done, total, results)


def _predicted(
    batch: Sequence[Decoded[K] | Unread], model: ResNet, views: tuple[View, ...], top: int
) -> list[PhotoPrediction[K] | Unread]:
    photos = [each for each in batch if isinstance(each, Decoded)]
    scores: Iterator[Tensor] = iter(())
    if photos:
        with torch.inference_mode():
            output = model(torch.cat([photo.squares for photo in photos]))
        scores = iter(output.softmax(dim=1).split(len(views)))
    return [
        each if isinstance(each, Unread) else _prediction(each, next(scores), views, top) for each in batch
    ]


def _prediction(
    photo: Decoded[K], scores: Tensor, views: tuple[View, ...], top: int
) -> PhotoPrediction[K] | Unread:
    """That of the square with the highest confidence; scores are (views, classes).

    Of a photo whose values leave the range of float32 there is none.
    """
    if not scores.isfinite().all():
        sentence = t("{name}: the network's values leave the range of float32, so it has no answer.")
        return Unread(photo.name, sentence.format(name=photo.name))
    place = int(scores.amax(dim=1).argmax())
    probabilities = scores[place].clone()  # a part of the batch's tensor would keep all of it
    values, indices = probabilities.topk(min(top, len(probabilities)))
    best = tuple(zip(indices.tolist(), values.tolist(), strict=True))
    return PhotoPrediction(photo.name, best, probabilities, views[place], photo.kept)
