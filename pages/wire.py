from resnet_explorer.ui.app.frame import require_frame

require_frame(__file__)

import streamlit as st

from resnet_explorer.common.i18n import msg, prose, t
from resnet_explorer.labs.ablation.ablations import write
from resnet_explorer.labs.ablation.sweep import is_plain
from resnet_explorer.ui.app.head import head
from resnet_explorer.ui.app.page_end import end_page
from resnet_explorer.ui.app.refusal import shown_refusal
from resnet_explorer.ui.labs.ablation.by_block import one_by_one, show_chain
from resnet_explorer.ui.labs.ablation.controls import photo_words, setup_input
from resnet_explorer.ui.labs.ablation.sweeps import drops, paths, sweep
from resnet_explorer.ui.labs.question import HEIGHT, guess, is_shown, kept_guess, notebook_button, screen
from resnet_explorer.ui.widgets.linked_inputs import linked_choice

VIEWS = {"hand": msg("cut one"), "sweep": msg("each block"), "drops": msg("at random"), "paths": msg("paths")}
CHOICES = {
    "little": msg("Nearly all: under 5 points lost"),
    "depends": msg("It depends on the block"),
    "most": msg("Less than half, whichever"),
}

controls = head(__file__)
places = screen()
with shown_refusal(places.picture, ends_page=True):
    setup = setup_input(controls, places)
view = linked_choice(
    "cw_view", t("Experiment"), VIEWS, default="hand", at=controls, label_visibility="collapsed"
)
if view != "sweep":
    kept_guess("cw_guess", CHOICES, setup.weights.key)
else:
    question = t("Take one of its {count} blocks out: how many answers are still right?")
    if setup.photos.labels is None:
        question = t("Take one of its {count} blocks out: how many answers stay the same?")
    with places.picture:
        guessed = guess(
            "cw_guess",
            question.format(count=len(setup.blocks)),
            t("A trained network, a pair of scissors, and nothing learned again."),
            CHOICES,
            lambda: show_chain(setup, is_live=False, height=HEIGHT),
            setup.weights.key,
        )
    if not is_shown("cw_guess"):
        end_page()
with shown_refusal(places.picture):
    match view:
        case "sweep":
            sweep(setup, guessed, CHOICES, places)
        case "drops":
            drops(setup, places)
        case "paths":
            paths(setup, places)
        case _:
            one_by_one(setup, controls, places)
    st.caption(photo_words(setup))
    st.markdown(prose("wire_theory"))
    parameters = {
        "key": setup.weights.key,
        "count": setup.count,
        "ablation": write(setup.ablation, setup.blocks),
        "draws": setup.draws,
        "seed": setup.seed,
    }
    without = ["paths"] if is_plain(setup.blocks) else []
    if setup.other and st.session_state["cw_twin"]:
        parameters["other_key"] = setup.other.key
    else:
        without.append("counterpart")
    with places.take_home:
        notebook_button("ablation/ablation_notebook.py", "cut-the-wire.ipynb", parameters, without)
