from resnet_explorer.ui.frame import require_frame

require_frame(__file__)

import streamlit as st

from resnet_explorer.i18n import t
from resnet_explorer.ui.frame import page_title
from resnet_explorer.ui.page_end import end_page
from resnet_explorer.ui.pages import RUNS
from resnet_explorer.ui.run_actions import show_actions
from resnet_explorer.ui.run_files import show_use
from resnet_explorer.ui.run_input import chosen_run, known_runs, run_input, say_none
from resnet_explorer.ui.run_view import show_course, show_end, show_figures, show_settings
from resnet_explorer.ui.run_watch import watch
from resnet_explorer.ui.runs_table import show_table
from resnet_explorer.ui.runs_together import show_together
from resnet_explorer.weights import available

page_title(RUNS.name, t("All that was trained on this machine, and what came of it."))

known = known_runs()
if not known:
    say_none()
    end_page()
starts = {entry.key: entry.label for entry in available()}
show_table(known, chosen_run(known), starts)

menu, actions = st.columns([1, 1.4], vertical_alignment="bottom", gap="large")
with menu:
    run = run_input()
if run is None:  # another session removed the last one a moment ago
    end_page()
with actions:
    show_actions(run)
watch(known, run.key)
show_end(run)
show_figures(run, starts)
show_use(run, starts)
show_course(run)
show_settings(run, starts)
show_together(known, starts)
