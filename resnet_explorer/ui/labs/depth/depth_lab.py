"""What both labs through the depth are: a question, a measurement of two fresh networks, and its curves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Generic

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.common.i18n import prose, t
from resnet_explorer.common.progress import Step
from resnet_explorer.labs.compared_svg import Strip, compared_svg
from resnet_explorer.labs.depth.config import DepthConfig
from resnet_explorer.labs.depth.passes import P, Pair
from resnet_explorer.labs.depth.prediction import Prediction, predict
from resnet_explorer.network.table_rows import Row, to_csv
from resnet_explorer.ui.app.page_end import end_page
from resnet_explorer.ui.app.refusal import shown_refusal
from resnet_explorer.ui.labs.depth.controls import config_input, order_input
from resnet_explorer.ui.labs.question import (
    HEIGHT,
    Guess,
    guess,
    is_shown,
    notebook_button,
    reason,
    screen,
    show_chart,
    verdict,
)
from resnet_explorer.ui.session.cached_result import cached_result
from resnet_explorer.ui.session.loaded_networks import warm_up
from resnet_explorer.ui.session.progress_job import run_with_progress
from resnet_explorer.ui.widgets.linked_inputs import linked_choice
from resnet_explorer.ui.widgets.save_button import save_button
from resnet_explorer.ui.widgets.svg_view import show_svg

if TYPE_CHECKING:
    from resnet_explorer.labs.depth.figure import View

Theory = tuple[Prediction | None, Prediction | None]
"""Of the plain network, and of the residual one."""


@dataclass(frozen=True)
class DepthLab(Generic[P]):
    """A lab through the depth; its texts are in English, what its functions return is translated.

    Attributes:
        name: of its module in `labs.depth` and of its notebook.
        prefix: of its keys, as in the link.
        default: the config, by default.
        question: what is asked before anything is shown.
        choices: what may be guessed, by its code in the link; and "lost", which nobody guesses.
        measure: begins the measurement.
        measuring: what it does, in a few words.
        outcome: which choice was right.
        why: what was measured, in a sentence of Markdown; and why.
        gap: how far theory lies from it, in Markdown.
        views: what can be drawn, by its code in the link, the default first.
        view_label: of their choice.
        caption: what stands beneath the figure, beside the config.
        warnings: what no axis can show of a network, in sentences.
        show_details: draws what the measured numbers say about the equations.
        theory: the names of the prose that says what it means.
        tables: what can be saved, by its label: the file's name, and what makes its rows.
    """

    name: str
    prefix: str
    default: DepthConfig
    question: Callable[[DepthConfig], str]
    choices: Mapping[str, str]
    measure: Callable[[DepthConfig], Iterator[Step[Pair[P]]]]
    measuring: str
    outcome: Callable[[Pair[P]], str]
    why: Callable[[Pair[P], DepthConfig], tuple[str, str]]
    gap: Callable[[Pair[P], DepthConfig, Theory], str]
    views: Callable[[], Mapping[str, View[P]]]
    view_label: str
    caption: Callable[[Pair[P]], str]
    warnings: Callable[[P, DepthConfig], Iterator[str]]
    show_details: Callable[[Pair[P], DepthConfig], None]
    theory: Callable[[DepthConfig], Sequence[str]]
    tables: Mapping[str, tuple[str, Callable[[Pair[P]], list[Row]]]]

    def show(self, controls: DeltaGenerator) -> None:
        """The lab, from the question to the derivation.

        Args:
            controls: room in the head of the page.
        """
        places = screen()
        with shown_refusal(places.picture, ends_page=True), places.settings:
            view = self._view_input()
            config = config_input(self.prefix, self.default, controls)
        with places.picture:
            guessed = self._guess(config)
        if not is_shown(f"{self.prefix}guess"):
            end_page()
        theory = predict(config, False), predict(config, True)
        with places.picture:
            found = self._measured(config)
            measured, why = self.why(found, config)
            reason(why)
            self._show_curves(found, config, theory, view, measured)
        places.sentence.markdown(verdict(guessed, self.outcome(found), self.choices, measured))
        with places.take_home:
            notebook_button(f"depth/{self.name}_notebook.py", f"{self.name}.ipynb", {"config": config})
        words, tables = st.columns([3, 1], vertical_alignment="center")
        words.caption(f"{config.words} · {self.caption(found)}")
        with tables.container(horizontal=True, horizontal_alignment="right"):
            for label, (file_name, rows) in self.tables.items():
                save_button(t(label), partial(_csv, rows, found), file_name)
        st.markdown(self.gap(found, config, theory))
        for network in found.both:
            for warning in self.warnings(network, config):
                st.warning(warning)
        if config.norm == "none":
            st.info(prose("gradient_normless"))
        self.show_details(found, config)
        st.subheader(t("What it means"))
        for name in self.theory(config):
            st.markdown(prose(name))

    def _view_input(self) -> str:
        views = self.views()
        names = {code: view.name for code, view in views.items()}
        first = next(iter(views))
        return linked_choice(f"{self.prefix}view", t(self.view_label), views, default=first, names=names)

    def _guess(self, config: DepthConfig) -> Guess:
        choices = {code: words for code, words in self.choices.items() if code != "lost"}
        compared = t("A plain network and a residual one of {depth} layers: same seed, same batch.")
        strips = (Strip.of(t("plain"), config.spec(False)), Strip.of(t("residual"), config.spec(True)))
        return guess(
            f"{self.prefix}guess",
            self.question(config),
            compared.format(depth=config.depth),
            choices,
            lambda: show_svg(compared_svg(strips), f"{self.prefix}compared", height=HEIGHT),
            (config.depth, config.norm, config.activation, config.init),
            lambda at: order_input(self.prefix, self.default, at),
        )

    def _measured(self, config: DepthConfig) -> Pair[P]:
        """What was measured of both networks, with progress the first time; the page waits for it."""
        with st.spinner(t("Loading torch …")):
            warm_up(f"resnet_explorer.labs.depth.{self.name}")
        with shown_refusal(ends_page=True):
            found, is_whole = run_with_progress(
                f"_{self.prefix}measured", (config,), lambda: self.measure(config), t(self.measuring)
            )
        if found is None or not is_whole:
            end_page()
        return found

    def _show_curves(
        self, found: Pair[P], config: DepthConfig, theory: Theory, chosen: str, measured: str
    ) -> None:
        from resnet_explorer.labs.depth.figure import view_figure

        view = self.views()[chosen]
        figure = cached_result(
            f"_{self.prefix}figure", (config, chosen), lambda: view_figure(found, view, theory)
        )
        show_chart(figure, f"{self.prefix}chart", f"{t(view.name)}{t('.')} {measured.replace('**', '')}")


def _csv(rows: Callable[[Pair[P]], list[Row]], found: Pair[P]) -> str:
    return to_csv(rows(found))
