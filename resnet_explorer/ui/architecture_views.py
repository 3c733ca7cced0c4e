"""The deeper views of the Architecture page; only the chosen one is computed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from resnet_explorer.i18n import prose, t
from resnet_explorer.plan import Plan
from resnet_explorer.table1 import table1, table1_html, table1_rows
from resnet_explorer.tables import Row, layer_rows, search, stage_rows, to_csv, totals
from resnet_explorer.ui.linked import TEXT, linked, one_of
from resnet_explorer.ui.networks import warm_up
from resnet_explorer.ui.save import save_button
from resnet_explorer.ui.stage_column import stage_column, with_badges

if TYPE_CHECKING:
    from resnet_explorer.audit import Audit

VIEWS: Final = {"layers": "Layers", "stages": "Stages", "table1": "Table 1", "torchinfo": "torchinfo"}


def deeper_view(p: Plan, unit: str, file_name: str) -> None:
    """The choice of a view, and the view.

    Args:
        p: the plan.
        unit: "MACs" or "FLOPs".
        file_name: what downloads are called, without an ending.
    """
    linked("arch_view", "layers", one_of(VIEWS))
    view = st.segmented_control(
        t("View"),
        list(VIEWS),
        required=True,
        key="arch_view",
        format_func=lambda view: t(VIEWS[view]),
        persist_state="session",
    )
    if view == "layers":
        _layers(p, unit, file_name)
    elif view == "stages":
        _stages(p, unit, file_name)
    elif view == "table1":
        _table1(p)
    else:
        _torchinfo(p)


def _layers(p: Plan, unit: str, file_name: str) -> None:
    linked("arch_search", "", TEXT)
    text = st.text_input(
        t("Search"),
        key="arch_search",
        type="search",
        placeholder=t("layer3 conv2, or 1×1, or 512 × 7"),
        live=True,
        persist_state="session",
    )
    rows = layer_rows(p)
    found = search(rows, text or "")
    if not found:
        st.info(t("No layer has all of these words."))
        return
    _table(found, unit)
    params, macs = totals(found)
    factor = _factor(unit)
    st.markdown(
        t("**{rows:,} of {all:,} rows** · {params:,} parameters · {macs:,} {unit}").format(
            rows=len(found), all=len(rows), params=params, macs=factor * macs, unit=unit
        )
        + ("" if len(found) < len(rows) else " — " + t("the totals above: nothing is left out"))
    )
    _csv_button(found, f"{file_name}-layers.csv")


def _stages(p: Plan, unit: str, file_name: str) -> None:
    from resnet_explorer.figures import stage_bars  # plotly: not before it is looked at

    rows = stage_rows(p)
    heaviest = max(rows, key=lambda row: row["params"])
    busiest = max(rows, key=lambda row: row["macs"])
    st.markdown(
        t("Most parameters: **{a}**, {b:.0f} %. Most {unit}: **{c}**, {d:.0f} %.").format(
            a=heaviest["stage"],
            b=heaviest["params share"],
            unit=unit,
            c=busiest["stage"],
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
    st.html(f"<style>{_TABLE1_CSS}</style>{table1_html(columns)}")
    _csv_button(table1_rows(columns), "table1.csv")


def _torchinfo(p: Plan) -> None:
    with st.spinner(t("PyTorch builds the network, and torchinfo counts it…")):
        audit = _audited(p)
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


@st.cache_data(max_entries=8, show_spinner=False, hash_funcs={Plan: lambda p: (p.spec, p.input_shape)})
def _audited(p: Plan) -> Audit:
    warm_up("resnet_explorer.audit")
    from resnet_explorer.audit import compare  # torch: not before it is asked for

    return compare(p)


def _figure_text(value: int | tuple[int, ...] | None) -> str:
    if value is None:
        return "—"
    return f"{value:,}" if isinstance(value, int) else " × ".join(map(str, value))


def _table(rows: list[Row], unit: str) -> None:
    factor = _factor(unit)
    shown = with_badges(
        row
        | {"macs": factor * row["macs"]}
        | ({"kind": f"{row['kind']} {row['window']}"} if "kind" in row else {})
        for row in rows
    )
    number = st.column_config.NumberColumn
    share = st.column_config.ProgressColumn
    order = (
        "stage",
        "layer",
        "blocks",
        "kind",
        "params",
        "params share",
        "macs",
        "macs share",
        "input",
        "output",
    )
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
        },
        height=520 if len(rows) > 10 else "content",
    )


def _csv_button(rows: list[Row], file_name: str) -> None:
    save_button(t("Download as CSV"), lambda: to_csv(rows), file_name, key=file_name)


def _factor(unit: str) -> int:
    return 2 if unit == "FLOPs" else 1


_TABLE1_CSS: Final = """
.table1 { overflow-x: auto; }
.table1 table { border-collapse: collapse; width: 100%; font-size: 0.92rem;
  font-variant-numeric: tabular-nums; }
.table1 th, .table1 td { padding: 0.5rem 0.4rem; text-align: center;
  border-bottom: 1px solid rgba(154, 164, 178, 0.45); }
.table1 .own { font-size: 0.8rem; }
.table1 .own th, .table1 .own td { padding: 0.5rem 0.2rem; }
.table1 .once { white-space: nowrap; }
.table1 tfoot th { text-align: left; font-weight: 500; }
.table1 .chosen { background: rgba(43, 140, 214, 0.2); }
.table1 thead .chosen { box-shadow: inset 0 4px #2b8cd6; }
.table1 .brackets { display: inline-block; vertical-align: middle; padding: 0 0.5em; position: relative; }
.table1 .brackets::before, .table1 .brackets::after { content: ""; position: absolute; top: 0; bottom: 0;
  width: 0.35em; border: 2px solid currentColor; }
.table1 .brackets::before { left: 0; border-right: 0; }
.table1 .brackets::after { right: 0; border-left: 0; }
.table1 small { opacity: 0.75; }
"""
