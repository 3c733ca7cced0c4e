"""How far candidates are from what a file's norms remember, found out with as few photos as will do.

Candidates whose first layers are the same share what comes out of these; one that is far behind after a batch
of photos is not measured on the others; a network is built as far as photos go through it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from resnet_explorer.model.block_parts import all_blocks
from resnet_explorer.model.resnet import ResNet, build
from resnet_explorer.network.layers import Block, Layer
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import ResNetSpec
from resnet_explorer.photos.ordinary import ordinary_photos
from resnet_explorer.weights.recognition.dilated import dilate
from resnet_explorer.weights.recognition.first_norm import first_norm_distances
from resnet_explorer.weights.recognition.input_forms import InputForm
from resnet_explorer.weights.recognition.norm_distance import measured, norm_distances
from resnet_explorer.weights.tensors import State, network_of

GROUPS: Final = 3
"""Batches of photos that are measured apart: what they do not agree on, they do not tell."""
MOST_PHOTOS, FEWEST_PHOTOS = 48, 3
"""In a batch."""
MOST_BLOCKS: Final = 120
"""That photos go through: each takes its time, however little it computes."""
MACS: Final = 1_500_000_000
"""Multiply–accumulates that one candidate may take; there are about a dozen, and a person waits."""
MOST_MACS: Final = 50_000_000_000
"""That the fewest photos and blocks may take; the largest of torchvision's takes a tenth."""
MOST_DILATED: Final = 10_000_000_000
"""Of a photo through all blocks of a network that may have been dilated: Wide ResNet-101's takes 6."""
FAR_BEHIND: Final = 0.4
"""Of another's distance: below it, the other is left after any batch."""
SIDES: Final = {"imagenet": (112, 64, 32), "cifar": (32,)}
"""Of photos by the stem, the most common first; 112 stands for all large ones, at a quarter of the work."""
LARGE: Final = 100
_BORDER: Final = 4
"""Black pixels from which many recipes for small photos cut their crops (torchvision's RandomCrop(32, 4))."""


@dataclass(frozen=True)
class Look:
    """How photos are shown to a network."""

    form: InputForm
    side: int
    bordered: bool = False


class Candidate(NamedTuple):
    """A network, and how photos are shown to it."""

    spec: ResNetSpec
    look: Look


_Start = tuple[Look, int, tuple[Layer, ...], tuple[Block, ...]]
"""The look, the number of the batch, the stem, and the blocks of the first stage."""


class _Way:
    """The network as far as photos go through it, with measured norms: its first stage, and what follows."""

    def __init__(
        self, spec: ResNetSpec, blocks: int, state: State, change: Callable[[ResNet], None] | None = None
    ) -> None:
        depths: list[int] = []
        for depth in spec.depths:
            depths.append(min(depth, blocks - sum(depths)))
        network = _begun(spec.with_(depths=tuple(filter(None, depths)), include_top=False), state)
        if change:
            change(network)
        stem = (network.conv1, network.bn1, network.relu, network.maxpool)
        inside = all_blocks(network)
        self.parts = (nn.Sequential(*stem, *inside[: depths[0]]), nn.Sequential(*inside[depths[0] :]))
        self.norms = tuple(map(measured, self.parts))

    def through(self, part: int, x: Tensor) -> tuple[Tensor, tuple[float, ...]]:
        """What comes out of a part, and the distances of its norms."""
        with torch.inference_mode():
            return self.parts[part](x), tuple(norm.distance for norm in self.norms[part])


