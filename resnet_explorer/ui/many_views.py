"""The answers to many photos: how many of each class, the table, one photo more closely, what was none."""

from __future__ import annotations

import textwrap
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from resnet_explorer.chart_look import quiet
from resnet_explorer.colours import LINE_GREY, STAGE_COLOURS
from resnet_explorer.i18n import t
from resnet_explorer.many.answers import ORDERS, Answer, Found, as_csv, as_json, chosen, counts
from resnet_explorer.photo import Photo, open_photo
from resnet_explorer.short_text import LONGEST, shortened
from resnet_explorer.spec import title
from resnet_explorer.ui.answer import bar_figure
from resnet_explorer.ui.clicked import clicked_point
from resnet_explorer.ui.linked import linked, one_of
from resnet_explorer.ui.network import link_parameters
from resnet_explorer.ui.photo_input import put_photo
from resnet_explorer.ui.remembered import remembered
from resnet_explorer.ui.save import save_button

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from resnet_explorer.weights import Weights

EVERY: Final = "all"
ORDER_NAMES: Final = {"given": "As they came", "unsure": "Least sure first", "sure": "Surest first"}
_BARS: Final = 8
_ROW: Final = 72
_HEIGHT: Final = 476
_LONGEST: Final = 16
"""Characters of a class beside its bar."""


def order_input(found: Found, names: tuple[str, ...]) -> tuple[int | None, str]:
    """Which class is shown, None for all, and in which order. Drawn if there are photos."""
    label = linked("mp_class", EVERY, one_of([EVERY, *map(str, range(len(names)))]))
    order = linked("mp_order", ORDERS[0], one_of(ORDERS))
    if not found.answers:
        return None, order
    present = {str(index): count for index, count in counts(found.answers)}
    options = [EVERY, *present] + ([label] if label not in (EVERY, *present) else [])
    left, right = st.columns([1, 2.2], vertical_alignment="bottom")
    left.selectbox(
        t("Class"),
        options,
        format_func=lambda code: (
            t("all classes") if code == EVERY else f"{names[int(code)]} ({present.get(code, 0):,})"
        ),
        key="mp_class",
        persist_state="session",
    )
    right.segmented_control(
        t("Order"),
        ORDERS,
        required=True,
        format_func=lambda name: t(ORDER_NAMES[name]),
        key="mp_order",
        wrap=True,
        persist_state="session",
    )
    return (None if label == EVERY else int(label)), order


def show_counts(found: Found, names: tuple[str, ...], label: int | None) -> None:
    """How many photos were put into each class, as bars; a click on one shows these photos."""
    numbers = counts(found.answers)
    shown = numbers[:_BARS]
    st.plotly_chart(
        _count_figure(tuple((str(index), names[index], count) for index, count in shown), str(label)),
        key="mp_bars",
        on_select=_choose_class,
        selection_mode="points",
        config={"displayModeBar": False},
        alt=", ".join(f"{names[index]} {count}" for index, count in shown),
    )
    if len(numbers) > len(shown):
        st.caption(t("And {count:,} more classes.").format(count=len(numbers) - len(shown)))


@lru_cache(maxsize=32)
def _count_figure(bars: tuple[tuple[str, str, int], ...], label: str) -> go.Figure:
    import plotly.graph_objects as go

    codes, classes, numbers = zip(*bars, strict=True)
    figure = go.Figure(
        go.Bar(
            x=numbers,
            y=list(range(len(bars))),
            customdata=codes,
            hovertext=classes,
            orientation="h",
            text=[f"{number:,}" for number in numbers],
            textposition="outside",
            cliponaxis=False,
            marker_color=[
                STAGE_COLOURS["stage 1"] if label in ("None", code) else LINE_GREY for code in codes
            ],
            selected={"marker": {"opacity": 1}},
            unselected={"marker": {"opacity": 1}},
            hovertemplate="%{hovertext}: %{x:,}<extra></extra>",
        )
    )
    quiet(figure, height=30 + 36 * len(bars)).update_layout(
        margin={"l": 0, "r": 40, "t": 0, "b": 0}, bargap=0.2, dragmode=False
    )
    figure.update_xaxes(visible=False, fixedrange=True)
    figure.update_yaxes(
        tickvals=list(range(len(bars))),
        ticktext=[textwrap.shorten(name, _LONGEST, placeholder=" …") for name in classes],
        autorange="reversed",
        fixedrange=True,
        tickfont_size=15,
        ticklabelstandoff=6,
    )
    return figure


def _choose_class() -> None:
    point = clicked_point("mp_bars")
    if point:
        code = point["customdata"]
        code = str(code[0] if isinstance(code, list) else code)
        st.session_state["mp_class"] = EVERY if st.session_state.get("mp_class") == code else code


