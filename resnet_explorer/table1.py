"""The paper's Table 1 (He et al. 2015, arXiv:1512.03385), each entry read off a plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from resnet_explorer.plan import Layer, Stage, plan, size_text
from resnet_explorer.spec import ResNetSpec, preset, title
from resnet_explorer.tables import Row, count_text, paper_name

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
        cells["top"] = Cell(("average pool", f"{spec.num_classes:,}-d fc", "softmax"), size="1")
    v1, v15 = (plan(spec.with_(stride_in=where), TABLE1_SIZE).macs for where in ("1x1", "3x3"))
    return Column(title(spec), cells, paper_flops, v1, v15, p.params, marked)


def _stage_cell(stage: Stage) -> Cell:
    convs = [layer for layer in stage.blocks[0].layers if layer.kind == "conv"]
    lines = tuple(_conv_text(layer) for layer in convs if not layer.role.startswith("downsample"))
    return Cell(lines, len(stage.blocks), size_text(stage.out_shape[1:]), brackets=True)


def _conv_text(layer: Layer) -> str:
    text = f"{layer.kernel}×{layer.kernel}, {layer.out_shape[0]}"
    if layer.groups > 1:
        text += f", C={layer.groups}"
    in_block = layer.block is not None
    return text if in_block or layer.stride == 1 else f"{text}, stride {layer.stride}"


def _size(layer: Layer) -> str:
    return size_text(layer.out_shape[1:])


def table1_html(columns: Sequence[Column]) -> str:
    """Table 1 as HTML: the blocks in brackets, the chosen network's column on a ground of its own."""
    head = "".join(f"<th{_mark(column)}>{escape(column.name)}</th>" for column in columns)
    body = "".join(
        f"<tr><th>{_ROW_NAMES.get(name, name)}</th><td>{sizes}</td>"
        + "".join(f"<td{_mark(column)}>{_cell_html(column, name, sizes)}</td>" for column in columns)
        + "</tr>"
        for name, sizes in ((name, _common_size(columns, name)) for name in TABLE1_ROWS)
    )
    figures = "".join(
        f'<tr><th colspan="2">{label}</th>'
        + "".join(f"<td{_mark(column)}>{figure(column)}</td>" for column in columns)
        + "</tr>"
        for label, figure in _FIGURES
    )
    # With a column of its own for the chosen network, the table is set smaller.
    kind = ' class="own"' if len(columns) > len(PAPER_DEPTHS) else ""
    return (
        f'<div class="table1"><table{kind}><thead><tr><th>layer</th><th>output</th>{head}</tr></thead>'
        f"<tbody>{body}</tbody><tfoot>{figures}</tfoot></table></div>"
    )


_ROW_NAMES: Final = {"top": "avgpool, fc"}

_FIGURES: Final[tuple[tuple[str, Callable[[Column], str]], ...]] = (
    ("FLOPs as the paper prints them", lambda c: f"{c.paper_flops}×10⁹" if c.paper_flops else "—"),
    ("MACs computed, stride on the 1×1 (v1, the paper’s)", lambda c: count_text(c.macs_v1)),
    ("MACs computed, stride on the 3×3 (v1.5, torchvision’s)", lambda c: count_text(c.macs_v15)),
    ("parameters", lambda c: f"{c.params:,}"),
)


def _mark(column: Column) -> str:
    return ' class="chosen"' if column.marked else ""


def _common_size(columns: Sequence[Column], name: str) -> str:
    """The output size of a row: that of the paper's networks, which all agree."""
    return columns[0].cells[name].size


def _cell_html(column: Column, name: str, common: str) -> str:
    cell = column.cells.get(name)
    if cell is None:
        return "—"
    lines = "<br>".join(map(escape, cell.lines)).replace("stride ", "stride&nbsp;")
    if cell.brackets:
        lines = f'<span class="once"><span class="brackets">{lines}</span> × {cell.times}</span>'
    return lines if cell.size == common else f"{lines}<br><small>output {cell.size}</small>"
