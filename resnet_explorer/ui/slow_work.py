"""A computation that takes its time: a bar with an estimate, a Stop button, and what is known so far."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import streamlit as st

from resnet_explorer.i18n import t
from resnet_explorer.progress import Step
from resnet_explorer.ui.networks import torch_gate
from resnet_explorer.ui.remembered import remembered

T = TypeVar("T")


@dataclass(eq=False)
class Work(Generic[T]):
    """A computation under way, kept by the session from one rerun to the next."""

    start: Callable[[], Iterator[Step[T]]]
    steps: Iterator[Step[T]] = field(init=False)
    step: Step[T] | None = None
    seconds: float = 0.0
    stopped: bool = False

    def __post_init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self.steps, self.step, self.seconds = self.start(), None, 0.0

    @property
    def is_finished(self) -> bool:
        """Whether all of it is done."""
        return self.step is not None and self.step.done >= self.step.total

    def go_on(self) -> None:
        """Do one piece, while no other session computes."""
        with torch_gate():
            if self.is_finished:  # by a rerun of the same session, while this one waited
                return
            began = time.perf_counter()
            try:
                self.step = next(self.steps)
            except Exception:  # the next rerun asks again, and is told the same
                self._begin()
                raise
            self.seconds += time.perf_counter() - began
            if self.is_finished:  # what it worked with, a network perhaps, is not held any longer
                self.start, self.steps = _no_steps, _no_steps()

    @property
    def answer(self) -> T | None:
        """What is known so far."""
        return self.step.answer if self.step else None

    @property
    def share(self) -> float:
        """How much of it is done, from 0 to 1."""
        return self.step.done / self.step.total if self.step else 0.0

    def stop(self) -> None:
        """Leave it where it is."""
        self.stopped = True

    def resume(self) -> None:
        """Take it up again."""
        self.stopped = False

    @property
    def words(self) -> str:
        """How far it is, and how long it may still take."""
        if self.step is None:
            return t("beginning …")
        left = self.seconds / self.step.done * (self.step.total - self.step.done)
        return t("{done:,} of {total:,} · about {left:.0f} s left").format(
            done=self.step.done, total=self.step.total, left=left
        )


def _no_steps() -> Iterator[Step[T]]:
    return iter(())


def slow_work(
    key: str, question: tuple[object, ...], start: Callable[[], Iterator[Step[T]]], label: str
) -> tuple[T | None, bool]:
    """Do the work with progress and Stop, once for a question; a rerun of the page goes on where it was.

    Args:
        key: names it in the session's state.
        question: all that the answer depends on.
        start: begins the work. It must not use Streamlit.
        label: what is done, in a few words.

    Returns:
        The answer or, after Stop, what was known by then (None for nothing); and whether it is whole.
    """
    work = remembered(key, question, lambda: Work(start))
    if work.is_finished:
        return work.answer, True
    place = st.empty()
    if work.stopped:
        offer_to_go_on(place.container(), key, label, work)
        return work.answer, False
    with place.container():
        words, button = st.columns([5, 1], vertical_alignment="bottom")
        button.button(t("Stop"), key=f"{key}_stop", on_click=work.stop, width="stretch")
        bar = words.progress(0.0)
        while not work.is_finished:  # a click on Stop, or on anything else, ends the run in `progress`
            bar.progress(work.share, text=f"{label}: {work.words}")
            work.go_on()
    place.empty()
    return work.answer, True


def offer_to_go_on(place: st.delta_generator.DeltaGenerator, key: str, label: str, work: Work[T]) -> None:
    """Say where the work was stopped, beside a button that takes it up again."""
    words, button = place.columns([5, 1], vertical_alignment="center")
    done = f"{work.step.done:,} / {work.step.total:,}" if work.step else "0"
    words.warning(t("{label}: stopped at {done}.").format(label=label, done=done))
    button.button(t("Go on"), key=f"{key}_go_on", on_click=work.resume, width="stretch")
