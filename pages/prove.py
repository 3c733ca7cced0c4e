from resnet_explorer.ui.frame import require_frame

require_frame(__file__)

import streamlit as st

from resnet_explorer.i18n import prose, t
from resnet_explorer.proof.readings import is_little
from resnet_explorer.ui.evidence import stage_label
from resnet_explorer.ui.frame import page_title
from resnet_explorer.ui.linked import linked, one_of
from resnet_explorer.ui.page_end import end_page
from resnet_explorer.ui.prove_areas import areas_test
from resnet_explorer.ui.prove_cascade import cascade_test
from resnet_explorer.ui.prove_deletion import deletion_test
from resnet_explorer.ui.prove_map import Claim, claim_input
from resnet_explorer.ui.prove_superpixels import superpixels_test
from resnet_explorer.ui.subject import subject_input

TESTS = {
    "deletion": (t("Remove and insert"), deletion_test),
    "areas": (t("Against random areas"), areas_test),
    "pieces": (t("Piece by piece"), superpixels_test),
    "weights": (t("Random weights"), cascade_test),
}


def show_level(claim: Claim) -> None:
    """Say why a map cannot be tested."""
    if claim.found.is_empty:
        words = prose("predict_empty_map")
        st.info(words.format(label=claim.label, stage=stage_label(claim.stage), side=t("for")))
    else:
        st.info(t("The map has the same value everywhere: it puts no pixel before another."))


page_title(t("Prove it"), t("A heatmap is a claim. Four tests of it, with numbers."))
subject = subject_input()
try:
    claim = claim_input(subject)
except ValueError as refusal:
    st.error(str(refusal))
    end_page()
linked("pr_test", "deletion", one_of(TESTS))
test = st.segmented_control(
    t("Test"),
    list(TESTS),
    required=True,
    format_func=lambda name: TESTS[name][0],
    key="pr_test",
    width="stretch",
    persist_state="session",
)
if claim.is_level:
    show_level(claim)
    end_page()
warning = is_little(claim.probability, claim.is_most_probable)
if warning:
    st.warning(warning)
try:
    TESTS[test][1](claim)
except ValueError as refusal:
    st.error(str(refusal))
