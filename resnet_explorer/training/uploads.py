"""Test images as people would upload them: large, off-centre, of any aspect, as JPEG.

The project has no labelled photos but the small test images of its data set, which no training step
saw. Each is enlarged and set, off its centre, into a photo of a random shape; around it lies its own
blurred colour. What comes out goes the whole way of an upload: bytes, decoder, crop, network.
"""

from __future__ import annotations

import io
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

ASPECTS: Final = (16 / 9, 3 / 2, 4 / 3, 1.0, 3 / 4, 2 / 3, 9 / 16)
LONG_SIDE: Final = 640
COVER: Final = (0.6, 1.0)
"""How much of the photo's shorter side the image covers, at least and at most."""


def as_uploaded(pixels: NDArray[np.uint8], random: np.random.Generator) -> bytes:
    """A small image (H, W, 3) as the JPEG of a large, off-centre photo."""
    aspect = random.choice(ASPECTS)
    width, height = (round(LONG_SIDE * min(1, aspect)), round(LONG_SIDE / max(1, aspect)))
    side = round(min(width, height) * random.uniform(*COVER))
    left, top = (int(random.integers(0, length - side + 1)) for length in (width, height))
    image = Image.fromarray(pixels).resize((side, side), Image.Resampling.BICUBIC)
    photo = image.resize((width, height)).filter(ImageFilter.GaussianBlur(side / 6))
    photo.paste(image, (left, top), _feathered(side))
    for change in (ImageEnhance.Brightness, ImageEnhance.Color):
        photo = change(photo).enhance(random.uniform(0.8, 1.2))
    file = io.BytesIO()
    photo.save(file, "JPEG", quality=int(random.integers(60, 96)))
    return file.getvalue()


def _feathered(side: int) -> Image.Image:
    """A mask that is opaque but for a soft edge, so that no frame gives the image away."""
    edge = side // 16
    mask = Image.new("L", (side, side), 0)
    ImageDraw.Draw(mask).rectangle((edge, edge, side - edge, side - edge), fill=255)
    return mask.filter(ImageFilter.GaussianBlur(edge / 2))
