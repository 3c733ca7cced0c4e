"""The parts of the Shortcuts page: its controls, and the graph with the record of one part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, get_args

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.common.i18n import msg, nt, t
from resnet_explorer.common.language_cache import language_cache
from resnet_explorer.graph import interactive
from resnet_explorer.graph.cell_layout import Words
from resnet_explorer.graph.diagram import INPUT, Cell, Direction, cells, standing_for
from resnet_explorer.graph.fitting import LEAST, fitting_svg, word_height
from resnet_explorer.graph.records import kind_text, node_record, parts
from resnet_explorer.graph.svg import LARGEST_PNG, Picture, network_svg
from resnet_explorer.network.layers import Plan, section_name
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import ResNetSpec, title
from resnet_explorer.ui.app.url_state import Code, linked
from resnet_explorer.ui.inside.controls import aim_inside
from resnet_explorer.ui.session.network import current_size, current_spec
from resnet_explorer.ui.widgets.graph_view import graph_view
from resnet_explorer.ui.widgets.keeping_value import keeping_value
from resnet_explorer.ui.widgets.linked_inputs import linked_choice, linked_pills, linked_switch

_PLACE: Final = (1232.0, 372.0)
"""Of the picture at 1280 × 600, without the bar that floats at its foot."""
_WAYS: Final = {"LR": msg("Left to right"), "TB": msg("Top down")}


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


def view_controls(p: Plan, controls: DeltaGenerator, settings: DeltaGenerator) -> View:
    """How the graph is drawn; what its controls say is in the link.

    Args:
        p: the network.
        controls: where those stand that change the picture most.
        settings: where the others stand.
    """
    stages = list(range(1, len(p.stages) + 1))
    kept = st.session_state.get("sc_unfold")
    if kept:  # a network of fewer stages has fewer to unfold
        st.session_state["sc_unfold"] = [number for number in kept if number in stages]
    ways: tuple[Direction, ...] = get_args(Direction)
    beside = t("Residual beside it") if p.spec.shortcut == "none" else t("Plain beside it")
    plain = linked_switch("sc_plain", beside, at=controls)
    layers = linked_switch("sc_layers", t("Every layer"), at=controls)
    direction = linked_choice("sc_dir", t("Direction"), ways, default="LR", names=_WAYS, at=settings)
    unfolded = linked_pills("sc_unfold", t("Unfold stages"), stages, at=settings)
    shapes = linked_switch("sc_shapes", t("Shapes"), default=True, at=settings)
    return View(direction, layers, frozenset(map(section_name, unfolded)), plain, shapes)


def shortcut_counts(p: Plan) -> list[str]:
    """The kinds of shortcut that the network has, each with how many: "12 identity shortcuts"."""
    counts = interactive.shortcut_counts(p)
    return [_shortcut_words(kind, count).format(count=count) for kind, count in counts.items()]


def _shortcut_words(kind: str, count: int) -> str:
    return {
        "identity": nt("{count} identity shortcut", "{count} identity shortcuts", count),
        "projection": nt("{count} projection shortcut", "{count} projection shortcuts", count),
        "zero_pad": nt("{count} shortcut, zeros added", "{count} shortcuts, zeros added", count),
    }[kind]


def part_search(p: Plan, view: View, at: DeltaGenerator) -> str | None:
    """The search for a part; a click in the graph chooses one as well, a line, too, which then is listed."""
    names = _part_names(p.spec, p.input_size)
    chosen = linked("sc_node", None, _part_code(_known(p.spec, p.input_size)))
    at.selectbox(
        t("Find a layer"),
        [*names, *([chosen] if chosen and chosen not in names else [])],
        index=None,
        format_func=lambda name: names.get(name) or line_name(name),
        placeholder=t("Find: layer3 conv"),
        label_visibility="collapsed",
        width=280,
        **keeping_value("sc_node", at, on_change=_found, args=(p, view)),
    )
    return chosen


def graph(p: Plan, view: View, picked: str | None) -> None:
    """The graph of a network, and of the one beside it; a click in it chooses the part for `part_search`."""
    drawn = network_picture(p.spec, p.input_size, view)
    graph_view(
        drawn,
        p,
        key="sc_graph",
        direction=view.direction,
        has_words=word_height(drawn, _PLACE) >= LEAST,
        picked=picked and standing_for(view.chain(p), picked),
        record=_panel(p, view, picked) if picked else None,
        usage=_usage(view.direction),
        on_pick=_pick,
        on_toggle=lambda part: _toggle_stage(p, part),
        on_enter=lambda part: aim_inside(_block_of(p, part)),
    )


def other(spec: ResNetSpec) -> ResNetSpec:
    """The network with the same layers and blocks of the other kind: plain for residual, and the reverse."""
    return spec.with_(shortcut="projection" if spec.shortcut == "none" else "none")


@language_cache(maxsize=16)
def _part_names(spec: ResNetSpec, size: tuple[int, int]) -> Mapping[str, str]:
    """Every block and layer by its name in torchvision, with what the search lists it as."""
    p = plan(spec, size)
    names = {INPUT: t("input")}
    for section in p.sections:
        for block in section.blocks:
            names[block.name] = f"{block.name} · " + t("block")
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


@language_cache(maxsize=16)
def network_picture(spec: ResNetSpec, size: tuple[int, int], view: View, standalone: bool = False) -> Picture:
    """The drawing, kept for the reruns of the page: in the page's place, or as a file of its own.

    A file has white paper, heading and legend.
    """
    p = plan(spec, size)
    heading, beside = title(spec), None
    if view.plain:
        beside = plan(other(spec), size)
        heading = t("{network} beside {other}").format(network=heading, other=title(beside.spec))
    if not standalone:
        return fitting_svg(
            p,
            _PLACE,
            shapes=view.shapes,
            layers=view.layers,
            folds=view.folds(p),
            direction=view.direction,
            heading=heading,
            beside=beside,
        )
    return network_svg(
        p,
        layers=view.layers,
        folds=view.folds(p),
        direction=view.direction,
        extent=interactive.EXTENT[view.direction],
        heading=heading,
        standalone=True,
        words=Words("all" if view.shapes else "none"),
        beside=beside,
    )


def png_limit(p: Plan, view: View) -> str:
    """What the PNG of a very large drawing gives up; "" for the others, which are at twice their size."""
    drawing = network_picture(p.spec, p.input_size, view, True)
    if drawing.png_scale == 2:
        return ""
    return t(
        "The PNG is at most {most:,} pixels wide or high, here {scale:.2g} × the drawing instead of 2 ×; "
        "the SVG is sharp at any size."
    ).format(most=LARGEST_PNG, scale=drawing.png_scale)


@lru_cache(maxsize=16)
def _known(spec: ResNetSpec, size: tuple[int, int]) -> frozenset[str]:
    return parts(plan(spec, size))


@language_cache(maxsize=16)
def _chain(spec: ResNetSpec, size: tuple[int, int], view: View) -> tuple[Cell, ...]:
    p = plan(spec, size)
    return cells(p, layers=view.layers, folds=view.folds(p))


@language_cache(maxsize=256)
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


def _panel(p: Plan, view: View, part: str) -> dict[str, object]:
    """What the panel at the side of the graph says of a part."""
    heading, *facts = _record(p.spec, p.input_size, view, part).replace("**", "").split(" · ")
    block = _block_of(p, part)
    inside = t("Inside {block}, on the photo").format(block=block) if block else ""
    return {"title": heading, "facts": facts, "fold": _fold_words(p, view, part), "inside": inside}


def _usage(direction: Direction) -> list[str]:
    walk = {
        "LR": t("← → from box to box, ↑ to its shortcut, ↓ to the line into it"),
        "TB": t("↑ ↓ from box to box, ← to its shortcut, → to the line into it"),
    }
    return [
        t("Click a box or a line: its record"),
        t("+ and − beside a stage's name, or a double-click: unfold it, fold it"),
        t("Drag: move; Ctrl + wheel: zoom"),
        walk[direction],
        t("Enter: record; U: unfold; Shift + arrows: move; + − 0: zoom; Esc: close"),
    ]


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
    block = _block_of(p, part)
    stages = enumerate(p.stages, start=1)
    return next((number for number, stage in stages if block in {each.name for each in stage.blocks}), None)


def _block_of(p: Plan, part: str) -> str:
    """The block that a part is, or belongs to; "" for stem and head."""
    name = part.partition("~")[0]
    return next((each.name for each in p.blocks if f"{name}.".startswith(f"{each.name}.")), "")


def _fold_words(p: Plan, view: View, part: str) -> str:
    """What unfolds the stage of a part, or folds it; "" if it has nothing to fold."""
    number = _stage_of(p, part)
    if number is None:
        return ""
    if section_name(number) in view.unfolded:
        return t("Fold stage {number}").format(number=number)
    if any(cell.count > 1 for cell in view.chain(p) if cell.section == section_name(number)):
        return t("Unfold stage {number}").format(number=number)
    return ""


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
