"""Photos as people have them: each format and mode gives the picture, and damage gives a sentence."""

import io
import json
import struct
import subprocess
import sys
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageCms

from resnet_explorer import ResNetSpec, build
from resnet_explorer.crop import CENTRE, View, crop_photo
from resnet_explorer.photo import MAX_BYTES, open_photo
from resnet_explorer.predictor import first_view, predict, preprocess
from resnet_explorer.weights import Preprocessing

pillow_heif.register_heif_opener()

SMALL = Preprocessing(32, 32, (0.5, 0.5, 0.5), (0.25, 0.25, 0.25), look="surest")
LARGE = Preprocessing(256, 224, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
RED, BLUE = (220, 30, 20), (20, 40, 200)


def two_halves(width: int = 64, height: int = 48) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (width, height), BLUE)
    image.paste(RED, (0, 0, width // 2, height))
    return image


def encoded(image: Image.Image, image_format: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, format=image_format, **options)
    return stream.getvalue()


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
}
LOSSY = {"JPEG": {"quality": 95}, "HEIF": {"quality": 95}, "AVIF": {"quality": 95}}
EVERY_FORMAT = LOSSLESS | LOSSY


@pytest.mark.parametrize("image_format", EVERY_FORMAT)
def test_every_format_gives_its_picture(image_format: str) -> None:
    data = encoded(two_halves(), image_format, **EVERY_FORMAT[image_format])
    photo = open_photo(data, "halves")
    assert (photo.image.mode, photo.image.size, photo.original_size) == ("RGB", (64, 48), (64, 48))
    tolerance = 0 if image_format in LOSSLESS else 12
    for place, colour in (((8, 24), RED), ((56, 24), BLUE)):
        assert np.abs(np.subtract(photo.image.getpixel(place), colour)).max() <= tolerance


def exif_of(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif.tobytes()


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
    photo = open_photo(encoded(stored_as(upright, orientation), image_format, **options), "turned")
    assert photo.original_size == upright.size
    assert photo.image.size == ((1024, 768) if image_format == "TIFF" else upright.size)
    for (x, y), colour in CORNERS.items():
        place = (int(x * photo.image.width), int(y * photo.image.height))
        assert np.abs(np.subtract(photo.image.getpixel(place), colour)).max() <= 16
    if image_format in ("JPEG", "PNG", "WEBP", "AVIF"):
        assert ("turned upright" in photo.notes) == (orientation > 1)


def test_a_turned_large_jpeg_comes_upright_and_small() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = two_halves(4000, 3000)
    photo = open_photo(encoded(stored, "JPEG", exif=exif), "camera.jpg")
    assert photo.image.size == (768, 1024)
    assert photo.original_size == (3000, 4000)
    assert np.abs(np.subtract(photo.image.getpixel((384, 100)), RED)).max() <= 12  # left is now the top
    assert photo.notes == ("turned upright", "kept at 768 × 1,024")


@pytest.mark.parametrize("image_format", ["PNG", "WEBP", "TIFF", "GIF"])
def test_transparency_is_shown_on_white(image_format: str) -> None:
    image = two_halves().convert("RGBA")
    image.paste((0, 0, 0, 0), (32, 0, 64, 48))
    options = {"lossless": True, "exact": True} if image_format == "WEBP" else {}
    photo = open_photo(encoded(image, image_format, **options), "clear")
    assert photo.image.getpixel((56, 24)) == (255, 255, 255)
    assert photo.image.getpixel((8, 24)) == RED
    assert "transparent parts on white" in photo.notes


def test_half_transparent_black_is_mid_grey() -> None:
    photo = open_photo(encoded(Image.new("LA", (9, 9), (0, 128)), "PNG"), "grey.png")
    assert photo.image.getpixel((4, 4)) == (127, 127, 127)


def test_palette_with_transparency() -> None:
    image = Image.new("P", (8, 8), 1)
    image.putpalette([0, 0, 0, *RED])
    image.putpixel((0, 0), 0)
    photo = open_photo(encoded(image, "PNG", transparency=0), "palette.png")
    assert photo.image.getpixel((0, 0)) == (255, 255, 255)
    assert photo.image.getpixel((4, 4)) == RED


@pytest.mark.parametrize("mode", ["1", "L"])
def test_grey_and_black_and_white(mode: str) -> None:
    photo = open_photo(encoded(Image.new(mode, (5, 5), 255), "PNG"), "white.png")
    assert photo.image.getpixel((2, 2)) == (255, 255, 255)


def test_cmyk_jpeg() -> None:
    data = encoded(Image.new("CMYK", (16, 16), (0, 255, 255, 0)), "JPEG", quality=95)
    red, green, blue = open_photo(data, "print.jpg").image.getpixel((8, 8))
    assert red > 240
    assert max(green, blue) < 15


def test_sixteen_bits_are_scaled_and_not_cut() -> None:
    values = np.array([[0, 257, 32_896, 65_535]], dtype=np.uint16)
    for image_format in ("PNG", "TIFF"):
        photo = open_photo(encoded(Image.fromarray(values), image_format), "deep")
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
    photo = open_photo(encoded(Image.fromarray(values), "TIFF"), "numbers.tif")
    assert [photo.image.getpixel((x, 0))[0] for x in range(3)] == expected


def test_an_animation_gives_its_first_frame() -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in (RED, BLUE)]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    photo = open_photo(data, "dance.gif")
    assert photo.image.getpixel((4, 4)) == RED
    assert photo.notes == ("the first frame",)


@pytest.mark.parametrize(
    ("size", "kept"),
    [
        ((1, 1), (1, 1)),
        ((1, 20_000), (1, 20_000)),
        ((20_000, 300), (20_000, 300)),
        ((2000, 1000), (1024, 512)),  # 2 : 1, from where on the shorter side decides
        ((4000, 1000), (2048, 512)),
        ((600, 6000), (512, 5120)),
        ((20_000, 1000), (10_240, 512)),
        ((40_000, 800), (20_000, 400)),  # 8 megapixels
        ((1, 1_000_000), (1, 32_768)),
    ],
)
def test_extreme_shapes(size: tuple[int, int], kept: tuple[int, int]) -> None:
    photo = open_photo(encoded(Image.new("RGB", size, RED), "PNG"), "thin.png")
    assert photo.image.size == kept
    assert photo.original_size == size
    assert photo.notes == (() if size == kept else (f"kept at {kept[0]:,} × {kept[1]:,}",))
    assert photo.image.getpixel((0, 0)) == RED


def huge_png(width: int, height: int) -> bytes:
    """A PNG whose header declares a size, and whose few bytes unpack to all of its rows."""

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("size", [(10_001, 10_000), (60_000, 60_000)])
def test_more_than_100_megapixels_are_refused_before_decoding(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=r"^wall\.png would unpack to .*\.$"):
        open_photo(huge_png(*size), "wall.png")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "notes.txt is empty; a photo as JPEG, PNG, WebP, GIF, TIFF, BMP, HEIC or AVIF is needed."),
        (
            b"dear diary",
            "notes.txt is no picture that can be read; JPEG, PNG, WebP, GIF, TIFF, BMP, HEIC or AVIF can.",
        ),
        (
            b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",  # Pillow would hand it to ghostscript
            "notes.txt is no picture that can be read; JPEG, PNG, WebP, GIF, TIFF, BMP, HEIC or AVIF can.",
        ),
        (
            b"\xff\xd8\xff\xe0 and then nothing",
            "notes.txt is cut off or damaged: it begins as a picture, but cannot be read to its end.",
        ),
        (bytes(MAX_BYTES + 1), "notes.txt has 64 MB; photos of at most 64 MB are read."),
    ],
)
def test_what_is_no_photo_gets_one_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(ValueError) as refusal:
        open_photo(data, "notes.txt")
    assert str(refusal.value) == sentence


