from resnet_explorer.ui.app.frame import require_frame

require_frame(__file__)

import streamlit as st

from resnet_explorer.common.i18n import prose, t
from resnet_explorer.ui.app.head import foot_places, head, picture
from resnet_explorer.ui.app.refusal import shown_refusal
from resnet_explorer.ui.labs.degradation.paired_training_view import config_input, paired_training
from resnet_explorer.ui.labs.degradation.study_view import ask, study, study_details
from resnet_explorer.ui.labs.question import notebook_button

controls = head(__file__, has_own_networks=True)
place = picture()
sentence, take_home = foot_places()
with shown_refusal(place, ends_page=True):
    guessed = ask(place)
    study(guessed, controls, place, sentence, take_home)
with take_home:
    notebook = st.container()
study_details()
st.subheader(t("What it means"))
st.markdown(prose("degradation_theory"))
st.header(t("Train two now"))
with shown_refusal():
    config = config_input()
    with notebook:
        notebook_button("degradation/degradation_notebook.py", "degradation.ipynb", {"config": config})
    paired_training(config)
