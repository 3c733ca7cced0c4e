"""The `predict.py` of a bundle: a network names the classes of photos, without this project.

It prepares photos as `photo` and `predictor` do, step by step, so that its answers are the app's: a test
holds its probabilities against ours. What makes a square into a tile is the app's own file, beside it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files
from typing import Final

from resnet_explorer.export.model_file import class_name
from resnet_explorer.photo import KEPT_LONGEST, KEPT_PIXELS, KEPT_SHORTER, KEPT_SIDE, MAX_PIXELS
from resnet_explorer.spec import title
from resnet_explorer.weights.base import Weights

TILE: Final = "tile.py"
_FROM: Final = "# From ResNet Explorer. MIT License. Copyright (c) 2026 The ResNet Explorer authors.\n"


def tile_file() -> str:
    """The text of `tile.py`, which predict.py needs for a network that looks at tiles."""
    return _FROM + files("resnet_explorer.photos").joinpath(TILE).read_text(encoding="utf-8")


def predict_file(weights: Weights) -> str:
    """The text of `predict.py`; the same network and preprocessing give the same text.

    Raises:
        ValueError: in one sentence, for a network that cannot name a photo's class.
    """
    spec, seen = weights.spec, weights.preprocessing
    if not spec.include_top:
        raise ValueError("The network has no fully connected layer, so it knows no classes.")
    if spec.in_channels not in (1, 3):
        raise ValueError(f"The network takes {spec.in_channels} channels; a photo has 3, or 1 in grey.")
    grey = spec.in_channels == 1
    beside = ["model.py", *([TILE] if seen.tile else []), "network.safetensors", "class_indices.json"]
    text = _TEMPLATE
    for name, value in {
        "SQUARE": _TILED if seen.tile else _PLAIN,
        "BESIDE": ", ".join(beside),
        "NEEDED": json.dumps(beside),
        "TILE": str(seen.tile),
        "TITLE": title(spec).partition(" (")[0],
        "COUNT": f"{spec.num_classes:,}",
        "CLASS": class_name(spec),
        "RESIZE": str(max(seen.resize, seen.crop)),
        "CROP": str(seen.crop),
        "MEAN": _numbers(seen.mean, grey),
        "STD": _numbers(seen.std, grey),
        "FILTER": seen.interpolation.upper(),
        "MODE": "L" if grey else "RGB",
        "MAX_PIXELS": f"{MAX_PIXELS:_}",
        "MEGAPIXELS": str(MAX_PIXELS // 10**6),
        "KEPT_SIDE": str(KEPT_SIDE),
        "KEPT_SHORTER": str(KEPT_SHORTER),
        "KEPT_PIXELS": f"{KEPT_PIXELS:_}",
        "KEPT_LONGEST": f"{KEPT_LONGEST:_}",
        "LOOK": _SUREST if seen.look == "surest" else _CENTRE,
    }.items():
        text = text.replace(f"<{name}>", value)
    return text


def _numbers(values: Sequence[float], grey: bool) -> str:
    """One number for each channel; for grey the average, as the app takes it."""
    shown = [sum(values) / len(values)] if grey else values
    return "[" + ", ".join(f"{value:.9g}" for value in shown) + "]"


_PLAIN: Final = '''\
def square_of(photo, resized, left, top):
    """The square at a place of the resized photo."""
    method = Image.Resampling.<FILTER>
    if resized[0] * resized[1] <= 16_000_000:
        square = (left, top, left + CROP, top + CROP)
        return photo.resize(resized, method).crop(square)
    # A long strip: the square straight from the photo.
    box = box_of(photo, resized, left, top)
    return photo.resize((CROP, CROP), method, box=box)'''

_TILED: Final = '''\
def square_of(photo, resized, left, top):
    """The square at a place of the resized photo, first made small and soft."""
    from tile import seen_small

    box = box_of(photo, resized, left, top)
    small = photo.resize((<TILE>, <TILE>), Image.Resampling.BICUBIC, box=box)
    return seen_small(small, CROP)'''

_CENTRE: Final = '''\
def probabilities(network, photo):
    """A number from 0 to 1 for each class, their sum 1."""
    with torch.inference_mode():
        return network(prepared(photo, 0.5).unsqueeze(0))[0].softmax(0)'''

_SUREST: Final = '''\
def probabilities(network, photo):
    """A number from 0 to 1 for each class, their sum 1.

    The network looks at the middle and at both ends of the photo's longer side; what it
    is surest of counts.
    """
    with torch.inference_mode():
        squares = torch.stack([prepared(photo, place) for place in (0.5, 0.0, 1.0)])
        answers = network(squares).softmax(1)
    return answers[answers.amax(1).argmax()]'''

_TEMPLATE: Final = '''\
"""Name the likeliest classes of photos: python predict.py PHOTO...

