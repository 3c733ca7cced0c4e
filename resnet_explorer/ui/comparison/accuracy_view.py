"""Published accuracy against cost of a comparison, with the two networks marked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import streamlit as st

from resnet_explorer.common.html_table import Cell, html_table
from resnet_explorer.common.i18n import prose, t
from resnet_explorer.comparison.published import Published, published, published_rows, source
from resnet_explorer.network.layers import Plan
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import (
    PRESETS,
    TORCHVISION_NAMES,
    ResNetSpec,
    architecture_name,
    preset_name,
    title,
)
from resnet_explorer.network.table_rows import to_csv
from resnet_explorer.ui.comparison.views import choose_other
from resnet_explorer.ui.session.loaded_networks import warm_up
from resnet_explorer.ui.session.network import choose_named
from resnet_explorer.ui.widgets.chart_click import clicked_point
from resnet_explorer.ui.widgets.linked_inputs import linked_choice, linked_switch
from resnet_explorer.ui.widgets.save_button import save_button

if TYPE_CHECKING:
    from resnet_explorer.comparison.accuracy_figure import Accuracy, Cost

PUBLISHED_AT: Final = (224, 224)
"""The crop of the published weights, at which a network without any is counted beside them."""

INKS: Final = {"light": "#1b2430", "dark": "#e8ecf2"}
"""Colour of the names in the plot, by theme."""

_CHART, _CLICKED = "cmp_chart", "_cmp_clicked"


@st.cache_resource(show_spinner=False)
def _published() -> tuple[tuple[Published, ...], str]:
    """What torchvision publishes, and its version; torchvision is loaded for it."""
    warm_up("torchvision.models")
    return published(), source()


def accuracy(a: Plan, b: Plan, unit: str) -> None:
    """Published accuracy against cost, the two networks marked; a click chooses one of them."""
    st.header(t("Published accuracy on ImageNet"))
    axes = _axes_input(unit)
    with st.spinner(t("Reading what torchvision publishes of its weights…")):
        records, where = _published()
        from resnet_explorer.comparison.accuracy_figure import Axes, Marked, accuracy_figure

        marked = tuple(
            Marked(
                letter,
                title(p.spec),
                _torchvision_name(p.spec),
                p.params,
                plan(p.spec, PUBLISHED_AT).macs / 1e9,
            )
            for letter, p in (("A", a), ("B", b))
        )
        figure = accuracy_figure(records, marked, Axes(*axes), INKS.get(st.context.theme.type or ""))
        st.plotly_chart(
            figure,
            key=_CHART,
            on_select=_clicked,
            selection_mode="points",
            # A double click would take the selection back, which is here the last network again.
            config={"displaylogo": False, "doubleClick": False},
            alt=t("Published accuracy of torchvision’s residual networks against their cost"),
        )
    if missing := [network.name for network in marked if network.network is None]:
        line = " " + t("A dotted line tells the cost at 224 × 224.") if figure.layout.shapes else ""
        st.markdown(t("No accuracy is published here of {names}.").format(names=_listed(missing)) + line)
    others = [title(p.spec) for p in (a, b) if preset_name(p.spec) is None and _torchvision_name(p.spec)]
    if others:
        words = t("What is published of {names} was measured with ImageNet’s 1,000 classes.")
        st.markdown(words.format(names=_listed(others)))
    st.markdown(prose("compare_accuracy").format(source=where))
    _figures(records)


def _axes_input(unit: str) -> tuple[Accuracy, Cost]:
    """Which accuracy, against which cost; and which of the two networks a click chooses."""
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    top = linked_choice("cmp_top", t("Accuracy"), ("1", "5"), default="1", names="top-{}".format, at=row)
    costs = {"ops": unit, "params": t("parameters")}
    against = linked_choice("cmp_against", t("Against"), costs, default="ops", at=row)
    linked_choice("cmp_click", t("A click chooses"), ("A", "B"), default="B", at=row)
    operations: Cost = "FLOPs" if unit == "FLOPs" else "MACs"
    return "top-5" if top == "5" else "top-1", "parameters" if against == "params" else operations


def _listed(names: Iterable[str]) -> str:
    return t(" and of ").join(f"**{name}**" for name in dict.fromkeys(names))


def _torchvision_name(spec: ResNetSpec) -> str | None:
    name = architecture_name(spec)
    return name if name in TORCHVISION_NAMES else None


def _clicked() -> None:
    """A point was clicked. Clicked once more, it is no longer selected, and means the same network."""
    point = clicked_point(_CHART)
    name = str(point["customdata"][0] if point else st.session_state.get(_CLICKED))
    if name not in PRESETS:
        return
    st.session_state[_CLICKED] = name
    if st.session_state.get("cmp_click") == "A":
        choose_named(name)
    else:
        choose_other(name)


def _figures(records: tuple[Published, ...]) -> None:
    row = st.container(horizontal=True, vertical_alignment="center", gap="large")
    shown = linked_switch("cmp_figures", t("All figures, and the recipes"), at=row)
    save_button(t("Accuracy as CSV"), lambda: to_csv(published_rows()), "torchvision-accuracy.csv", place=row)
    if not shown:
        return
    heads = (t("network"), t("weights"), "top-1, %", "top-5, %", t("parameters"), "GMACs", t("recipe"))
    rows = (
        (
            Cell((r.name,), is_heading=True),
            r.version,
            f"{r.top1:.3f}",
            f"{r.top5:.3f}",
            f"{r.params:,}",
            f"{r.gmacs:g}",
            Cell((_short(r.recipe),), kind="recipe", href=r.recipe),
        )
        for r in records
    )
    st.html(f"<div class='compared figures'>{html_table(rows, heads)}</div>")


def _short(address: str) -> str:
    """The last two parts of an address, as a name for its link: "issues/3995"."""
    return "/".join(address.partition("#")[0].split("/")[-2:])