@pytest.mark.parametrize("image_format", EVERY_FORMAT)
def test_a_file_cut_in_the_middle_is_refused_or_read_as_far_as_it_goes(image_format: str) -> None:
    noise = Image.effect_noise((200, 150), 80).convert("RGB")
    data = encoded(noise, image_format, **EVERY_FORMAT[image_format])
    with pytest.raises(ValueError, match=r"^half is cut off or damaged"):
        open_photo(data[: len(data) // 2], "half")


PICTURE_FORMATS = {"JPEG", "MPO", "PNG", "WEBP", "GIF", "TIFF", "BMP", "HEIF", "AVIF"}
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


def every_file() -> dict[str, bytes]:
    """A picture in every format and mode that Pillow can write."""
    Image.init()
    files = {}
    for image_format in Image.SAVE:
        for mode in MODES:
            try:
                files[f"{image_format} {mode}"] = encoded(
                    in_mode(corners(), mode).copy(), image_format, **EVERY_FORMAT.get(image_format, {})
                )
            except (OSError, ValueError, TypeError, KeyError, AttributeError, RuntimeError):
                continue  # not in this format
    return files


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


def check_corners(image: Image.Image, expected: Image.Image, tolerance: int, name: str) -> None:
    for x, y in CORNERS:
        place = (int(x * image.width), int(y * image.height))
        difference = np.abs(np.subtract(image.getpixel(place), expected.getpixel(place))).max()
        assert difference <= tolerance, (name, place, image.getpixel(place), expected.getpixel(place))


def chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


LONG_TEXT = zlib.compress(bytes(80 * 2**20))


@pytest.mark.parametrize("place", ["before the pixels", "behind them"])
@pytest.mark.parametrize(
    "extra",
    [
        chunk(b"zTXt", b"Comment\0\0" + LONG_TEXT),
        chunk(b"iTXt", b"Comment\0\1\0\0\0" + LONG_TEXT),
        chunk(b"tEXt", b"Comment\0" + bytes(3 * 2**20)),
        chunk(b"iCCP", b"profile\0\0" + LONG_TEXT),
        chunk(b"iCCP", b"profile\0\0garbage"),
        chunk(b"gAMA", b"?"),
        chunk(b"gAMA", b"\0\0\1\1")[:-1] + b"?",
        chunk(b"zTXt", b""),
    ],
    ids=[
        "zTXt of 80 MB",
        "iTXt",
        "tEXt",
        "profile of 80 MB",
        "profile",
        "gAMA",
        "a checksum",
        "an empty one",
    ],
)
def test_unreadable_metadata_does_not_cost_a_png(extra: bytes, place: str) -> None:
    data = encoded(two_halves(), "PNG", exif=exif_of(3))
    at = 33 if place.startswith("before") else len(data) - 12
    tracemalloc.start()
    photo = open_photo(data[:at] + extra + data[at:], "long.png")
    assert tracemalloc.get_traced_memory()[1] < 30 * 2**20
    tracemalloc.stop()
    assert np.array_equal(np.asarray(photo.image), np.asarray(two_halves().rotate(180)))


@pytest.mark.parametrize("extra", [b"garbage" * 1000, b"\xff\xd8\xff", encoded(corners(), "JPEG")])
def test_what_follows_a_jpeg_is_not_read(extra: bytes) -> None:
    photo = open_photo(encoded(two_halves(), "JPEG", quality=95) + extra, "long.jpg")
    check_corners(photo.image, two_halves(), 12, "long.jpg")


def test_a_jpeg_with_a_profile_of_garbage() -> None:
    photo = open_photo(encoded(two_halves(), "JPEG", quality=95, icc_profile=b"x" * 100_000), "odd.jpg")
    check_corners(photo.image, two_halves(), 12, "odd.jpg")


def test_cmyk_means_the_same_with_and_without_adobes_marker() -> None:
    """As browsers read it: 0 is full ink, whoever wrote it."""
    data = encoded(corners().convert("CMYK"), "JPEG", quality=95)
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
    data = encoded(
        corners(),
        image_format,
        **EVERY_FORMAT.get(image_format, {}),
        save_all=True,
        append_images=[corners().rotate(180), corners().convert("L").convert("RGB")],
    )
    photo = open_photo(data, "several")
    check_corners(photo.image, corners(), 12, image_format)
    assert ("the first frame" in photo.notes) == (image_format in ("GIF", "WEBP", "PNG", "AVIF"))


@pytest.mark.parametrize("size", [(20_000, 1), (1, 20_000), (20_000, 3), (1, 1), (1, 2), (20_000, 400)])
@pytest.mark.parametrize("preprocessing", [SMALL, LARGE], ids=["32", "224"])
def test_a_network_can_look_at_any_shape(size: tuple[int, int], preprocessing: Preprocessing) -> None:
    photo = open_photo(encoded(Image.new("RGB", size, RED), "PNG"), "thin.png")
    model = build(ResNetSpec("basic", (1,), width=4, stem="cifar", num_classes=3)).eval()
    tracemalloc.start()
    for view in (CENTRE, View(4.0, 1.0, 0.0), first_view(model, photo, preprocessing)):
        crop = crop_photo(photo, preprocessing, view)
        side = preprocessing.crop
        assert crop.image.size == (side, side)
        assert crop.image.getpixel((side // 2, side - 1)) == RED
        left, top, right, bottom = crop.box
        assert 0 <= left < right <= photo.image.width
        assert 0 <= top < bottom <= photo.image.height
        tensor, _ = preprocess(photo, preprocessing, view)
        assert len(predict(model, tensor).top(3)) == 3
    assert tracemalloc.get_traced_memory()[1] < 64 * 2**20
    tracemalloc.stop()


PEAK = """
import io, resource, sys
from PIL import Image
from resnet_explorer.photo import open_photo
data = open(sys.argv[1], "rb").read()
open_photo(open(sys.argv[2], "rb").read(), "first")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert max(open_photo(data, "large").image.size) == 1024
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""


@pytest.mark.parametrize("mode", ["P", "I;16", "RGBA"])
def test_the_largest_photo_takes_less_than_a_gigabyte(mode: str, tmp_path: Path) -> None:
    small = encoded(in_mode(corners(), mode), "PNG")
    large = encoded(Image.new(mode, (10_000, 10_000)), "PNG", compress_level=1)
    for name, data in (("small.png", small), ("large.png", large)):
        (tmp_path / name).write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-c", PEAK, tmp_path / "large.png", tmp_path / "small.png"],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 1000


def test_unreadable_exif_does_not_cost_the_photo() -> None:
    data = encoded(two_halves(), "JPEG", exif=b"Exif\0\0" + b"MM\0*\xff\xff\xff\xff")
    assert open_photo(data, "odd.jpg").image.size == (64, 48)


def test_thousands_of_damaged_files_give_a_photo_or_a_sentence_and_take_little_memory() -> None:
    """The damage is done in `tests.damaged_files`, in a process whose peak can be told from this one's."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.damaged_files", "3000"],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    report = json.loads(done.stdout.splitlines()[-1])
    assert report["photos"] + report["refused"] >= 3000
    assert min(report["photos"], report["refused"]) > 300, "both happen often"
    assert report["megabytes"] < 120, "two megapixels are 24 MB in the widest mode, and several copies of it"
