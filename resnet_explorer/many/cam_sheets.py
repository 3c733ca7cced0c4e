"""A sheet for each photo: the square that was seen, the map of a class, and the one over the other."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from PIL import Image

from resnet_explorer.cam import METHODS
from resnet_explorer.crop import View, seen_box
from resnet_explorer.overlay import COLOUR_MAPS, heat_picture, overlay, whole_box
from resnet_explorer.photo import Photo
from resnet_explorer.plan import section_name
from resnet_explorer.sheet import Caption, Scale, sheet
from resnet_explorer.spec import title
from resnet_explorer.target import Target

if TYPE_CHECKING:
    from resnet_explorer.module import ResNet
    from resnet_explorer.weights import Weights

SIDE: Final = 448
"""Pixels of a panel's side: a multiple of 224, 32 and 7, so that cells are whole."""
ENDING: Final = "-cam.png"
_LONGEST: Final = 80


@dataclass(frozen=True)
class Wanted:
    """Whose map: a stage's (0: the stem's), by a method, for a class or kind; None: the likeliest class."""

    stage: int
    method: str = "gradcam"
    target: Target | None = None


def cam_sheet(network: ResNet, photo: Photo, weights: Weights, view: View, wanted: Wanted) -> bytes:
    """The sheet of a photo, as the bytes of a PNG: original, map and overlay, colour bar and caption.

    Args:
        network: of these weights, in evaluation mode.
        photo: the photo.
        weights: whose answer it is.
        view: where the network looks.
        wanted: whose map.

    Raises:
        ValueError: for a stage, class or method that there is not.
    """
    from resnet_explorer.cam import evidence
    from resnet_explorer.predictor import preprocess
    from resnet_explorer.stage_pass import stage_pass

    tensor, _ = preprocess(photo, weights.preprocessing, view, weights.spec.in_channels)
    result = stage_pass(network, tensor, [wanted.stage], wanted.target)
    found = evidence(result.outputs[0], wanted.method)
    box = whole_box(seen_box(photo, weights.preprocessing, view), photo.image.size)
    original = photo.image.crop(box).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    heat = heat_picture(found.map.numpy(), (SIDE, SIDE), COLOUR_MAPS[0])
    method = METHODS[wanted.method]
    caption = Caption(
        title(weights.spec),
        weights.label,
        PurePosixPath(photo.name).name,  # a picture that is passed on does not tell of folders
        result.name(weights.classes),
        result.probability,
        section_name(wanted.stage),
        f"{method.name} ({method.source})",
    )
    height, width = found.map.shape
    titles = ("Original", f"Map: {height} × {width} cells", "Overlay")
    scale = Scale(COLOUR_MAPS[0], "0", f"{found.peak:.3g}", "evidence for the class")
    return sheet([original, heat, overlay(original, heat, 0.5)], caption.lines, scale, titles)


class SheetNames:
    """Names for sheets in a folder, each once, and none that is a photo's own.

    Args:
        folder: where the sheets are written.
        photos: files that must stay as they are.
    """

    def __init__(self, folder: Path, photos: Iterable[str]) -> None:
        self._folder = folder
        self._taken = {str(Path(photo).resolve()).casefold() for photo in photos}

    def for_photo(self, name: str) -> Path:
        """The file for a photo of that name, whatever stands in the name: always in the folder itself."""
        stem = PurePosixPath(name.replace("\\", "/")).stem
        plain = re.sub(r"[^\w-]+", "_", stem)[:_LONGEST].strip("_") or "photo"
        number = 1
        while True:
            path = self._folder / (plain + (f"-{number}" if number > 1 else "") + ENDING)
            key = str(path.resolve()).casefold()
            if key not in self._taken:
                self._taken.add(key)
                return path
            number += 1
