"""A test of a map on the page: question and controls, and its result as pictures, chart, words and files."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import streamlit as st
from PIL import Image
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.common.i18n import t
from resnet_explorer.common.progress import Step
from resnet_explorer.common.text import named
from resnet_explorer.explanation.captioned_figure import ColourBar, figure, numbers_json
from resnet_explorer.explanation.heatmap import jpeg_bytes
from resnet_explorer.ui.explanation.evidence import show_colour_bar
from resnet_explorer.ui.faithfulness.tested_map import TestedMap, show_tested_map
from resnet_explorer.ui.session.cached_result import cached_result
from resnet_explorer.ui.session.progress_job import run_with_progress
from resnet_explorer.ui.widgets.save_button import save_button

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from resnet_explorer.faithfulness.pixel_ranking import Shuffle


@dataclass(frozen=True)
class Settings:
    """What a test is told; each has some of these.

    Attributes:
        baseline: what removed pixels become, a key of `BASELINES`.
        shuffle: what is shuffled for a random order.
        count: of random orders or areas, or of pieces.
        percent: of the pixels that make the hottest area.
        seed: of all that is random.
    """

    baseline: str = "mean"
    shuffle: Shuffle = "cells"
    count: int = 0
    percent: int = 0
    seed: int = 0


@dataclass(frozen=True)
class Places:
    """Where the results stand: the tested map, the pictures, the chart, and what is set for them.

    The tested map is None where it is among the pictures.
    """

    tested: DeltaGenerator | None
    pictures: Sequence[DeltaGenerator]
    chart: DeltaGenerator
    beside: DeltaGenerator


@dataclass(frozen=True)
class Result:
    """What a test found.

    Attributes:
        finding: in words.
        pictures: squares.
        titles: of the pictures.
        summary: the finding in a line, below the pictures that are saved.
        numbers: what is saved of them.
        chart: None where there is nothing to draw yet.
        notes: lines below the titles, on the page only.
        legend: of the notes.
        colour_bar: of the pictures that are saved.
        shows_colour_bar: whether the page shows it, too.
    """

    finding: str
    pictures: list[Image.Image]
    titles: list[str]
    summary: str
    numbers: dict[str, Any]
    chart: go.Figure | None
    notes: list[str] = field(default_factory=list)
    legend: str = ""
    colour_bar: ColourBar | None = None
    shows_colour_bar: bool = False


class FaithfulnessTest(ABC):
    """One of the tests.

    Attributes:
        name: of its files.
        short_title: on its button, in English, as are the next four.
        title: what it is called.
        question: what it answers.
        source: who did it first.
        progress: what is counted while it is computed.
    """

    name: str
    short_title: str
    title: str
    question: str
    source: str
    progress: str

    @abstractmethod
    def controls(self) -> Settings:
        """Draw the controls."""

    @abstractmethod
    def compute(self, tested: TestedMap, settings: Settings) -> Iterator[Step[Any]]:
        """Begin the library's computation."""

    @abstractmethod
    def places(self, found: Any) -> Places:
        """Lay out the picture for what was found."""

    def share_input(self) -> int:
        """Draw the choice of the share of pixels that is shown, in percent, where the test has one."""
        return 0

    @abstractmethod
    def result(self, tested: TestedMap, found: Any, settings: Settings, percent: int) -> Result:
        """What was found, as it is shown at that share of pixels."""


def show_test(
    test: FaithfulnessTest,
    tested: TestedMap,
    settings: Settings,
    room: DeltaGenerator,
    words: DeltaGenerator,
    take_home: DeltaGenerator,
    below: DeltaGenerator,
) -> None:
    """The whole test on the page.

    Args:
        test: which.
        tested: the map.
        settings: what the test is told.
        room: for the picture.
        words: for the progress, then the finding.
        take_home: for the downloads.
        below: for what explains the notes.
    """
    with words:
        found, _ = run_with_progress(
            f"_pr_{test.name}",
            (*tested.question, settings),
            lambda: test.compute(tested, settings),
            t(test.progress),
        )
    with room, st.container(key="test"):
        if found is None:
            with st.columns([1, 2])[0]:
                show_tested_map(tested)
            return
        places = test.places(found)
    if places.tested:
        with places.tested:
            show_tested_map(tested)
    with places.beside:
        percent = test.share_input()
    result, files = cached_result(
        f"_pr_{test.name}_result",
        (found, tested.style, percent),
        lambda: _with_files(test.result(tested, found, settings, percent)),
    )
    notes = result.notes or [""] * len(files)
    for place, file, title, note in zip(places.pictures, files, result.titles, notes, strict=True):
        place.image(file, width="stretch", alt=title)
        place.markdown(f"**{title}**{note}")
    if result.chart is not None:
        places.chart.plotly_chart(
            result.chart,
            key=f"pr_{test.name}_chart",
            height="stretch",
            config={"displayModeBar": False},
            alt=f"{t(test.question)} {result.summary}",
        )
    if result.legend:
        below.caption(result.legend)
    with places.beside:
        if result.colour_bar and result.shows_colour_bar:
            show_colour_bar(replace(result.colour_bar, words=""))
            below.caption(named(result.titles[-1], result.colour_bar.words) + t("."))
    with words, st.container(key="finding"):
        st.markdown(result.finding)
    with take_home:
        _show_downloads(test.name, tested, result)


def _with_files(result: Result) -> tuple[Result, list[bytes]]:
    """A result and its pictures as files for the screen."""
    return result, [jpeg_bytes(picture) for picture in result.pictures]


def _show_downloads(name: str, tested: TestedMap, result: Result) -> None:
    caption, file_name = tested.caption(), tested.file_name(name)
    save_button(
        t("PNG"),
        lambda: figure(result.pictures, (*caption.lines, result.summary), result.colour_bar, result.titles),
        f"{file_name}.png",
        key="pr_save",
    )
    save_button(
        t("JSON"),
        lambda: numbers_json(caption, {"test": name, **result.numbers}),
        f"{file_name}.json",
        key="pr_json",
    )
