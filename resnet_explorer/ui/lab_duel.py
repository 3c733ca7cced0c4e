"""Two networks trained on the page, side by side: which, for how long, their curves, Stop."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, cast

import streamlit as st

from resnet_explorer.i18n import t
from resnet_explorer.labs.duel_setting import (
    DEEPEST,
    LAST_SEED,
    LEARNT,
    MOST_EPOCHS,
    PHOTOS,
    RECIPE,
    Duel,
    Fighter,
    Fought,
)
from resnet_explorer.labs.setting import SHALLOWEST
from resnet_explorer.progress import Step
from resnet_explorer.short_text import duration
from resnet_explorer.tables import to_csv
from resnet_explorer.training.paper_recipe import KINDS, Kind
from resnet_explorer.ui.lab import is_asked, view_input
from resnet_explorer.ui.lab_degradation import CURVES
from resnet_explorer.ui.linked import linked, one_of, whole
from resnet_explorer.ui.live_work import live_work
from resnet_explorer.ui.networks import torch_gate, warm_up
from resnet_explorer.ui.remembered import remembered
from resnet_explorer.ui.save import save_button

DEPTHS: Final = tuple(range(SHALLOWEST, DEEPEST + 1, 6))
USUAL: Final = Duel(Fighter("plain", 32), Fighter("residual", 32), epochs=30)


def duel_input() -> Duel:
    """The controls of a live training."""
    first, second = st.columns(2, gap="large")
    with first:
        one = _fighter("dg_a", t("One network"), USUAL.first)
    with second:
        other = _fighter("dg_b", t("The other"), USUAL.second)
    epochs, seed, _ = st.columns([1, 1, 2], gap="medium")
    linked("dg_epochs", USUAL.epochs, whole(2, MOST_EPOCHS))
    linked("dg_seed", USUAL.seed, whole(0, LAST_SEED))
    passes = epochs.number_input(t("Epochs"), 2, MOST_EPOCHS, key="dg_epochs", persist_state="session")
    number = seed.number_input(t("Seed"), 0, LAST_SEED, key="dg_seed", persist_state="session")
    return Duel(one, other, int(passes), int(number))


def live(setting: Duel) -> None:
    """An estimate and a button, then the curves while both learn.

    Raises:
        ValueError: if the photos are missing.
    """
    with st.spinner(t("Timing a batch of each …")):
        warm_up("resnet_explorer.labs.duel")
        seconds = remembered("_dg_estimate", (setting,), lambda: _estimate(setting))
    words, button = st.columns([5, 1.3], vertical_alignment="center")
    batches = setting.epochs * -(-LEARNT // RECIPE.batch_size)
    told = t("{batches:,} batches of {batch} each").format(batches=batches, batch=RECIPE.batch_size)
    is_begun = is_asked("dg_go", setting, t("Train both"), button)
    if not is_begun:  # from then on the work's own clock says how long
        told += t(", about {duration} on this machine").format(duration=duration(seconds))
    words.markdown(f"**{told}.**")
    st.caption(f"{_photos_words()} {CURVES}")
    if not is_begun:
        return

    from resnet_explorer.labs.degradation_figures import SHOWN, duel_figure
    from resnet_explorer.labs.degradation_reading import duel_rows

    shown = view_input("dg_live_error", t("Drawn"), SHOWN, "both")

    def start() -> Iterator[Step[Fought]]:
        from resnet_explorer.labs.duel import duel

        return duel(setting)

    def draw(fought: Fought | None) -> None:
        figure = duel_figure(setting, fought or Fought((), ()), shown)  # the axes stand from the beginning
        st.plotly_chart(figure, key="dg_live_chart", config={"displaylogo": False}, alt=t("Errors by epoch"))

    found = live_work("_dg_duel", (setting,), start, t("Batches"), draw)
    if found is None or not found.first:
        return
    last = " · ".join(
        t("{name}: training error **{train:.1%}**, test error **{test:.1%}**").format(
            name=fighter.name, train=log[-1].train_error, test=log[-1].test_error
        )
        for fighter, log in zip(setting.fighters, found.logs, strict=True)
    )
    st.markdown(last)
    save_button(
        t("These epochs as CSV"), lambda: to_csv(duel_rows(setting, found)), "duel.csv", key="dg_duel_csv"
    )


def _photos_words() -> str:
    return t(
        "{learnt} of CIFAR-10’s test photos (Krizhevsky 2009) to learn from and {tested} to test on, "
        "{side} × {side} pixels; the same batches for both."
    ).format(learnt=LEARNT, tested=PHOTOS - LEARNT, side=RECIPE.side)


def _estimate(setting: Duel) -> float:
    from resnet_explorer.labs.duel import estimate

    with torch_gate():
        return estimate(setting)


def _fighter(prefix: str, label: str, usual: Fighter) -> Fighter:
    """A kind and a depth."""
    linked(f"{prefix}_kind", usual.kind, one_of(KINDS))
    linked(f"{prefix}_depth", usual.depth, one_of(DEPTHS))
    kind, depth = st.columns([1.5, 1], vertical_alignment="bottom")
    chosen = kind.segmented_control(
        label,
        KINDS,
        required=True,
        format_func=t,
        key=f"{prefix}_kind",
        persist_state="session",
    )
    layers = depth.selectbox(t("Layers"), DEPTHS, key=f"{prefix}_depth", persist_state="session")
    return Fighter(cast(Kind, chosen), int(layers))
