"""Rows of tables and CSV files: layers and stages. Which columns a page shows: `ui/architecture`.

Rows are plain dictionaries, so that a notebook, a CSV file and a data frame take them as they are.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from math import prod
from typing import Any, Final

from resnet_explorer.common.i18n import t
from resnet_explorer.common.numbers import is_whole
from resnet_explorer.network.layers import Layer, Plan, Stage, shape_text

Row = dict[str, Any]

BYTES_PER_NUMBER: Final = 4
"""float32."""


def activation_bytes(part: Plan | Stage) -> int:
    """Memory of the outputs of all layers for one image, in float32: what a training step keeps.

    In-place ReLUs and memory planning lower it; weights, gradients and workspaces come on top.

    Args:
        part: a whole network, or one of its sections.
    """
    return BYTES_PER_NUMBER * sum(prod(layer.out_shape) for layer in part.layers)


def window_text(layer: Layer) -> str:
    """Kernel, stride and groups as "3×3, stride 2, 32 groups"; "" for a layer without a window."""
    if layer.kind not in ("conv", "maxpool"):
        return ""
    text = f"{layer.kernel}×{layer.kernel}"
    if layer.stride > 1:
        text += t(", stride {stride}").format(stride=layer.stride)
    return text + (t(", {groups} groups").format(groups=layer.groups) if layer.groups > 1 else "")


def layer_rows(p: Plan) -> list[Row]:
    """One row per layer, in the order of the calls; `params share` and `macs share` are in percent."""
    return [
        {
            "stage": layer.stage,
            "layer": layer.name,
            "kind": layer.kind,
            "window": window_text(layer),
            "input": shape_text(layer.in_shape),
            "output": shape_text(layer.out_shape),
            "params": layer.params,
            "params share": _percent(layer.params, p.params),
            "macs": layer.macs,
            "macs share": _percent(layer.macs, p.macs),
        }
        for layer in p.layers
    ]


def stage_rows(p: Plan) -> list[Row]:
    """One row per section: the stem, the stages and the head."""
    return [
        {
            "stage": section.name,
            "paper": paper_name(section),
            "torchvision": torchvision_name(section),
            "blocks": len(section.blocks),
            "input": shape_text(section.in_shape),
            "output": shape_text(section.out_shape),
            "params": section.params,
            "params share": _percent(section.params, p.params),
            "macs": section.macs,
            "macs share": _percent(section.macs, p.macs),
        }
        for section in p.sections
    ]


def paper_name(section: Stage) -> str:
    """What He et al. 2015 call a section in table 1: "conv2_x" for stage 1."""
    if section.blocks:
        return f"conv{int(section.name.split()[1]) + 1}_x"
    return "conv1" if section.name == "stem" else "average pool, fc"


def torchvision_name(section: Stage) -> str:
    """What torchvision calls a section: "layer1" for stage 1."""
    if section.blocks:
        return f"layer{section.name.split()[1]}"
    return ", ".join(layer.name for layer in section.layers)


def search(rows: Iterable[Row], text: str) -> list[Row]:
    """The rows in which every word of the text occurs, in any column, upper case or lower."""
    words = text.lower().split()
    return [row for row in rows if all(word in " ".join(map(str, row.values())).lower() for word in words)]


def totals(rows: Iterable[Row]) -> tuple[int, int]:
    """Sums of the params and of the macs of rows."""
    rows = list(rows)
    return sum(row["params"] for row in rows), sum(row["macs"] for row in rows)


def to_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as CSV with a header, lines ended by a line feed; "" for no rows."""
    if not rows:
        return ""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def to_markdown(rows: Sequence[Mapping[str, Any]], right: Collection[str] = ()) -> str:
    """Rows as a table in Markdown, numbers flush right and grouped in threes; "" for no rows.

    Args:
        rows: with like columns.
        right: columns of numbers that are in words already, as "12.3%": flush right too.
    """
    if not rows:
        return ""
    names = list(rows[0])
    numeric = [name in right or all(isinstance(row[name], int | float) for row in rows) for name in names]
    lines = [list(map(_cell_text, names)), ["---:" if is_number else "---" for is_number in numeric]]
    lines += [[_cell_text(row[name]) for name in names] for row in rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell_text(value: object) -> str:
    if is_whole(value):
        return f"{value:,}"
    return re.sub(r"(?<!\\)\|", r"\\|", str(value)).replace("\n", " ")


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 4) if whole else 0.0
