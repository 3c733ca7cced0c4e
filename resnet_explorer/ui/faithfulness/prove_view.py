"""The view *Prove it* of the page Predict: the map that is tested, and one of four tests of it."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.common.i18n import prose, t
from resnet_explorer.common.text import as_markdown, headed
from resnet_explorer.explanation.cam import ONE_PASS
from resnet_explorer.faithfulness.findings import low_probability_warning
from resnet_explorer.ui.app.head import foot_places, more_settings, picture
from resnet_explorer.ui.app.page_end import end_page
from resnet_explorer.ui.app.refusal import shown_refusal
from resnet_explorer.ui.explanation.evidence import head_method_input, method_claim, stage_label
from resnet_explorer.ui.faithfulness.four_tests import TESTS
from resnet_explorer.ui.faithfulness.test_view import show_test
from resnet_explorer.ui.faithfulness.tested_map import tested_map, tested_map_input
from resnet_explorer.ui.photos.viewed_photo import photo_view
from resnet_explorer.ui.widgets.linked_inputs import linked_choice


def show_prove(controls: DeltaGenerator) -> None:
    """Draw it.

    Args:
        controls: the room in the page's head.
    """
    with controls:
        key = linked_choice(
            "pr_test",
            t("Test"),
            TESTS,
            default="deletion",
            names=lambda name: t(TESTS[name].short_title),
            label_visibility="collapsed",
        )
        method = head_method_input(ONE_PASS)
    test = TESTS[key]
    place = picture()
    words, take_home = foot_places()
    below = st.container()
    view = photo_view(place, words)
    with take_home, more_settings():
        asked = tested_map_input(view.viewed, method)
        settings = test.controls()
    with words, shown_refusal(ends_page=True), st.spinner(t("The network runs …")):
        tested = tested_map(view.viewed, asked)
    if tested.evidence.is_empty:
        told = prose("predict_empty_map")
        label = as_markdown(tested.label)
        words.info(told.format(label=label, stage=stage_label(tested.stage), side=t("for")))
        end_page()
    if tested.is_level:
        words.info(t("The map has the same value everywhere: it puts no pixel before another."))
        end_page()
    with shown_refusal():
        show_test(test, tested, settings, view.room, words, take_home, below)
    with below:
        warning = low_probability_warning(tested.probability, tested.is_most_probable)
        if warning:
            st.warning(warning)
        st.subheader(t(test.question))
        st.markdown(headed(t(test.title), t(test.source)))
        st.markdown(headed(ONE_PASS[method].name, method_claim(method)))
