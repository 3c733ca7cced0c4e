"""A trained network as a ZIP that names the classes of photos without this project."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Final

from resnet_explorer.common.text import as_markdown
from resnet_explorer.export.model_py import model_file
from resnet_explorer.export.predict_py import TILE, predict_file, tile_file
from resnet_explorer.network.spec import title
from resnet_explorer.weights.description import Weights, class_indices

NETWORK: Final = "network.safetensors"
CLASS_INDICES: Final = "class_indices.json"
REQUIREMENTS: Final = "torch>=2.0\nsafetensors>=0.4\npillow>=10\nnumpy>=1.24\n"

_THE_SAME_DAY: Final = (1980, 1, 1, 0, 0, 0)
"""The first day that the format knows: the same network gives the same bytes."""
_NAMED: Final = 8
"""Classes that the README names."""


def bundle(weights: Weights, network: bytes, origin: str = "") -> bytes:
    """The ZIP: values, class names, model.py, predict.py, requirements.txt and README.md.

    For a network that looks at tiles, tile.py besides.

    Args:
        weights: what the network is.
        network: its values as a safetensors file.
        origin: where it comes from, a sentence in Markdown for the README.

    Raises:
        ValueError: in one sentence, for a network that cannot name a photo's class.
    """
    side = weights.preprocessing.crop
    files: Mapping[str, str | bytes] = {
        "README.md": _readme(weights, origin),
        "predict.py": predict_file(weights),
        **({TILE: tile_file()} if weights.preprocessing.tile else {}),
        "model.py": model_file(weights.spec, (side, side)),
        "requirements.txt": REQUIREMENTS,
        CLASS_INDICES: class_indices(weights.classes),
        NETWORK: network,
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, _THE_SAME_DAY)
            info.external_attr = 0o644 << 16
            info.compress_type = zipfile.ZIP_STORED if name == NETWORK else zipfile.ZIP_DEFLATED
            packed.writestr(info, content)
    return stream.getvalue()


def _readme(weights: Weights, origin: str) -> str:
    """What it is, how to use it, and where it comes from."""
    named = ", ".join(as_markdown(name) for name in weights.classes[:_NAMED])
    more = ", …" if len(weights.classes) > _NAMED else ""
    sentences = [
        f"A trained {title(weights.spec).partition(' (')[0]} that tells {len(weights.classes):,} classes "
        f"of photos apart: {named}{more}.",
        "`python -m pip install -r requirements.txt` brings what it needs, and then "
        "`python predict.py PHOTO...` names the likeliest classes of photos.",
        origin or "ResNet Explorer wrote it.",
    ]
    return "\n\n".join([f"# {as_markdown(weights.label, 80)}", *sentences]) + "\n"
