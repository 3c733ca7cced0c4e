"""The sweep over every block, random draws of several, and the paths that blocks make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import streamlit as st

from resnet_explorer.i18n import prose, t
from resnet_explorer.labs.study import study_networks
from resnet_explorer.labs.wire_beside import differences
from resnet_explorer.labs.wire_reading import drops_reading, outcome, paths_reading, sweep_reading
from resnet_explorer.labs.wire_sweep import Drops, Sweep, drop_rows, drops_of, sweep_of, sweep_rows
from resnet_explorer.labs.wiring import can_cut, each_cut, each_skipped, random_rows
from resnet_explorer.short_text import as_markdown
from resnet_explorer.tables import to_csv
from resnet_explorer.ui.lab import verdict
from resnet_explorer.ui.lab_wire_bench import Bench, draws_input, twin_input
from resnet_explorer.ui.linked import linked, one_of
from resnet_explorer.ui.remembered import remembered
from resnet_explorer.ui.save import save_button
from resnet_explorer.ui.slow_work import slow_work

if TYPE_CHECKING:
    import plotly.graph_objects as go

KINDS: Final = {"skip": t("its block, the shortcut stays"), "cut": t("its shortcut, the block stays")}
DEEPEST: Final = "study/residual-56"
NO_BETTER: Final = 1.5
"""Times what guessing reaches, below which a network is hardly better."""
FEW: Final = 20
"""Blocks below which it is said that they are few."""


def sweep(bench: Bench, guessed: str | None, choices: Mapping[str, str]) -> None:
    """Each block in turn, and the answer to the question."""
    from resnet_explorer.labs.wire_figures import sweep_figure

    kind, twin = _sweep_controls(bench)
    first, is_whole = _swept(bench, kind, "_cw_sweep")
    if first is None:
        return
    second = _swept(twin, kind, "_cw_twin_sweep")[0] if twin and is_whole else None
    found = [first] if second is None else [first, second]
    reading = _read_out(found, kind)
    if bench.chance is not None and first.whole < NO_BETTER * bench.chance:
        st.warning(t("Whole, it does hardly better than guessing: it has nothing to lose.") + " " + reading)
    elif kind == "skip":
        verdict(guessed, outcome(first), choices, reading)
    else:
        st.info(reading)
    figure = remembered(
        "_cw_sweep_figure",
        (kind, *found),
        lambda: sweep_figure(found, bench.chance, bench.measure, cut=kind == "cut"),
    )
    _show(figure, "cw_sweep_chart", t("What is left without each block"))
    marks = t("▼ The first block of a stage.")
    if len(found) > 1:
        marks += " " + t("✕ It changes the shape, and no shortcut leads past it.")
    st.caption(f"{_caption(bench, twin, found)} {marks}")
    save_button(
        t("Numbers as CSV"), lambda: to_csv(sweep_rows(found, bench.measure)), "sweep.csv", key="cw_sweep_csv"
    )
    if kind == "cut":
        st.markdown(prose("wire_cut"))
    elif len(found) > 1 or first.is_plain:
        st.markdown(prose("wire_plain"))
    if len(bench.blocks) < FEW and not first.is_plain:
        words = prose("wire_few")
        st.markdown(words.format(blocks=len(bench.blocks), paths=f"{2 ** len(bench.blocks):,}"))
        _offer_more_blocks()


def _offer_more_blocks() -> None:
    """A click from few blocks to the study's deepest residual network."""
    deepest = next((each for each in study_networks() if each.key == DEEPEST), None)
    if deepest is None:
        return

    def choose() -> None:
        st.session_state["cw_net"] = DEEPEST

    label = t("Now with {count} blocks: {label}").format(
        count=len(deepest.plan.blocks), label=as_markdown(deepest.label)
    )
    st.button(label, key="cw_deeper", icon=":material/arrow_forward:", on_click=choose)


def _sweep_controls(bench: Bench) -> tuple[str, Bench | None]:
    """What is taken out, and the network beside it, which has no shortcuts to cut or is cut otherwise."""
    kinds = list(KINDS) if any(map(can_cut, bench.blocks)) else ["skip"]
    linked("cw_kind", "skip", one_of(kinds))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="large"):
        if len(kinds) > 1:
            st.segmented_control(
                t("Taken out, one at a time"),
                kinds,
                required=True,
                format_func=KINDS.__getitem__,
                key="cw_kind",
                persist_state="session",
            )
        kind: str = st.session_state["cw_kind"]
        return kind, twin_input(bench) if kind == "skip" else None


def _swept(bench: Bench, kind: str, key: str) -> tuple[Sweep | None, bool]:
    """A network's sweep, or as much of it as is known, and whether that is all."""
    from resnet_explorer.labs.lesions import tally

    chains = (each_skipped if kind == "skip" else each_cut)(bench.blocks)
    found, is_whole = slow_work(
        key,
        (*bench.question, kind),
        lambda: tally(bench.model, bench.photos, list(chains.values())),
        t("Photos shown to {label}").format(label=as_markdown(bench.weights.label)),
    )
    if found is None:
        return None, False
    label = bench.weights.label
    kept = remembered(
        f"{key}_kept", (found, kind, label), lambda: sweep_of(label, bench.blocks, chains, found)
    )
    return kept, is_whole


