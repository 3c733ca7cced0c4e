"""The network as a graph: what is drawn, apart from how it is drawn.

A residual network is a chain of cells. A cell is one layer outside the blocks, one block, or a run
of blocks that are the same but for their names, folded into one ("×35"). The SVG, the DOT text and
the records of lines are all made from these cells, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import graphviz

from resnet_explorer.common.colours import LINE_GREY, STAGE_COLOURS
from resnet_explorer.common.i18n import t
from resnet_explorer.common.svg import INK
from resnet_explorer.network.layers import Block, Layer, Plan, Shape, ShortcutKind, Stage, folded, shape_text

Direction = Literal["LR", "TB"]
EdgeKind = Literal["data", "identity", "projection", "zero_pad"]

INPUT: Final = "input"
ADD_SIGN: Final = "+"
INTO: Final = "~in"
SHORTCUT: Final = "~shortcut"
"""What follows a name in the key of a line: the data's line into a box, and a block's shortcut."""


@dataclass(frozen=True)
class Node:
    """One box. `key` is the name of its layer or of the (first) block that it stands for."""

    key: str
    section: str
    lines: tuple[str, ...]
    out_shape: Shape
    kind: str
    count: int = 1


@dataclass(frozen=True)
class Cell:
    """One link of the chain: a residual branch, what bypasses it, and where the two meet.

    `path` is the branch, `bypass` the layers on the shortcut (drawn layer by layer only), `add` the
    addition if there is one, `after` what follows it. The shortcut leaves the chain before the
    path's node number `tap`: 0, or, for the projection of a pre-activated block, the first node
    after its activation. `zeros` says where option A puts the new channels.
    """

    section: str
    path: tuple[Node, ...]
    in_shape: Shape
    out_shape: Shape
    names: tuple[str, ...]
    shortcut: ShortcutKind = "none"
    reason: str = ""
    bypass: tuple[Node, ...] = ()
    add: Node | None = None
    after: tuple[Node, ...] = ()
    tap: int = 0
    zeros: str = ""

    @property
    def count(self) -> int:
        """How many blocks (or layers outside blocks) the cell stands for."""
        return len(self.names)

    @property
    def title(self) -> str:
        """The name, or from which name to which: "layer3.1 – 3.35"."""
        return names_text(self.names)

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Every node of the cell in the order of the data, the bypass before the addition."""
        return (*self.path, *self.bypass, *((self.add,) if self.add else ()), *self.after)

    @property
    def reason_lines(self) -> tuple[str, ...]:
        """What is written at a dashed line; nothing at a solid one."""
        if self.shortcut not in ("projection", "zero_pad"):
            return ()
        lines = tuple(self.reason.split(", "))
        return (*lines, self.zeros) if self.zeros else lines


@dataclass(frozen=True)
class Edge:
    """A line from one node to another: the data's way (solid, thin) or a shortcut.

    `shape` is what flows out of its source. A shortcut of several layers is one dashed line with
    stops on it: its pieces share the key.
    """

    key: str
    source: str
    target: str
    kind: EdgeKind
    shape: Shape
    reason: str = ""


def cells(plan: Plan, *, layers: bool = False, folds: bool | Collection[str] = True) -> tuple[Cell, ...]:
    """The chain of a network, from its input to its output.

    Args:
        plan: the network.
        layers: whether every layer is a node, or every block.
        folds: whether runs of equal blocks are one cell: in all stages, in none, or in the stages
            that are named ("stage 3").
    """
    chain = [_input_cell(plan)]
    for section in plan.sections:
        if section.blocks:
            chain += _stage_cells(
                section, layers, folds if isinstance(folds, bool) else section.name in folds
            )
        else:
            chain += [_layer_cell(layer) for layer in section.layers if layers or _has_a_place(layer)]
    return tuple(chain)


def block_cell(run: tuple[Block, ...], *, layers: bool = False) -> Cell:
    """The cell of one block, or of a run of equal blocks, of which the first lends its layers."""
    block, names = run[0], tuple(block.name for block in run)
    cell = Cell(
        block.stage, (_block_node(run),), block.in_shape, block.out_shape, names,
        block.shortcut, block.shortcut_reason, add=_add_node(block, len(run)),
        zeros="".join(zeros_words(layer) for layer in block.layers if layer.kind == "zero_pad"),
    )  # fmt: skip
    if not layers:
        return cell
    branches = _branches(block)
    path, bypass, after = (tuple(_layer_node(layer, len(run)) for layer in branch) for branch in branches)
    return replace(cell, path=path, bypass=bypass, after=after, tap=_tap(block, branches[0]))


