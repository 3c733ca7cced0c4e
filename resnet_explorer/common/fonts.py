"""The face of words in pictures that leave the app: the app's own."""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from PIL import ImageFont

from resnet_explorer.common.i18n import language, t

FAMILY: Final = "Source Sans, Source Sans 3, sans-serif"
"""The face of words in an SVG: the app's own, where it is installed."""
REGULAR: Final = 400
_HAN_LANGUAGES: Final = ("zh",)

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


HAN_FACES: Final = (
    "NotoSansCJK-Regular.ttc",  # Debian: fonts-noto-cjk
    "NotoSansSC-Regular.otf",
    "NotoSansCJKsc-Regular.otf",
    "SourceHanSansSC-Regular.otf",
    "wqy-microhei.ttc",
    "PingFang.ttc",  # macOS
    "Hiragino Sans GB.ttc",
    "msyh.ttc",  # Windows
    "simhei.ttf",
)
"""Files of faces with Han signs, as systems have them; the first that is there is taken."""
_FOLDERS: Final = ("/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts", "C:/Windows/Fonts")


def font(size: int) -> Font:
    """The face of the language of now at a size in pixels.

    Source Sans, as it comes inside Streamlit, or for Chinese a face of the system, which has its signs.
    Without one, or where FreeType cannot open it, Pillow's own face, which has the signs of ASCII alone.
    """
    han = _han_face() if language() in _HAN_LANGUAGES else None
    return ImageFont.truetype(han, size) if han else _source_sans(size)


def missing_face() -> str:
    """Why signs will be missing in the pictures that are drawn as pixels now, in one sentence; "" if none."""
    if language() not in _HAN_LANGUAGES or _han_face():
        return ""
    return t(
        "This machine has no face with Chinese signs, so they are missing in PNG pictures: install "
        "fonts-noto-cjk. The SVG has all of them."
    )


@lru_cache
def _han_face() -> Path | None:
    """The file of a face with Han signs on this system."""
    there = {file.name: file for folder in _FOLDERS for file in Path(folder).glob("**/*.[ot]t[cf]")}
    return next((there[name] for name in HAN_FACES if name in there), None)


@lru_cache
def _source_sans(size: int) -> Font:
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
