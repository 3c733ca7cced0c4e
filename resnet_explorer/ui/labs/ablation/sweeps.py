"""The sweep over every block, random draws of several, and the paths that blocks make."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, TypeVar

import streamlit as st

from resnet_explorer.common.i18n import msg, prose, t
from resnet_explorer.common.progress import Step
from resnet_explorer.common.text import as_markdown, named
from resnet_explorer.labs.ablation.ablations import can_cut, each_cut, each_skipped, random_rows
from resnet_explorer.labs.ablation.findings import (
    differences,
    drops_finding,
    outcome,
    paths_finding,
    sweep_finding,
)
from resnet_explorer.labs.ablation.sweep import Drops, Sweep, drop_rows, drops_of, sweep_of, sweep_rows
from resnet_explorer.labs.degradation.study import study_networks
from resnet_explorer.network.table_rows import to_csv
from resnet_explorer.ui.app.url_state import linked, one_of
from resnet_explorer.ui.labs.ablation.by_block import show_chain
from resnet_explorer.ui.labs.ablation.controls import AblationSetup, counterpart_input, draws_input
from resnet_explorer.ui.labs.question import Guess, Screen, show_chart, verdict
from resnet_explorer.ui.session.cached_result import cached_result
from resnet_explorer.ui.session.progress_job import run_with_progress
from resnet_explorer.ui.widgets.linked_inputs import linked_choice
from resnet_explorer.ui.widgets.save_button import save_button

T = TypeVar("T")
S = TypeVar("S", Sweep, Drops)
Measure = Callable[[AblationSetup, str], tuple[S | None, bool]]
"""(setup, key of the work) → what was measured of it, or as much as is known, and whether that is all."""

KINDS: Final = {"skip": msg("its block, the shortcut stays"), "cut": msg("its shortcut, the block stays")}
"""What is taken out, in English."""
DEEPEST: Final = "study/residual-56"
NO_BETTER: Final = 1.5
"""Times what guessing reaches, below which a network is hardly better."""
FEW: Final = 20
"""Blocks below which it is said that they are few."""


def sweep(setup: AblationSetup, guessed: Guess, choices: Mapping[str, str], places: Screen) -> None:
    """Each block in turn, and the answer to the question."""
    from resnet_explorer.labs.ablation.figures import sweep_figure

    kind, other = _sweep_controls(setup, places)
    with places.picture:
        found = _of_both(setup, other, lambda of, key: _swept(of, kind, key), "sweep")
    if not found:
        return
    first, cut = found[0], kind == "cut"
    finding = sweep_finding(first, cut=cut)
    if setup.chance is not None and first.whole < NO_BETTER * setup.chance:
        told = t("Whole, it does hardly better than guessing: it has nothing to lose.") + " " + finding
    else:
        told = finding if cut else verdict(guessed, outcome(first), choices, finding)
    places.sentence.markdown(told)
    figure = cached_result(
        "_cw_sweep_figure",
        (kind, *found),
        lambda: sweep_figure(found, setup.chance, setup.measure, cut=cut),
    )
    with places.picture:
        show_chart(figure, "cw_sweep_chart", _alt(t("What is left without each block"), told))
    with places.take_home:
        save_button(
            t("CSV"), lambda: to_csv(sweep_rows(found, setup.measure)), "sweep.csv", key="cw_sweep_csv"
        )
    for each in found[1:]:
        st.markdown(named(as_markdown(each.label), sweep_finding(each, cut=cut)))
    marks = t("▼ The first block of a stage.")
    if len(found) > 1:
        marks += " " + t("✕ It changes the shape, and no shortcut leads past it.")
    st.caption(f"{_caption(setup, other, found)} {marks}")
    if cut:
        st.markdown(prose("wire_cut"))
    elif len(found) > 1 or first.is_plain:
        st.markdown(prose("wire_plain"))
    if len(setup.blocks) < FEW and not first.is_plain:
        words = prose("wire_few")
        st.markdown(words.format(blocks=len(setup.blocks), paths=f"{2 ** len(setup.blocks):,}"))
        _offer_more_blocks()


def drops(setup: AblationSetup, places: Screen) -> None:
    """Several blocks at random."""
    from resnet_explorer.labs.ablation.figures import drops_figure

    draws_input(t("Draws of each number"), places)
    other = counterpart_input(setup, places)
    with places.picture:
        found = _of_both(setup, other, _dropped, "drops")
    if not found:
        return
    what = t("error") if setup.photos.labels is not None else t("other answer than whole")
    findings = [drops_finding(each, what) for each in found]
    places.sentence.markdown(findings[0])
    figure = cached_result("_cw_drops_figure", tuple(found), lambda: drops_figure(found, setup.chance, what))
    with places.picture:
        alt = _alt(t("What is lost when several blocks are taken out"), findings[0])
        show_chart(figure, "cw_drops_chart", alt)
    with places.take_home:
        save_button(
            t("CSV"), lambda: to_csv(drop_rows(found, setup.measure)), "drops.csv", key="cw_drops_csv"
        )
    for finding in findings[1:]:
        st.markdown(finding)
    words = t(
        "{draws} draws of each number, seed {seed}; of one, each block once. Points: draws; line: "
        "their mean. Veit et al. 2016, section 4.2 and figure 5a: with 54 blocks, it rises smoothly."
    )
    st.caption(f"{_caption(setup, other, found)} {words.format(draws=setup.draws, seed=setup.seed)}")
    if any(each.is_plain for each in found):
        st.caption(t("A plain network keeps the blocks that change the shape: nothing leads past them."))


def paths(setup: AblationSetup, places: Screen) -> None:
    """How many paths there are of each length, and the gradient along them."""
    from resnet_explorer.labs.ablation.figures import lengths_figure, path_gradients_figure
    from resnet_explorer.labs.ablation.paths import batch_of, path_rows, photo_gradients

    blocks = len(setup.blocks)
    if not all(map(can_cut, setup.blocks)):
        words = t(
            "A plain network has one path, through all of its {count} blocks: there is nothing to count."
        )
        places.sentence.markdown(words.format(count=blocks))
        with places.picture:
            show_chain(setup, is_live=False, height="240px")
        return
    draws_input(t("Paths of each length"), places)
    with places.picture:
        found, _ = run_with_progress(
            "_cw_flow",
            (*setup.question, setup.draws, setup.seed),
            lambda: photo_gradients(setup.model, setup.photos, setup.draws, setup.seed),
            t("Lengths"),
        )
    if found is not None:
        told = paths_finding(found)
        places.sentence.markdown(told)
        figure = cached_result("_cw_flow_figure", (found,), lambda: path_gradients_figure(found))
        with places.picture:
            alt = _alt(t("The gradient along paths of each length"), told)
            show_chart(figure, "cw_flow_chart", alt)
        with places.take_home:
            save_button(t("CSV"), lambda: to_csv(path_rows(found)), "paths.csv", key="cw_flow_csv")
        words = t(
            "{network}, trained, norms as in use; {photos} photos, cross-entropy {loss}; {draws} paths of "
            "each length, seed {seed}; the gradient by what goes into the first block. Other seeds move "
            "these numbers, more draws settle them."
        )
        st.caption(
            words.format(
                network=as_markdown(setup.weights.label),
                photos=min(batch_of(setup.photos.images.shape[-1]), setup.count),
                loss=t("of their labels") if setup.photos.labels is not None else t("of its own answers"),
                draws=setup.draws,
                seed=setup.seed,
            )
        )
    st.subheader(t("{count} blocks are {paths:,} paths").format(count=blocks, paths=2**blocks))
    show_chart(lengths_figure(blocks), "cw_lengths_chart", t("How many paths are how long"), height=380)
    st.subheader(t("Which of them carry the gradient?"))
    st.markdown(prose("wire_paths"))


def _sweep_controls(setup: AblationSetup, places: Screen) -> tuple[str, AblationSetup | None]:
    """What is taken out, and the network beside it, which has no shortcuts to cut or is cut otherwise."""
    if any(map(can_cut, setup.blocks)):
        label = t("Taken out, one at a time")
        kind = linked_choice("cw_kind", label, KINDS, default="skip", at=places.settings)
    else:
        kind = linked("cw_kind", "skip", one_of(["skip"]))
    return kind, counterpart_input(setup, places) if kind == "skip" else None


def _alt(name: str, told: str) -> str:
    """What a chart shows, for those who hear it: its name, and the sentence beneath it without its marks."""
    return f"{name}{t('.')} {told.replace('**', '')}"


def _of_both(setup: AblationSetup, other: AblationSetup | None, measure: Measure[S], key: str) -> list[S]:
    """What was measured of a network and, once that is all, of the one beside it."""
    first, is_whole = measure(setup, f"_cw_{key}")
    if first is None:
        return []
    second = measure(other, f"_cw_twin_{key}")[0] if other and is_whole else None
    return [first] if second is None else [first, second]


def _swept(setup: AblationSetup, kind: str, key: str) -> tuple[Sweep | None, bool]:
    from resnet_explorer.labs.ablation.ablated_network import tally

    chains = (each_skipped if kind == "skip" else each_cut)(setup.blocks)
    return _counted(
        setup,
        key,
        (kind,),
        lambda: tally(setup.model, setup.photos, list(chains.values())),
        lambda found: sweep_of(setup.weights.label, setup.blocks, chains, found),
    )


def _dropped(setup: AblationSetup, key: str) -> tuple[Drops | None, bool]:
    from resnet_explorer.labs.ablation.ablated_network import tally_rows

    rows = random_rows(setup.blocks, setup.draws, setup.seed)
    return _counted(
        setup,
        key,
        (setup.draws, setup.seed),
        lambda: tally_rows(setup.model, setup.photos, rows),
        lambda found: drops_of(setup.weights.label, setup.blocks, found),
    )


def _counted(
    setup: AblationSetup,
    key: str,
    question: tuple[object, ...],
    start: Callable[[], Iterator[Step[T]]],
    make: Callable[[T], S],
) -> tuple[S | None, bool]:
    """Photos shown to a network with progress, and what is made of the counts."""
    label = setup.weights.label
    words = t("Photos shown to {label}").format(label=as_markdown(label))
    found, is_whole = run_with_progress(key, (*setup.question, *question), start, words)
    if not found:
        return None, False
    return cached_result(f"{key}_kept", (found, label, *question), lambda: make(found)), is_whole


def _caption(
    setup: AblationSetup, other: AblationSetup | None, found: Sequence[Sweep] | Sequence[Drops]
) -> str:
    """Which network was shown how many photos and, of two, what they differ in."""
    words = " / ".join(
        t("{network}, {count:,} photos").format(network=as_markdown(each.label), count=each.photos)
        for each in found
    )
    if other is None or len(found) == 1:
        return words + t(".")
    return f"{words}{t('.')} {differences(setup.weights, other.weights)}"


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
