"""The deeper views of the Architecture page; only the chosen one is computed."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

import streamlit as st

from resnet_explorer.architecture.table1 import table1, table1_html, table1_rows
from resnet_explorer.common.i18n import language, msg, prose, t
from resnet_explorer.network.layers import Plan
from resnet_explorer.network.operations import per_mac
from resnet_explorer.network.table_rows import Row, layer_rows, search, stage_rows, to_csv, totals
from resnet_explorer.ui.session.loaded_networks import warm_up
from resnet_explorer.ui.widgets.component import style
from resnet_explorer.ui.widgets.linked_inputs import linked_choice, linked_text
from resnet_explorer.ui.widgets.save_button import save_button
from resnet_explorer.ui.widgets.stage_column import stage_column, with_badges

if TYPE_CHECKING:
    from resnet_explorer.model.audit import Audit

VIEWS: Final = {
    "layers": msg("All layers"),
    "stages": msg("Stages"),
    "table1": msg("Table 1"),
    "torchinfo": "torchinfo",
}


def deeper_view(p: Plan, unit: str, file_name: str) -> None:
    """The choice of a view, and the view.

    Args:
        p: the plan.
        unit: "MACs" or "FLOPs".
        file_name: what downloads are called, without an ending.
    """
    view = linked_choice("arch_view", t("View"), VIEWS, default="layers")
    if view == "layers":
        _layers(p, unit, file_name)
    elif view == "stages":
        _stages(p, unit, file_name)
    elif view == "table1":
        _table1(p)
    else:
        _torchinfo(p)


def _layers(p: Plan, unit: str, file_name: str) -> None:
    hint = t("layer3 conv2, or 1×1, or 512 × 7")
    text = linked_text("arch_search", t("Search"), type="search", placeholder=hint, live=True)
    rows = layer_rows(p)
    found = search(rows, text)
    if not found:
        st.info(t("No layer has all of these words."))
        return
    _table(found, unit)
    params, macs = totals(found)
    factor = per_mac(unit)
    st.markdown(
        t("**{rows:,} of {all:,} rows** · {params:,} parameters · {macs:,} {unit}").format(
            rows=len(found), all=len(rows), params=params, macs=factor * macs, unit=unit
        )
        + ("" if len(found) < len(rows) else " — " + t("the totals above: nothing is left out"))
    )
    _csv_button(found, f"{file_name}-layers.csv")


def _stages(p: Plan, unit: str, file_name: str) -> None:
    from resnet_explorer.architecture.cost_figures import stage_bars  # plotly: not before it is looked at

    rows = stage_rows(p)
    heaviest = max(rows, key=lambda row: row["params"])
    busiest = max(rows, key=lambda row: row["macs"])
    st.markdown(
        t("Most parameters: **{a}**, {b:.0f} %. Most {unit}: **{c}**, {d:.0f} %.").format(
            a=t(heaviest["stage"]),
            b=heaviest["params share"],
            unit=unit,
            c=t(busiest["stage"]),
            d=busiest["macs share"],
        )
    )
    st.plotly_chart(
        stage_bars(p, unit),
        key="arch_stage_bars",
        config={"displaylogo": False},
        alt=t("Parameters and {unit} of each stage").format(unit=unit),
    )
    _table(rows, unit)
    _csv_button(rows, f"{file_name}-stages.csv")


def _table1(p: Plan) -> None:
    columns = table1(p.spec)
    st.markdown(prose("arch_table1"))
    style(__file__)
    st.html(table1_html(columns))
    _csv_button(table1_rows(columns), "table1.csv")


def _torchinfo(p: Plan) -> None:
    with st.spinner(t("PyTorch builds the network, and torchinfo counts it…")):
        audit = _audited(p, language())
    verdict = t("They agree: every layer and every figure.") if audit.agree else t("They do not agree.")
    (st.success if audit.agree else st.error)(verdict)
    if audit.first_difference:
        st.error(audit.first_difference)
    st.dataframe(
        [
            {
                t("figure"): finding.figure,
                t("plan"): _figure_text(finding.plan),
                t("trace of the module"): _figure_text(finding.trace),
                "torchinfo": _figure_text(finding.torchinfo),
                t("agree"): t("yes") if finding.agree else t("NO"),
                t("note"): finding.note,
            }
            for finding in audit.findings
        ],
        hide_index=True,
        height="content",
    )
    st.markdown(prose("arch_torchinfo"))
    st.code(audit.summary, language=None, height=600)


_auditing: Final = threading.Lock()


@st.cache_data(max_entries=8, show_spinner=False, hash_funcs={Plan: lambda p: (p.spec, p.input_shape)})
def _audited(p: Plan, language: str) -> Audit:
    del language  # of its words
    warm_up("resnet_explorer.model.audit")
    from resnet_explorer.model.audit import compare  # torch: not before it is asked for

    with _auditing:  # one that takes long keeps others of its kind waiting, and not the server
        return compare(p)


def _figure_text(value: int | tuple[int, ...] | None) -> str:
    if value is None:
        return "—"
    return f"{value:,}" if isinstance(value, int) else " × ".join(map(str, value))


def _table(rows: list[Row], unit: str) -> None:
    factor = per_mac(unit)
    shown = with_badges(
        row
        | {"macs": factor * row["macs"]}
        | ({"kind": f"{t(row['kind'])} {row['window']}"} if "kind" in row else {})
        for row in rows
    )
    number = st.column_config.NumberColumn
    share = st.column_config.ProgressColumn
    costs = ("params", "params share", "macs", "macs share")
    order = ("stage", "layer", "blocks", "kind", *costs, "input", "output")
    st.dataframe(
        shown,
        hide_index=True,
        column_order=[name for name in order if name in rows[0]],
        column_config={
            "stage": stage_column(),
            "layer": st.column_config.TextColumn(t("layer"), pinned=True),
            "kind": t("what it is"),
            "params": number(t("parameters"), format="localized"),
            "params share": share(t("share, %"), format="%.1f", min_value=0, max_value=100, width=96),
            "macs": number(unit, format="localized"),
            "macs share": share(t("share, %"), format="%.1f", min_value=0, max_value=100, width=96),
            "input": t("input"),
            "output": t("output"),
        },
        height=520 if len(rows) > 10 else "content",
    )


def _csv_button(rows: list[Row], file_name: str) -> None:
    save_button(t("Download as CSV"), lambda: to_csv(rows), file_name, key=file_name)