def names_alone(cell: Cell) -> Cell:
    """A cell whose boxes on the branch say their names, and not what they are."""
    return replace(cell, path=tuple(replace(node, lines=node.lines[:1]) for node in cell.path))


def edges(chain: Collection[Cell]) -> Iterator[Edge]:
    """Every line of the drawing in the order of the data."""
    before: Node | None = None
    for cell in chain:
        entry = before
        for number, node in enumerate(cell.path):
            if number == cell.tap:
                entry = before
            if before:
                yield _data_edge(before, node)
            before = node
        if cell.add:
            assert before is not None
            yield _data_edge(before, cell.add)
            yield from _shortcut_edges(cell, entry.key if entry else INPUT)
            before = cell.add
        for node in cell.after:
            assert before is not None
            yield _data_edge(before, node)
            before = node


def standing_for(chain: Collection[Cell], part: str) -> str | None:
    """The key of the box or line of a drawing that shows a part of the network, drawn or folded away.

    Args:
        chain: what is drawn.
        part: the name of a layer or of a block, or the key of a line.

    Returns:
        The part's own key if it is drawn; else the folded block or line, or the block, that it
        belongs to; None where nothing is drawn of it.
    """
    name, tilde, rest = part.partition("~")
    mark, pieces = tilde + rest, name.split(".")
    owners = {".".join(pieces[:number]) for number in range(1, len(pieces))}
    for cell in chain:
        first = cell.names[0]
        if name in cell.names:
            return _shown(cell, mark)
        block = next((own for own in cell.names if own in owners), None)
        if block is None:
            continue
        stand_in = first + name.removeprefix(block)
        return stand_in + mark if any(node.key == stand_in for node in cell.nodes) else first
    return None


def dashed_blocks(plan: Plan) -> tuple[Block, ...]:
    """The blocks whose shortcut has to change the shape or, by option C, projects all the same."""
    return tuple(block for block in plan.blocks if block.shortcut in ("projection", "zero_pad"))


def zeros_words(layer: Layer) -> str:
    """Where option A's new channels come: behind those of the input, or half of them before."""
    return t("zeros before and behind") if layer.zeros_before else t("zeros appended")


def names_text(names: Sequence[str]) -> str:
    """One name, or the first and the last of a run: "layer3.1 – 3.35"."""
    return names[0] if len(names) == 1 else f"{names[0]} – {names[-1].removeprefix('layer')}"


def to_dot(
    plan: Plan,
    *,
    layers: bool = False,
    folded: bool | Collection[str] = True,
    direction: Direction = "TB",
) -> str:
    """The network in the DOT language, for Graphviz and for `st.graphviz_chart`: dark ink on white.

    Args:
        plan: the network.
        layers: whether every layer is a node, or every block.
        folded: whether runs of equal blocks are one node ("×35"): in all stages, in none, or in the
            stages that are named.
        direction: "TB" (top to bottom) or "LR" (left to right).
    """
    chain = cells(plan, layers=layers, folds=folded)
    dot = graphviz.Digraph("resnet", graph_attr={"rankdir": direction, "bgcolor": "white"})
    dot.attr("node", shape="box", style="rounded,filled", fontname="Helvetica", fontsize="12", penwidth="1.5")
    dot.attr("edge", color=LINE_GREY, fontcolor=INK, fontname="Helvetica", fontsize="10", arrowsize="0.7")
    for cell in chain:
        for node in cell.nodes:
            _dot_node(dot, node)
    for edge in edges(chain):
        _dot_edge(dot, edge)
    return str(dot.source)


def _dot_node(dot: graphviz.Digraph, node: Node) -> None:
    colour = STAGE_COLOURS.get(node.section, LINE_GREY)
    style = {"color": colour, "fillcolor": colour + "33", "fontcolor": INK}
    if node.kind == "add":
        dot.node(node.key, ADD_SIGN, shape="circle", width="0.3", fixedsize="true", **style)
        return
    repeats = (f"× {node.count}",) if node.count > 1 else ()
    dot.node(node.key, "\\n".join((*node.lines, *repeats)), **style)


def _dot_edge(dot: graphviz.Digraph, edge: Edge) -> None:
    if edge.kind == "data":
        dot.edge(edge.source, edge.target, label=shape_text(edge.shape))
        return
    style = "solid" if edge.kind == "identity" else "dashed"
    label = edge.reason or shape_text(edge.shape)
    dot.edge(edge.source, edge.target, label=label, style=style, penwidth="2.2")


