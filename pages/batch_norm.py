from resnet_explorer.ui.app.frame import require_frame

require_frame(__file__)

from functools import partial

import streamlit as st

from resnet_explorer.common.i18n import prose, t
from resnet_explorer.ui.app.head import foot_places, head, more_settings, picture
from resnet_explorer.ui.batch_norm.views import (
    batch_controls,
    bias_section,
    head_controls,
    running_controls,
    running_section,
    sentence,
    shape_controls,
    steps,
    steps_svg,
)
from resnet_explorer.ui.widgets.save_button import save_button

with head(__file__):
    training, channel = head_controls()
shown, (said, take_home) = picture(), foot_places()
with take_home, more_settings():
    shape = shape_controls()
if not training:
    st.markdown(prose("bn_evaluation"))
st.header(t("Change a number"))
st.markdown(prose("bn_intro"))
batch = batch_controls(training, *shape)
st.header(t("Running statistics"))
batch = running_controls(batch)  # in evaluation the steps depend on them
with shown:
    steps(batch, channel)
said.markdown(sentence(batch, channel))
if not training or batch.trainable:
    save_button(
        t("SVG"),
        partial(steps_svg, batch, channel, standalone=True),
        f"batch-norm-channel-{channel + 1}.svg",
        place=take_home,
    )
running_section(batch)
bias_section(batch)
st.markdown(prose("bn_sources"))
