"""Photos as people have them, read with care: any usual format, upright, RGB, and not too large.

What can be known from the header is checked before anything is decoded. Only the formats named here
are ever tried, so that a file cannot reach a decoder that a photo has no need of.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from resnet_explorer.common.i18n import msg, t
from resnet_explorer.photos.costly_files import is_costly
from resnet_explorer.photos.decoding_room import DecodingRoom

FORMATS: Final = ("JPEG", "JPEG2000", "PNG", "WEBP", "GIF", "TIFF", "BMP", "HEIF", "AVIF")
"""Pillow's names of the decoders in use. JPEG opens MPO too: a JPEG with more pictures behind the first.

A new one has its `ENDINGS`, its name for people in `_FORMAT_NAMES` and, if it has one, its signature below.
"""

ENDINGS: Final = (
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".png", ".webp", ".gif"),
    *(".tif", ".tiff", ".bmp", ".heic", ".heif", ".avif", ".jp2", ".j2k", ".jpx", ".jpf", ".j2c", ".jpc"),
)
"""What files of these formats end in, in lower case.

An ending is asked only where a folder is sorted into photos and other files; opening goes by content.
"""

MAX_BYTES: Final = 64 * 2**20
MAX_PIXELS: Final = 100_000_000
MAX_PIXELS_JPEG2000: Final = 25_000_000
"""Its decoder keeps four bytes of each value, where the others keep one."""
KEPT_SIDE: Final = 1024
"""The longer side of the picture that is kept, in pixels: enough to show, little to hold."""
KEPT_SHORTER: Final = 512
"""The shorter side that is kept of a photo longer than 2 : 1: twice what networks resize it to."""
KEPT_PIXELS: Final = 8_000_000
KEPT_LONGEST: Final = 32_768
"""Bounds for strips: any JPEG can be as long."""

MAX_PIXELS_AT_ONCE: Final = 150_000_000
"""Of all photos that are decoded side by side, whosever they are: four to eight bytes each."""

_room: Final = DecodingRoom(MAX_PIXELS_AT_ONCE)
_FORMAT_NAMES: Final = "JPEG, JPEG 2000, PNG, WebP, GIF, TIFF, BMP, HEIC or AVIF"
_SIGNATURES: Final = (
    *(b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"II*\0", b"MM\0*", b"BM"),
    *(b"\x00\x00\x00\x0cjP  ", b"\xff\x4f\xff\x51"),
)
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PICTURE_CHUNKS: Final = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"eXIf")
_ORIENTATION_TAG: Final = 0x0112
_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What brings each EXIF orientation upright (CIPA DC-008, tag 274)."""


@dataclass(frozen=True)
class Photo:
    """A photo ready to be shown and classified.

    Attributes:
        name: the name of its file.
        image: the picture, RGB and upright: its longer side at most `KEPT_SIDE`, or its shorter one at
            most `KEPT_SHORTER`; of at most `KEPT_PIXELS`.
        original_size: width and height in the file, upright.
        notes: what was done to it on the way, each as a short phrase.
    """

    name: str
    image: Image.Image
    original_size: tuple[int, int]
    notes: tuple[str, ...] = ()


def open_photo(data: bytes, name: str) -> Photo:
    """Read a photo from the bytes of its file.

    Args:
        data: the whole file: JPEG, JPEG 2000, PNG, WebP, GIF (first frame), TIFF, BMP, HEIC or AVIF.
        name: the name of the file, for the messages.

    Raises:
        ValueError: if the file is too large, no picture, or cut off; one sentence that names it.
    """
    if not data:
        raise ValueError(
            t("{name} is empty; a photo as {format_names} is needed.").format(
                name=name, format_names=_FORMAT_NAMES
            )
        )
    check_bytes(len(data), name)
    try:
        return _read(data, name)
    except _DamagedError:
        bare = _without_metadata(data)
        if bare == data:
            raise
        photo = _read(bare, name)
        return replace(photo, notes=(*photo.notes, msg("unreadable metadata left out")))


