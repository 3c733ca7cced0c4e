"""The paper's Table 1 (He et al. 2015, arXiv:1512.03385), each entry read off a plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from resnet_explorer.common import html_table
from resnet_explorer.common.i18n import msg, t
from resnet_explorer.common.numbers import count_text
from resnet_explorer.network.layers import Layer, Stage, size_text
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import ResNetSpec, preset, title
from resnet_explorer.network.table_rows import Row, paper_name

PAPER_DEPTHS: Final = (18, 34, 50, 101, 152)

PAPER_FLOPS: Final[Mapping[int, str]] = {18: "1.8", 34: "3.6", 50: "3.8", 101: "7.6", 152: "11.3"}
"""×10⁹ multiply–adds, as printed in table 1 of He et al. 2015 (arXiv:1512.03385)."""


@dataclass(frozen=True)
class Cell:
    """What a network does in one row of Table 1: `lines` within the brackets, × `times`, → `size`."""

    lines: tuple[str, ...]
    times: int = 1
    size: str = ""
    brackets: bool = False

    @property
    def text(self) -> str:
        """The cell on one line: "[3×3, 64 | 3×3, 64] × 2"."""
        if not self.brackets:
            return ", ".join(self.lines)
        return f"[{' | '.join(self.lines)}] × {self.times}"


@dataclass(frozen=True)
class Column:
    """A network in Table 1; `marked` where it is the chosen one."""

    name: str
    cells: Mapping[str, Cell]
    paper_flops: str
    macs_v1: int
    macs_v15: int
    params: int
    marked: bool


TABLE1_ROWS: Final = ("conv1", "conv2_x", "conv3_x", "conv4_x", "conv5_x", "top")
TABLE1_SIZE: Final = (224, 224)


def table1(chosen: ResNetSpec) -> tuple[Column, ...]:
    """Table 1 of He et al. 2015, each entry read off the plan of that network at 224 × 224.

    Args:
        chosen: the network to mark; one that is none of the five, but for images of this size as
            they are, gets a column of its own.
    """
    columns = [
        _column(spec := preset(f"resnet{depth}"), PAPER_FLOPS[depth], marked=_same(spec, chosen))
        for depth in PAPER_DEPTHS
    ]
    if chosen.stem == "imagenet" and not any(column.marked for column in columns):
        columns.append(_column(chosen, "", marked=True))
    return tuple(columns)


def table1_rows(columns: Sequence[Column]) -> list[Row]:
    """Table 1 as rows for CSV."""
    rows: list[Row] = [
        {"row": name}
        | {column.name: cell.text if (cell := column.cells.get(name)) else "" for column in columns}
        for name in TABLE1_ROWS
    ]
    figures: dict[str, Callable[[Column], str | int]] = {
        "paper's FLOPs (10^9 multiply-adds)": lambda column: column.paper_flops,
        "MACs, stride on the 1x1 (v1)": lambda column: column.macs_v1,
        "MACs, stride on the 3x3 (v1.5)": lambda column: column.macs_v15,
        "parameters": lambda column: column.params,
    }
    rows += [
        {"row": name} | {column.name: figure(column) for column in columns}
        for name, figure in figures.items()
    ]
    return rows


def _same(one: ResNetSpec, other: ResNetSpec) -> bool:
    """Whether two networks share a column: the table does not tell where the stride sits."""
    return one.with_(stride_in="3x3") == other.with_(stride_in="3x3")


def _column(spec: ResNetSpec, paper_flops: str, *, marked: bool) -> Column:
    p = plan(spec, TABLE1_SIZE)
    cells = {"conv1": Cell((_conv_text(p.stem.layers[0]),), size=_size(p.stem.layers[0]))}
    for stage in p.stages:
        cells[paper_name(stage)] = _stage_cell(stage)
    if spec.include_top:
        cells["top"] = Cell((t("average pool"), f"{spec.num_classes:,}-d fc", "softmax"), size="1")
    v1, v15 = (plan(spec.with_(stride_in=where), TABLE1_SIZE).macs for where in ("1x1", "3x3"))
    return Column(title(spec), cells, paper_flops, v1, v15, p.params, marked)


def _stage_cell(stage: Stage) -> Cell:
    convs = [layer for layer in stage.blocks[0].layers if layer.kind == "conv"]
    lines = tuple(_conv_text(layer) for layer in convs if not layer.on_shortcut)
    return Cell(lines, len(stage.blocks), size_text(stage.out_shape[1:]), brackets=True)


def _conv_text(layer: Layer) -> str:
    text = f"{layer.kernel}×{layer.kernel}, {layer.out_shape[0]}"
    if layer.groups > 1:
        text += f", C={layer.groups}"
    in_block = layer.block is not None
    return (
        text if in_block or layer.stride == 1 else text + t(", stride {stride}").format(stride=layer.stride)
    )


def _size(layer: Layer) -> str:
    return size_text(layer.out_shape[1:])


def table1_html(columns: Sequence[Column]) -> str:
    """Table 1 as HTML: the blocks in brackets, the chosen network's column on a ground of its own."""
    heads = [html_table.Cell((c.name,), kind=_mark(c), is_heading=True) for c in columns]
    sizes = {name: columns[0].cells[name].size for name in TABLE1_ROWS}  # the paper's networks all agree
    rows: Iterable[html_table.Row] = (
        [_heading(_ROW_NAMES.get(name, name)), size, *(_html_cell(column, name, size) for column in columns)]
        for name, size in sizes.items()
    )
    figures = (
        [_heading(t(label), spans=2), *(html_table.Cell((figure(c),), kind=_mark(c)) for c in columns)]
        for label, figure in _FIGURES
    )
    # With a column of its own for the chosen network, the table is set smaller.
    kind = "table1 own" if len(columns) > len(PAPER_DEPTHS) else "table1"
    return html_table.html_table(rows, (t("layer"), t("output"), *heads), foot=figures, kind=kind)


_ROW_NAMES: Final = {"top": "avgpool, fc"}

_FIGURES: Final[tuple[tuple[str, Callable[[Column], str]], ...]] = (
    (msg("FLOPs as the paper prints them"), lambda c: f"{c.paper_flops}×10⁹" if c.paper_flops else "—"),
    (msg("MACs computed, stride on the 1×1 (v1, the paper’s)"), lambda c: count_text(c.macs_v1)),
    (msg("MACs computed, stride on the 3×3 (v1.5, torchvision’s)"), lambda c: count_text(c.macs_v15)),
    (msg("parameters"), lambda c: f"{c.params:,}"),
)


def _heading(text: str, spans: int = 1) -> html_table.Cell:
    return html_table.Cell((text,), is_heading=True, spans=spans)


def _mark(column: Column) -> str:
    return "chosen" if column.marked else ""


def _html_cell(column: Column, name: str, common: str) -> html_table.Cell:
    cell = column.cells.get(name)
    if cell is None:
        return html_table.Cell(("—",), kind=_mark(column))
    return html_table.Cell(
        tuple(line.replace("stride ", "stride\u00a0") for line in cell.lines),
        beside=f"× {cell.times}" if cell.brackets else "",
        small="" if cell.size == common else t("output {size}").format(size=cell.size),
        kind=_mark(column),
    )