class CandidateDistances:
    """The distances of the candidates of one file; what was measured is kept.

    Args:
        usual: the most common network of these shapes, by which the work is measured out.
        state: the file's values, by torchvision's names.
        effort: how many times as many photos: a mean of few says little of deep norms, whose maps are small.
    """

    def __init__(self, usual: ResNetSpec, state: State, effort: int = 1) -> None:
        self._usual, self._state, self._effort = usual, state, effort
        self._ways: dict[ResNetSpec, _Way] = {}
        self._known: dict[Candidate, list[tuple[float, ...]]] = {}
        self._started: dict[_Start, tuple[Tensor, tuple[float, ...]]] = {}

    def of(self, candidates: Sequence[Candidate]) -> list[Tensor]:
        """(batches, norms) of each; fewer batches of one that was far behind."""
        left = list(dict.fromkeys(candidates))
        for number in range(GROUPS):
            for each in left:
                known = self._known.setdefault(each, [])
                if len(known) == number:
                    known.append(self._measured(each, number))
            means = {each: distance_of(torch.tensor(self._known[each])).mean().item() for each in left}
            left = [each for each in left if min(means.values()) >= FAR_BEHIND * means[each]]
        return [torch.tensor(self._known[each]) for each in candidates]

    def _measured(self, candidate: Candidate, number: int) -> tuple[float, ...]:
        """The distance of each norm on one batch."""
        spec, look = candidate
        blocks, count = share(self._usual, look.side, self._effort)
        if spec not in self._ways:
            self._ways[spec] = _Way(spec, blocks, self._state)
        way, records = self._ways[spec], plan(spec, (look.side, look.side))
        start = (look, number, records.stem.layers, records.stages[0].blocks)
        if start not in self._started:
            self._started[start] = way.through(0, batches(look, count, spec.in_channels)[number])
        x, distances = self._started[start]
        return distances + way.through(1, x)[1]

    def first(self, look: Look, forms: Sequence[InputForm]) -> Tensor:
        """(forms, batches) of the first norm alone, photos shown as `look` has it but for their form."""
        network = _begun(self._usual.with_(depths=(1,), include_top=False), self._state)
        conv, norm = network.conv1, network.bn1
        assert isinstance(conv, nn.Conv2d)
        assert isinstance(norm, nn.BatchNorm2d)
        if look.form.reverses:
            conv.weight = nn.Parameter(conv.weight.flip(1), requires_grad=False)
        count = _first_share(self._usual, look.side)
        photos = _values(look, count * GROUPS, self._usual.in_channels)
        return first_norm_distances(conv, norm, photos.split(count), forms)

    def changed(self, candidate: Candidate, change: Callable[[ResNet], None]) -> Tensor:
        """(batches, norms) of what no spec describes, as far as photos go through the others.

        Args:
            candidate: the nearest that a spec describes.
            change: what the network is besides.
        """
        spec, look = candidate
        blocks, count = share(self._usual, look.side, self._effort)
        way = _Way(spec, blocks, self._state, change)
        found = []
        for batch in batches(look, count, spec.in_channels):
            x, distances = way.through(0, batch)
            found.append(distances + way.through(1, x)[1])
        return torch.tensor(found)

    def dilated(self, candidate: Candidate, first_stage: int) -> Tensor:
        """(batches, norms) through all blocks, the stages from `first_stage` (0-based) on dilated."""
        network = network_of(candidate.spec, self._state)
        dilate(network, first_stage)
        return norm_distances(network, batches(candidate.look, FEWEST_PHOTOS, candidate.spec.in_channels))


def distance_of(by_norm: Tensor) -> Tensor:
    """(batches, norms) → (batches,), the geometric mean: what tells is where one fits well."""
    return (by_norm + 1e-6).log().mean(dim=1).exp()


def _begun(spec: ResNetSpec, state: State) -> ResNet:
    """The beginning of a network, without what comes after its last block."""
    with torch.device("meta"):
        network = build(spec)
    wanted = {name for name in network.state_dict() if not name.startswith("bn_last.")}
    floats = {name: value.float() for name, value in state.items() if name in wanted}
    network.load_state_dict(floats, strict=False, assign=True)
    return network.eval().requires_grad_(False)