<TITLE>, <COUNT> classes. Needs torch, safetensors, pillow and numpy, and the files beside
this one: <BESIDE>.

Written by ResNet Explorer. MIT License. Copyright (c) 2026 The ResNet Explorer authors.
"""

import argparse
import json
import sys
from pathlib import Path

try:
    import numpy as np
    import torch
    from PIL import Image, UnidentifiedImageError
    from safetensors.torch import load_file
except ModuleNotFoundError as error:
    sys.exit(f"Error: {error.name} is missing; pip install -r requirements.txt")
try:  # for HEIC, as phones save it
    from pillow_heif import register_heif_opener
except ModuleNotFoundError:
    register_heif_opener = None

HERE = Path(__file__).resolve().parent
RESIZE = <RESIZE>  # pixels of the photo's shorter side ...
CROP = <CROP>  # ... of which a square of so many is seen
MEAN = <MEAN>  # of each channel, subtracted
STD = <STD>  # of each channel, divided by

FORMATS = ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF"]
UPRIGHT = {  # what brings each EXIF orientation upright
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def trained_network():
    """The network with its trained values, and the names of its classes."""
    for name in <NEEDED>:
        if not (HERE / name).is_file():
            raise ValueError(f"{name} is missing beside predict.py.")
    try:
        from model import <CLASS>

        network = <CLASS>().eval()
        values = load_file(HERE / "network.safetensors")
        values = {name: value.float() for name, value in values.items()}
        missing, _ = network.load_state_dict(values, strict=False)
        assert all(name.endswith("num_batches_tracked") for name in missing)
        named = json.loads((HERE / "class_indices.json").read_text(encoding="utf-8"))
        return network, [named[str(index)] for index in range(network.fc.out_features)]
    except Exception:
        raise ValueError(
            "model.py, network.safetensors and class_indices.json do not belong "
            "together, or one of them is damaged."
        ) from None


def opened(path):
    """The photo, upright and in RGB, and of the size at which the app keeps photos."""
    try:
        image = Image.open(path, formats=FORMATS)
        size = kept_size(*image.size)
        if image.format in ("JPEG", "MPO"):
            image.draft(None, (2 * size[0], 2 * size[1]))  # decodes no more than needed
        image.load()
        turn = UPRIGHT.get(image.getexif().get(0x0112, 1))
        image = in_rgb(resizable(image), size)
        return image if turn is None else image.transpose(turn)
    except UnidentifiedImageError:
        raise ValueError(f"{path} is no picture that can be read.") from None
    except TooLargeError:
        most = "<MEGAPIXELS> megapixels, the most that is read"
        raise ValueError(f"{path} has more than {most}.") from None
    except FileNotFoundError:
        raise ValueError(f"There is no file {path}.") from None
    except Exception as error:  # decoders raise whatever the damage leads them to
        why = getattr(error, "strerror", None) or "it is damaged, or cut off"
        raise ValueError(f"{path} cannot be read: {why}.") from None


class TooLargeError(Exception):
    """More pixels than are decoded."""


def kept_size(width, height):
    """Width and height at which the photo is kept before the network's own resize."""
    if width * height > <MAX_PIXELS>:
        raise TooLargeError
    longer, shorter = max(width, height), min(width, height)
    scale = min(
        1.0,
        max(<KEPT_SIDE> / longer, <KEPT_SHORTER> / shorter),
        (<KEPT_PIXELS> / (width * height)) ** 0.5,
        <KEPT_LONGEST> / longer,
    )
    return max(1, round(width * scale)), max(1, round(height * scale))


