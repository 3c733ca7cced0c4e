"""Each format and mode of Pillow gives its picture, upright and in eight bits, or a sentence."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from resnet_explorer.photos import decode
from resnet_explorer.photos.decode import open_photo
from tests.photos.files import (
    BLUE,
    CORNERS,
    EVERY_FORMAT,
    LOSSLESS,
    RED,
    check_corners,
    chunk,
    corners,
    exif_of,
    file_of,
    in_mode,
    two_halves,
)


@pytest.mark.parametrize("image_format", EVERY_FORMAT)
def test_every_format_gives_its_picture(image_format: str) -> None:
    data = file_of(two_halves(), image_format, **EVERY_FORMAT[image_format])
    photo = open_photo(data, "halves")
    assert (photo.image.mode, photo.image.size, photo.original_size) == ("RGB", (64, 48), (64, 48))
    tolerance = 0 if image_format in LOSSLESS else 12
    for place, colour in (((8, 24), RED), ((56, 24), BLUE)):
        assert np.abs(np.subtract(photo.image.getpixel(place), colour)).max() <= tolerance


def stored_as(upright: Image.Image, orientation: int) -> Image.Image:
    """What a camera that was held so would have stored."""
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    return upright.transpose(Image.Transpose(back[orientation])) if orientation > 1 else upright


@pytest.mark.parametrize("image_format", ["JPEG", "MPO", "PNG", "WEBP", "TIFF", "HEIF", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_photo_comes_upright(image_format: str, orientation: int) -> None:
    """With a HEIC, pillow-heif writes what a phone does: the turn as a property of the picture."""
    upright = corners(1600, 1200) if image_format == "TIFF" else corners()
    options = EVERY_FORMAT.get(image_format, {}) | {"exif": exif_of(orientation)}
    photo = open_photo(file_of(stored_as(upright, orientation), image_format, **options), "turned")
    assert photo.original_size == upright.size
    assert photo.image.size == ((1024, 768) if image_format == "TIFF" else upright.size)
    for (x, y), colour in CORNERS.items():
        place = (int(x * photo.image.width), int(y * photo.image.height))
        assert np.abs(np.subtract(photo.image.getpixel(place), colour)).max() <= 16
    if image_format in ("JPEG", "PNG", "WEBP", "AVIF"):
        assert ("turned upright" in photo.notes) == (orientation > 1)


@pytest.mark.parametrize("image_format", ["PNG", "WEBP", "TIFF", "GIF"])
def test_transparency_is_shown_on_white(image_format: str) -> None:
    image = two_halves().convert("RGBA")
    image.paste((0, 0, 0, 0), (32, 0, 64, 48))
    options = {"lossless": True, "exact": True} if image_format == "WEBP" else {}
    photo = open_photo(file_of(image, image_format, **options), "clear")
    assert photo.image.getpixel((56, 24)) == (255, 255, 255)
    assert photo.image.getpixel((8, 24)) == RED
    assert "transparent parts on white" in photo.notes


def test_half_transparent_black_is_mid_grey() -> None:
    photo = open_photo(file_of(Image.new("LA", (9, 9), (0, 128)), "PNG"), "grey.png")
    assert photo.image.getpixel((4, 4)) == (127, 127, 127)


def test_palette_with_transparency() -> None:
    image = Image.new("P", (8, 8), 1)
    image.putpalette([0, 0, 0, *RED])
    image.putpixel((0, 0), 0)
    photo = open_photo(file_of(image, "PNG", transparency=0), "palette.png")
    assert photo.image.getpixel((0, 0)) == (255, 255, 255)
    assert photo.image.getpixel((4, 4)) == RED


@pytest.mark.parametrize("mode", ["1", "L"])
def test_grey_and_black_and_white(mode: str) -> None:
    photo = open_photo(file_of(Image.new(mode, (5, 5), 255), "PNG"), "white.png")
    assert photo.image.getpixel((2, 2)) == (255, 255, 255)


def test_cmyk_jpeg() -> None:
    data = file_of(Image.new("CMYK", (16, 16), (0, 255, 255, 0)), "JPEG", quality=95)
    red, green, blue = open_photo(data, "print.jpg").image.getpixel((8, 8))
    assert red > 240
    assert max(green, blue) < 15


def test_sixteen_bits_are_scaled_and_not_cut() -> None:
    values = np.array([[0, 257, 32_896, 65_535]], dtype=np.uint16)
    for image_format in ("PNG", "TIFF"):
        photo = open_photo(file_of(Image.fromarray(values), image_format), "deep")
        assert [photo.image.getpixel((x, 0))[0] for x in range(4)] == [0, 1, 128, 255]
        assert "16-bit values scaled to 8 bits" in photo.notes


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([[0.0, 0.5, 1.0]], dtype=np.float32), [0, 128, 255]),
        (np.array([[0.0, 100.0, 255.0]], dtype=np.float32), [0, 100, 255]),
        (np.array([[0, 32_896, 65_535]], dtype=np.int32), [0, 128, 255]),
        (np.array([[-1.0, 0.0, 1.0]], dtype=np.float32), [0, 128, 255]),
        (np.array([[-5.0, -5.0, -5.0]], dtype=np.float32), [0, 0, 0]),
        (np.array([[0.0, np.nan, np.inf]], dtype=np.float32), [0, 0, 0]),
    ],
)
def test_numbers_of_any_range_fit_into_bytes(values: np.ndarray, expected: list[int]) -> None:
    photo = open_photo(file_of(Image.fromarray(values), "TIFF"), "numbers.tif")
    assert [photo.image.getpixel((x, 0))[0] for x in range(3)] == expected


PICTURE_FORMATS = {"JPEG", "JPEG2000", "MPO", "PNG", "WEBP", "GIF", "TIFF", "BMP", "HEIF", "AVIF"}

MODES = ("1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr", "HSV", "LAB", "I",
         "F", "I;16", "I;16B")  # fmt: skip

HEADERS = {
    "CUR": b"\0\0\2\0\1\0" + bytes(40),
    "DCX": struct.pack("<II", 0x3ADE68B1, 12) + bytes(40),
    "FITS": b"SIMPLE  =                    T" + b" " * 50,
    "FLI": struct.pack("<IHH", 128, 0xAF12, 1) + bytes(120),
    "FTEX": b"FTEX" + bytes(40),
    "GBR": struct.pack(">IIIII", 29, 2, 8, 8, 4) + b"GIMP" + bytes(40),
    "IMT": b"\n*  width 8\n*  height 8\n\x0c",
    "IPTC": b"\x1c\3\x3c\0\1\1" + bytes(40),
    "MCIDAS": b"\0\0\0\0\0\0\0\4" + bytes(248),
    "MPEG": b"\0\0\1\xb3" + bytes(40),
    "PCD": bytes(2048) + b"PCD_" + bytes(2000),
    "PIXAR": b"\200\350\0\0" + bytes(600),
    "PSD": b"8BPS\0\1" + bytes(40),
    "SUN": struct.pack(">IIIIIIII", 0x59A66A95, 8, 8, 24, 192, 1, 0, 0) + bytes(192),
    "XPM": b'/* XPM */\nstatic char *a[] = {\n"1 1 1 1",\n"a c #ff0000",\n"a"};',
    "XVTHUMB": b"P7 332\n#END\n8 8 255\n" + bytes(64),
    "GRIB": b"GRIB\0\0\0\1" + bytes(40),
    "HDF5": b"\x89HDF\r\n\x1a\n" + bytes(40),
    "BUFR": b"BUFR" + bytes(40),
    "WMF": b"\xd7\xcd\xc6\x9a\0\0" + bytes(40),
    "EPS": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
}
"""The beginnings of what Pillow opens and cannot write."""


def every_file() -> dict[str, bytes]:
    """A picture in every format and mode that Pillow can write."""
    Image.init()
    files = {}
    for image_format in Image.SAVE:
        for mode in MODES:
            try:
                files[f"{image_format} {mode}"] = file_of(
                    in_mode(corners(), mode).copy(), image_format, **EVERY_FORMAT.get(image_format, {})
                )
            except (OSError, ValueError, TypeError, KeyError, AttributeError, RuntimeError):
                continue  # not in this format
    return files


@pytest.mark.slow
def test_every_format_of_pillow_gives_its_picture_or_a_sentence() -> None:
    files = every_file()
    shown = {name.split()[0] for name in files}
    assert len(files) > 150
    assert shown >= PICTURE_FORMATS
    assert set(Image.OPEN) - shown - set(HEADERS) == set(), "each that can be opened is tried"
    for name, data in (files | HEADERS).items():
        image_format, _, mode = name.partition(" ")
        if image_format not in PICTURE_FORMATS:
            with pytest.raises(ValueError, match=r"^it is no picture that can be read; [^\n]* can\.$"):
                open_photo(data, "it")
            continue
        photo = open_photo(data, "it")
        assert (photo.image.mode, photo.image.size) == ("RGB", (96, 64)), name
        with Image.open(io.BytesIO(data)) as image:
            stored = image.mode
        if stored in ("I", "F") or stored.startswith("I;16"):
            if mode in ("I;16", "I;16B"):
                check_corners(photo.image, corners().convert("L").convert("RGB"), 1, name)
            continue  # numbers of any range have their own test
        if mode in ("I;16", "I;16B", "I", "F"):
            continue  # cut to 8 bits when it was written
        expected = corners().convert("L" if mode in ("L", "LA", "La", "1") else "RGB").convert("RGB")
        if mode == "1":  # dithered: right on the average
            assert abs(np.asarray(photo.image).mean() - np.asarray(expected).mean()) < 8, name
        else:
            check_corners(photo.image, expected, 60 if "P" in (stored, mode[0]) else 12, name)


def test_a_jpeg_2000_is_bounded_by_what_its_decoder_keeps(monkeypatch: pytest.MonkeyPatch) -> None:
    data = file_of(corners(), "JPEG2000")
    assert data[4:8] == b"jP  "
    for each in (data, file_of(corners(), "JPEG2000", no_jp2=True)):
        check_corners(open_photo(each, "scan.jp2").image, corners(), 0, "scan.jp2")
        with pytest.raises(ValueError, match=r"^scan\.jp2 is cut off or damaged"):
            open_photo(each[: len(each) // 2], "scan.jp2")
    monkeypatch.setattr(decode, "MAX_PIXELS_JPEG2000", 96 * 64 - 1)
    with pytest.raises(
        ValueError, match="would unpack to 96 × 64 pixels; at most 0 megapixels of a JPEG 2000"
    ):
        open_photo(data, "scan.jp2")


def test_cmyk_means_the_same_with_and_without_adobes_marker() -> None:
    """As browsers read it: 0 is full ink, whoever wrote it."""
    data = file_of(corners().convert("CMYK"), "JPEG", quality=95)
    start = data.index(b"\xff\xee")
    length = int.from_bytes(data[start + 2 : start + 4], "big")
    for each in (data, data[:start] + data[start + 2 + length :]):
        check_corners(open_photo(each, "print.jpg").image, corners(), 12, "print.jpg")


@pytest.mark.parametrize(("colour_type", "samples"), [(0, 1), (4, 2), (2, 3), (6, 4)])
def test_sixteen_bit_pngs_of_every_kind(colour_type: int, samples: int) -> None:
    """65,535 is 255 and 32,896 is 128; the last sample of two and of four is the opacity."""
    values = [65_535, 32_896, 0, 65_535] if samples == 4 else [32_896, 65_535, 0][:samples]
    row = b"\0" + struct.pack(f">{samples}H", *values) * 8
    data = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 4, 16, colour_type, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(row * 4))
        + chunk(b"IEND", b"")
    )
    expected = {1: (128,) * 3, 2: (128,) * 3, 3: (128, 255, 0), 4: (255, 128, 0)}[samples]
    assert open_photo(data, "deep.png").image.getpixel((4, 2)) == expected


def test_a_tiff_of_sixteen_bits_a_colour() -> None:
    pixels = struct.pack("<3H", 65_535, 32_896, 0) * 32
    tags = [(256, 1, 8), (257, 1, 4), (258, 3, 180), (259, 1, 1), (262, 1, 2), (273, 1, 256), (277, 1, 3),
            (278, 1, 4), (279, 1, len(pixels))]  # fmt: skip
    directory = b"".join(struct.pack("<HHII", tag, 3, count, value) for tag, count, value in tags)
    head = struct.pack("<2sHIH", b"II", 42, 8, len(tags)) + directory + bytes(4)
    data = head.ljust(180, b"\0") + struct.pack("<3H", 16, 16, 16)
    photo = open_photo(data.ljust(256, b"\0") + pixels, "deep.tif")
    assert photo.image.getpixel((4, 2)) == (255, 128, 0)


@pytest.mark.parametrize("image_format", ["GIF", "WEBP", "PNG", "AVIF", "TIFF", "MPO", "HEIF"])
def test_of_several_pictures_the_first(image_format: str) -> None:
    data = file_of(
        corners(),
        image_format,
        **EVERY_FORMAT.get(image_format, {}),
        save_all=True,
        append_images=[corners().rotate(180), corners().convert("L").convert("RGB")],
    )
    photo = open_photo(data, "several")
    check_corners(photo.image, corners(), 12, image_format)
    assert ("the first frame" in photo.notes) == (image_format in ("GIF", "WEBP", "PNG", "AVIF"))
