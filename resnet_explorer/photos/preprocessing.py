"""How a photo becomes the input of a network: numbers that belong to its weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any, Final, Literal

from resnet_explorer.common.i18n import t

CropPolicy = Literal["centre", "most_confident"]
_POLICIES: Final[Mapping[CropPolicy, str]] = {"centre": "centre", "most_confident": "surest"}
"""As files have it."""


@dataclass(frozen=True)
class Preprocessing:
    """How a photo becomes the input of these weights.

    Attributes:
        resize: pixels of the shorter side before the crop.
        crop: pixels of the side of the square cut from the centre.
        mean: per channel, of values from 0 to 1; subtracted.
        std: per channel; divided by.
        interpolation: "bilinear" or "bicubic", both antialiased.
        crop_policy: where the square lies unless told: in the "centre" of the photo, or at the middle or an
            end of its longer side, wherever the network's prediction is "most_confident".
        tile: pixels of the small soft picture that the square is made into before it is enlarged to the crop
            (`photos.tile`), for a network that learned from such pictures; 0 for the square as it is.
    """

    resize: int
    crop: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    interpolation: str = "bilinear"
    crop_policy: CropPolicy = "centre"
    tile: int = 0

    def to_json(self) -> dict[str, Any]:
        """Its values as they stand in files, for `read_preprocessing`."""
        values = asdict(self)
        values["look"] = _POLICIES[values.pop("crop_policy")]
        return values


def read_preprocessing(values: Mapping[str, Any]) -> Preprocessing:
    """A `Preprocessing` from the JSON of a file.

    Raises:
        KeyError: if a number is missing.
        TypeError: if one is nothing that can be a number.
        ValueError: if one is out of reason.
    """
    try:
        red, green, blue = map(float, values["mean"])
        std_red, std_green, std_blue = map(float, values["std"])
        resize, crop, tile = int(values["resize"]), int(values["crop"]), int(values.get("tile", 0))
    except OverflowError as error:  # Python's JSON knows Infinity, and whole numbers of any length
        raise ValueError(str(error)) from None
    interpolation = str(values.get("interpolation", "bilinear"))
    finite = all(map(isfinite, (red, green, blue, std_red, std_green, std_blue)))
    if not 1 <= crop <= resize <= 4096 or not finite or min(std_red, std_green, std_blue) <= 0:
        raise ValueError(t("preprocessing needs 1 ≤ crop ≤ resize ≤ 4096 and positive deviations"))
    if tile and not 8 <= tile <= crop:
        raise ValueError(
            t("tile is {tile}; 0 (none) or 8 to the crop’s {crop} is allowed").format(tile=tile, crop=crop)
        )
    if interpolation not in ("bilinear", "bicubic"):
        raise ValueError(
            t('interpolation is {interpolation!r}; allowed are "bilinear" or "bicubic"').format(
                interpolation=interpolation
            )
        )
    mean, std = (red, green, blue), (std_red, std_green, std_blue)
    policy: CropPolicy = "most_confident" if values.get("look") == "surest" else "centre"
    return Preprocessing(resize, crop, mean, std, interpolation, policy, tile)
