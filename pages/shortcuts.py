from resnet_explorer.ui.app.frame import require_frame

require_frame(__file__)

import streamlit as st

from resnet_explorer.common.i18n import prose, t
from resnet_explorer.common.text import enumerated
from resnet_explorer.graph.diagram import dashed_blocks, to_dot, zeros_words
from resnet_explorer.network.layers import Plan
from resnet_explorer.network.spec_code import encode_spec
from resnet_explorer.ui.app.head import foot, head, more_settings, picture
from resnet_explorer.ui.graph.views import (
    View,
    graph,
    network_picture,
    part_search,
    png_limit,
    shortcut_counts,
    view_controls,
)
from resnet_explorer.ui.session.network import current_plan
from resnet_explorer.ui.widgets.png_button import png_button
from resnet_explorer.ui.widgets.save_button import save_button


def sentence(p: Plan) -> str:
    counts = enumerated(shortcut_counts(p))
    if not counts:
        return t("No shortcut: each block hands on g(x) alone.")
    if not dashed_blocks(p):
        return t("{counts}: every block adds its input as it is.").format(counts=counts)
    return t("{counts}: a solid line adds x itself, a dashed one first brings it to the new shape.").format(
        counts=counts
    )


def downloads(p: Plan, view: View) -> None:
    name = encode_spec(p.spec)
    save_button(
        t("SVG"), lambda: network_picture(p.spec, p.input_size, view, True).svg, f"{name}.svg", icon=None
    )
    png_button(lambda: network_picture(p.spec, p.input_size, view, True), f"{name}.png", "sc_png")
    save_button(
        t("DOT"),
        lambda: to_dot(p, layers=view.layers, folded=view.folds(p), direction=view.direction),
        f"{name}.dot",
        icon=None,
    )


def reasons(p: Plan) -> None:
    st.header(t("Why these lines are dashed"))
    dashed = dashed_blocks(p)
    if not dashed:
        st.markdown(prose("shortcuts_plain" if p.spec.shortcut == "none" else "shortcuts_no_dashed"))
        return
    lines = []
    for block in dashed:
        zeros = [zeros_words(layer) for layer in block.layers if layer.kind == "zero_pad"]
        lines.append("- " + " · ".join((f"**{block.name}**", block.shortcut_reason, *zeros)))
    with st.container(height=420 if len(lines) > 12 else "content", border=False):
        st.markdown("\n".join(lines))


controls = head(__file__)
place = picture()
p = current_plan()
with foot(sentence(p)):
    settings = more_settings()
    view = view_controls(p, controls, settings)
    downloads(p, view)
picked = part_search(p, view, controls)
with place:
    graph(p, view, picked)
limit = png_limit(p, view)
if limit:
    settings.caption(limit)
if view.plain:
    st.markdown(prose("shortcuts_plain"))
reasons(p)
st.header(t("The rules"))
st.markdown(prose("shortcuts_rules"))
