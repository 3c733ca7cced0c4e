from resnet_explorer.ui.frame import require_frame

require_frame(__file__)

import streamlit as st

from resnet_explorer.diagram import dashed_blocks, to_dot
from resnet_explorer.i18n import prose, t
from resnet_explorer.link import encode_spec
from resnet_explorer.plan import Plan, plan
from resnet_explorer.spec import title
from resnet_explorer.ui.frame import network_heading
from resnet_explorer.ui.network import current_plan, current_size
from resnet_explorer.ui.png_button import png_button
from resnet_explorer.ui.save import save_button
from resnet_explorer.ui.shortcut_views import (
    View,
    file_picture,
    graph,
    png_limit,
    record_row,
    shortcut_counts,
    view_controls,
)


def graphs(p: Plan, view: View) -> None:
    picked = record_row(p, view)
    if not view.plain:
        graph(p, view, "sc_graph", picked)
        return
    other = p.spec.with_(shortcut="projection" if p.spec.shortcut == "none" else "none")
    left, right = st.columns(2)
    with left:
        st.subheader(title(p.spec))
        graph(p, view, "sc_graph", picked, half=True)
    with right:
        st.subheader(title(other))
        graph(plan(other, current_size()), view, "sc_other", picked, half=True)
    st.markdown(prose("shortcuts_plain"))


def reasons(p: Plan) -> None:
    st.header(t("Why these lines are dashed"))
    dashed = dashed_blocks(p)
    if not dashed:
        st.markdown(prose("shortcuts_plain" if p.spec.shortcut == "none" else "shortcuts_no_dashed"))
        return
    st.markdown(", ".join(shortcut_counts(p)) + ".")
    zeros = " " + t("(zeros appended)")
    lines = [
        f"- **{block.name}** · {block.shortcut_reason}{zeros if block.shortcut == 'zero_pad' else ''}"
        for block in dashed
    ]
    with st.container(height=420 if len(lines) > 12 else "content", border=False):
        st.markdown("\n".join(lines))


def downloads(p: Plan, view: View) -> None:
    svg, png, dot, _ = st.columns([1, 1, 1, 2])
    name = encode_spec(p.spec)
    save_button(
        t("Graph as SVG"),
        lambda: file_picture(p, view).svg,
        f"{name}.svg",
        place=svg,
        icon=None,
        width="stretch",
    )
    with png:
        png_button(t("Graph as PNG"), lambda: file_picture(p, view), f"{name}.png", "sc_png")
    save_button(
        t("Graph as DOT"),
        lambda: to_dot(p, layers=view.layers, folded=view.folds(p), direction=view.direction),
        f"{name}.dot",
        place=dot,
        icon=None,
        width="stretch",
    )
    limit = png_limit(p, view)
    if limit:
        st.caption(limit)


network_heading(t("Shortcuts"))
p = current_plan()
view = view_controls(p)
graphs(p, view)
downloads(p, view)
reasons(p)
st.header(t("The rules"))
st.markdown(prose("shortcuts_rules"))
