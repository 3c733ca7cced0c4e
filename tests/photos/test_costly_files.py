"""A small file that a decoder would be busy with for hours is refused; what people have is not."""

import io
import struct
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from resnet_explorer.photos import decode
from resnet_explorer.photos.costly_files import is_costly
from resnet_explorer.photos.decode import open_photo
from tests.photos.files import EVERY_FORMAT, file_of, scene, two_halves


def jpeg(scans: int) -> bytes:
    """A progressive one of 2000 × 2000 pixels, its last scan so often more."""
    whole = file_of(Image.new("L", (2000, 2000)), progressive=True)
    return whole[:-2] + whole[whole.rfind(b"\xff\xda") : -2] * scans + whole[-2:]


def jpeg2000(side: int, precinct: int = 0x00, unknown: bytes = b"", **options: object) -> bytes:
    """One that says it has another side, and in its header how large its precincts are."""
    small = file_of(Image.new("RGB", (64, 64)), "JPEG2000", num_resolutions=1, no_jp2=True, **options)
    head = bytearray(small)
    for at in (8, 24):
        struct.pack_into(">II", head, at, side, side)
    cod = head.index(b"\xff\x52")
    style = bytes([0xFF, 0x52, 0, 13, head[cod + 4] | 1]) + head[cod + 5 : cod + 14] + bytes([precinct])
    return bytes(head[:cod]) + unknown + style + bytes(head[cod + 14 :])


def tiff(strips: int) -> bytes:
    """Grey, a pixel wide, each row a strip."""
    fields = {256: 1, 257: strips, 258: 8, 259: 1, 262: 1, 277: 1, 278: 1}
    entries = [struct.pack("<HHII", tag, 4, 1, value) for tag, value in fields.items()]
    after = 8 + 2 + 12 * 8 + 4
    entries.insert(5, struct.pack("<HHII", 273, 3, strips, after))
    places = struct.pack("<H", 8) * strips
    return b"II*\0" + struct.pack("<IH", 8, 8) + b"".join(entries) + bytes(4) + places


@pytest.mark.parametrize(
    "made",
    [
        lambda: jpeg(200),
        lambda: jpeg2000(5000),
        lambda: b"decoy" + jpeg2000(64) + jpeg2000(5000),
        lambda: jpeg2000(5000, unknown=b"\xff\x30\x00\x11"),
        lambda: jpeg2000(64, 0xFF) + b"\xff\x90" + jpeg2000(5000),
        lambda: tiff(200_000),
        lambda: b"\xff\x4f\xff\x51" * 100_000,
    ],
    ids=[
        "scans",
        "precincts",
        "behind another one",
        "behind an unknown marker",
        "behind its end",
        "strips",
        "streams",
    ],
)
def test_what_is_costly_is_refused_before_a_decoder_is_asked(
    made: Callable[[], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = made()
    assert len(data) < 500_000
    monkeypatch.setattr(decode.Image, "open", lambda *_, **__: pytest.fail("a decoder was asked"))
    with pytest.raises(ValueError, match=r"^x is built so that it would take far too long to read"):
        open_photo(data, "x")


def test_headers_of_any_bytes_are_gone_through() -> None:
    """No damage makes an error of it."""
    random = np.random.default_rng(0)
    big = b"II+\0\x08\0\0\0" + bytes([0xFF] * 8) + bytes(40)
    wholes = [file_of(scene(1, (40, 30)), each) for each in ("JPEG2000", "TIFF", "JPEG")]
    for whole in (*wholes, tiff(50), jpeg2000(64, 0xFF), big):
        for _ in range(500):
            data = bytearray(whole)
            for place in random.integers(0, min(len(data), 300), random.integers(1, 9)):
                data[place] = random.choice([0, 1, 0x52, 0x90, 0x93, 0xFF, random.integers(256)])
            assert is_costly(bytes(data[: random.integers(1, len(data) + 1)])) in (True, False)


@pytest.mark.parametrize("image_format", EVERY_FORMAT)
def test_what_people_have_is_not(image_format: str) -> None:
    assert not is_costly(file_of(two_halves(700, 500), image_format, **EVERY_FORMAT[image_format]))


@pytest.mark.parametrize(
    "options",
    [
        {"num_resolutions": 1},
        {"tile_size": (64, 64), "progression": "RPCL"},
        {"codeblock_size": (16, 16), "precinct_size": (64, 64)},
        {"irreversible": True, "quality_layers": [40, 20, 10, 5]},
    ],
)
def test_jpeg_2000_as_programs_write_it(options: dict[str, object]) -> None:
    assert not is_costly(file_of(scene(1, (1200, 900)), "JPEG2000", **options))


def test_photos_with_more_behind_them_are_read() -> None:
    """Phones put a film behind a photo, in which any bytes may be."""
    film = np.random.default_rng(0).integers(0, 256, 1000, dtype=np.uint8).tobytes() + b"\xff\xda" * 500
    progressive = file_of(scene(2), progressive=True)
    assert open_photo(progressive + film, "live").original_size == (160, 120)
    several = io.BytesIO()
    scene(3).save(several, "MPO", save_all=True, append_images=[scene(4), scene(5)])
    assert open_photo(several.getvalue() + film, "two eyes").original_size == (160, 120)
    assert open_photo(jpeg(20), "many scans").original_size == (2000, 2000)
    assert open_photo(tiff(500), "strips").original_size == (1, 500)
