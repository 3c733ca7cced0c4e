from resnet_explorer.ui.app.frame import require_frame

require_frame(__file__)

import streamlit as st

from resnet_explorer.common.i18n import msg
from resnet_explorer.finetune.evaluation.confusion_svg import empty_matrix
from resnet_explorer.ui.app.head import head, picture
from resnet_explorer.ui.app.page_end import end_page
from resnet_explorer.ui.finetune.evaluation.confusion_view import show_cells
from resnet_explorer.ui.finetune.evaluation.evaluated_run import (
    EvaluatedRun,
    as_words,
    evaluated_run,
    forget_places,
    linked_cell,
    linked_photo,
)
from resnet_explorer.ui.finetune.evaluation.photo_view import show_photo
from resnet_explorer.ui.finetune.evaluation.views import show_calibration, show_classes, show_weight_change
from resnet_explorer.ui.finetune.runs.run_input import known_runs, run_input
from resnet_explorer.ui.finetune.runs.view import show_run
from resnet_explorer.ui.widgets.linked_inputs import view_choice
from resnet_explorer.ui.widgets.svg_view import PLACE, show_svg


def show_confusion(evaluated: EvaluatedRun) -> None:
    """The matrix with photos, or one of the photos."""
    cell, photo = linked_cell(evaluated), linked_photo(evaluated)
    if photo is None:
        show_cells(evaluated, cell)
    else:
        show_photo(evaluated, photo, cell)


NAMES = {
    "photos": msg("Confusion"),
    "classes": msg("Per class"),
    "sure": msg("Confidence"),
    "moved": msg("Weights"),
    "runs": msg("Runs"),
}
VIEWS = {
    "photos": show_confusion,
    "classes": show_classes,
    "sure": show_calibration,
    "moved": show_weight_change,
}

controls = head(__file__)
view = view_choice("tr_view", NAMES, controls)
known = known_runs()
with controls:
    run = run_input(known)
forget_places(run)
if view == "runs":
    show_run(known)
else:
    try:
        evaluated = evaluated_run(run)
    except ValueError as refusal:
        with picture():
            show_svg(empty_matrix(), "tr_none", height=PLACE)
        st.info(as_words(refusal))
        end_page()
    VIEWS[view](evaluated)
