"""How much memory a network and a photo in it may take, held against what is claimed before it is made."""

from __future__ import annotations

from typing import Final

from resnet_explorer.common.i18n import t
from resnet_explorer.common.numbers import bytes_text, count_text
from resnet_explorer.network.layers import Plan
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import ResNetSpec
from resnet_explorer.network.table_rows import BYTES_PER_NUMBER, activation_bytes

PHOTO_BYTES: Final = 2 * 2**30
"""Of all feature maps of one photo, which a pass with gradients keeps: ResNet-152's at 576 × 576 pixels."""
PHOTO_MACS: Final = 250_000_000_000
"""Of one photo, for which all others wait: none of the presets takes as many within `PHOTO_BYTES`."""
TOGETHER_MACS: Final = 200_000_000_000
"""Of the images that go into a network together, for which others wait: 64 in ResNet-1202 take 181."""
VALUE_BYTES: Final = 2 * 2**30
"""Of all values of a network that is made: 500 million, nine ResNet-152s."""


def check_value_budget(p: Plan) -> None:
    """Refuse to make a network of more values than there is reason for, whoever asks: a link, a command.

    Raises:
        ValueError: with what it would take.
    """
    if (taken := BYTES_PER_NUMBER * p.params) > VALUE_BYTES:
        raise ValueError(
            t("The {count:,} values of this network take {taken}; {most} are allowed.").format(
                count=p.params, taken=bytes_text(taken), most=bytes_text(VALUE_BYTES)
            )
        )


def check_photo_budget(p: Plan) -> None:
    """Refuse a network whose maps of one photo, or its work on it, are beyond all reason.

    Args:
        p: its plan, at the size at which it is shown photos.

    Raises:
        ValueError: with what it would take.
    """
    if (taken := activation_bytes(p)) > PHOTO_BYTES:
        height, width = p.input_size
        raise ValueError(
            t(
                "At {height:,} × {width:,} pixels the feature maps of one photo take {taken}; "
                "{photo_bytes} are allowed."
            ).format(height=height, width=width, taken=bytes_text(taken), photo_bytes=bytes_text(PHOTO_BYTES))
        )
    if p.macs > PHOTO_MACS:
        height, width = p.input_size
        raise ValueError(
            t("At {height:,} × {width:,} pixels one photo takes {taken} MACs; {most} are allowed.").format(
                height=height, width=width, taken=count_text(p.macs), most=count_text(PHOTO_MACS)
            )
        )


def images_together(height: int, width: int, pixels: int, spec: ResNetSpec | None = None) -> int:
    """How many images of a size go into a network together; at least one.

    Args:
        height: of each, in pixels.
        width: of each.
        pixels: of all, at most.
        spec: the network, if it may be one of whose work nothing is known.
    """
    most = TOGETHER_MACS // plan(spec, (height, width)).macs if spec else pixels
    return max(1, min(pixels // (height * width), most))
