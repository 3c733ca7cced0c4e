"""What the network says of the photo: computed once per question, shown as bars that are buttons."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from html import escape, unescape
from typing import TYPE_CHECKING, Final

import streamlit as st

from resnet_explorer.chart_look import FONT_SIZE, quiet
from resnet_explorer.colours import LINE_GREY, STAGE_COLOURS
from resnet_explorer.confidence import confidence_of, in_words, with_article
from resnet_explorer.crop import CENTRE, View
from resnet_explorer.i18n import t
from resnet_explorer.photo import Photo
from resnet_explorer.short_text import as_markdown
from resnet_explorer.target import Target, members_of
from resnet_explorer.ui.clicked import clicked_point
from resnet_explorer.ui.linked import linked, one_of
from resnet_explorer.ui.networks import torch_gate, trained
from resnet_explorer.ui.remembered import remembered

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from resnet_explorer.stage_pass import StagePass
    from resnet_explorer.weights import Weights
    from resnet_explorer.weights.kinds import Kind

MOST_PROBABLE: Final = "most probable"
FEW_CLASSES: Final = 20
_ANSWER: Final = "_p_answer"
_LOOKED: Final = "_p_looked"


@lru_cache(maxsize=8)
def class_names(classes: tuple[str, ...]) -> tuple[str, ...]:
    """The classes, told apart by their index where two have one name (ImageNet has two cranes)."""
    times = Counter(classes)
    return tuple(f"{name} ({index})" if times[name] > 1 else name for index, name in enumerate(classes))


def class_input(names: tuple[str, ...], kinds: tuple[Kind, ...] = ()) -> Target | None:
    """Which class or kind the map is for.

    Returns:
        The class's index, the kind, or None for the most probable class.
    """
    by_code = {_code_of(kind): kind for kind in kinds}
    options = [MOST_PROBABLE, *by_code, *names]
    linked("p_class", MOST_PROBABLE, one_of(options))

    def label(code: str) -> str:
        return t("a kind: {name}").format(name=by_code[code].name) if code in by_code else t(code)

    name = st.selectbox(
        t("Class"),
        options,
        key="p_class",
        format_func=label,
        help=t("Type to search, or click one of the bars."),
        persist_state="session",
    )
    if name == MOST_PROBABLE:
        return None
    return by_code[name] if name in by_code else names.index(name)


def _code_of(kind: Kind) -> str:
    """A kind as the link and the menu's state have it."""
    return f"kind:{kind.name}"


def view_for(photo: Photo, weights: Weights, asked: View) -> View:
    """Where the network looks: where it was told to or, untold, where these weights look first.

    Raises:
        ValueError: in one sentence, if the network cannot be had or cannot take a photo.
    """
    if asked != CENTRE or weights.preprocessing.look == "centre":
        return asked

    def look() -> View:
        model = trained(weights)
        from resnet_explorer.predictor import first_view

        with torch_gate():
            return first_view(model, photo, weights.preprocessing)

    return remembered(_LOOKED, (photo, weights.key), look)


def answer_for(
    photo: Photo, weights: Weights, view: View, target: Target | None, key: str = _ANSWER
) -> StagePass:
    """The pass for a question, for all stages at once; the last one under a key is kept.

    So a change of stage, method or colours runs no network.

    Raises:
        ValueError: in one sentence, if the network cannot be had or cannot take a photo.
    """

    def ask() -> StagePass:
        model = trained(weights)
        from resnet_explorer.predictor import preprocess
        from resnet_explorer.stage_pass import stage_pass

        tensor, _ = preprocess(photo, weights.preprocessing, view, weights.spec.in_channels)
        with torch_gate():
            return stage_pass(model, tensor, range(len(weights.spec.depths) + 1), target)

    return remembered(key, (photo, weights.key, view, target), ask)


def show_answer(result: StagePass, weights: Weights) -> None:
    """The likeliest class or kind in words, and the five likeliest classes as bars; a click asks for a map.

    Args:
        result: the pass.
        weights: whose answer it is.
    """
    names, best = class_names(weights.classes), result.prediction.top(5)
    found = confidence_of(result.prediction.probabilities, weights)
    if found.kind:
        heading, name, probability = (
            t("Most probable"),
            with_article(found.kind.kind.name),
            found.kind.probability,
        )
    else:
        heading, name, probability = (
            t("Unsure") if found.is_unsure else t("Most probable"),
            names[best[0][0]],
            best[0][1],
        )
    st.metric(heading, as_markdown(name), f"{probability:.1%}", delta_color="off", delta_arrow="off")
    if words := in_words(found, names, as_markdown):
        st.markdown(words)
    if found.kind and found.kind.kind != result.target:
        st.button(
            t("Show its map: {name}").format(name=as_markdown(found.kind.kind.name)),
            key="p_kind",
            type="tertiary",
            icon=":material/category:",
            on_click=_choose_kind,
            args=(found.kind.kind,),
        )
    chosen = tuple(names[index] for index in members_of(result.target))
    st.plotly_chart(
        bar_figure(tuple((names[index], value) for index, value in best), chosen),
        key="p_bars",
        on_select=_choose_bar,
        selection_mode="points",
        config={"displayModeBar": False},
        alt=", ".join(f"{names[index]} {value:.1%}" for index, value in best),
    )
    st.caption(
        t("{forward:.0f} ms on {device}; with the maps {whole:.0f} ms.").format(
            forward=result.prediction.milliseconds,
            device=result.prediction.device,
            whole=result.milliseconds,
        )
        + " "
        + _what_it_knows(names)
    )


@lru_cache(maxsize=32)
def bar_figure(best: tuple[tuple[str, float], ...], chosen: tuple[str, ...]) -> go.Figure:
    """The likeliest classes as horizontal bars, the chosen ones in colour."""
    import plotly.graph_objects as go

    labels, values = [name for name, _ in best], [value for _, value in best]
    figure = go.Figure(
        go.Bar(
            x=values,
            y=[escape(label) for label in labels],  # Plotly takes some tags for what they say
            customdata=labels,
            orientation="h",
            text=[f"{value:.1%}" for value in values],
            textposition="outside",
            cliponaxis=False,
            marker_color=[STAGE_COLOURS["stage 1"] if name in chosen else LINE_GREY for name in labels],
            selected={"marker": {"opacity": 1}},
            unselected={"marker": {"opacity": 1}},
            hovertemplate="%{y}: %{x:.2%}<extra></extra>",
        )
    )
    quiet(figure, height=50 + 44 * len(best)).update_layout(
        margin={"l": 0, "r": 70, "t": 0, "b": 0}, bargap=0.2, dragmode=False
    )
    figure.update_xaxes(range=[0, 1], tickformat=".0%", fixedrange=True)
    figure.update_yaxes(autorange="reversed", fixedrange=True, tickfont_size=FONT_SIZE, ticklabelstandoff=10)
    return figure


def _choose_bar() -> None:
    point = clicked_point("p_bars")
    if point:
        st.session_state["p_class"] = unescape(point["y"])


def _choose_kind(kind: Kind) -> None:
    st.session_state["p_class"] = _code_of(kind)


def _what_it_knows(names: tuple[str, ...]) -> str:
    if len(names) == 1:
        return t("It knows one thing, and calls any photo that: {name}.").format(name=as_markdown(names[0]))
    if len(names) > FEW_CLASSES:
        return t("It knows {count:,} things, and calls any photo one of them.").format(count=len(names))
    return t("It knows {count} things, and calls any photo one of them: {names}.").format(
        count=len(names), names=", ".join(map(as_markdown, names))
    )
