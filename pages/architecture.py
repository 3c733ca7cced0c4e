from resnet_explorer.ui.frame import require_frame

require_frame(__file__)

import streamlit as st

from resnet_explorer.colours import STAGE_COLOURS
from resnet_explorer.feature_path import path_svg, path_text
from resnet_explorer.i18n import prose, t
from resnet_explorer.link import encode_size, encode_spec
from resnet_explorer.plan import Layer, Plan, shape_text
from resnet_explorer.steps import (
    Step,
    Window,
    arithmetic,
    axes,
    floor_sentence,
    lines,
    size_steps,
    skip_sentence,
    step_title,
)
from resnet_explorer.tables import activation_bytes, bytes_text, count_text
from resnet_explorer.ui.architecture_views import deeper_view
from resnet_explorer.ui.builder import builder
from resnet_explorer.ui.frame import network_heading
from resnet_explorer.ui.linked import linked, one_of
from resnet_explorer.ui.network import current_plan
from resnet_explorer.ui.save import save_button
from resnet_explorer.ui.svg import show_svg
from resnet_explorer.ui.take_home import take_home
from resnet_explorer.window_strip import strip_svg

UNITS = ("MACs", "FLOPs")
STYLE = """
table.sums { border-collapse: collapse; }
.sums { font-size: 1.25rem; font-variant-numeric: tabular-nums; }
.sums td { padding: 0.2rem 1.4rem 0.2rem 0; white-space: nowrap; }
.sums td:last-child { opacity: 0.75; white-space: normal; font-size: 1.05rem; }
[data-testid="stMetricValue"] div { white-space: normal; overflow: visible; }
p.sums { margin: 0; font-size: 1.25rem; }
"""


def totals(p: Plan) -> str:
    linked("arch_unit", "MACs", one_of(UNITS))
    unit = st.segmented_control(
        t("Count operations as"),
        UNITS,
        required=True,
        key="arch_unit",
        help=prose("arch_unit"),
        persist_state="session",
    )
    factor = 2 if unit == "FLOPs" else 1
    layers, params, operations, memory, output = st.columns([1.1, 2.4, 1.4, 1.5, 1.4])
    layers.metric(
        t("Layers"), f"{p.spec.depth:,}", help=t("Convolutions on the main path and fc, as the paper counts.")
    )
    params.metric(t("Parameters"), f"{p.params:,}")
    operations.metric(unit, count_text(factor * p.macs), help=f"{factor * p.macs:,} {unit}")
    memory.metric(t("Activations"), bytes_text(activation_bytes(p)), help=prose("arch_memory"))
    output.metric(t("Output"), shape_text(p.output_shape))
    return unit


def feature_path(p: Plan, file_name: str) -> None:
    st.header(t("The path of the feature map"))
    st.markdown(f"**{path_text(p)}** — " + prose("arch_path"))
    steps = {step.section: step for step in size_steps(p)}
    picture = st.container()
    st.subheader(t("The arithmetic, step by step"))
    linked("arch_step", "conv1", one_of(steps))
    section = st.segmented_control(
        t("Step"),
        list(steps),
        required=True,
        key="arch_step",
        persist_state="session",
    )
    with picture:
        show_svg(
            path_svg(p, section),
            "arch_picture",
            on_pick=lambda part: pick_step(part, set(steps)),
        )
        save_button(t("Download as SVG"), lambda: path_svg(p, standalone=True), f"{file_name}-path.svg")
    explain(steps[section])


def pick_step(part: str, steps: set[str]) -> None:
    if part in steps:
        st.session_state["arch_step"] = part


def explain(step: Step) -> None:
    st.markdown(f"#### {step_title(step.layer)} &nbsp; `{step.layer.name}`")
    for line, window in axes(step.layer):
        rows = "".join(
            f"<tr><td>{row.expression}</td><td>= <b>{row.result}</b></td><td>{row.meaning}</td></tr>"
            for row in lines(window)
        )
        st.html(f"<table class='sums'>{rows}</table>")
        st.markdown(floor_sentence(window, line))
        show_strip(step.layer, line, window)
    if skip_sentence(step.layer):
        st.markdown(skip_sentence(step.layer))
    if step.shortcut:
        st.markdown(f"#### {t('On the shortcut:')} {step_title(step.shortcut)} &nbsp; `{step.shortcut.name}`")
        for line, window in axes(step.shortcut):
            st.html(f"<p class='sums'>{arithmetic(window)}</p>")
            st.markdown(floor_sentence(window, line))
            show_strip(step.shortcut, line, window)
        st.markdown(skip_sentence(step.shortcut))


def show_strip(layer: Layer, line: str, window: Window) -> None:
    filler = "−∞" if layer.kind == "maxpool" else "0"
    strip = strip_svg(window, STAGE_COLOURS[layer.stage], line, filler)
    show_svg(strip, f"arch_strip_{layer.name}_{line}", magnify=1)


network_heading(t("Architecture"))
st.html(f"<style>{STYLE}</style>")
builder()
shown = current_plan()
name = f"{encode_spec(shown.spec)}-{encode_size(shown.input_size)}"
operations_unit = totals(shown)
feature_path(shown, name)
st.header(t("A closer look"))
deeper_view(shown, operations_unit, name)
take_home(shown, name)
