"""Blocks cut one by one: the chain that is clicked, what is left beside it, the photo before and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import streamlit as st
from PIL import Image
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.common.i18n import msg, prose, t
from resnet_explorer.common.text import as_markdown, named, sentence_as_markdown
from resnet_explorer.explanation.cam import METHODS, Evidence, evidence
from resnet_explorer.explanation.captioned_figure import ColourBar, figure, numbers_json
from resnet_explorer.explanation.heatmap import COLOUR_MAPS, heat_picture, jpeg_bytes, overlay
from resnet_explorer.labs.ablation.ablations import (
    WHOLE,
    Ablation,
    can_cut,
    can_swap,
    each_skipped,
    fits,
    short,
    swappable,
    write,
)
from resnet_explorer.labs.ablation.findings import cut_words, photo_finding
from resnet_explorer.labs.ablation.pair_svg import Side, pair_svg
from resnet_explorer.labs.ablation.score_svg import Score, score_svg
from resnet_explorer.labs.ablation.svg import IN_A_ROW, chain_svg
from resnet_explorer.ui.app.url_state import linked, one_of
from resnet_explorer.ui.explanation.evidence import SIDE, enlarged, show_colour_bar, stage_label
from resnet_explorer.ui.labs.ablation.controls import AblationSetup, beside_input
from resnet_explorer.ui.labs.question import Screen
from resnet_explorer.ui.photos.photo_input import about_photo, current_photo, current_view
from resnet_explorer.ui.photos.viewed_photo import ViewedPhoto, view_for
from resnet_explorer.ui.session.cached_result import cached_result
from resnet_explorer.ui.session.loaded_networks import torch_gate
from resnet_explorer.ui.session.progress_job import run_with_progress
from resnet_explorer.ui.widgets.linked_inputs import linked_choice
from resnet_explorer.ui.widgets.save_button import save_button
from resnet_explorer.ui.widgets.svg_view import PLACE, show_svg

if TYPE_CHECKING:
    from resnet_explorer.explanation.activations_and_gradients import StagePass
    from resnet_explorer.labs.ablation.ablated_network import Tally

TOOLS: Final = {"out": msg("take it out"), "swap": msg("swap it with the next one clicked")}
"""What a click on a block does, in English."""
_MARKED, _REFUSAL = "_cw_marked", "_cw_refusal"
BESIDE: Final = 9
"""Blocks up to which what is left stands beside the chain, and not over it."""
_PARTS: Final = (2.7, 1)
_CHAIN: Final = "160px"
_LONG_CHAIN: Final = "190px"
_SMALL_PAIR: Final = f"calc({PLACE} - 266px)"
_PAIR: Final = f"calc({PLACE} - 190px)"
"""Height of the row of answers and maps, in CSS: what the chain leaves."""


@dataclass(frozen=True, eq=False)
class _Pair:
    """The whole network's answer and the cut one's, for one class, and their maps on one scale."""

    before: StagePass
    after: StagePass
    maps: tuple[Evidence, Evidence]
    pictures: tuple[Image.Image, Image.Image]
    files: tuple[bytes, bytes]

    @property
    def peak(self) -> float:
        """The value of the brightest colour of both maps."""
        return max(found.peak for found in self.maps)


def one_by_one(setup: AblationSetup, controls: DeltaGenerator, places: Screen) -> None:
    """The chain and what is left beside it, then the photo, which stands below a chain of many rows.

    Args:
        setup: the network, and what is cut.
        controls: room in the head.
        places: of the screen.
    """
    photo = current_photo()
    viewed = ViewedPhoto(photo, setup.weights, view_for(photo, setup.weights, current_view()))
    count = len(setup.blocks)
    controls.button(
        t("Mend all"),
        key="cw_mend",
        icon=":material/healing:",
        disabled=setup.ablation == WHOLE,
        on_click=_mend,
    )
    with places.picture:
        if refusal := st.session_state.pop(_REFUSAL, None):
            st.warning(refusal)
        is_beside = count <= BESIDE
        if is_beside:
            chain, score = st.columns(_PARTS, vertical_alignment="center")
        else:
            score, chain = st.container(key="cw_accuracy"), st.container()
        with chain:
            show_chain(setup, is_live=True, height=_CHAIN if is_beside else _LONG_CHAIN)
        pair_place = st.container()
    is_seen, rows = count <= 2 * IN_A_ROW, 5 if count <= IN_A_ROW else 3
    pair = cached_result("_cw_pair", (*viewed.question, setup.ablation), lambda: _measured(setup, viewed))
    label, stage = pair.before.name(viewed.names), stage_label(pair.maps[0].stage)
    with pair_place if is_seen else st.container():
        height = _PAIR if rows == 5 else _SMALL_PAIR if is_seen else f"calc({PLACE} - 100px)"
        _show_pair(pair, viewed, label, rows if is_seen else 5, height)
    _tool_input(setup, places)
    places.sentence.markdown(_sentence(setup, viewed, pair))
    with score:
        _show_scores(setup, is_beside, places)
    scale = ColourBar(COLOUR_MAPS[0], "0", f"{pair.peak:.3g}", t("evidence for the class, both on one scale"))
    with places.take_home:
        _saves(setup, viewed, pair, scale)
    words = t("Both maps are for **{label}**, what the whole network sees first, at {stage}.")
    st.markdown(words.format(label=as_markdown(label), stage=stage))
    show_colour_bar(scale)
    for found, side in zip(pair.maps, (t("Whole"), t("Cut")), strict=True):
        if found.is_empty:
            st.caption(f"{side}: " + t("Zero everywhere: nothing here speaks for the class."))
    st.caption(sentence_as_markdown(about_photo()))
    st.markdown(prose("wire_veit"))


def _sentence(setup: AblationSetup, viewed: ViewedPhoto, pair: _Pair) -> str:
    """What it says of the photo, or what to click."""
    before, after = pair.before.prediction, pair.after.prediction
    (first, chance), (second, now) = before.top(1)[0], after.top(1)[0]
    name = viewed.names[first]
    if setup.ablation == WHOLE:
        words = t("Whole, it says **{name}** ({chance:.1%}). Take a block out, or cut an arc: click it.")
        if not any(map(can_cut, setup.blocks)):
            words = t("Whole, it says **{name}** ({chance:.1%}). Click a block: it is taken out.")
        return words.format(name=as_markdown(name), chance=chance)
    still = float(after.probabilities[first])
    done = cut_words(setup.ablation, setup.blocks)
    return photo_finding(done, (name, chance), (viewed.names[second], now), still)


def _show_scores(setup: AblationSetup, is_beside: bool, places: Screen) -> None:
    """What is left of it, by the fixed photos, and of the network beside it."""
    other = beside_input(setup, places)
    found = _tallied("_cw_by_hand", setup, setup.ablation)
    if found is None:
        return
    what = t("{measure}, {count:,} photos")
    if setup.photos.labels is None and not setup.dataset:
        what = t("{measure}, {count:,} squares")
    name = what.format(measure=_capital(setup.measure), count=found.photos)
    is_whole = setup.ablation == WHOLE
    scores = [Score(name, found.whole, None if is_whole else found.scores[0])]
    if other and not is_whole:
        is_same = (
            other.photos.labels is not None
            and fits(setup.ablation, other.blocks)
            and other.weights == setup.other
        )
        tallied = _tallied("_cw_beside", other, setup.ablation if is_same else None)
        if tallied:
            label = other.weights.label.partition(" · ")[0]
            if other.photos.labels is None:
                words = t("The same, of {label}, a block out")
                told = t(
                    "{label} stands beside it held against itself, uncut, too: on {count:,} of CIFAR-10’s "
                    "test photos, without each of its blocks in turn, the mean."
                )
                places.below.caption(told.format(label=as_markdown(label), count=other.count))
            elif is_same:
                words = t("Accuracy of {label}, cut alike")
            else:
                words = t("Accuracy of {label}, a block out")
            after = sum(tallied.scores) / len(tallied.scores)
            scores.append(Score(words.format(label=label), tallied.whole, after))
    if is_beside:
        show_svg(score_svg(*scores), key="cw_score", height=_CHAIN)
    else:
        st.markdown("&emsp;".join(named(as_markdown(each.name), f"**{each.words}**") for each in scores))


def _tallied(key: str, setup: AblationSetup, ablation: Ablation | None) -> Tally | None:
    """The fixed photos shown to the whole network and to the cut one; without a cut, each block in turn."""
    from resnet_explorer.labs.ablation.ablated_network import tally

    chains = [ablation.chain(len(setup.blocks))] if ablation else list(each_skipped(setup.blocks).values())
    found, _ = run_with_progress(
        key,
        (*setup.question, ablation),
        lambda: tally(setup.model, setup.photos, chains),
        t("Photos"),
    )
    return found


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def show_chain(setup: AblationSetup, is_live: bool, height: str) -> None:
    """The chain of blocks; live, a click cuts.

    Args:
        setup: whose blocks they are.
        is_live: whether it is.
        height: of its place, in CSS.
    """
    marked = st.session_state.get(_MARKED)
    ablation = setup.ablation if is_live else WHOLE
    show_svg(
        chain_svg(setup.blocks, ablation, marked if is_live else None),
        key="cw_graph" if is_live else "cw_first_graph",
        on_pick=(lambda part: _pick(part, setup)) if is_live else None,
        height=height,
    )


def _tool_input(setup: AblationSetup, places: Screen) -> None:
    """What a click on a block does."""
    has_arcs = any(map(can_cut, setup.blocks))
    if swappable(setup.blocks):
        label = t("A click on a block:")
        if has_arcs:
            label = t("A click on a shortcut’s arc cuts it, or mends it.") + " " + label
        linked_choice("cw_tool", label, TOOLS, default="out", at=places.settings)
    else:
        linked("cw_tool", "out", one_of(["out"]))
        places.settings.markdown(
            t("A click on a shortcut’s arc cuts it; a click on a block takes it out.")
            if has_arcs
            else t("A click on a block takes it out, where its shape lets it.")
        )


def _mend() -> None:
    st.session_state["cw_cut"] = WHOLE
    st.session_state.pop(_MARKED, None)


def _pick(part: str, setup: AblationSetup) -> None:
    state: Any = st.session_state
    ablation: Ablation = state["cw_cut"]
    names = [short(block) for block in setup.blocks]
    if part[1:] not in names:  # a click on the graph of a moment ago
        return
    number = names.index(part[1:])
    if part[0] == "c":
        state["cw_cut"] = ablation.with_cut(number)
    elif state.get("cw_tool") != "swap":
        state["cw_cut"] = ablation.with_skipped(number)
    else:
        marked = state.pop(_MARKED, None)
        if marked is None or marked >= len(names):
            state[_MARKED] = number
        elif marked != number:
            _swap(marked, number, setup)


def _swap(marked: int, number: int, setup: AblationSetup) -> None:
    if can_swap(setup.blocks[marked], setup.blocks[number]):
        st.session_state["cw_cut"] = setup.ablation.with_swapped(marked, number)
        return
    words = t(
        "{one} and {other} cannot change places: only blocks of one stage that leave the shape as it is."
    )
    names = {"one": short(setup.blocks[marked]), "other": short(setup.blocks[number])}
    st.session_state[_REFUSAL] = words.format(**names)


def _show_pair(pair: _Pair, viewed: ViewedPhoto, label: str, rows: int, height: str) -> None:
    """Both answers and both maps, in a row."""
    sides = [
        Side(
            name,
            [(viewed.names[index], value) for index, value in result.prediction.top(rows)],
            file,
            named(name, t("Grad-CAM map for {label}").format(label=label)),
        )
        for name, result, file in zip(
            (t("Whole"), t("Cut")), (pair.before, pair.after), pair.files, strict=True
        )
    ]
    show_svg(pair_svg(sides[0], sides[1], label), key="cw_pair", height=height)


def _measured(setup: AblationSetup, viewed: ViewedPhoto) -> _Pair:
    from resnet_explorer.explanation.activations_and_gradients import stage_pass
    from resnet_explorer.labs.ablation.ablated_network import ablated_network

    last, tensor = len(setup.weights.spec.depths), viewed.tensor()
    with torch_gate():
        before = stage_pass(setup.model, tensor, [last])
        cut = ablated_network(setup.model, setup.ablation.chain(len(setup.blocks)))
        after = stage_pass(cut, tensor, [last], before.target)
    maps = (evidence(before.outputs[0]), evidence(after.outputs[0]))
    top = max(found.peak for found in maps)
    seen = enlarged(viewed.seen)
    one, other = (
        overlay(seen, heat_picture(found.map.numpy(), (SIDE, SIDE), COLOUR_MAPS[0], True, top), 0.5)
        for found in maps
    )
    return _Pair(before, after, maps, (one, other), (jpeg_bytes(one), jpeg_bytes(other)))


def _saves(setup: AblationSetup, viewed: ViewedPhoto, pair: _Pair, scale: ColourBar) -> None:
    target, chances = pair.before.target, [result.probability for result in (pair.before, pair.after)]
    stage = stage_label(pair.maps[0].stage)
    caption = viewed.caption(target, chances[0], stage, METHODS["gradcam"].citation)
    code = write(setup.ablation, setup.blocks) or t("nothing")
    save_button(
        t("PNG"),
        lambda: figure(
            pair.pictures,
            (*caption.lines, t("Cut: {code}; then {after:.1%}").format(code=code, after=chances[1])),
            scale,
            (t("Whole"), t("Cut")),
        ),
        "cut-the-wire.png",
        key="cw_save",
    )
    save_button(
        t("JSON"),
        lambda: numbers_json(
            caption,
            {
                "lesions": code,
                "probabilities of the whole network": pair.before.prediction.probabilities.tolist(),
                "probabilities of the cut network": pair.after.prediction.probabilities.tolist(),
                "map of the whole network": pair.maps[0].map.tolist(),
                "map of the cut network": pair.maps[1].map.tolist(),
            },
        ),
        "cut-the-wire.json",
        key="cw_json",
    )