def _shown(cell: Cell, mark: str) -> str:
    """What is drawn of a block, of its shortcut or of the line into it."""
    if mark == SHORTCUT and cell.add:
        return cell.names[0] + SHORTCUT
    return cell.path[0].key + INTO if mark == INTO else cell.names[0]


def _data_edge(source: Node, target: Node) -> Edge:
    return Edge(target.key + INTO, source.key, target.key, "data", source.out_shape)


def _shortcut_edges(cell: Cell, source: str) -> Iterator[Edge]:
    assert cell.add is not None and cell.shortcut != "none"
    stops = [source, *(node.key for node in cell.bypass), cell.add.key]
    shapes = [cell.in_shape, *(node.out_shape for node in cell.bypass)]
    reason, key = ", ".join(cell.reason_lines), cell.names[0] + SHORTCUT
    for number, shape in enumerate(shapes):
        # one reason, at its start
        yield Edge(key, stops[number], stops[number + 1], cell.shortcut, shape, reason if number == 0 else "")


def _input_cell(plan: Plan) -> Cell:
    shape = plan.input_shape
    node = Node(INPUT, plan.stem.name, ("input",), shape, INPUT)
    return Cell(plan.stem.name, (node,), shape, shape, (INPUT,))


def _stage_cells(stage: Stage, layers: bool, fold: bool) -> list[Cell]:
    runs = folded(stage.blocks) if fold else ((block,) for block in stage.blocks)
    return [block_cell(run, layers=layers) for run in runs]


def _has_a_place(layer: Layer) -> bool:
    """Whether a layer outside the blocks is drawn when blocks are: those that the paper draws."""
    return layer.kind not in ("norm", "relu")


def _layer_cell(layer: Layer) -> Cell:
    node = _layer_node(layer)
    return Cell(layer.stage, (node,), layer.in_shape, layer.out_shape, (layer.name,))


def _branches(block: Block) -> tuple[list[Layer], list[Layer], list[Layer]]:
    """The layers of a block by where they stand: on the branch, on the shortcut, after the addition."""
    bypass = [layer for layer in block.layers if layer.on_shortcut]
    rest = [layer for layer in block.layers if layer not in bypass]
    at = next((number for number, layer in enumerate(rest) if layer.kind == "add"), len(rest))
    return rest[:at], bypass, rest[at + 1 :]


def _tap(block: Block, main: list[Layer]) -> int:
    """A pre-activated block's projection reads the activated input (He et al. 2016, section 4)."""
    if not block.preactivation or block.shortcut != "projection":
        return 0
    return next(number for number, layer in enumerate(main) if layer.kind == "conv")


def _add_node(block: Block, count: int) -> Node | None:
    if block.shortcut == "none":
        return None
    return Node(f"{block.name}.add", block.stage, (ADD_SIGN,), block.out_shape, "add", count)


def _block_node(run: tuple[Block, ...]) -> Node:
    block = run[0]
    name = names_text([block.name for block in run])
    convs = (layer for layer in _branches(block)[0] if layer.kind == "conv")
    return Node(block.name, block.stage, (name, *map(_conv_text, convs)), block.out_shape, "block", len(run))


def _layer_node(layer: Layer, count: int = 1) -> Node:
    return Node(
        layer.name, layer.stage, (layer.role, *_layer_lines(layer)), layer.out_shape, layer.kind, count
    )


def _layer_lines(layer: Layer) -> tuple[str, ...]:
    match layer.kind:
        case "conv":
            return (_conv_text(layer),)
        case "maxpool":
            return (f"{layer.kernel}×{layer.kernel}, /{layer.stride}",)
        case "zero_pad":
            return (
                t("+{count} zeros").format(count=layer.out_shape[0] - layer.in_shape[0])
                + _stride_text(layer),
            )
        case "fc":
            return (f"{layer.in_shape[0]} → {layer.out_shape[0]}",)
        case _:
            return ()


def _conv_text(layer: Layer) -> str:
    """A convolution as the paper writes it: "3×3, 128, /2"."""
    groups = t(", {groups} groups").format(groups=layer.groups) if layer.groups > 1 else ""
    return f"{layer.kernel}×{layer.kernel}, {layer.out_shape[0]}{groups}{_stride_text(layer)}"


def _stride_text(layer: Layer) -> str:
    return f", /{layer.stride}" if layer.stride > 1 else ""