def _read(data: bytes, name: str) -> Photo:
    image = _opened(data, name)
    try:
        return _prepared(image, name)
    except _TooLargeError:
        raise
    except MemoryError:
        raise ValueError(
            t("{name} needs more memory than there is; a smaller photo will do.").format(name=name)
        ) from None
    except Exception:  # decoders raise whatever the damage leads them to: OSError, struct.error, KeyError …
        raise _damaged(name) from None


def check_bytes(count: int, name: str) -> None:
    """Refuse a file by its size, before it is read.

    Raises:
        ValueError: for more than `MAX_BYTES`; one sentence that names it.
    """
    if count > MAX_BYTES:
        raise ValueError(
            t("{name} has {count:,.0f} MB; photos of at most {max_bytes} MB are read.").format(
                name=name, count=count / 2**20, max_bytes=MAX_BYTES // 2**20
            )
        )


class _TooLargeError(ValueError):
    """More pixels than are decoded."""


class _DamagedError(ValueError):
    """A picture that cannot be read to its end."""


def _damaged(name: str) -> _DamagedError:
    return _DamagedError(
        t("{name} is cut off or damaged: it begins as a picture, but cannot be read to its end.").format(
            name=name
        )
    )


def _without_metadata(data: bytes) -> bytes:
    """A PNG without what is no part of the picture; any other file as it is.

    Pillow fails for a text of more than a megabyte, or a bad colour profile, where the pixels are sound.
    """
    if not data.startswith(_PNG):
        return data
    kept, place = [_PNG], len(_PNG)
    while place + 8 <= len(data):
        end = place + 12 + int.from_bytes(data[place : place + 4], "big")  # length, kind, content, checksum
        if data[place + 4 : place + 8] in _PICTURE_CHUNKS:
            kept.append(data[place:end])
        place = end
    return b"".join(kept)


def _opened(data: bytes, name: str) -> Image.Image:
    """The picture with its header read and nothing decoded."""
    _register_heif()
    if is_costly(data):
        raise _TooLargeError(
            t(
                "{name} is built so that it would take far too long to read; saved anew, it can be read."
            ).format(name=name)
        )
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _TooLargeError(
            t("{name} would unpack to more than {max_pixels} megapixels, the most that is read.").format(
                name=name, max_pixels=MAX_PIXELS // 10**6
            )
        ) from None
    except UnidentifiedImageError:
        if _begins_as_picture(data):
            raise _damaged(name) from None
        raise ValueError(
            t("{name} is no picture that can be read; {format_names} can.").format(
                name=name, format_names=_FORMAT_NAMES
            )
        ) from None
    except Exception:  # as above
        raise _damaged(name) from None
    _check_pixels(image, name)
    return image


@lru_cache(maxsize=1)
def _register_heif() -> None:
    """Teach Pillow HEIC, once, and only when a photo is opened."""
    import pillow_heif

    pillow_heif.register_heif_opener()


def _begins_as_picture(data: bytes) -> bool:
    is_webp = data[:4] == b"RIFF" and data[8:12] in (b"WEBP", b"")
    return data.startswith(_SIGNATURES) or is_webp or data[4:8] == b"ftyp"


