"""Thousands of damaged photos through the decoder, and its memory: `python -m tests.damaged_files`.

A process of its own, so that its peak is that of the decoder. What is damaged: small files of every
format that is read, in many modes. Prints examples, photos, refusals and the peak in MB as JSON.
"""

from __future__ import annotations

import json
import resource
import struct
import sys
import warnings
import zlib
from collections import Counter

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from resnet_explorer.photos import decode
from tests.photos.files import exif_of, file_of

MOST_PIXELS = 2_000_000
"""Instead of 100 million: what is bounded by it can be told from what is not, and sooner."""
INTERESTING = (
    0,
    1,
    2,
    255,
    256,
    1000,
    1400,
    20_000,
    32_767,
    32_768,
    65_535,
    2**24,
    2**31 - 1,
    2**31,
    2**32 - 1,
)


def corpus() -> dict[str, bytes]:
    """Small files of every format, each with another way through its decoder."""
    random = np.random.default_rng(0)
    rgb = Image.fromarray(random.integers(0, 256, (18, 26, 3), dtype=np.uint8)).resize((52, 36))
    grey, alpha, palette = rgb.convert("L"), rgb.convert("RGBA"), rgb.convert("P")
    deep = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    real = Image.fromarray(np.asarray(grey).astype(np.float32) / 255)
    turned = {"exif": exif_of(6)}

    def frames() -> dict[str, object]:
        return {"save_all": True, "append_images": [rgb.rotate(90), rgb.rotate(180)]}

    files = {
        "jpeg": file_of(rgb, "JPEG", **turned),
        "jpeg progressive": file_of(rgb, "JPEG", progressive=True),
        "jpeg grey": file_of(grey, "JPEG"),
        "jpeg cmyk": file_of(rgb.convert("CMYK"), "JPEG"),
        "mpo": file_of(rgb, "MPO", **frames()),
        "png": file_of(rgb, "PNG", **turned),
        "png alpha": file_of(alpha, "PNG", icc_profile=b"no profile"),
        "png palette": file_of(palette, "PNG", transparency=3),
        "png deep": file_of(deep, "PNG"),
        "png animated": file_of(rgb, "PNG", **frames()),
        "webp": file_of(rgb, "WEBP", **turned),
        "webp lossless": file_of(alpha, "WEBP", lossless=True),
        "webp animated": file_of(rgb, "WEBP", **frames()),
        "gif": file_of(palette, "GIF", transparency=3),
        "gif animated": file_of(rgb, "GIF", **frames()),
        "tiff": file_of(rgb, "TIFF", **turned),
        "tiff pages": file_of(rgb, "TIFF", **frames()),
        "tiff deep": file_of(deep, "TIFF"),
        "tiff real": file_of(real, "TIFF"),
        "tiff cmyk": file_of(rgb.convert("CMYK"), "TIFF"),
        "tiff lab": file_of(Image.new("LAB", rgb.size, (120, 150, 90)), "TIFF"),
        "tiff bits": file_of(rgb.convert("1"), "TIFF", compression="group4"),
        **{
            f"tiff {way}": file_of(rgb, "TIFF", compression=way)
            for way in ("tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg")
        },
        "bmp": file_of(rgb, "BMP"),
        "bmp palette": file_of(palette, "BMP"),
        "bmp bits": file_of(rgb.convert("1"), "BMP"),
        "heic": file_of(rgb, "HEIF", **turned),
        "heic alpha": file_of(alpha, "HEIF"),
        "avif": file_of(rgb, "AVIF", **turned),
        "avif animated": file_of(rgb, "AVIF", **frames()),
    }
    for name, data in files.items():
        assert decode.open_photo(data, name).image.mode == "RGB"
    return files


def with_valid_checksums(data: bytes) -> bytes:
    """A PNG whose chunks have the checksums of their content, so that damage in it is read at all."""
    if not data.startswith(b"\x89PNG\r\n\x1a\n"):
        return data
    mended, place = bytearray(data), 8
    while place + 12 <= len(mended):
        length = int.from_bytes(mended[place : place + 4], "big")
        end = place + 8 + length
        if end + 4 > len(mended):
            break
        struct.pack_into(">I", mended, end, zlib.crc32(mended[place + 4 : end]))
        place = end + 4
    return bytes(mended)


places = st.one_of(st.floats(0, 0.999), st.floats(0, 0.08))
"""Parts of the length; the header more often than the rest."""
numbers = st.tuples(
    places, st.sampled_from(INTERESTING), st.sampled_from(["<H", ">H", "<I", ">I"]), st.booleans()
)
changes = st.one_of(
    st.tuples(st.just("flip"), places, st.integers(0, 7)),
    st.tuples(st.just("set"), places, st.integers(0, 255)),
    st.tuples(st.just("number"), numbers, st.none()),
    st.tuples(st.just("cut"), st.floats(0, 1), st.none()),
    st.tuples(st.just("remove"), places, st.integers(1, 40)),
    st.tuples(st.just("insert"), places, st.binary(max_size=30)),
    st.tuples(st.just("splice"), places, st.tuples(st.integers(0, 10**6), places)),
    st.tuples(st.just("append"), st.none(), st.binary(max_size=60)),
)


def changed(data: bytearray, change: tuple[str, object, object], others: list[bytes]) -> bytearray:
    """The file after one damage."""
    kind, where, what = change
    if kind == "number":
        share, value, layout, aligned = where
        size = struct.calcsize(layout)
        place = int(share * len(data)) & (~1 if aligned else ~0)
        if place + size <= len(data):
            struct.pack_into(layout, data, place, value % 2 ** (8 * size))
        return data
    if kind == "append":
        return data + what
    place = int(where * len(data))
    if kind == "cut":
        return data[:place]
    if kind == "insert":
        return data[:place] + what + data[place:]
    if kind == "splice":
        number, share = what
        other = others[number % len(others)]
        return data[:place] + other[int(share * len(other)) :]
    if kind == "remove":
        return data[:place] + data[place + what :]
    if data:
        data[place] = data[place] ^ 1 << what if kind == "flip" else what
    return data


def main(examples: int) -> int:
    warnings.simplefilter("ignore")
    files = corpus()
    others = list(files.values())
    decode.MAX_PIXELS = MOST_PIXELS
    outcomes: Counter[str] = Counter()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize="--random" not in sys.argv,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.sampled_from(sorted(files)), st.lists(changes, min_size=1, max_size=5), st.booleans())
    def photo_or_sentence(name: str, damage: list[tuple[str, object, object]], mend: bool) -> None:
        data = bytearray(files[name])
        for change in damage:
            data = changed(data, change, others)
        content = with_valid_checksums(bytes(data)) if mend else bytes(data)
        try:
            opened = decode.open_photo(content, "damaged")
        except ValueError as refusal:
            sentence = str(refusal)
            assert sentence.startswith("damaged "), sentence
            assert sentence.endswith("."), sentence
            assert "\n" not in sentence, sentence
            outcomes["refused"] += 1
        else:
            assert opened.image.mode == "RGB"
            sides = sorted(opened.image.size)
            assert sides[0] >= 1
            assert sides[1] <= decode.KEPT_SIDE or sides[0] <= decode.KEPT_SHORTER
            assert sides[0] * sides[1] <= decode.KEPT_PIXELS
            assert np.asarray(opened.image).size == 3 * opened.image.width * opened.image.height
            outcomes["photos"] += 1

    photo_or_sentence()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({**outcomes, "formats": len(files), "megabytes": (peak - before) / 1024}))
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 2500))
