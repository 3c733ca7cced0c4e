"""Cutting by hand: the graph that is clicked, the photo before and after, and the accuracy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import streamlit as st
from PIL import Image

from resnet_explorer.answer_bars import answer_bars
from resnet_explorer.cam import METHODS, Evidence, evidence
from resnet_explorer.i18n import t
from resnet_explorer.labs.wire_picture import wire_picture
from resnet_explorer.labs.wiring import WHOLE, Lesions, can_cut, can_swap, short, swappable, write
from resnet_explorer.overlay import COLOUR_MAPS, heat_picture, jpeg_bytes, overlay
from resnet_explorer.sheet import Scale, numbers_json, sheet
from resnet_explorer.short_text import as_markdown
from resnet_explorer.ui.answer import view_for
from resnet_explorer.ui.evidence import SIDE, enlarged, show_scale, stage_label
from resnet_explorer.ui.lab_wire_bench import Bench
from resnet_explorer.ui.linked import linked, one_of
from resnet_explorer.ui.networks import torch_gate
from resnet_explorer.ui.photo_input import photo_input, view_input
from resnet_explorer.ui.remembered import remembered
from resnet_explorer.ui.save import save_button
from resnet_explorer.ui.slow_work import slow_work
from resnet_explorer.ui.subject import Subject
from resnet_explorer.ui.svg import show_svg

if TYPE_CHECKING:
    from resnet_explorer.stage_pass import StagePass

TOOLS: Final = {"out": t("take it out"), "swap": t("swap it with the next one clicked")}
_MARKED, _REFUSAL = "_cw_marked", "_cw_refusal"
_BARS: Final = 280


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


def by_hand(bench: Bench) -> None:
    """The graph and the scissors, the accuracy, the photo."""
    _tools(bench)
    graph(bench, is_live=True)
    _show_accuracy(bench)
    _show_photo(bench)


def graph(bench: Bench, is_live: bool) -> None:
    """The chain of blocks; live, a click cuts."""
    marked = st.session_state.get(_MARKED)
    lesions = bench.lesions if is_live else WHOLE
    show_svg(
        wire_picture(bench.blocks, lesions, marked if is_live else None),
        key="cw_graph" if is_live else "cw_first_graph",
        on_pick=(lambda part: _pick(part, bench)) if is_live else None,
        shrink=0.5,
        magnify=1.2,
        tallest=900,
    )


def _tools(bench: Bench) -> None:
    can_all_swap, has_arcs = bool(swappable(bench.blocks)), any(map(can_cut, bench.blocks))
    linked("cw_tool", "out", one_of(TOOLS if can_all_swap else ["out"]))
    on_block = t("A click on a block:")
    tool, mend = st.columns([4, 1], vertical_alignment="bottom")
    with tool:
        if can_all_swap:
            st.segmented_control(
                t("A click on a shortcut’s arc cuts it, or mends it.") + " " + on_block
                if has_arcs
                else on_block,
                list(TOOLS),
                required=True,
                format_func=TOOLS.__getitem__,
                key="cw_tool",
                persist_state="session",
            )
        elif has_arcs:
            st.markdown(t("A click on a shortcut’s arc cuts it; a click on a block takes it out."))
        else:
            st.markdown(t("A click on a block takes it out, where its shape lets it."))
    mend.button(
        t("Mend all"),
        key="cw_mend",
        icon=":material/healing:",
        disabled=bench.lesions == WHOLE,
        on_click=_mend,
        width="stretch",
    )
    refusal = st.session_state.pop(_REFUSAL, None)
    if refusal:
        st.warning(refusal)


def _mend() -> None:
    st.session_state["cw_cut"] = WHOLE
    st.session_state.pop(_MARKED, None)


def _pick(part: str, bench: Bench) -> None:
    state: Any = st.session_state
    lesions: Lesions = state["cw_cut"]
    names = [short(block) for block in bench.blocks]
    if part[1:] not in names:  # a click on the graph of a moment ago
        return
    number = names.index(part[1:])
    if part[0] == "c":
        state["cw_cut"] = lesions.with_cut(number)
    elif state.get("cw_tool") != "swap":
        state["cw_cut"] = lesions.with_skipped(number)
    else:
        marked = state.pop(_MARKED, None)
        if marked is None or marked >= len(names):
            state[_MARKED] = number
        elif marked != number:
            _swap(marked, number, bench)


def _swap(marked: int, number: int, bench: Bench) -> None:
    if can_swap(bench.blocks[marked], bench.blocks[number]):
        st.session_state["cw_cut"] = bench.lesions.with_swapped(marked, number)
        return
    words = t(
        "{one} and {other} cannot change places: only blocks of one stage that leave the shape as it is."
    )
    names = {"one": short(bench.blocks[marked]), "other": short(bench.blocks[number])}
    st.session_state[_REFUSAL] = words.format(**names)


def _show_accuracy(bench: Bench) -> None:
    if bench.lesions == WHOLE:
        has_arcs = any(map(can_cut, bench.blocks))
        st.info(
            t("Nothing is cut yet: click an arc or a block.")
            if has_arcs
            else t("Nothing is cut yet: click a block.")
        )
        return
    from resnet_explorer.labs.lesions import tally

    wiring = bench.lesions.wiring(len(bench.blocks))
    found, _ = slow_work(
        "_cw_by_hand",
        (*bench.question, bench.lesions),
        lambda: tally(bench.model, bench.photos, [wiring]),
        t("Photos shown to both networks"),
    )
    if found is None:
        return
    name = bench.measure[0].upper() + bench.measure[1:]
    words = t("{name} on {count:,} photos: **{before:.1%} → {after:.1%}**")
    st.markdown(
        "### " + words.format(name=name, count=found.photos, before=found.whole, after=found.scores[0])
    )


def _show_photo(bench: Bench) -> None:
    subject = _subject(bench)
    pair = remembered("_cw_pair", (*subject.question, bench.lesions), lambda: _asked(bench, subject))
    names = subject.names
    columns = st.columns(4, gap="medium")
    sides = (
        (columns[0], columns[1], pair.before, t("Whole")),
        (columns[3], columns[2], pair.after, t("Cut")),
    )
    label = pair.before.name(names)
    for number, (bars, picture, result, side) in enumerate(sides):
        with bars:
            st.markdown(f"**{side}**")
            best = [(names[index], value) for index, value in result.prediction.top(5)]
            show_svg(answer_bars(best, label, side, _BARS), key=f"cw_bars_{number}", shrink=0.5, magnify=1.25)
        with picture:
            st.markdown(f"**{side}: Grad-CAM**")
            alt = t("Grad-CAM map for {label}").format(label=label)
            st.image(pair.files[number], width="stretch", alt=f"{side}: {alt}")
            if pair.maps[number].is_empty:
                st.caption(t("Zero everywhere: nothing here speaks for the class."))
    stage = stage_label(pair.maps[0].stage)
    scale = Scale(COLOUR_MAPS[0], "0", f"{pair.peak:.3g}", t("evidence for the class, both on one scale"))
    words = t("Both maps are for **{label}**, what the whole network sees first, at {stage}.")
    st.markdown(words.format(label=as_markdown(label), stage=stage))
    show_scale(scale)
    _saves(bench, subject, pair, scale)


def _subject(bench: Bench) -> Subject:
    """The photo of the photo lab, before this page's network."""
    picture, words = st.columns([1, 5.5], vertical_alignment="center")
    with words, st.container(horizontal=True):
        with st.popover(t("Another photo"), icon=":material/image:"):
            photo, about = photo_input()
        asked = view_input(width="content")
    subject = Subject(photo, bench.weights, view_for(photo, bench.weights, asked))
    seen = remembered("_cw_seen", subject.question, lambda: jpeg_bytes(enlarged(subject.seen)))
    picture.image(seen, width=150, alt=t("The square of the photo that the network sees"))
    words.markdown(f"**{as_markdown(photo.name)}**")
    words.caption(about)
    return subject


