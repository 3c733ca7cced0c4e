"""What the files of checkpoints end in; they are opened by what is in them (`reader`). No torch is loaded."""

from __future__ import annotations

from typing import Final

ENDINGS: Final = (".pth", ".pt", ".th", ".bin", ".ckpt", ".tar", ".model", ".safetensors")
"""In lower case."""

ENDINGS_TEXT: Final = f"{', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}"
"""For sentences that say what there is a choice of."""


def is_checkpoint_name(name: str) -> bool:
    """Whether a name ends as a checkpoint's does."""
    return name.lower().endswith(ENDINGS)
