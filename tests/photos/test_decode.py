"""Photos as people have them are kept small, and damage gives a sentence."""

import json
import struct
import subprocess
import sys
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from resnet_explorer import ResNetSpec, build
from resnet_explorer.explanation.predict import default_view, predict, preprocess
from resnet_explorer.photos.crop import CENTRE, View, crop_photo
from resnet_explorer.photos.decode import MAX_BYTES, open_photo
from resnet_explorer.photos.preprocessing import Preprocessing
from tests.photos.files import (
    BLUE,
    EVERY_FORMAT,
    RED,
    check_corners,
    chunk,
    corners,
    exif_of,
    file_of,
    in_mode,
    two_halves,
)
from tests.places import ROOT

SMALL = Preprocessing(32, 32, (0.5, 0.5, 0.5), (0.25, 0.25, 0.25), crop_policy="most_confident")

LARGE = Preprocessing(256, 224, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


def test_a_turned_large_jpeg_comes_upright_and_small() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = two_halves(4000, 3000)
    photo = open_photo(file_of(stored, "JPEG", exif=exif), "camera.jpg")
    assert photo.image.size == (768, 1024)
    assert photo.original_size == (3000, 4000)
    assert np.abs(np.subtract(photo.image.getpixel((384, 100)), RED)).max() <= 12  # left is now the top
    assert photo.notes == ("turned upright", "kept at 768 × 1,024")


def test_an_animation_gives_its_first_frame() -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in (RED, BLUE)]
    data = file_of(frames[0], "GIF", save_all=True, append_images=frames[1:])
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
    photo = open_photo(file_of(Image.new("RGB", size, RED), "PNG"), "thin.png")
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
        (
            b"",
            "notes.txt is empty; a photo as JPEG, JPEG 2000, PNG, WebP, GIF, TIFF, BMP, HEIC or AVIF is "
            "needed.",
        ),
        (
            b"dear diary",
            "notes.txt is no picture that can be read; JPEG, JPEG 2000, PNG, WebP, GIF, TIFF, BMP, HEIC or "
            "AVIF can.",
        ),
        (
            b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",  # Pillow would hand it to ghostscript
            "notes.txt is no picture that can be read; JPEG, JPEG 2000, PNG, WebP, GIF, TIFF, BMP, HEIC or "
            "AVIF can.",
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
    data = file_of(noise, image_format, **EVERY_FORMAT[image_format])
    with pytest.raises(ValueError, match=r"^half is cut off or damaged"):
        open_photo(data[: len(data) // 2], "half")


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
    data = file_of(two_halves(), "PNG", exif=exif_of(3))
    at = 33 if place.startswith("before") else len(data) - 12
    tracemalloc.start()
    photo = open_photo(data[:at] + extra + data[at:], "long.png")
    assert tracemalloc.get_traced_memory()[1] < 30 * 2**20
    tracemalloc.stop()
    assert np.array_equal(np.asarray(photo.image), np.asarray(two_halves().rotate(180)))


@pytest.mark.parametrize("extra", [b"garbage" * 1000, b"\xff\xd8\xff", file_of(corners(), "JPEG")])
def test_what_follows_a_jpeg_is_not_read(extra: bytes) -> None:
    photo = open_photo(file_of(two_halves(), "JPEG", quality=95) + extra, "long.jpg")
    check_corners(photo.image, two_halves(), 12, "long.jpg")


def test_a_jpeg_with_a_profile_of_garbage() -> None:
    photo = open_photo(file_of(two_halves(), "JPEG", quality=95, icc_profile=b"x" * 100_000), "odd.jpg")
    check_corners(photo.image, two_halves(), 12, "odd.jpg")


@pytest.mark.parametrize("size", [(20_000, 1), (1, 20_000), (20_000, 3), (1, 1), (1, 2), (20_000, 400)])
@pytest.mark.parametrize("preprocessing", [SMALL, LARGE], ids=["32", "224"])
def test_a_network_can_look_at_any_shape(size: tuple[int, int], preprocessing: Preprocessing) -> None:
    photo = open_photo(file_of(Image.new("RGB", size, RED), "PNG"), "thin.png")
    model = build(ResNetSpec("basic", (1,), width=4, stem="cifar", num_classes=3)).eval()
    tracemalloc.start()
    for view in (CENTRE, View(4.0, 1.0, 0.0), default_view(model, photo, preprocessing)):
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
from resnet_explorer.photos.decode import open_photo
data = open(sys.argv[1], "rb").read()
open_photo(open(sys.argv[2], "rb").read(), "first")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert max(open_photo(data, "large").image.size) == 1024
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["P", "I;16", "RGBA"])
def test_the_largest_photo_takes_less_than_a_gigabyte(mode: str, tmp_path: Path) -> None:
    small = file_of(in_mode(corners(), mode), "PNG")
    large = file_of(Image.new(mode, (10_000, 10_000)), "PNG", compress_level=1)
    for name, data in (("small.png", small), ("large.png", large)):
        (tmp_path / name).write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-c", PEAK, tmp_path / "large.png", tmp_path / "small.png"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 1000


def test_unreadable_exif_does_not_cost_the_photo() -> None:
    data = file_of(two_halves(), "JPEG", exif=b"Exif\0\0" + b"MM\0*\xff\xff\xff\xff")
    assert open_photo(data, "odd.jpg").image.size == (64, 48)


@pytest.mark.slow
def test_thousands_of_damaged_files_give_a_photo_or_a_sentence_and_take_little_memory() -> None:
    """The damage is done in `tests.damaged_files`, in a process whose peak can be told from this one's."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.damaged_files", "3000"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    report = json.loads(done.stdout.splitlines()[-1])
    assert report["photos"] + report["refused"] >= 3000
    assert min(report["photos"], report["refused"]) > 300, "both happen often"
    assert report["megabytes"] < 120, "two megapixels are 24 MB in the widest mode, and several copies of it"
