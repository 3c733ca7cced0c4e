"""A map as a picture: colours, cells or smooth, over the photo, with a scale beside it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageDraw

from resnet_explorer.common.i18n import msg, t
from resnet_explorer.common.text import unknown
from resnet_explorer.photos.crop import Box

COLOUR_MAPS: Final = ("viridis", "magma", "inferno", "cividis", "turbo", "jet")
"""The perceptually uniform ones first: equal steps of the value look like equal steps of colour."""

UNEVEN_COLOUR_MAPS: Final = ("turbo", "jet")
"""Rainbows: they draw edges where the map has none (Borland and Taylor 2007)."""

DIVERGING: Final = "blue-black-orange"
GREY: Final = "grey"
_OWN_STOPS: Final = {
    DIVERGING: ("#a6dcff", "#2b7fc4", "#101418", "#b87a00", "#ffd27a"),
    GREY: ("#000000", "#ffffff"),
}
"""Colour maps of our own: of values around 0, which is dark as in the others, and of plain brightness."""

SCREEN_SIDE: Final = 1024
"""Pixels of the longer side of a photo that is sent to a browser."""

Map = NDArray[np.float32]
"""(h, w), 0 or more."""


@lru_cache
def colour_table(name: str) -> NDArray[np.uint8]:
    """256 colours (256, 3), RGB, dark to bright.

    Plotly carries matplotlib's maps as ten or more stops, between which this is linear.

    Raises:
        ValueError: for a name that is neither among `COLOUR_MAPS` nor `DIVERGING` nor `GREY`.
    """
    if name in _OWN_STOPS:
        stops: Sequence[str] = _OWN_STOPS[name]
    elif name in COLOUR_MAPS:
        import plotly.colors  # here, for it takes a while and a page without a map needs none

        stops = getattr(plotly.colors.sequential, name.capitalize())
    else:
        raise unknown(msg("{name!r} is no colour map here; there are {listed}."), name, COLOUR_MAPS)
    colours = np.array([ImageColor.getrgb(stop) for stop in stops], dtype=np.float64)
    places, steps = np.linspace(0, 1, len(colours)), np.linspace(0, 1, 256)
    table = np.stack([np.interp(steps, places, colours[:, channel]) for channel in range(3)], axis=1)
    return np.round(table).astype(np.uint8)


def heat_picture(
    heat: Map,
    size: tuple[int, int],
    colour_map: str = "viridis",
    smooth: bool = True,
    top: float | None = None,
) -> Image.Image:
    """The map in colours, its largest value the brightest.

    Args:
        heat: (h, w), as `cam.evidence` gives it; a map of zeros is the darkest colour everywhere.
        size: width and height of the picture in pixels.
        colour_map: one of `COLOUR_MAPS`.
        smooth: whether to interpolate between the cells (bilinear, which never leaves the range of the
            values) or to show them as they are.
        top: the value from which on all is the brightest colour; the largest unless told.
    """
    full = float(heat.max()) if top is None else top
    return _coloured(heat / (full or 1.0), size, colour_map, smooth)


def signed_picture(
    signed_map: NDArray[np.floating], size: tuple[int, int], extent: float, smooth: bool = True
) -> Image.Image:
    """Values around 0 in the colours of `DIVERGING`, 0 in the middle.

    Args:
        signed_map: (h, w), of either sign.
        size: width and height of the picture in pixels.
        extent: the value of the last colour; its negative is that of the first.
        smooth: as in `heat_picture`.
    """
    return _coloured((signed_map / (extent or 1.0) + 1) / 2, size, DIVERGING, smooth)


def _coloured(
    shares: NDArray[np.floating], size: tuple[int, int], colour_map: str, smooth: bool
) -> Image.Image:
    """Values from 0 to 1 in colours; what is beyond is taken as these."""
    values = Image.fromarray(shares.astype(np.float32).clip(0, 1))
    method = Image.Resampling.BILINEAR if smooth else Image.Resampling.NEAREST
    levels = np.round(np.asarray(values.resize(size, method)) * 255).clip(0, 255).astype(np.uint8)
    return Image.fromarray(colour_table(colour_map)[levels])


def overlay(photo: Image.Image, heat: Image.Image, alpha: float) -> Image.Image:
    """The coloured map over the photo.

    Args:
        photo: RGB.
        heat: the coloured map; it is fitted to the photo.
        alpha: 0 shows the photo, 1 the map.

    Raises:
        ValueError: if alpha is not within 0 to 1.
    """
    if not 0.0 <= alpha <= 1.0:
        raise ValueError(t("alpha is {alpha}; 0 to 1 is allowed.").format(alpha=alpha))
    return Image.blend(photo, heat.resize(photo.size), alpha)


def whole_box(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """A box in whole pixels, at least one wide and high, inside a picture of that size."""
    left, top = (min(round(start), length - 1) for start, length in zip(box[:2], size, strict=True))
    right = min(max(round(box[2]), left + 1), size[0])
    bottom = min(max(round(box[3]), top + 1), size[1])
    return left, top, right, bottom


def for_screen(image: Image.Image) -> Image.Image:
    """The picture, no side longer than `SCREEN_SIDE`: a long strip is kept larger than it is shown."""
    if max(image.size) <= SCREEN_SIDE:
        return image
    smaller = image.copy()
    smaller.thumbnail((SCREEN_SIDE, SCREEN_SIDE), Image.Resampling.BILINEAR)
    return smaller


def boxed(photo: Image.Image, box: Box) -> Image.Image:
    """The photo for the screen, with the part outside the box faded and a frame around the box."""
    full = photo.size
    photo = for_screen(photo)
    across, down = photo.width / full[0], photo.height / full[1]
    box = (box[0] * across, box[1] * down, box[2] * across, box[3] * down)
    whole = whole_box(box, photo.size)
    faded = Image.blend(photo, Image.new("RGB", photo.size, (128, 128, 128)), 0.55)
    faded.paste(photo.crop(whole), whole[:2])
    width = max(1, round(max(photo.size) / 150))
    frame = (whole[0], whole[1], whole[2] - 1, whole[3] - 1)
    ImageDraw.Draw(faded).rectangle(frame, outline=(230, 159, 0), width=width)
    return faded


def crisp(image: Image.Image, side: int) -> Image.Image:
    """A small picture enlarged by a whole factor to at most `side`, every pixel a square."""
    factor = max(1, side // max(image.size))
    return image.resize((image.width * factor, image.height * factor), Image.Resampling.NEAREST)


def colour_bar(colour_map: str, size: tuple[int, int]) -> Image.Image:
    """The colours from 0 at the left to the peak at the right."""
    row = colour_table(colour_map)[np.linspace(0, 255, size[0]).round().astype(int)]
    return Image.fromarray(np.broadcast_to(row, (size[1], size[0], 3)).copy())


def colour_bar_css(colour_map: str) -> str:
    """The colours from 0 to the peak as a CSS gradient."""
    stops = colour_table(colour_map)[::15]
    return f"linear-gradient(to right, {', '.join(f'rgb({r} {g} {b})' for r, g, b in stops.tolist())})"


def jpeg_bytes(image: Image.Image) -> bytes:
    """A photo as a JPEG file, for the screen."""
    stream = io.BytesIO()
    image.save(stream, format="JPEG", quality=92)
    return stream.getvalue()


def png_bytes(image: Image.Image) -> bytes:
    """The picture as a PNG file."""
    stream = io.BytesIO()
    image.save(stream, format="PNG")
    return stream.getvalue()
