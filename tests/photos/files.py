"""Files of photos, and archives of them, made for tests."""

import io
import struct
import zipfile
import zlib

import numpy as np
import pillow_heif
from PIL import Image, ImageCms

pillow_heif.register_heif_opener()


def file_of(image: Image.Image, image_format: str = "JPEG", **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, format=image_format, **options)
    return stream.getvalue()


def noise(number: int, size: tuple[int, int] = (120, 80)) -> bytes:
    """A JPEG of noise, another for each number."""
    pixels = np.random.default_rng(number).integers(0, 256, (*size[::-1], 3), dtype=np.uint8)
    return file_of(Image.fromarray(pixels))


def scene(seed: int, size: tuple[int, int] = (160, 120)) -> Image.Image:
    """A picture of a few large shapes that no other seed gives."""
    coarse = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)


def class_folders(around: str = "", **counts: int) -> dict[str, bytes]:
    """Photos in folders, "part_class" or "class": as many different ones as are asked for."""
    names = [
        f"{around}{folder.replace('_', '/')}/{number}.png"
        for folder, count in counts.items()
        for number in range(count)
    ]
    return {name: file_of(scene(seed), "PNG") for seed, name in enumerate(names)}


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return stream.getvalue()


RED, BLUE = (220, 30, 20), (20, 40, 200)


def two_halves(width: int = 64, height: int = 48) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (width, height), BLUE)
    image.paste(RED, (0, 0, width // 2, height))
    return image


CORNERS = {(0.25, 0.25): (220, 30, 20), (0.75, 0.25): (20, 160, 40), (0.25, 0.75): (20, 40, 200),
           (0.75, 0.75): (240, 220, 30)}  # fmt: skip
"""A colour for each quarter, by its middle as parts of width and height."""


def corners(width: int = 96, height: int = 64) -> Image.Image:
    """A picture that looks different from every side."""
    image = Image.new("RGB", (width, height))
    for (x, y), colour in CORNERS.items():
        left, top = round((x - 0.25) * width), round((y - 0.25) * height)
        image.paste(colour, (left, top, left + width // 2, top + height // 2))
    return image


LOSSLESS = {
    "PNG": {},
    "WEBP": {"lossless": True},
    "TIFF": {},
    "BMP": {},
    "GIF": {},
    "JPEG2000": {},
}

LOSSY = {"JPEG": {"quality": 95}, "HEIF": {"quality": 95}, "AVIF": {"quality": 95}}

EVERY_FORMAT = LOSSLESS | LOSSY


def exif_of(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif.tobytes()


def in_mode(image: Image.Image, mode: str) -> Image.Image:
    """The picture in one of Pillow's modes."""
    if mode == "LAB":
        return ImageCms.profileToProfile(
            image, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
        )
    if mode.startswith("I;16"):
        deep = np.asarray(image.convert("L")).astype(np.uint16) * 257
        return Image.fromarray(deep if mode == "I;16" else deep.astype(">u2"))
    by_way_of = {"La": "LA", "RGBa": "RGBA", "PA": "P"}.get(mode)
    return image.convert(by_way_of).convert(mode) if by_way_of else image.convert(mode)


def check_corners(image: Image.Image, expected: Image.Image, tolerance: int, name: str) -> None:
    for x, y in CORNERS:
        place = (int(x * image.width), int(y * image.height))
        difference = np.abs(np.subtract(image.getpixel(place), expected.getpixel(place))).max()
        assert difference <= tolerance, (name, place, image.getpixel(place), expected.getpixel(place))


def chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)