def resizable(image):
    """The picture with values that can be averaged: those of a palette cannot."""
    if image.mode.startswith("I;16"):  # 65,535 = 257 * 255
        values = np.asarray(image).astype(np.uint16)
        return Image.fromarray(np.round(values / 257).astype(np.uint8))
    if image.mode in ("P", "PA", "1") or "transparency" in image.info:
        return image.convert("RGBA")
    if image.mode in ("La", "RGBa"):
        return image.convert({"La": "LA", "RGBa": "RGBA"}[image.mode])
    return image


def in_rgb(image, size):
    """The picture at a size, in RGB; what is transparent comes on white."""
    if image.size != size:
        image = image.resize(size, Image.Resampling.BILINEAR)
    if image.mode in ("I", "F"):
        image = Image.fromarray(eight_bits(np.asarray(image, dtype=np.float64)))
    if image.mode in ("LA", "RGBA"):
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("RGB")


def eight_bits(values):
    """Numbers of an unknown range as 0 to 255."""
    values = np.nan_to_num(values, posinf=0.0, neginf=0.0)
    low, high = float(values.min()), float(values.max())
    for top in (1.0, 255.0, 65_535.0):
        if low >= 0.0 and high <= top:
            return np.round(values * (255.0 / top)).astype(np.uint8)
    scale = 255.0 / ((high - low) or 1.0)
    return np.round((values - low) * scale).astype(np.uint8)


def box_of(photo, resized, left, top):
    """Where a square of the resized photo lies in the photo."""
    across, down = photo.width / resized[0], photo.height / resized[1]
    right = min((left + CROP) * across, photo.width)
    bottom = min((top + CROP) * down, photo.height)
    return left * across, top * down, right, bottom


<SQUARE>


def prepared(photo, place):
    """A square of the photo as the network takes it, at the middle (0.5) or an end."""
    width, height = photo.size
    if width <= height:
        resized = RESIZE, int(RESIZE * height / width)
    else:
        resized = int(RESIZE * width / height), RESIZE
    left, top = (round((side - CROP) * place) for side in resized)
    square = square_of(photo, resized, left, top).convert("<MODE>")
    pixels = np.array(square).reshape(CROP, CROP, len(MEAN))
    tensor = torch.from_numpy(pixels).permute(2, 0, 1).float() / 255
    mean, std = (torch.tensor(numbers).view(-1, 1, 1) for numbers in (MEAN, STD))
    return (tensor - mean) / std


<LOOK>


def main():
    parser = argparse.ArgumentParser(description="Names the classes of photos")
    parser.add_argument("photos", nargs="+", metavar="PHOTO")
    parser.add_argument("--top", type=int, default=5, help="how many classes to name")
    asked = parser.parse_args()
    for stream in (sys.stdout, sys.stderr):  # a terminal may lack a letter of a name
        stream.reconfigure(errors="backslashreplace")
    Image.MAX_IMAGE_PIXELS = None  # kept_size says how many
    if register_heif_opener is not None:
        register_heif_opener()
        FORMATS.append("HEIF")
    try:
        network, classes = trained_network()
    except ValueError as error:
        sys.exit(f"Error: {error}")
    failed = False
    for path in asked.photos:
        try:
            answer = probabilities(network, opened(path))
        except ValueError as error:
            print(f"Error: {error}", file=sys.stderr)
            failed = True
            continue
        print(path)
        for index in answer.argsort(descending=True)[: max(1, asked.top)].tolist():
            print(f"  {answer[index]:7.2%}  {classes[index]}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
'''
