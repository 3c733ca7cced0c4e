"""A guess until its answer is shown; in a class a vote, whose answer waits while the teacher asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import streamlit as st

from resnet_explorer.common.i18n import t
from resnet_explorer.lessons.lesson import Question
from resnet_explorer.lessons.votes import (
    Asked,
    counts,
    is_being_asked,
    is_told,
    keep_asking,
    tell,
    vote,
    vote_of,
)
from resnet_explorer.lessons.votes_svg import votes_svg
from resnet_explorer.ui.app.refusal import kept_refusal, show_kept_refusal, shown_refusal
from resnet_explorer.ui.lessons.class_view import EVERY, VOTES, answers_row, show_class
from resnet_explorer.ui.lessons.current import place
from resnet_explorer.ui.serving.visitor import browser_name, role
from resnet_explorer.ui.session.polling import polling
from resnet_explorer.ui.widgets.svg_view import show_svg


def as_asked(key: str, question: str, choices: Mapping[str, str], about: object) -> Asked:
    """The guess as a question to a class, which has no right answer before it is measured.

    Args:
        key: of the guess.
        question: in Markdown, in the language of now.
        choices: what may be guessed, in English, by its code.
        about: what the question is about besides: about another thing it is another question.
    """
    words = tuple(t(choice) for choice in choices.values())
    written = Question(f"{key} {about!r}", tuple(choices), frozenset())
    return Asked("guess", Question(question, words, frozenset()), written)


def ask_alone(key: str, choices: Mapping[str, str], draw: Callable[[], None]) -> None:
    """What is compared, the choices, and *Show*.

    Args:
        key: of the guess; `KEY_shown` says that the answer was asked for.
        choices: what may be guessed, in English, by its code.
        draw: draws what is compared.
    """
    draw()
    with _row():
        _choice(key, choices)
        _show_button(key)


@polling(EVERY)
def ask_class(
    key: str, choices: Mapping[str, str], draw: Callable[[], None], asked: Asked, height: str
) -> None:
    """What is compared, the choices and *Show*, in a class: the teacher's *Show* is for all.

    Students' guesses are counted on the teacher's screen until then.

    Args:
        key: as of `ask_alone`.
        choices: as of `ask_alone`.
        draw: as of `ask_alone`.
        asked: the guess as a question to the class.
        height: of the bars, in CSS.
    """
    show_kept_refusal(place=VOTES)
    with shown_refusal():
        told, waits = is_told(asked), f"_{key}_waits"
        if told and st.session_state.pop(waits, None) == asked.key:
            show(key)
        if st.session_state.get(f"{key}_shown"):
            st.rerun()
        if not told:
            st.session_state[waits] = asked.key
        (_teacher if role() == "teacher" else _student)(key, choices, draw, asked, told, height)


def show_guesses(asked: Asked, right: str, choices: Mapping[str, str], key: str) -> None:
    """What the class guessed, with the right answer marked if it was told: for students not before.

    Args:
        asked: the guess as a question to the class.
        right: the code of what came out.
        choices: what may be guessed and what nobody guesses, in English, by its code.
        key: of the guess.
    """
    answers = asked.question.choices
    right_ones = [answers.index(t(choices[right]))] if t(choices[right]) in answers else []
    question = Question(asked.question.words, answers, frozenset(right_ones))
    known = Asked(asked.lesson, question, asked.written)
    with shown_refusal():
        if role() == "teacher":
            with st.popover(t("The class"), key=f"_{key}_class"):
                show_class(known, f"_{key}")
        elif is_told(known):
            with st.popover(t("The class"), key=f"_{key}_class"):
                show_svg(votes_svg(question, counts(known), is_told=True), f"_{key}_bars")


def is_too_early(key: str, asked: Asked) -> bool:
    """Whether an answer that a link shows is still asked of the class: unless the lesson's own step shows it.

    Args:
        key: of the guess.
        asked: the guess as a question to the class.
    """
    if role() != "student":
        return False
    here = place()
    is_of_step = here is not None and f"{key}_shown" in dict(here.step.parameters)
    return not is_of_step and is_being_asked(asked)


def voted(choices: Mapping[str, str], asked: Asked) -> str | None:
    """What this student answered the class, as a code of the choices; None if nothing, or nobody asks him.

    Args:
        choices: as of `ask_alone`.
        asked: the guess as a question to the class.
    """
    counted = vote_of(asked, browser_name()) if role() == "student" else None
    return None if counted is None else list(choices)[counted]


def show(key: str, shown: bool = True) -> None:
    """Show the answer, or ask anew."""
    st.session_state[f"{key}_shown"] = shown
    if not shown:
        st.session_state[key] = None


def _student(
    key: str, choices: Mapping[str, str], draw: Callable[[], None], asked: Asked, told: bool, height: str
) -> None:
    browser, codes = browser_name(), list(choices)
    if not told:
        mine = voted(choices, asked)
        if st.session_state.get(key) != mine:
            st.session_state[key] = mine  # in another tab, or forgotten, as the class is asked anew
    draw()
    with _row():
        _choice(key, choices, None if told else partial(_vote, asked, browser, codes, key))
        _show_button(key, is_waiting=is_being_asked(asked))
    if told:
        words = t("The answer was told already: this guess is yours alone.")
    elif st.session_state.get(key) is None:
        words = t("Nobody sees who answered what.")
    else:
        words = t("It is counted; you may change it until the answer is told.")
    st.caption(words, text_alignment="center")


def _teacher(
    key: str, choices: Mapping[str, str], draw: Callable[[], None], asked: Asked, told: bool, height: str
) -> None:
    keep_asking(asked)
    found = counts(asked)
    if st.session_state.get(f"_{key}_seen"):
        show_svg(votes_svg(asked.question, found, is_told=False), f"_{key}_guesses", height=height)
    else:
        draw()
    with _row():
        _choice(key, choices)
        _show_button(key, partial(_tell, asked, key))
        answers_row(asked, f"_{key}", sum(found), told)


@kept_refusal(VOTES)
def _vote(asked: Asked, browser: str, codes: list[str], key: str) -> None:
    if st.session_state[key] is not None:
        vote(asked, browser, codes.index(st.session_state[key]))


@kept_refusal(VOTES)
def _tell(asked: Asked, key: str) -> None:
    tell(asked)
    show(key)


def _row() -> st.delta_generator.DeltaGenerator:
    return st.container(horizontal=True, horizontal_alignment="center", vertical_alignment="center")


def _show_button(key: str, act: Callable[[], None] | None = None, is_waiting: bool = False) -> None:
    st.button(
        t("Show"), key=f"_{key}_show", type="primary", on_click=act or partial(show, key), disabled=is_waiting
    )


def _choice(key: str, choices: Mapping[str, str], act: Callable[[], None] | None = None) -> None:
    st.segmented_control(
        t("What do you think?"),
        list(choices),
        format_func=lambda code: t(choices[code]),
        key=key,
        persist_state="session",
        label_visibility="collapsed",
        width="content",
        on_change=act,
    )