def show_table(found: Found, names: tuple[str, ...], label: int | None, order: str) -> Answer | None:
    """The table; a click on a row makes its photo that of the whole lab.

    Returns:
        The answer to look at more closely: that of the clicked row, or of the first.
    """
    question = (found, len(found.answers), label, order)
    shown, table = remembered("_mp_table", question, lambda: _table(found, names, label, order))
    if not shown:
        st.info(t("No photo was put into this class."))
        return None
    key = f"mp_rows_{id(found)}_{len(found.answers)}_{label}_{order}"  # a row's number means another photo
    event: Any = st.dataframe(
        table,
        key=key,
        on_select=lambda: _make_the_labs(shown, key),
        selection_mode="single-row",
        hide_index=True,
        row_height=_ROW,
        height=min(_HEIGHT, 40 + _ROW * len(shown)),
        column_config={
            "thumbnail": st.column_config.ImageColumn("", width=80),
            "photo": st.column_config.TextColumn(t("Photo"), width=115),
            "answer": st.column_config.TextColumn(t("Answer"), width=100),
            "probability": st.column_config.ProgressColumn(
                t("Probability"), format="percent", min_value=0, max_value=1, width=115
            ),
            "next": st.column_config.TextColumn(t("Then"), width=140),
        },
    )
    rows = event["selection"]["rows"]
    return shown[rows[0]] if rows and rows[0] < len(shown) else shown[0]


def _table(
    found: Found, names: tuple[str, ...], label: int | None, order: str
) -> tuple[list[Answer], pd.DataFrame]:
    import pandas as pd

    shown = chosen(found.answers, label, order)
    table = pd.DataFrame(
        {
            "thumbnail": [answer.copies.thumbnail if answer.copies else "" for answer in shown],
            "photo": [answer.name for answer in shown],
            "answer": [names[answer.label] for answer in shown],
            "probability": [answer.probability for answer in shown],
            "next": [
                ", ".join(f"{names[index]} {p:.0%}" for index, p in answer.best[1:2]) for answer in shown
            ],
        }
    )
    return shown, table


def _make_the_labs(shown: list[Answer], key: str) -> None:
    rows = st.session_state[key]["selection"]["rows"]
    if rows and rows[0] < len(shown):
        put_photo(_copy(shown[rows[0]]))


def _copy(answer: Answer) -> Photo:
    """The small copy as a photo of its own."""
    assert answer.copies is not None
    opened = open_photo(answer.copies.photo, answer.name)
    return Photo(opened.name, opened.image, opened.original_size, (t("a small copy"), *opened.notes))


def show_closer(answer: Answer, names: tuple[str, ...]) -> None:
    """One photo, its five likeliest classes, and the way to the Predict page."""
    assert answer.copies is not None
    picture, bars = st.columns([1, 1.6], gap="medium")
    picture.image(answer.copies.photo, width="stretch", alt=answer.name)
    picture.text(shortened(answer.name), help=answer.name if len(answer.name) > LONGEST else None)
    best = tuple((names[index], probability) for index, probability in answer.best)
    bars.plotly_chart(
        bar_figure(best, (best[0][0],)),
        key="mp_best",
        config={"displayModeBar": False},
        alt=", ".join(f"{name} {probability:.1%}" for name, probability in best),
    )
    if picture.button(t("Open it on Predict"), key="mp_open", icon=":material/photo_camera:", type="primary"):
        put_photo(_copy(answer))
        st.switch_page("pages/predict.py", query_params=link_parameters())


def show_unread(found: Found) -> None:
    """The files that could not be read, by name, each with its sentence."""
    if not found.unread:
        return
    st.subheader(t("Not read"))
    count = len(found.unread)
    words = t("1 file could not be read.") if count == 1 else t("{count:,} files could not be read.")
    st.markdown(
        words.format(count=count) + " " + t("The others were done. These are in the JSON, not in the CSV.")
    )
    st.dataframe(
        {
            t("File"): [each.name for each in found.unread],
            t("Why"): [each.sentence for each in found.unread],
        },
        key="mp_unread",
        hide_index=True,
    )


def show_files(found: Found, weights: Weights) -> None:
    """The answers to take away."""
    with st.container(horizontal=True):
        save_button(
            t("Answers as CSV"), lambda: as_csv(found.answers, weights.classes), "answers.csv", key="mp_csv"
        )
        save_button(
            t("Answers as JSON"),
            lambda: as_json(found, weights.classes, title(weights.spec), weights.label),
            "answers.json",
            key="mp_json",
        )
