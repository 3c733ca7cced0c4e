"""What files of checkpoints end in, and how large they may be; `reader` opens them. No torch is loaded."""

from __future__ import annotations

from typing import Final

from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import enumerated

ENDINGS: Final = (".pth", ".pt", ".th", ".bin", ".ckpt", ".tar", ".model", ".safetensors")
"""In lower case."""

MAX_BYTES: Final = 512 * 2**20
"""Of a checkpoint, packed or unpacked: room for torchvision's largest ResNet (485 MB)."""


def endings_text() -> str:
    """They as a choice in a sentence."""
    return t("{one} or {other}").format(one=enumerated(ENDINGS[:-1]), other=ENDINGS[-1])


def is_checkpoint_name(name: str) -> bool:
    """Whether a name ends as a checkpoint's does."""
    return name.lower().endswith(ENDINGS)
