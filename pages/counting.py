from resnet_explorer.ui.frame import require_frame

require_frame(__file__)

import streamlit as st

from resnet_explorer.counting import tool_of
from resnet_explorer.i18n import prose, t
from resnet_explorer.link import encode_spec
from resnet_explorer.ui.count_views import (
    ask_tools,
    heading,
    read_switches,
    step_choice,
    step_layers,
    stride_sentence,
    switches,
    tool_choice,
    tools_picture,
    verdict,
    way,
    way_picture,
)
from resnet_explorer.ui.frame import network_heading
from resnet_explorer.ui.network import current_size, current_spec


def counting() -> None:
    stride_in, convention = read_switches(current_spec())
    spec, size = current_spec().with_(stride_in=stride_in), current_size()
    start, goal, steps = way(spec, size, convention)
    current = tool_of(convention, stride_in)
    st.markdown(prose("counting_intro"))
    tool_choice(current)
    tools_picture(spec, size, goal, current)
    name = t(current.name) if current else t("your switches")
    st.header(heading(current))
    switches()
    total, words = st.columns([1, 2.2], vertical_alignment="center")
    total.metric(t("Operations for one image"), f"{goal.total:,}")
    with words:
        verdict(spec, size, goal, current)
        if stride_sentence(spec):
            st.caption(stride_sentence(spec))
    chosen = step_choice(steps)
    way_picture(start, goal, steps, name, chosen)
    step_layers(start, goal, steps, chosen, f"{encode_spec(spec)}-{chosen}")
    st.header(t("Is that what they say?"))
    ask_tools(spec, size)


network_heading(t("Counting"))
counting()
