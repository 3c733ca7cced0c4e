"""The parts of the Shortcuts page: its controls, the graph with its legend, and one part's record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, get_args

import streamlit as st

from resnet_explorer.diagram import INPUT, Cell, Direction, cells, standing_for
from resnet_explorer.graph_svg import DASHES, LARGEST_PNG, Picture, network_svg
from resnet_explorer.i18n import t
from resnet_explorer.link import encode_spec
from resnet_explorer.node_record import kind_text, node_record, parts
from resnet_explorer.plan import Plan, plan, section_name
from resnet_explorer.spec import ResNetSpec, title
from resnet_explorer.ui.graph import graph_view
from resnet_explorer.ui.linked import SWITCH, Code, linked, one_of, some_of
from resnet_explorer.ui.network import current_size, current_spec

_EXTENT: Final = {"LR": 960.0, "TB": 720.0}
_HALF_EXTENT: Final = {"LR": 500.0, "TB": 720.0}
_RECORD_HEIGHT: Final = 120
"""Pixels, whatever is said: the graph below does not move."""


@dataclass(frozen=True)
class View:
    """How the graph is drawn, as the controls say."""

    direction: Direction
    layers: bool
    unfolded: frozenset[str]
    plain: bool
    shapes: bool = True

    def chain(self, p: Plan) -> tuple[Cell, ...]:
        """What is drawn of a network."""
        return _chain(p.spec, p.input_size, self)

    def folds(self, p: Plan) -> frozenset[str]:
        """The stages whose equal blocks are drawn as one."""
        return frozenset(stage.name for stage in p.stages) - self.unfolded


def view_controls(p: Plan) -> View:
    """The controls beside the graph; what they say is in the link."""
    stages = list(range(1, len(p.stages) + 1))
    kept = st.session_state.get("sc_unfold")
    if kept:  # a network of fewer stages has fewer to unfold
        st.session_state["sc_unfold"] = [number for number in kept if number in stages]
    usual_way: Direction = "LR"
    linked("sc_dir", usual_way, one_of(get_args(Direction)))
    linked("sc_unfold", [], some_of(stages))
    for switch, usually in (("sc_layers", False), ("sc_shapes", True), ("sc_plain", False)):
        linked(switch, usually, SWITCH)
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    direction: Direction | None = row.segmented_control(
        t("Direction"),
        get_args(Direction),
        required=True,
        format_func=lambda way: {"LR": t("Left to right"), "TB": t("Top down")}[way],
        key="sc_dir",
        persist_state="session",
    )
    unfolded = row.pills(
        t("Unfold stages"), stages, selection_mode="multi", key="sc_unfold", persist_state="session"
    )
    layers = row.toggle(t("Every layer"), key="sc_layers", persist_state="session")
    shapes = row.toggle(t("Shapes"), key="sc_shapes", persist_state="session")
    plain = row.toggle(
        t("With shortcuts beside it") if p.spec.shortcut == "none" else t("Plain network beside it"),
        key="sc_plain",
        persist_state="session",
    )
    return View(direction or usual_way, layers, frozenset(map(section_name, unfolded)), plain, shapes)


def shortcut_counts(p: Plan) -> list[str]:
    """The kinds of shortcut that the network has, each with how many: "12 identity shortcuts"."""
    words = {
        "identity": (t("identity shortcut"), t("identity shortcuts")),
        "projection": (t("projection shortcut"), t("projection shortcuts")),
        "zero_pad": (t("shortcut, zeros appended"), t("shortcuts, zeros appended")),
    }
    return [f"{count} {words[kind][count != 1]}" for kind, count in _counts(p).items()]


def record_row(p: Plan, view: View) -> str | None:
    """The search for a part, its record, and the button that unfolds its stage.

    A click in the graph chooses a part as well; a line, once clicked, stands in the list too.
    """
    names = part_names(p.spec, p.input_size)
    known = _known(p.spec, p.input_size)
    chosen = linked("sc_node", None, _part_code(known))
    choice, text = st.columns([1, 3])
    with choice.container(height=_RECORD_HEIGHT, border=False, gap="small"):
        st.selectbox(
            t("Find a layer"),
            [*names, *([chosen] if chosen and chosen not in names else [])],
            index=None,
            format_func=lambda name: names.get(name) or line_name(name),
            placeholder=t("Find: layer3 conv"),
            label_visibility="collapsed",
            key="sc_node",
            on_change=_found,
            args=(p, view),
            persist_state="session",
        )
        if chosen:
            _fold_button(p, view, chosen)
    with text.container(height=_RECORD_HEIGHT, border=False):
        if not chosen:
            st.caption(_hint(view.direction))
        else:
            st.markdown(_record(p.spec, p.input_size, view, chosen))
    return chosen


def graph(p: Plan, view: View, key: str, picked: str | None, half: bool = False) -> None:
    """The graph of a network; a click in it chooses the part for `record_row`."""
    extent = (_HALF_EXTENT if half else _EXTENT)[view.direction]
    graph_view(
        network_picture(p.spec, p.input_size, view, extent),
        key=key,
        network=encode_spec(p.spec),
        direction=view.direction,
        legend=_legend(p) or [(None, t("no shortcut"))],
        label=t("Graph of") + " " + title(p.spec),
        picked=picked and standing_for(view.chain(p), picked),
        on_pick=_pick,
        on_toggle=lambda part: _toggle_stage(p, part),
    )


@lru_cache(maxsize=16)
def part_names(spec: ResNetSpec, size: tuple[int, int]) -> Mapping[str, str]:
    """Every block and layer by its name in torchvision, with what the search lists it as."""
    p = plan(spec, size)
    names = {INPUT: t("input")}
    for section in p.sections:
        for block in section.blocks:
            names[block.name] = f"{block.name} · {t('block')}"
            names |= {layer.name: f"{layer.name} · {kind_text(layer)}" for layer in block.layers}
        if not section.blocks:
            names |= {layer.name: f"{layer.name} · {kind_text(layer)}" for layer in section.layers}
    return names


def line_name(key: str) -> str:
    """What the search lists a line as: "into conv1", "shortcut of layer2.0"."""
    name, _, kind = key.partition("~")
    return (
        t("line into {name}").format(name=name) if kind == "in" else t("shortcut of {name}").format(name=name)
    )


@lru_cache(maxsize=16)
def network_picture(
    spec: ResNetSpec, size: tuple[int, int], view: View, extent: float, standalone: bool = False
) -> Picture:
    """The drawing, kept for the reruns of the page."""
    p = plan(spec, size)
    return network_svg(
        p,
        layers=view.layers,
        folds=view.folds(p),
        direction=view.direction,
        extent=extent,
        heading=title(spec),
        standalone=standalone,
        shapes=view.shapes,
    )


def file_picture(p: Plan, view: View) -> Picture:
    """The drawing as a file of its own: white paper, heading and legend."""
    return network_picture(p.spec, p.input_size, view, _EXTENT[view.direction], True)


def png_limit(p: Plan, view: View) -> str:
    """What the PNG of a very large drawing gives up; "" for the others, which are at twice their size."""
    shown = network_picture(p.spec, p.input_size, view, _EXTENT[view.direction])
    if shown.png_scale == 2:
        return ""
    return t(
        "The PNG is at most {most:,} pixels wide or high, here {scale:.2g} × the drawing instead of 2 ×; "
        "the SVG is sharp at any size."
    ).format(most=LARGEST_PNG, scale=shown.png_scale)


def _legend(p: Plan) -> list[tuple[str, str]]:
    words = {"identity": t("identity"), "projection": t("projection"), "zero_pad": t("zeros appended")}
    return [(DASHES[kind], f"{count} {words[kind]}") for kind, count in _counts(p).items()]


def _counts(p: Plan) -> dict[str, int]:
    """How many shortcuts of each kind there are, of the kinds that there are."""
    counts = {kind: sum(block.shortcut == kind for block in p.blocks) for kind in DASHES}
    return {kind: count for kind, count in counts.items() if count}


@lru_cache(maxsize=16)
def _known(spec: ResNetSpec, size: tuple[int, int]) -> frozenset[str]:
    return parts(plan(spec, size))


@lru_cache(maxsize=16)
def _chain(spec: ResNetSpec, size: tuple[int, int], view: View) -> tuple[Cell, ...]:
    p = plan(spec, size)
    return cells(p, layers=view.layers, folds=view.folds(p))


@lru_cache(maxsize=256)
def _record(spec: ResNetSpec, size: tuple[int, int], view: View, part: str) -> str:
    p = plan(spec, size)
    return node_record(p, part, _repeats(view.chain(p), part), view.layers)


def _part_code(known: frozenset[str]) -> Code:
    """A box or a line of the network by its key: "layer2.0", "layer2.0~shortcut", "fc~in"."""

    def read(text: str) -> str:
        if text not in known:
            raise ValueError(t("a layer or a block of the network is allowed, such as layer1.0.conv1."))
        return text

    return Code(str, read, known.__contains__)


def _hint(direction: Direction) -> str:
    walk = {
        "LR": t("← → from box to box, ↑ shortcut, ↓ line"),
        "TB": t("↑ ↓ from box to box, ← shortcut, → line"),
    }
    return t(
        "Click a box or a line for its record; double-click unfolds its stage. Wheel zooms, drag moves. "
        "Keys in the graph: {walk}; Enter: record, U: unfold, Shift + arrows: move, + − 0: zoom."
    ).format(walk=walk[direction])


def _cell_of(chain: tuple[Cell, ...], part: str) -> Cell | None:
    """The cell that shows a part."""
    stand_in = (standing_for(chain, part) or "").partition("~")[0]
    return next(
        (
            cell
            for cell in chain
            if stand_in == cell.names[0] or any(node.key == stand_in for node in cell.nodes)
        ),
        None,
    )


def _repeats(chain: tuple[Cell, ...], part: str) -> int:
    """How many blocks the record is of: those of a folded box or shortcut, if it is named by its own name."""
    cell = _cell_of(chain, part)
    return cell.count if cell and standing_for(chain, part) == part else 1


def _stage_of(p: Plan, part: str) -> int | None:
    """The number of the stage that a part belongs to; None for stem and head."""
    name = part.partition("~")[0]
    for number, stage in enumerate(p.stages, start=1):
        if any(name == block.name or name.startswith(block.name + ".") for block in stage.blocks):
            return number
    return None


def _fold_button(p: Plan, view: View, part: str) -> None:
    """Unfold the stage of the part, or fold it, if it has anything to fold."""
    number = _stage_of(p, part)
    if number is None:
        return
    if section_name(number) in view.unfolded:
        label = t("Fold stage {number}")
    elif any(cell.count > 1 for cell in view.chain(p) if cell.section == section_name(number)):
        label = t("Unfold stage {number}")
    else:
        return
    st.button(
        label.format(number=number), key="sc_fold", on_click=_toggle_stage, args=(p, part), width="stretch"
    )


def _toggle_stage(p: Plan, part: str) -> None:
    number = _stage_of(p, part)
    if number is None:
        return
    unfolded = set(st.session_state["sc_unfold"] or [])
    st.session_state["sc_unfold"] = sorted(unfolded ^ {number})


def _found(p: Plan, view: View) -> None:
    """Show what was searched for: by layer if it is a layer, and its stage unfolded if it is folded away."""
    part = st.session_state["sc_node"]
    if not part:
        return
    if part not in {node.key for cell in view.chain(p) for node in cell.nodes} and any(
        layer.name == part for layer in p.layers
    ):
        st.session_state["sc_layers"] = True
    cell, number = _cell_of(view.chain(p), part), _stage_of(p, part)
    if cell and cell.count > 1 and number:
        st.session_state["sc_unfold"] = sorted({*(st.session_state["sc_unfold"] or []), number})


def _pick(part: str) -> None:
    """Choose what was clicked; what the network itself has not, as in the one beside it, by its block."""
    known = _known(current_spec(), current_size())
    if part and part not in known:
        part = part.partition("~")[0]
        part = part if part in known else part.rpartition(".")[0]
    st.session_state["sc_node"] = part if part in known else None