def _check_pixels(image: Image.Image, name: str) -> None:
    width, height = image.size
    most, kind = MAX_PIXELS, ""
    if image.format == "JPEG2000":
        most, kind = min(MAX_PIXELS, MAX_PIXELS_JPEG2000), t(" of a JPEG 2000")
    if width * height > most:
        raise _TooLargeError(
            t(
                "{name} would unpack to {width:,} × {height:,} pixels; at most {most} megapixels{kind} "
                "are read."
            ).format(name=name, width=width, height=height, most=most // 10**6, kind=kind)
        )


def _prepared(image: Image.Image, name: str) -> Photo:
    """Decode, shrink, and bring to RGB and upright."""
    width, height = image.size
    notes: list[str] = []
    kept = _kept_size(width, height)
    if image.format in ("JPEG", "MPO"):
        # libjpeg decodes at half, quarter or eighth size; twice what is kept loses nothing to be seen.
        image.draft(None, (2 * kept[0], 2 * kept[1]))
    # A progressive JPEG is held whole, however small it is made.
    held = width * height if image.info.get("progressive") else image.width * image.height
    with _room.taking(held):
        image.load()
        _check_pixels(image, name)  # what came out may be larger than what the header declared
        orientation = _orientation(image)
        if _is_animated(image):
            notes.append(msg("the first frame"))

        plain = _resizable(image, notes)
        if plain.size != kept:
            plain = plain.resize(kept, Image.Resampling.BILINEAR)
        rgb = _rgb(plain, notes)
    if orientation in _UPRIGHT:
        rgb = rgb.transpose(_UPRIGHT[orientation])
        width, height = (height, width) if orientation >= 5 else (width, height)
        notes.append(msg("turned upright"))
    if rgb.size != (width, height):
        notes.append(t("kept at {width:,} × {height:,}").format(width=rgb.width, height=rgb.height))
    return Photo(name, rgb, (width, height), tuple(notes))


def _kept_size(width: int, height: int) -> tuple[int, int]:
    """Width and height of the picture that is kept; the shorter side, which networks see, not too small."""
    longer, shorter = max(width, height), min(width, height)
    scale = min(
        1.0,
        max(KEPT_SIDE / longer, KEPT_SHORTER / shorter),
        (KEPT_PIXELS / (width * height)) ** 0.5,
        KEPT_LONGEST / longer,
    )
    return max(1, round(width * scale)), max(1, round(height * scale))


def _orientation(image: Image.Image) -> int:
    """The EXIF orientation; 1 where there is none or it cannot be read, which no photo should fail for."""
    try:
        value = image.getexif().get(_ORIENTATION_TAG, 1)
    except Exception:
        return 1
    return value if isinstance(value, int) else 1


def _is_animated(image: Image.Image) -> bool:
    try:
        return image.format in ("GIF", "WEBP", "PNG", "AVIF") and bool(getattr(image, "is_animated", False))
    except Exception:  # a damaged later frame: the first stands
        return True


def _resizable(image: Image.Image, notes: list[str]) -> Image.Image:
    """The picture in a mode whose values can be averaged: a palette's numbers cannot."""
    if image.mode.startswith("I;16"):
        notes.append(msg("16-bit values scaled to 8 bits"))
        return Image.fromarray(_EIGHT_OF_SIXTEEN[np.asarray(image).astype(np.uint16)])
    if image.mode in ("P", "PA", "1") or "transparency" in image.info:
        return image.convert("RGBA")
    if image.mode in ("La", "RGBa"):
        return image.convert({"La": "LA", "RGBa": "RGBA"}[image.mode])
    return image


_EIGHT_OF_SIXTEEN: Final = np.round(np.arange(2**16) / 257).astype(np.uint8)
"""65,535 = 257 · 255, so that white stays white."""


def _rgb(image: Image.Image, notes: list[str]) -> Image.Image:
    if image.mode in ("I", "F"):
        notes.append(msg("values scaled to 8 bits"))
        return Image.fromarray(_eight_bits(np.asarray(image, dtype=np.float64))).convert("RGB")
    if image.mode in ("LA", "RGBA"):
        return _on_white(image.convert("RGBA"), notes)
    # a copy where it is the file's own, which holds on to the file
    return image if image.mode == "RGB" and type(image) is Image.Image else image.convert("RGB")


def _on_white(image: Image.Image, notes: list[str]) -> Image.Image:
    lowest, _ = image.getchannel("A").getextrema()
    if lowest == 255:
        return image.convert("RGB")
    notes.append(msg("transparent parts on white"))
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")


def _eight_bits(values: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Integers or floats of an unknown range as 0–255: by the range they fit, else from least to most.

    Fractions up to 1, bytes up to 255 and 16-bit values up to 65,535 are what files carry.
    """
    values = np.nan_to_num(values, posinf=0.0, neginf=0.0)
    low, high = float(values.min()), float(values.max())
    if low >= 0.0:
        for top in (1.0, 255.0, 65_535.0):
            if high <= top:
                return np.round(values * (255.0 / top)).astype(np.uint8)
    return np.round((values - low) * (255.0 / ((high - low) or 1.0))).astype(np.uint8)