def _read_out(found: Sequence[Sweep], kind: str) -> str:
    """The sentences of one network or, each after its name, of two."""
    readings = [sweep_reading(each, cut=kind == "cut") for each in found]
    if len(found) == 1:
        return readings[0]
    named = [f"{as_markdown(each.label)}: {words}" for each, words in zip(found, readings, strict=True)]
    return "  \n".join(named)


def _caption(bench: Bench, twin: Bench | None, drawn: Sequence[Sweep] | Sequence[Drops]) -> str:
    """Who was shown how many photos and, of two, what they differ in."""
    words = " / ".join(
        t("{network}, {count:,} photos").format(network=as_markdown(each.label), count=each.photos)
        for each in drawn
    )
    if twin is None or len(drawn) == 1:
        return f"{words}."
    return f"{words}. {differences(bench.weights, twin.weights)}"


def drops(bench: Bench) -> None:
    """Several blocks at random."""
    from resnet_explorer.labs.wire_figures import drops_figure

    with draws_input(t("Draws of each number")):
        twin = twin_input(bench)
    first, is_whole = _dropped(bench, "_cw_drops")
    if first is None:
        return
    second = _dropped(twin, "_cw_twin_drops")[0] if twin and is_whole else None
    found = [first] if second is None else [first, second]
    what = t("error") if bench.photos.labels is not None else t("other answer than whole")
    st.info("  \n".join(drops_reading(each, what) for each in found))
    figure = remembered(
        "_cw_drops_figure",
        tuple(found),
        lambda: drops_figure(found, bench.chance, what),
    )
    _show(figure, "cw_drops_chart", t("What is lost when several blocks are taken out"))
    st.caption(
        _caption(bench, twin, found)
        + " "
        + t(
            "{draws} draws of each number, seed {seed}; of one, each block once. Points: draws; line: "
            "their mean. Veit et al. 2016, section 4.2 and figure 5a: with 54 blocks, it rises smoothly."
        ).format(draws=bench.draws, seed=bench.seed)
    )
    if any(each.is_plain for each in found):
        st.caption(t("A plain network keeps the blocks that change the shape: nothing leads past them."))
    save_button(
        t("Numbers as CSV"), lambda: to_csv(drop_rows(found, bench.measure)), "drops.csv", key="cw_drops_csv"
    )


def _dropped(bench: Bench, key: str) -> tuple[Drops | None, bool]:
    """A network's drops, or as many rows as are known, and whether these are all."""
    from resnet_explorer.labs.lesions import tally_rows

    rows = random_rows(bench.blocks, bench.draws, bench.seed)
    found, is_whole = slow_work(
        key,
        (*bench.question, bench.draws, bench.seed),
        lambda: tally_rows(bench.model, bench.photos, rows),
        t("Photos shown to {label}").format(label=as_markdown(bench.weights.label)),
    )
    if not found:
        return None, False
    label = bench.weights.label
    kept = remembered(f"{key}_kept", (tuple(found), label), lambda: drops_of(label, bench.blocks, found))
    return kept, is_whole


def ways(bench: Bench) -> None:
    """How many paths there are of each length, and the gradient along them."""
    from resnet_explorer.labs.paths import batch_of, flow_rows, measured_flow
    from resnet_explorer.labs.wire_path_figures import flow_figure, lengths_figure

    blocks = len(bench.blocks)
    if not all(map(can_cut, bench.blocks)):
        words = t(
            "A plain network has one path, through all of its {count} blocks: there is nothing to count."
        )
        st.info(words.format(count=blocks))
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
    st.info(paths_reading(found))
    _show(
        remembered("_cw_flow_figure", (found,), lambda: flow_figure(found)),
        "cw_flow_chart",
        t("The gradient along paths of each length"),
    )
    loss = t("of their labels") if bench.photos.labels is not None else t("of its own answers")
    st.caption(
        t(
            "{network}, trained, norms as in use; {photos} photos, cross-entropy {loss}; {draws} paths of "
            "each length, seed {seed}; the gradient by what goes into the first block."
        ).format(
            network=as_markdown(bench.weights.label),
            photos=min(batch_of(bench.photos.images.shape[-1]), bench.count),
            loss=loss,
            draws=bench.draws,
            seed=bench.seed,
        )
    )
    save_button(t("Numbers as CSV"), lambda: to_csv(flow_rows(found)), "paths.csv", key="cw_flow_csv")


def _show(figure: go.Figure, key: str, alt: str) -> None:
    st.plotly_chart(figure, key=key, config={"displaylogo": False}, alt=alt)
