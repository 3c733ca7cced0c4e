from resnet_explorer.ui.frame import require_frame

require_frame(__file__)

import streamlit as st

from resnet_explorer.i18n import prose, t
from resnet_explorer.labs.wire_notebook import wire_notebook
from resnet_explorer.labs.wire_sweep import is_plain
from resnet_explorer.labs.wiring import write
from resnet_explorer.ui.frame import page_title
from resnet_explorer.ui.lab import guess, is_shown, notebook_button
from resnet_explorer.ui.lab_wire_bench import bench_input
from resnet_explorer.ui.lab_wire_hand import by_hand, graph
from resnet_explorer.ui.lab_wire_sweeps import drops, sweep, ways
from resnet_explorer.ui.linked import linked, one_of
from resnet_explorer.ui.page_end import end_page

VIEWS = {
    "sweep": t("Every block in turn"),
    "hand": t("Cut by hand"),
    "drops": t("Several at random"),
    "paths": t("Paths"),
}

CHOICES = {
    "little": t("Nearly all: under 5 points lost"),
    "depends": t("It depends on the block"),
    "most": t("Less than half, whichever"),
}

page_title(t("Cut the wire"), t("A trained network, a pair of scissors, and nothing learned again."))
try:
    bench = bench_input()
    linked("cw_view", "sweep", one_of(VIEWS))
    question = t("Take one of its {count} blocks out: how many answers are still right?")
    if bench.photos.labels is None:
        question = t("Take one of its {count} blocks out: how many answers stay the same?")
    guessed = guess("cw_guess", question.format(count=len(bench.blocks)), CHOICES)
    if not is_shown("cw_guess"):
        graph(bench, is_live=False)
        end_page()
    st.markdown(prose("wire_theory"))
    view = st.segmented_control(
        t("Experiment"),
        list(VIEWS),
        required=True,
        format_func=VIEWS.__getitem__,
        key="cw_view",
        width="stretch",
        persist_state="session",
    )
    match view:
        case "hand":
            by_hand(bench)
        case "drops":
            drops(bench)
        case "paths":
            ways(bench)
        case _:
            sweep(bench, guessed, CHOICES)
    code = write(bench.lesions, bench.blocks)
    other = bench.other.key if bench.other and st.session_state["cw_twin"] else None
    notebook_button(
        lambda: wire_notebook(
            bench.weights.key,
            bench.count,
            code,
            bench.draws,
            bench.seed,
            other,
            is_plain=is_plain(bench.blocks),
        ),
        "cut-the-wire.ipynb",
    )
except ValueError as refusal:
    st.error(str(refusal))
