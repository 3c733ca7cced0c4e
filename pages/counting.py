from resnet_explorer.ui.app.frame import require_frame

require_frame(__file__)

import streamlit as st

from resnet_explorer.common.i18n import prose, t
from resnet_explorer.counting.conventions import tool_of
from resnet_explorer.network.spec_code import encode_spec
from resnet_explorer.ui.app.head import foot_places, head, more_settings, picture
from resnet_explorer.ui.counting.views import (
    ask_tools,
    heading,
    step_choice,
    step_layers,
    steps_from_paper,
    steps_picture,
    stride_sentence,
    switches,
    tool_choice,
    tools_picture,
    verdict,
)
from resnet_explorer.ui.session.network import current_size, current_spec

controls = head(__file__)
shown, (said, take_home) = picture(), foot_places()
with take_home, more_settings():
    stride_in, convention = switches(current_spec())
spec, size = current_spec().with_(stride_in=stride_in), current_size()
start, goal, steps = steps_from_paper(spec, size, convention)
current = tool_of(convention, stride_in)
with controls:
    tool_choice(current)
with shown:
    tools_picture(spec, size, goal, current)
said.markdown(verdict(spec, size, goal, current))
st.markdown(prose("counting_intro"))
if current:
    st.caption(current.source)
if stride_sentence(spec):
    st.caption(stride_sentence(spec))
st.header(heading(current))
st.metric(t("Operations for one image"), f"{goal.total:,}")
picture_of_steps = st.container()
chosen = step_choice(steps)
with picture_of_steps:
    steps_picture(start, goal, steps, t(current.name) if current else t("your switches"), chosen)
step_layers(start, goal, steps, chosen, f"{encode_spec(spec)}-{chosen}")
st.header(t("Is that what they say?"))
ask_tools(spec, size)
