"""The sweep over every block, random draws of several, and the paths that blocks make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import streamlit as st

from resnet_explorer.i18n import prose, t
from resnet_explorer.labs.wire_reading import outcome, sweep_reading
from resnet_explorer.labs.wiring import can_cut, each_cut, each_skipped, random_rows, short
from resnet_explorer.ui.lab import verdict
from resnet_explorer.ui.lab_wire_bench import Bench, draws_input
from resnet_explorer.ui.linked import linked, one_of
from resnet_explorer.ui.remembered import remembered
from resnet_explorer.ui.save import save_button
from resnet_explorer.ui.slow_work import slow_work

if TYPE_CHECKING:
    import plotly.graph_objects as go

KINDS: Final = {"skip": t("its block, the shortcut stays"), "cut": t("its shortcut, the block stays")}
FEW: Final = 20
"""Blocks below which it is said that they are few."""


def sweep(bench: Bench, guessed: str | None, choices: Mapping[str, str]) -> None:
    """Each block in turn, and the answer to the question."""
    from resnet_explorer.labs.lesions import tally
    from resnet_explorer.labs.wire_figures import sweep_figure

    kinds = list(KINDS) if any(map(can_cut, bench.blocks)) else ["skip"]
    linked("cw_kind", "skip", one_of(kinds))
    if len(kinds) > 1:
        st.segmented_control(
            t("Taken out, one at a time"),
            kinds,
            required=True,
            format_func=KINDS.__getitem__,
            key="cw_kind",
            persist_state="session",
        )
    kind = st.session_state["cw_kind"]
    chains = (each_skipped if kind == "skip" else each_cut)(bench.blocks)
    found, _ = slow_work(
        "_cw_sweep",
        (*bench.question, kind),
        lambda: tally(bench.model, bench.photos, list(chains.values())),
        t("Photos shown to every network"),
    )
    if found is None:
        return
    scores = dict(zip(chains, found.scores, strict=True))
    names = {number: short(bench.blocks[number]) for number in scores}
    reading = sweep_reading(scores, found.whole, names, found.photos, cut=kind == "cut")
    if kind == "skip":
        verdict(guessed, outcome(scores, found.whole), choices, reading)
    else:
        st.info(reading)
    figure = remembered(
        "_cw_sweep_figure",
        (id(found), kind, bench.weights.key),
        lambda: sweep_figure(bench.blocks, scores, found.whole, bench.chance, bench.measure),
    )
    _show(figure, "cw_sweep_chart", t("What is left without each block"))
    st.caption(
        t("{network}, {count:,} photos. ▼ The first block of a stage.").format(
            network=bench.weights.label, count=found.photos
        )
    )
    lines = [f"{names[number]},{bench.blocks[number].shortcut},{score}" for number, score in scores.items()]
    save_button(
        t("Numbers as CSV"),
        lambda: "\n".join([f"block,shortcut,{bench.measure}", f"none,,{found.whole}", *lines]) + "\n",
        "sweep.csv",
        key="cw_sweep_csv",
    )
    if len(bench.blocks) < FEW:
        words = prose("wire_few")
        st.markdown(words.format(blocks=len(bench.blocks), paths=f"{2 ** len(bench.blocks):,}"))
    st.markdown(prose("wire_plain"))


def drops(bench: Bench, guessed: str | None, choices: Mapping[str, str]) -> None:
    """Several blocks at random."""
    from resnet_explorer.labs.lesions import tally_rows
    from resnet_explorer.labs.wire_figures import drops_figure

    draws_input(t("Draws of each number"))
    rows = random_rows(bench.blocks, bench.draws, bench.seed)
    found, _ = slow_work(
        "_cw_drops",
        (*bench.question, bench.draws, bench.seed),
        lambda: tally_rows(bench.model, bench.photos, rows),
        t("Photos shown to every network"),
    )
    if not found:
        return
    what = t("error") if bench.photos.labels is not None else t("other answer than whole")
    figure = remembered(
        "_cw_drops_figure",
        (id(found), bench.weights.key),
        lambda: drops_figure([row.scores for row in found], found[0].whole, bench.chance, what),
    )
    _show(figure, "cw_drops_chart", t("What is lost when several blocks are taken out"))
    st.caption(
        t(
            "{network}, {count:,} photos, {draws} draws of each number, seed {seed}. Points: draws; line: "
            "their mean. Veit et al. 2016, section 4.2 and figure 5a: with 54 blocks, it rises smoothly."
        ).format(network=bench.weights.label, count=found[0].photos, draws=bench.draws, seed=bench.seed)
    )
    lines = [
        f"{number},{draw},{score}"
        for number, row in enumerate(found, start=1)
        for draw, score in enumerate(row.scores, start=1)
    ]
    save_button(
        t("Numbers as CSV"),
        lambda: "\n".join([f"blocks out,draw,{bench.measure}", *lines]) + "\n",
        "drops.csv",
        key="cw_drops_csv",
    )


def ways(bench: Bench, guessed: str | None, choices: Mapping[str, str]) -> None:
    """How many paths there are of each length, and the gradient along them."""
    from resnet_explorer.labs.paths import batch_of, measured_flow
    from resnet_explorer.labs.wire_figures import flow_figure, lengths_figure

    blocks = len(bench.blocks)
    if not all(map(can_cut, bench.blocks)):
        st.info(t("A plain network has one path, through all of its {count} blocks.").format(count=blocks))
        return
    st.subheader(t("{count} blocks are {paths:,} paths").format(count=blocks, paths=2**blocks))
    _show(lengths_figure(blocks), "cw_lengths_chart", t("How many paths are how long"))
    st.subheader(t("Which of them carry the gradient?"))
    st.markdown(prose("wire_paths"))
    draws_input(t("Paths of each length"))
    found, _ = slow_work(
        "_cw_flow",
        (*bench.question, bench.draws, bench.seed),
        lambda: measured_flow(bench.model, bench.photos, bench.draws, bench.seed),
        t("Lengths"),
    )
    if found is None:
        return
    _show(
        remembered("_cw_flow_figure", (id(found), bench.weights.key), lambda: flow_figure(found)),
        "cw_flow_chart",
        t("The gradient along paths of each length"),
    )
    loss = t("of their labels") if bench.photos.labels is not None else t("of its own answers")
    st.caption(
        t(
            "{network}, trained, norms as in use; {photos} photos, cross-entropy {loss}; {draws} paths of "
            "each length, seed {seed}; the gradient by what goes into the first block."
        ).format(
            network=bench.weights.label,
            photos=min(batch_of(bench.photos.images.shape[-1]), bench.count),
            loss=loss,
            draws=bench.draws,
            seed=bench.seed,
        )
    )
    lines = [
        f"{length},{draw},{norm}"
        for length, row in enumerate(found.norms.tolist())
        for draw, norm in enumerate(row, start=1)
    ]
    save_button(
        t("Numbers as CSV"),
        lambda: "\n".join(["blocks on the path,draw,norm of the gradient", *lines]) + "\n",
        "paths.csv",
        key="cw_flow_csv",
    )


def _show(figure: go.Figure, key: str, alt: str) -> None:
    st.plotly_chart(figure, key=key, config={"displaylogo": False}, alt=alt)