def _asked(bench: Bench, subject: Subject) -> _Pair:
    from resnet_explorer.labs.lesions import rewired
    from resnet_explorer.stage_pass import stage_pass

    last, tensor = len(bench.weights.spec.depths), subject.tensor()
    with torch_gate():
        before = stage_pass(bench.model, tensor, [last])
        cut = rewired(bench.model, bench.lesions.wiring(len(bench.blocks)))
        after = stage_pass(cut, tensor, [last], before.target)
    maps = (evidence(before.outputs[0]), evidence(after.outputs[0]))
    top = max(found.peak for found in maps)
    seen = enlarged(subject.seen)
    one, other = (
        overlay(seen, heat_picture(found.map.numpy(), (SIDE, SIDE), COLOUR_MAPS[0], True, top), 0.5)
        for found in maps
    )
    return _Pair(before, after, maps, (one, other), (jpeg_bytes(one), jpeg_bytes(other)))


def _saves(bench: Bench, subject: Subject, pair: _Pair, scale: Scale) -> None:
    target, chances = pair.before.target, [result.probability for result in (pair.before, pair.after)]
    method = METHODS["gradcam"]
    caption = subject.caption(
        target, chances[0], stage_label(pair.maps[0].stage), f"{method.name} ({method.source})"
    )
    code = write(bench.lesions, bench.blocks) or t("nothing")
    with st.container(horizontal=True):
        save_button(
            t("Download as PNG"),
            lambda: sheet(
                pair.pictures,
                (*caption.lines, t("Cut: {code}; then {after:.1%}").format(code=code, after=chances[1])),
                scale,
                (t("Whole"), t("Cut")),
            ),
            "cut-the-wire.png",
            key="cw_save",
        )
        save_button(
            t("Numbers as JSON"),
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
