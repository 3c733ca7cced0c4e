"""The parts of the Shortcuts page: its controls, the graph with its legend, and one box's record."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import streamlit as st

from resnet_explorer.diagram import Direction, cells
from resnet_explorer.graph_svg import DASHES, Picture, network_svg
from resnet_explorer.i18n import t
from resnet_explorer.node_record import node_record
from resnet_explorer.plan import Plan, plan, stage_name
from resnet_explorer.spec import ResNetSpec, title
from resnet_explorer.ui.graph import graph_view

_EXTENT: Final = {"LR": 960.0, "TB": 720.0}
_HALF_EXTENT: Final = {"LR": 500.0, "TB": 720.0}


@dataclass(frozen=True)
class View:
    """How the graph is drawn, as the controls say."""

    direction: Direction
    layers: bool
    unfolded: frozenset[str]
    plain: bool

    def folds(self, p: Plan) -> frozenset[str]:
        """The stages whose equal blocks are drawn as one."""
        return frozenset(stage.name for stage in p.stages) - self.unfolded


def view_controls(p: Plan) -> View:
    """The controls beside the graph; what they say is in the link."""
    stages = list(range(1, len(p.stages) + 1))
    kept = st.session_state.get("sc_unfold")
    if kept:  # a network of fewer stages has fewer to unfold
        st.session_state["sc_unfold"] = [number for number in kept if number in stages]
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    direction: Direction = row.segmented_control(
        t("Direction"),
        ("LR", "TB"),
        default="LR",
        required=True,
        format_func=lambda way: {"LR": t("Left to right"), "TB": t("Top down")}[way],
        key="sc_dir",
        bind="query-params",
        persist_state="session",
    )
    unfolded = row.pills(
        t("Unfold stages"),
        stages,
        selection_mode="multi",
        key="sc_unfold",
        bind="query-params",
        persist_state="session",
    )
    layers = row.toggle(t("Every layer"), key="sc_layers", bind="query-params", persist_state="session")
    plain = row.toggle(
        t("With shortcuts beside it") if p.spec.shortcut == "none" else t("Plain network beside it"),
        key="sc_plain",
        bind="query-params",
        persist_state="session",
    )
    return View(direction, layers, frozenset(map(_stage_name, unfolded)), plain)


def shortcut_counts(p: Plan) -> list[str]:
    """The kinds of shortcut that the network has, each with how many: "12 identity shortcuts"."""
    words = {
        "identity": (t("identity shortcut"), t("identity shortcuts")),
        "projection": (t("projection shortcut"), t("projection shortcuts")),
        "zero_pad": (t("shortcut, zeros appended"), t("shortcuts, zeros appended")),
    }
    return [f"{count} {words[kind][count != 1]}" for kind, count in _counts(p).items()]


def record_row(p: Plan, view: View) -> str | None:
    """The choice of a box and its record. A click in the graph chooses it as well."""
    counts = {
        node.key: node.count
        for cell in cells(p, layers=view.layers, folds=view.folds(p))
        for node in cell.nodes
    }
    if st.session_state.get("sc_node") not in counts:
        st.session_state["sc_node"] = None
    choice, text = st.columns([1, 3], vertical_alignment="center")
    name: str | None = choice.selectbox(
        t("Record of"),
        list(counts),
        index=None,
        placeholder=t("click a box below"),
        label_visibility="collapsed",
        key="sc_node",
        bind="query-params",
        persist_state="session",
    )
    if name:
        text.markdown(node_record(p, name, counts[name]))
    else:
        text.caption(
            t("Wheel or + − to zoom, drag or arrows to move, 0 to see all. Click a box for its record.")
        )
    return name


def graph(p: Plan, view: View, key: str, picked: str | None, half: bool = False) -> None:
    """The graph of a network; a click in it chooses the box for `record_row`."""
    extent = (_HALF_EXTENT if half else _EXTENT)[view.direction]
    picture = network_picture(p.spec, p.input_shape[1:], view.layers, view.folds(p), view.direction, extent)
    graph_view(
        picture,
        key=key,
        legend=_legend(p) or [(None, t("no shortcut"))],
        label=t("Graph of") + " " + title(p.spec),
        picked=picked,
        on_pick=lambda: _pick(key),
    )


@lru_cache(maxsize=16)
def network_picture(
    spec: ResNetSpec,
    size: tuple[int, int],
    layers: bool,
    folds: frozenset[str],
    direction: Direction,
    extent: float,
    standalone: bool = False,
) -> Picture:
    """The drawing, kept for the reruns of the page."""
    return network_svg(
        plan(spec, size),
        layers=layers,
        folds=folds,
        direction=direction,
        extent=extent,
        heading=title(spec),
        standalone=standalone,
    )


def file_picture(p: Plan, view: View) -> str:
    """The drawing as a file of its own: white paper, heading and legend."""
    return network_picture(
        p.spec, p.input_shape[1:], view.layers, view.folds(p), view.direction, _EXTENT[view.direction], True
    ).svg


def _legend(p: Plan) -> list[tuple[str, str]]:
    words = {"identity": t("identity"), "projection": t("projection"), "zero_pad": t("zeros appended")}
    return [(DASHES[kind], f"{count} {words[kind]}") for kind, count in _counts(p).items()]


def _counts(p: Plan) -> dict[str, int]:
    """How many shortcuts of each kind there are, of the kinds that there are."""
    counts = {kind: sum(block.shortcut == kind for block in p.blocks) for kind in DASHES}
    return {kind: count for kind, count in counts.items() if count}


def _stage_name(number: int) -> str:
    return stage_name(number - 1)


def _pick(key: str) -> None:
    name = st.session_state[key].get("picked")
    if name:
        st.session_state["sc_node"] = name
