"""The English words in what a Chinese page says, and which of them stay: names, code, units."""

from __future__ import annotations

import csv
import re
from functools import cache
from html import unescape

from tests.places import ROOT

STAYS = set(
    """
    Adam CC CIFAR English Explorer Gradients Integrated Kaiming Markdown ResNet Wide Xavier
    add avgpool basic bottleneck cividis conv example fan fc flops fvcore in inferno input jet ln
    logit logits magma maxpool momentum ms norm numpy onnxruntime out pillow ptflops px python
    relu safetensors softmax thop torch torchinfo torchvision turbo unpadded viridis
    """.split()  # noqa: SIM905 - words are read as one
)
"""Names, units, code outside of back ticks."""
NO_WORDS = (
    r"<(style|script).*?</\1>|<[^>]*>|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$|\]\([^)]*\)|https?://\S+"
    r"|\*[A-Z“][^*]*\*|et al\.|:(material/\w+|primary|small|gray)\b|%\{[^}]*\}"
    r"|[\w.]+\.py and |\w+…|linear-gradient.*"
)
"""Tags, code, formulas, links, titles, signs, places of values."""
HAN = re.compile("[\u4e00-\u9fff]")


def english(text: str) -> set[str]:
    """The English words in a text: small letters; any in one without a Han sign."""
    plain = re.sub(NO_WORDS, " ", unescape(text), flags=re.S)
    first = "a-z" if HAN.search(plain) else "A-Za-z"
    return set(re.findall(rf"(?<![\w./·-])[{first}][a-z]+(?![\w/(]|[._-]\w)", plain)) - STAYS


@cache
def names() -> frozenset[str]:
    """English names of classes, which stand beside the Chinese ones, and of the example's."""
    with (ROOT / "resnet_explorer" / "weights" / "class_names_zh.csv").open(encoding="utf-8") as file:
        listed = " ".join(row[0] for row in csv.reader(file))
    return frozenset(re.findall(r"\w+", listed)) | {
        "daisy",
        "dandelion",
        "rose",
        "roses",
        "sunflowers",
        "tulips",
    }
