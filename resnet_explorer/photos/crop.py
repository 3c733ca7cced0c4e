"""Which part of a photo the network sees: the shorter side resized, then a square cut out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PIL import Image

from resnet_explorer.common.i18n import t
from resnet_explorer.photos.decode import Photo

if TYPE_CHECKING:
    from resnet_explorer.photos.preprocessing import Preprocessing

Box = tuple[float, float, float, float]
"""Left, top, right and bottom in pixels of the photo; fractions are parts of pixels."""

_FILTERS: Final = {
    "nearest": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
    "box": Image.Resampling.BOX,
    "hamming": Image.Resampling.HAMMING,
}

_MOST_PIXELS: Final = 16_000_000
"""The largest resized photo that is made; a strip of 1 × 1,024 would unroll to 256 × 262,144.

Beyond it, Pillow resamples the square's box straight from the photo, with the same filter: the same
picture but for a level here and there, because it holds the box in single precision.
"""


@dataclass(frozen=True)
class View:
    """Which square of a photo the network sees.

    Attributes:
        zoom: 1 is the weights' own preprocessing; 2 shows half the width and height.
        x, y: where the square lies in the photo, 0 at the left or top, 1 at the right or bottom.

    Raises:
        ValueError: if the zoom is not positive, or a position is not within 0 to 1.
    """

    zoom: float = 1.0
    x: float = 0.5
    y: float = 0.5

    def __post_init__(self) -> None:
        if not 0.0 < self.zoom <= 100.0:
            raise ValueError(
                t("zoom is {zoom}; more than 0 and at most 100 is allowed.").format(zoom=self.zoom)
            )
        for name, value in (("x", self.x), ("y", self.y)):
            if not 0.0 <= value <= 1.0:
                raise ValueError(t("{name} is {value}; 0 to 1 is allowed.").format(name=name, value=value))


CENTRE: Final = View()
ALONG: Final = (CENTRE, View(x=0.0, y=0.0), View(x=1.0, y=1.0))
"""The largest squares at the middle and at both ends of the longer side: together, the whole photo."""


@dataclass(frozen=True)
class Crop:
    """What the network sees of a photo.

    Attributes:
        image: the square, at the network's own resolution, RGB.
        box: where it lies in the photo's image.
    """

    image: Image.Image
    box: Box


def crop_photo(photo: Photo, preprocessing: Preprocessing, view: View = CENTRE) -> Crop:
    """Resize the shorter side and cut a square, as torchvision's transforms do, to the bit.

    For weights that learned from small soft pictures, the square is made into such a picture first.

    Args:
        photo: the photo.
        preprocessing: the weights' `resize` (shorter side), `crop` (side of the square),
            `interpolation` (Pillow's filters antialias) and `tile`.
        view: where the square lies; a zoom below what fills it is taken as that.
    """
    size, side = photo.image.size, preprocessing.crop
    resized = _resized(size, preprocessing.resize, side, view)
    left, top = _corner(resized, side, view)
    box = _box_in_photo(size, resized, side, (left, top))
    method = _FILTERS[preprocessing.interpolation]
    if preprocessing.tile:
        from resnet_explorer.photos.tile import seen_small  # loads torch

        small = photo.image.resize((preprocessing.tile,) * 2, Image.Resampling.BICUBIC, box=box)
        return Crop(seen_small(small, side), box)
    if resized[0] * resized[1] <= _MOST_PIXELS:
        whole = photo.image.resize(resized, method)
        return Crop(whole.crop((left, top, left + side, top + side)), box)
    return Crop(photo.image.resize((side, side), method, box=box), box)


def seen_box(photo: Photo, preprocessing: Preprocessing, view: View = CENTRE) -> Box:
    """Where the square of `crop_photo` lies in the photo's image, without making the square."""
    return crop_box(photo.image.size, preprocessing.resize, preprocessing.crop, view)


def crop_box(size: tuple[int, int], resize: int, crop: int, view: View = CENTRE) -> Box:
    """The part of a photo of that width and height that becomes the square."""
    resized = _resized(size, resize, crop, view)
    return _box_in_photo(size, resized, crop, _corner(resized, crop, view))


def _resized(size: tuple[int, int], resize: int, crop: int, view: View) -> tuple[int, int]:
    """Width and height after the resize; torchvision rounds the longer side down."""
    width, height = size
    shorter = max(crop, round(resize * view.zoom))
    if width <= height:
        return shorter, int(shorter * height / width)
    return int(shorter * width / height), shorter


def _corner(resized: tuple[int, int], crop: int, view: View) -> tuple[int, int]:
    """Left and top of the square in the resized photo; torchvision rounds to the nearest."""
    return round((resized[0] - crop) * view.x), round((resized[1] - crop) * view.y)


def _box_in_photo(size: tuple[int, int], resized: tuple[int, int], crop: int, corner: tuple[int, int]) -> Box:
    across, down = size[0] / resized[0], size[1] / resized[1]
    left, top = corner[0] * across, corner[1] * down
    right, bottom = (corner[0] + crop) * across, (corner[1] + crop) * down
    return left, top, min(right, float(size[0])), min(bottom, float(size[1]))
