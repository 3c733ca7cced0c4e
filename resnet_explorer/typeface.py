"""The face of words in pictures that leave the app: the app's own."""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from PIL import ImageFont

REGULAR: Final = 400

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@lru_cache
def font(size: int) -> Font:
    """Source Sans at a size in pixels, as it comes inside Streamlit.

    Without it, or where FreeType cannot open it, Pillow's own face, which has the signs of ASCII alone.
    """
    found = find_spec("streamlit")  # finds the folder; nothing of it is imported
    for folder in (found.submodule_search_locations or []) if found else []:
        for file in sorted(Path(folder).glob("static/**/SourceSans*Upright*.woff2")):
            try:
                face = ImageFont.truetype(file, size)
                face.set_variation_by_axes([REGULAR])
            except OSError:
                continue
            return face
    return ImageFont.load_default(size)
