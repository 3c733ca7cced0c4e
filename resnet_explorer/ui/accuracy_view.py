"""Published accuracy against cost on the Compare page, with the two networks marked."""

from __future__ import annotations

from html import escape
from typing import Any, Final

import streamlit as st

from resnet_explorer.i18n import prose, t
from resnet_explorer.plan import Plan, plan
from resnet_explorer.published import Published, published, published_rows, source
from resnet_explorer.spec import PRESETS, TORCHVISION_NAMES, ResNetSpec, architecture_name, preset_name, title
from resnet_explorer.tables import to_csv
from resnet_explorer.ui.compare_views import choose_other
from resnet_explorer.ui.linked import SWITCH, linked, one_of
from resnet_explorer.ui.network import choose_named
from resnet_explorer.ui.networks import warm_up
from resnet_explorer.ui.save import save_button

PUBLISHED_AT: Final = (224, 224)
"""The crop of the published weights, at which a network without any is counted beside them."""

INKS: Final = {"light": "#1b2430", "dark": "#e8ecf2"}
"""Colour of the names in the plot, by theme."""

_CHART, _CLICKED = "cmp_chart", "_cmp_clicked"
_KEPT: Final[dict[str, Any]] = {"persist_state": "session"}


@st.cache_resource(show_spinner=False)
def _published() -> tuple[tuple[Published, ...], str]:
    """What torchvision publishes, and its version; torchvision is loaded for it."""
    warm_up("torchvision.models")
    return published(), source()


def accuracy(a: Plan, b: Plan, unit: str) -> None:
    """Published accuracy against cost, the two networks marked; a click chooses one of them."""
    st.header(t("Published accuracy on ImageNet"))
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    top = linked("cmp_top", "1", one_of(("1", "5")))
    against = linked("cmp_against", "ops", one_of(("ops", "params")))
    linked("cmp_click", "B", one_of(("A", "B")))
    row.segmented_control(
        t("Accuracy"), ("1", "5"), format_func="top-{}".format, required=True, key="cmp_top", **_KEPT
    )
    row.segmented_control(
        t("Against"),
        ("ops", "params"),
        format_func={"ops": unit, "params": t("parameters")}.__getitem__,
        required=True,
        key="cmp_against",
        **_KEPT,
    )
    row.segmented_control(t("A click chooses"), ("A", "B"), required=True, key="cmp_click", **_KEPT)
    with st.spinner(t("Reading what torchvision publishes of its weights…")):
        records, where = _published()
        from resnet_explorer.accuracy_figure import Marked, accuracy_figure

        marked = tuple(
            Marked(
                letter, title(p.spec), _torchvision_name(p.spec), p.params, plan(p.spec, PUBLISHED_AT).macs
            )
            for letter, p in (("A", a), ("B", b))
        )
        figure = accuracy_figure(
            records,
            marked,
            "top-5" if top == "5" else "top-1",
            "parameters" if against == "params" else "FLOPs" if unit == "FLOPs" else "MACs",
            INKS.get(st.context.theme.type or ""),
        )
        st.plotly_chart(
            figure,
            key=_CHART,
            on_select=_clicked,
            selection_mode="points",
            # A double click would take the selection back, which is here the last network again.
            config={"displaylogo": False, "doubleClick": False},
            alt=t("Published accuracy of torchvision’s residual networks against their cost"),
        )
    missing = [network.name for network in marked if network.network is None]
    if missing:
        names = t(" and of ").join(f"**{name}**" for name in dict.fromkeys(missing))
        line = " " + t("A dotted line tells the cost at 224 × 224.") if figure.layout.shapes else ""
        st.markdown(t("No accuracy is published here of {names}.").format(names=names) + line)
    others = [each for each in (a, b) if preset_name(each.spec) is None and _torchvision_name(each.spec)]
    if others:
        names = t(" and of ").join(f"**{title(each.spec)}**" for each in others)
        st.markdown(
            t("What is published of {names} was measured with ImageNet’s 1,000 classes.").format(names=names)
        )
    st.markdown(prose("compare_accuracy").format(source=where))
    _figures(records)


def _torchvision_name(spec: ResNetSpec) -> str | None:
    name = architecture_name(spec)
    return name if name in TORCHVISION_NAMES else None


def _clicked() -> None:
    """A point was clicked. Clicked once more, it is no longer selected, and means the same network."""
    points = st.session_state[_CHART].selection.points
    name = str(points[0]["customdata"][0] if points else st.session_state.get(_CLICKED))
    if name not in PRESETS:
        return
    st.session_state[_CLICKED] = name
    if st.session_state.get("cmp_click") == "A":
        choose_named(name)
    else:
        choose_other(name)


def _figures(records: tuple[Published, ...]) -> None:
    row = st.container(horizontal=True, vertical_alignment="center", gap="large")
    shown = linked("cmp_figures", False, SWITCH)
    row.toggle(t("All figures, and the recipes"), key="cmp_figures", **_KEPT)
    save_button(t("Accuracy as CSV"), lambda: to_csv(published_rows()), "torchvision-accuracy.csv", place=row)
    if shown:
        st.html(_figures_html(records))


def _figures_html(records: tuple[Published, ...]) -> str:
    heads = (t("network"), t("weights"), "top-1, %", "top-5, %", t("parameters"), "GMACs", t("recipe"))
    head = "".join(f"<th>{name}</th>" for name in heads)
    body = "".join(
        f"<tr><th>{escape(r.name)}</th><td>{r.version}</td><td>{r.top1:.3f}</td><td>{r.top5:.3f}</td>"
        f"<td>{r.params:,}</td><td>{r.gmacs:g}</td>"
        f"<td class='recipe'><a href='{escape(r.recipe)}' target='_blank'>{_short(r.recipe)}</a></td></tr>"
        for r in records
    )
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="compared figures">{table}</div>'


def _short(address: str) -> str:
    """The last two parts of an address, as a name for its link: "issues/3995"."""
    return escape("/".join(address.partition("#")[0].split("/")[-2:]))
