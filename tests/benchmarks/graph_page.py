"""A page with one graph and nothing else: `?tool=ours&net=resnet18&folded=1`, or `tool=graphviz_chart`."""

from __future__ import annotations

import streamlit as st

from resnet_explorer.graph.diagram import to_dot
from resnet_explorer.graph.svg import network_svg
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import preset
from resnet_explorer.ui.widgets.graph_view import graph_view

asked = st.query_params
spec = preset(asked["net"])
drawn = plan(spec, spec.natural_size)
folded = asked["folded"] == "1"
st.title(asked["net"])
if asked["tool"] == "ours":
    graph_view(
        network_svg(drawn, folds=folded, direction="TB"),
        drawn,
        key="graph",
        direction="TB",
        on_pick=lambda part: None,
        on_toggle=lambda part: None,
    )
else:
    st.graphviz_chart(to_dot(drawn, folded=folded, direction="TB"))
