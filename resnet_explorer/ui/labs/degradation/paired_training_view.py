"""A paired training on the page: which networks, for how long, their curves, Stop."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import streamlit as st

from resnet_explorer.common.i18n import t
from resnet_explorer.common.progress import Step
from resnet_explorer.common.text import duration
from resnet_explorer.labs.degradation.paired_config import (
    DEEPEST,
    LAST_SEED,
    LEARNT,
    MOST_EPOCHS,
    PHOTOS,
    RECIPE,
    PairedConfig,
    PairedNetwork,
    PairedTraining,
)
from resnet_explorer.labs.depth.config import SHALLOWEST
from resnet_explorer.network.table_rows import to_csv
from resnet_explorer.training.paper_recipe import KINDS
from resnet_explorer.ui.labs.degradation.study_view import CURVES
from resnet_explorer.ui.labs.question import is_asked, show_chart
from resnet_explorer.ui.session.live_job import run_live
from resnet_explorer.ui.session.loaded_networks import torch_gate, warm_up
from resnet_explorer.ui.session.shared_result import shared_result
from resnet_explorer.ui.widgets.linked_inputs import linked_choice, linked_number, linked_select
from resnet_explorer.ui.widgets.save_button import save_button

DEPTHS: Final = tuple(range(SHALLOWEST, DEEPEST + 1, 6))
DEFAULT: Final = PairedConfig((PairedNetwork("plain", 32), PairedNetwork("residual", 32)), epochs=5)


def config_input() -> PairedConfig:
    """The controls of a paired training."""
    first, second = st.columns(2, gap="large")
    with first:
        one = _network_input("dg_a", t("One network"), DEFAULT.networks[0])
    with second:
        other = _network_input("dg_b", t("The other"), DEFAULT.networks[1])
    left, right, _ = st.columns([1, 1, 2], gap="medium")
    epochs = linked_number("dg_epochs", t("Epochs"), 2, MOST_EPOCHS, default=DEFAULT.epochs, at=left)
    seed = linked_number("dg_seed", t("Seed"), 0, LAST_SEED, default=DEFAULT.seed, at=right)
    return PairedConfig((one, other), epochs, seed)


def paired_training(config: PairedConfig) -> None:
    """An estimate and a button, then the curves while both learn.

    Raises:
        ValueError: if the photos are missing.
    """
    with st.spinner(t("Timing a batch of each …")):
        warm_up("resnet_explorer.labs.degradation.paired_training")
        seconds = shared_result("_dg_estimate", (config,), lambda: _estimate(config))
    words, button = st.columns([5, 1.3], vertical_alignment="center")
    batches = config.epochs * -(-LEARNT // RECIPE.batch_size)
    expected = t("{batches:,} batches of {batch} each").format(batches=batches, batch=RECIPE.batch_size)
    is_begun = is_asked("dg_go", config, t("Train both"), button)
    if not is_begun:  # from then on the work's own clock says how long
        expected += t(", about {duration} on this machine").format(duration=duration(seconds))
    words.markdown(f"**{expected}.**")
    photos = t(
        "{learnt} of CIFAR-10’s test photos (Krizhevsky 2009) to learn from and {tested} to test on, "
        "{side} × {side} pixels; the same batches for both."
    ).format(learnt=LEARNT, tested=PHOTOS - LEARNT, side=RECIPE.side)
    st.caption(f"{photos} {t(CURVES)}")
    if not is_begun:
        return

    from resnet_explorer.labs.degradation.figures import SHOWN, paired_figure
    from resnet_explorer.labs.degradation.findings import paired_rows

    shown = linked_choice("dg_live_error", t("Drawn"), SHOWN, default="both", names=SHOWN)

    def start() -> Iterator[Step[PairedTraining]]:
        from resnet_explorer.labs.degradation.paired_training import train_pair

        return train_pair(config)

    def draw(training: PairedTraining | None) -> None:
        figure = paired_figure(
            config, training or PairedTraining(), shown
        )  # the axes stand from the beginning
        show_chart(figure, "dg_live_chart", t("Errors by epoch"), height=420)

    found = run_live("_dg_duel", (config,), start, t("Batches"), draw)
    if found is None or not found.logs[0]:
        return
    last = " · ".join(
        t("{name}: training error **{train:.1%}**, test error **{test:.1%}**").format(
            name=network.name, train=log[-1].train_error, test=log[-1].test_error
        )
        for network, log in zip(config.networks, found.logs, strict=True)
    )
    st.markdown(last)
    save_button(
        t("These epochs as CSV"),
        lambda: to_csv(paired_rows(config, found.logs)),
        "paired-training.csv",
        key="dg_duel_csv",
    )


def _estimate(config: PairedConfig) -> float:
    from resnet_explorer.labs.degradation.paired_training import estimate

    with torch_gate():
        return estimate(config)


def _network_input(prefix: str, label: str, default: PairedNetwork) -> PairedNetwork:
    """A kind and a depth."""
    left, right = st.columns([1.5, 1], vertical_alignment="bottom")
    kind = linked_choice(f"{prefix}_kind", label, KINDS, default=default.kind, names=t, at=left)
    depth = linked_select(f"{prefix}_depth", t("Layers"), DEPTHS, default=default.depth, at=right)
    return PairedNetwork(kind, depth)
