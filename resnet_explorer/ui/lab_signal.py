"""Signal forward on the page: the verdict, the curves, and what each block adds."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

import streamlit as st

from resnet_explorer.i18n import prose, t
from resnet_explorer.labs.gradient_numbers import number_text
from resnet_explorer.labs.setting import Setting
from resnet_explorer.labs.signal_numbers import Signal, border_share, stages_of
from resnet_explorer.progress import Step
from resnet_explorer.tables import to_csv, to_markdown
from resnet_explorer.ui.lab import experiment, notebook_button, verdict, view_input
from resnet_explorer.ui.remembered import remembered
from resnet_explorer.ui.save import save_button

if TYPE_CHECKING:
    from resnet_explorer.labs.signal import Signals

USUAL: Final = Setting(activation="pre")
CHOICES: Final = {
    "shrinks": t("It shrinks: less than a tenth"),
    "stays": t("It stays about as large"),
    "grows": t("It grows: more than ten times"),
}
_OUTCOMES: Final = {**CHOICES, "lost": t("It is lost: there is none behind the stem")}


def measured(setting: Setting) -> Signals:
    """Both networks' signals, with progress the first time."""

    def start() -> Iterator[Step[Signals]]:
        from resnet_explorer.labs.signal import signals

        return signals(setting)

    module, words = "resnet_explorer.labs.signal", t("Forward, block by block")
    return experiment("_sf_signals", (setting,), module, start, words)


def show_verdict(found: Signals, guessed: str | None) -> None:
    """What became of the residual network's variance, and of the plain one's."""
    said = t("From the stem to the last block: **residual {residual}**, plain {plain}.")
    words = said.format(residual=_ends(found.residual), plain=_ends(found.plain))
    verdict(guessed, found.residual.course, _OUTCOMES, words)


def show_curves(found: Signals, setting: Setting) -> None:
    """The views of variance and mean, and in words what no axis can show."""
    from resnet_explorer.labs.signal_figures import VIEWS, signal_figure

    view = view_input("sf_view", t("Of all numbers of the feature map"), VIEWS, "variance")
    figure = remembered("_sf_figure", (setting, view), lambda: signal_figure(found, view))
    st.plotly_chart(figure, key="sf_chart", config={"displaylogo": False}, alt=VIEWS[view])
    st.caption(f"{setting.words} · {t('0 is the stem')}")
    for signal in (found.plain, found.residual):
        _say_odd(signal)


def show_growth(found: Signals, setting: Setting) -> None:
    """What each block adds, stage by stage, beside the equation of the kind of block that is shown."""
    words, table = st.columns(2, gap="large")
    with words:
        if setting.activation == "post":
            st.subheader(t("v1: a ReLU on the way"))
            st.latex(r"x_{l+1} = \mathrm{ReLU}\,(x_l + F(x_l))")
        else:
            st.subheader(t("v2: a clean way"))
            st.latex(r"x_{l+1} = x_l + F(x_l)")
            st.latex(r"x_L = x_l + \sum_{i=l}^{L-1} F(x_i)")
        if setting.init == "zero":
            st.markdown(t("γ = 0: F(x) = 0, and each block is its own shortcut."))
            st.markdown(prose("signal_zeros"))
        elif _adds_one(setting):
            st.markdown(prose("signal_edges"))
    with table:
        st.subheader(t("Each block adds"))
        st.markdown(_growth_table(found.residual, is_of_one=_adds_one(setting)))
        why = (
            t("It grows by less than the variance of F(x): a ReLU follows the addition.")
            if setting.activation == "post"
            else t(
                "It grows by the variance of F(x) and twice its covariance with x, 0 on the average: "
                "try other seeds."
            )
        )
        means = t("Residual network; means over the blocks of a stage whose shortcut is an identity.")
        st.caption(f"{means} {why}")


def show_downloads(found: Signals, setting: Setting) -> None:
    """The numbers and the notebook."""
    from resnet_explorer.labs.signal_figures import place_rows
    from resnet_explorer.labs.signal_notebook import signal_notebook

    with st.container(horizontal=True):
        notebook_button(lambda: signal_notebook(setting), "signal.ipynb")
        save_button(t("Blocks as CSV"), lambda: to_csv(place_rows(found)), "signal.csv")


def _ends(signal: Signal) -> str:
    if not math.isnan(signal.end_to_end):
        return f"×\u00a0{number_text(signal.end_to_end)}"
    return t("beyond what float32 can hold") if signal.course == "grows" else t("nothing to begin with")


def _growth_table(signal: Signal, *, is_of_one: bool) -> str:
    columns: dict[str, Callable[[str], float | None]] = {
        t("variance of F(x)"): signal.added,
        t("variance grows by"): signal.growth,
    }
    if is_of_one:
        sizes = {place.stage: place.size for place in signal.places}
        columns[t("left by the padding")] = lambda stage: border_share(sizes[stage])
    rows = []
    for stage in stages_of(signal.places):
        numbers = {name: of(stage) for name, of in columns.items()}
        rows.append(
            {t("stage"): stage.replace(" ", "\u00a0")}
            | {name: "–" if number is None else number_text(number) for name, number in numbers.items()}
        )
    return to_markdown(rows, right=columns)


def _adds_one(setting: Setting) -> bool:
    """Whether a branch's variance is one but for the padding: a norm, then Kaiming's weights at its end."""
    is_kaiming = setting.init in ("fan_out", "fan_in")
    return setting.norm == "batch" and setting.activation == "pre" and is_kaiming


def _say_odd(signal: Signal) -> None:
    name = t("Residual") if signal.residual else t("Plain")
    for words, places in signal.odd_places():
        line = t("**{name}: the variance is {words} behind {count:,} of {all:,} blocks**, {first} to {last}.")
        st.warning(
            line.format(
                name=name,
                words=words,
                count=len(places),
                all=len(signal.places) - 1,
                first=places[0].number,
                last=places[-1].number,
            )
        )
