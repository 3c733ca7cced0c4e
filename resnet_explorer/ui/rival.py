"""Two classes at once on the Predict page: both maps, their difference, and what it says in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

import streamlit as st
from PIL import Image

from resnet_explorer.cam import ONE_PASS
from resnet_explorer.contrast import Contrast, contrast, place_in_words, rival_of
from resnet_explorer.i18n import t
from resnet_explorer.overlay import DIVERGING, balance_picture, jpeg_bytes, overlay
from resnet_explorer.sheet import Scale, numbers_json, sheet
from resnet_explorer.short_text import as_markdown
from resnet_explorer.ui.evidence import SIDE, Asked, Look, enlarged, show_scale, stage_label
from resnet_explorer.ui.linked import linked, one_of
from resnet_explorer.ui.remembered import remembered
from resnet_explorer.ui.save import save_button

if TYPE_CHECKING:
    from resnet_explorer.stage_pass import StagePass
    from resnet_explorer.ui.subject import Subject

NEXT: Final = "the next most probable"
_PANELS: Final = "_p_rival_panels"


@dataclass(frozen=True, eq=False)
class _Panels:
    """The contrast, and the class, its rival and the difference as pictures and as files."""

    held: Contrast
    pictures: list[Image.Image]
    files: list[bytes]


def show_rival(result: StagePass, asked: Asked, subject: Subject, look: Look) -> None:
    """Why this class and not that one, at the chosen stage by the chosen method.

    Args:
        result: the pass for the class, over all stages.
        asked: at which stage, and by which method of one pass.
        subject: what was looked at, and by whom.
        look: how strongly to draw, and whether smooth.
    """
    if len(subject.names) < 2:
        return
    if not isinstance(result.target, int):
        st.caption(t("Two classes are held against each other by their logits; a kind has none."))
        return
    heading = st.empty()
    words_column, pictures_column = st.columns([1.35, 3], gap="large")
    with words_column:
        rival = _rival_input(result, subject.names)
    against = subject.rival_answer(rival)
    target, other = result.name(subject.names), subject.names[rival]
    heading.subheader(
        t("Why {target} and not {rival}?").format(target=as_markdown(target), rival=as_markdown(other))
    )
    panels = remembered(
        _PANELS, (result, against, asked, look), lambda: _draw(result, against, asked, subject, look)
    )
    held = panels.held
    with words_column:
        st.markdown(_in_words(held, asked, subject, as_markdown(target), as_markdown(other)))
    titles = [target, other, t("{target} less {rival}").format(target=target, rival=other)]
    with pictures_column:
        for column, file, name in zip(st.columns(3), panels.files, titles, strict=True):
            column.image(file, width="stretch", alt=t("Map for and against {name}").format(name=name))
            column.markdown(f"**{as_markdown(name)}**")
        _show_scale(held, target, other)
        st.caption(
            t("One scale for the three. In the first two, orange speaks for the class and blue against it.")
        )
        _save(panels, asked, subject, result, against, titles)


def _show_scale(held: Contrast, target: str, rival: str) -> None:
    """The colour bar, and below it which end is whose: names may be long."""
    show_scale(Scale(DIVERGING, f"−{held.extent:.3g}", f"{held.extent:.3g}", ""))
    left, right = _ends(target, rival)
    st.html(
        "<div style='display:grid;grid-template-columns:1fr auto 1fr;font-size:1rem;font-weight:600'>"
        f"<span>{escape(left)}</span><span>0</span>"
        f"<span style='text-align:right'>{escape(right)}</span></div>"
    )


def _ends(target: str, rival: str) -> tuple[str, str]:
    return t("← more for {name}").format(name=rival), t("more for {name} →").format(name=target)


def _rival_input(result: StagePass, names: tuple[str, ...]) -> int:
    """Which class is held against the one of the pass; the next most probable unless chosen."""
    options = [NEXT, *(name for index, name in enumerate(names) if index != result.target)]
    linked("p_rival", NEXT, one_of(options))
    name = st.selectbox(
        t("And not"),
        options,
        key="p_rival",
        format_func=t,
        help=t("Type to search. One more pass is made for this class."),
        persist_state="session",
    )
    return rival_of(result) if name == NEXT else names.index(name)


def _draw(result: StagePass, against: StagePass, asked: Asked, subject: Subject, look: Look) -> _Panels:
    held = contrast(result, against, asked.stage, asked.method)
    original = enlarged(subject.seen)
    coloured = (
        balance_picture(each.numpy(), (SIDE, SIDE), held.extent, look.smooth)
        for each in (held.ours, held.theirs, held.difference)
    )
    pictures = [overlay(original, each, look.alpha) for each in coloured]
    return _Panels(held, pictures, [jpeg_bytes(picture) for picture in pictures])


def _in_words(held: Contrast, asked: Asked, subject: Subject, target: str, rival: str) -> str:
    """The picture read in numbers."""
    (row, column), (height, width) = held.largest, held.difference.shape
    value = float(held.difference[row, column])
    for_target = int((held.difference > 0).sum())
    sentences = [
        t(
            "The logit of **{target}** is {ours:.2f}, that of **{rival}** {theirs:.2f}: "
            "a lead of **{lead:.2f}**."
        ),
        t("The cells' differences sum to **{total:.3g}**; {count:,} of {cells:,} speak more for {target}."),
        t("The largest, {size:.3g} for **{side}**, is in cell ({row}, {column}): {place}."),
    ]
    if _shares_out_the_logit(asked, subject):
        sentences.append(
            t("At the last stage this method shares out the logit: the rest, {rest:.3g}, is the biases'.")
        )
    return " ".join(sentences).format(
        target=target,
        rival=rival,
        ours=held.logits[0],
        theirs=held.logits[1],
        lead=held.lead,
        total=held.total,
        count=for_target,
        cells=height * width,
        size=abs(value),
        side=target if value > 0 else rival,
        row=row,
        column=column,
        place=t(place_in_words(row, column, height, width)),
        rest=held.lead - held.total,
    )


def _shares_out_the_logit(asked: Asked, subject: Subject) -> bool:
    """Whether average pooling and a linear layer are all that follows: then gradient × output sums to it."""
    spec = subject.weights.spec
    is_last = asked.stage == len(spec.depths)
    return is_last and spec.activation == "post" and asked.method in ("gradcam", "hirescam")


def _save(
    panels: _Panels,
    asked: Asked,
    subject: Subject,
    result: StagePass,
    against: StagePass,
    titles: list[str],
) -> None:
    held, stage = panels.held, stage_label(asked.stage)
    ours, theirs = result.probability, against.probability
    method = ONE_PASS[asked.method]
    caption = subject.caption(result.target, ours, stage, f"{method.name} ({method.source})")
    first = t("{target} {ours:.1%}, {rival} {theirs:.1%} · {photo}").format(
        target=titles[0], ours=ours, rival=titles[1], theirs=theirs, photo=caption.photo
    )
    left, right = _ends(titles[0], titles[1])
    scale = Scale(DIVERGING, f"{left} −{held.extent:.3g}", f"{held.extent:.3g} {right}", "")
    numbers = {
        "rival": titles[1],
        "rival_probability": theirs,
        "logits": list(held.logits),
        "map": held.ours.tolist(),
        "rival_map": held.theirs.tolist(),
        "difference": held.difference.tolist(),
    }
    name = f"{asked.method}-{result.target}-{against.target}-{stage.replace(' ', '')}"
    with st.container(horizontal=True):
        save_button(
            t("Both as PNG"),
            lambda: sheet(panels.pictures, (first, caption.lines[1]), scale, titles),
            f"{name}.png",
            key="p_rival_save",
        )
        save_button(
            t("Both as JSON"),
            lambda: numbers_json(caption, numbers),
            f"{name}.json",
            key="p_rival_json",
        )
