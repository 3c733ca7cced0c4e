"""The small copies that are kept of photos: one to recognise it by, one to see it more closely."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Final

from PIL import Image

from resnet_explorer.common.svg import data_address
from resnet_explorer.photos.decode import Photo

THUMBNAIL_SIDE: Final = 96
COPY_SIDE: Final = 512
"""Pixels of the longer side of a copy: at 2 : 1 its shorter side still fills a square of 224."""


@dataclass(frozen=True)
class Copies:
    """What is kept of a photo to be seen.

    Attributes:
        photo: of at most `COPY_SIDE` pixels, a JPEG file of some 40 KB.
        thumbnail: of at most `THUMBNAIL_SIDE` pixels, as an address that holds it, of some 3 KB.
    """

    photo: bytes
    thumbnail: str


def copies_of(photo: Photo) -> Copies:
    """The small copies of a photo."""
    copy = _smaller(photo.image, COPY_SIDE)
    return Copies(_jpeg(copy, 88), thumbnail(copy))


def thumbnail(image: Image.Image) -> str:
    """A picture in `THUMBNAIL_SIDE` pixels, as a `data:` address."""
    return data_address(_jpeg(_smaller(image, THUMBNAIL_SIDE), 75))


def _smaller(image: Image.Image, side: int) -> Image.Image:
    smaller = image.copy()
    smaller.thumbnail((side, side), Image.Resampling.BILINEAR)
    return smaller


def _jpeg(image: Image.Image, quality: int) -> bytes:
    stream = io.BytesIO()
    image.save(stream, format="JPEG", quality=quality)
    return stream.getvalue()
