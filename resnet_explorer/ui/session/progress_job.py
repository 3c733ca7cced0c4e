"""A job on a page: a computation with a progress bar, an estimate, Stop, and what is known so far."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

import streamlit as st

from resnet_explorer.common.i18n import language, nt, speaking, t
from resnet_explorer.common.progress import Step
from resnet_explorer.common.text import named
from resnet_explorer.ui.serving.visitor import who_asks
from resnet_explorer.ui.session.cached_result import cached_result
from resnet_explorer.ui.session.loaded_networks import torch_gate

T = TypeVar("T")

PATIENCE: Final = 0.5
"""Seconds that a job waits for its turn before it says again how many are before it."""


@dataclass(eq=False)
class Job(Generic[T]):
    """A computation under way, kept by the session from one rerun to the next.

    Attributes:
        start: begins the computation.
        steps: what is left of it.
        step: the last one that was done.
        seconds: that were worked.
        stopped: whether the Stop button was clicked.
        who: has the turn in which it is done.
        before: how many others have theirs first.
    """

    start: Callable[[], Iterator[Step[T]]]
    steps: Iterator[Step[T]] = field(init=False)
    step: Step[T] | None = None
    seconds: float = 0.0
    stopped: bool = False
    who: Hashable = field(default_factory=who_asks)
    before: int = 0

    def __post_init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self.steps, self.step, self.seconds = self.start(), None, 0.0

    @property
    def is_finished(self) -> bool:
        """Whether all of it is done."""
        return self.step is not None and self.step.done >= self.step.total

    def advance(self) -> None:
        """Do one step, while no other session computes; or none, if others have their turn."""
        # In a part of a page the language is asked of the session, where a click breaks off what runs.
        gate, code = torch_gate(), language()
        with gate.piece(self.who, PATIENCE) as is_held:
            self.before = gate.before(self.who)
            if not is_held or self.is_finished:  # by a rerun of the same session, while this one waited
                return
            began = time.perf_counter()
            try:
                with speaking(code):
                    self.step = next(self.steps)
            except BaseException:  # the next rerun asks again, and is told the same, or goes on after a click
                gate.leave(self.who)
                self._begin()
                raise
            self.seconds += time.perf_counter() - began
            if self.is_finished:  # what it worked with, a network perhaps, is not held any longer
                self.start, self.steps = _no_steps, _no_steps()
                gate.leave(self.who)

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
        torch_gate().leave(self.who)

    def resume(self) -> None:
        """Take it up again."""
        self.stopped = False

    @property
    def progress_text(self) -> str:
        """How far it is, and how long it may still take; or how many are before it."""
        if self.before:
            return nt("{count} other before you", "{count} others before you", self.before).format(
                count=self.before
            )
        if self.step is None:
            return t("beginning …")
        left = self.seconds / self.step.done * (self.step.total - self.step.done)
        return t("{done:,} of {total:,} · about {left:.0f} s left").format(
            done=self.step.done, total=self.step.total, left=left
        )


def _no_steps() -> Iterator[Step[T]]:
    return iter(())


def run_with_progress(
    key: str, inputs: tuple[object, ...], start: Callable[[], Iterator[Step[T]]], label: str
) -> tuple[T | None, bool]:
    """Run a job with progress and Stop, once for its inputs; a rerun of the page goes on where it was.

    Args:
        key: names it in the session's state.
        inputs: all that the answer depends on.
        start: begins the computation, which must not use Streamlit.
        label: what is done, in a few words.

    Returns:
        The answer or, after Stop, what was known by then (None for nothing); and whether it is complete.
    """
    return run_job(key, cached_result(key, inputs, lambda: Job(start)), label)


def run_job(key: str, job: Job[T], label: str) -> tuple[T | None, bool]:
    """Run a job that is kept elsewhere; arguments and answer as of `run_with_progress`."""
    if job.is_finished:
        return job.answer, True
    place = st.empty()
    if job.stopped:
        offer_to_resume(place.container(), key, label, job)
        return job.answer, False
    with place.container():
        words, button = st.columns([5, 1], vertical_alignment="bottom")
        button.button(t("Stop"), key=f"{key}_stop", on_click=job.stop, width="stretch")
        bar = words.progress(0.0)
        while not job.is_finished:  # a click on Stop, or on anything else, ends the run in `progress`
            bar.progress(job.share, text=named(label, job.progress_text))
            job.advance()
    place.empty()
    return job.answer, True


def offer_to_resume(place: st.delta_generator.DeltaGenerator, key: str, label: str, job: Job[T]) -> None:
    """Say where the job was stopped, beside a button that resumes it."""
    words, button = place.columns([5, 1], vertical_alignment="center")
    done = f"{job.step.done:,} / {job.step.total:,}" if job.step else "0"
    words.warning(t("{label}: stopped at {done}.").format(label=label, done=done))
    button.button(t("Go on"), key=f"{key}_go_on", on_click=job.resume, width="stretch")