def sides(spec: ResNetSpec) -> tuple[int, ...]:
    """`SIDES`, and that of MNIST and Fashion-MNIST for one channel."""
    found = SIDES[spec.stem]
    return (*found, 28) if spec.in_channels == 1 and spec.stem == "imagenet" else found


def is_measurable(spec: ResNetSpec) -> bool:
    """Whether photos can be shown to networks of these shapes while a person waits."""
    side = SIDES[spec.stem][0]
    records, fewest = plan(spec, (side, side)), spec.depths[0] + 2
    macs = records.stem.macs + sum(block.macs for block in records.blocks[:fewest])
    return macs * GROUPS * FEWEST_PHOTOS <= MOST_MACS


def may_be_dilated(spec: ResNetSpec) -> bool:
    """Whether photos can be shown to all of the network while a person waits, and it be a dilated one."""
    side = SIDES[spec.stem][0]
    is_kind = spec.block == "bottleneck" and len(spec.depths) == 4 and not spec.include_top
    return is_kind and plan(spec, (side, side)).macs <= MOST_DILATED


def share(spec: ResNetSpec, side: int, effort: int = 1) -> tuple[int, int]:
    """Through how many blocks photos go, and how many photos in a batch, to stay within `MACS`.

    As many blocks for small photos as for large ones, so that the same norms are compared. A large network,
    or one of very many blocks, is left early, but never before the second block of stage 2.
    """
    side_of_most = SIDES[spec.stem][0]
    records = plan(spec, (side_of_most, side_of_most))
    total, fewest = records.stem.macs, len(records.stages[0].blocks) + 2
    blocks = 0
    for block in records.blocks:
        total += block.macs
        if blocks >= fewest and (total * GROUPS * FEWEST_PHOTOS > MACS or blocks >= MOST_BLOCKS):
            break
        blocks += 1
    here = plan(spec, (side, side))
    macs = here.stem.macs + sum(block.macs for block in here.blocks[:blocks])
    return blocks, max(FEWEST_PHOTOS, min(MOST_PHOTOS, effort * MACS // (macs * GROUPS)))


def _first_share(spec: ResNetSpec, side: int) -> int:
    """How many photos in a batch go through the first convolution alone."""
    macs = plan(spec, (side, side)).layers[0].macs * GROUPS
    return max(3 * FEWEST_PHOTOS, min(MOST_PHOTOS, MACS // 10 // macs))


def batches(look: Look, count: int, channels: int) -> tuple[Tensor, ...]:
    """Photos as the network takes them, `GROUPS` times (count, channels, side, side)."""
    mean, std = (torch.tensor(values[:channels]).view(-1, 1, 1) for values in (look.form.mean, look.form.std))
    images = (_values(look, GROUPS * count, channels) - mean) / std
    in_order = images.flip(1) if look.form.reverses else images
    return tuple(in_order.split(count))


def _values(look: Look, count: int, channels: int) -> Tensor:
    """Photos as values of 0 to 1, (count, channels, side, side), red first."""
    pixels = torch.from_numpy(_shown(look.side, look.bordered, count, channels == 1))
    return pixels.permute(0, 3, 1, 2).float() / 255


@lru_cache(maxsize=8)
def _shown(side: int, bordered: bool, count: int, is_grey: bool) -> NDArray[np.uint8]:
    """Ordinary photos, (count, side, side, 3 or 1); bordered, moved by up to `_BORDER` pixels over black."""
    photos = ordinary_photos(side, count)
    if bordered:
        rng = np.random.default_rng(0)
        wide = np.pad(photos, ((0, 0), (_BORDER, _BORDER), (_BORDER, _BORDER), (0, 0)))
        corners = rng.integers(0, 2 * _BORDER + 1, (count, 2))
        photos = np.stack([p[y : y + side, x : x + side] for p, (y, x) in zip(wide, corners, strict=True)])
    if is_grey:
        return np.stack([np.asarray(Image.fromarray(photo).convert("L"))[..., None] for photo in photos])
    return photos
