"""Photos as people have them: each format and mode gives the picture, and damage gives a sentence."""

import io
import struct
import zlib

import numpy as np
import pillow_heif
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from resnet_explorer.photo import MAX_BYTES, open_photo
from resnet_explorer.samples import SAMPLES, open_sample, sample

pillow_heif.register_heif_opener()

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


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_photo_comes_upright(orientation: int) -> None:
    upright = two_halves()
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # what a camera held so would have stored
    stored = upright.transpose(Image.Transpose(back[orientation])) if orientation > 1 else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    photo = open_photo(encoded(stored, "PNG", exif=exif), "turned.png")
    assert np.array_equal(np.asarray(photo.image), np.asarray(upright))
    assert photo.original_size == (64, 48)
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


@pytest.mark.parametrize("size", [(1, 20_000), (20_000, 1), (1, 1)])
def test_extreme_shapes(size: tuple[int, int]) -> None:
    photo = open_photo(encoded(Image.new("RGB", size, RED), "PNG"), "thin.png")
    assert max(photo.image.size) == min(1024, max(size))
    assert photo.image.getpixel((0, 0)) == RED


def huge_png(width: int, height: int) -> bytes:
    """A PNG whose header declares a size, and whose few bytes unpack to all of its rows."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)

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


def test_unreadable_exif_does_not_cost_the_photo() -> None:
    data = encoded(two_halves(), "JPEG", exif=b"Exif\0\0" + b"MM\0*\xff\xff\xff\xff")
    assert open_photo(data, "odd.jpg").image.size == (64, 48)


EXAMPLES = {name: encoded(two_halves(24, 16), name, **options) for name, options in EVERY_FORMAT.items()}


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    name=st.sampled_from(sorted(EXAMPLES)),
    cut=st.floats(0, 1),
    changes=st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), max_size=6),
)
def test_damage_gives_a_photo_or_a_sentence(name: str, cut: float, changes: list[tuple[float, int]]) -> None:
    data = bytearray(EXAMPLES[name][: round(len(EXAMPLES[name]) * cut)])
    for place, value in changes:
        if data:
            data[int(place * len(data))] = value
    try:
        photo = open_photo(bytes(data), "damaged")
    except ValueError as refusal:
        assert str(refusal).startswith("damaged ")
        assert str(refusal).endswith(".")
    else:
        assert photo.image.mode == "RGB"
        assert max(photo.image.size) <= 1024


@pytest.mark.parametrize("name", [each.name for each in SAMPLES])
def test_samples_are_photos_with_credit(name: str) -> None:
    assert min(open_sample(name).image.size) >= 300
    assert sample(name).credit


def test_an_unknown_sample_names_those_that_there_are() -> None:
    with pytest.raises(ValueError, match="'dog' is no sample photo; there are cat, horse, coffee, rocket"):
        open_sample("dog")
