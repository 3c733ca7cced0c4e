"""What every lab has: a question and a guess, then the answer; charts, and a notebook to take home."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer import labs
from resnet_explorer.common.i18n import t
from resnet_explorer.common.notebook import notebook
from resnet_explorer.lessons.votes import Asked
from resnet_explorer.ui.app.head import foot_places, more_settings, picture
from resnet_explorer.ui.app.refusal import shown_refusal
from resnet_explorer.ui.app.url_state import SWITCH, linked, one_of, write
from resnet_explorer.ui.labs.guess_view import (
    as_asked,
    ask_alone,
    ask_class,
    is_too_early,
    show,
    show_guesses,
    voted,
)
from resnet_explorer.ui.serving.visitor import role
from resnet_explorer.ui.widgets.component import style
from resnet_explorer.ui.widgets.save_button import save_button

if TYPE_CHECKING:
    import plotly.graph_objects as go

HEIGHT: Final = "calc(var(--picture) - 250px)"
"""Of the picture of what is compared, in CSS: what question and choices leave of the place."""
_LABS: Final = Path(labs.__file__).parent


@dataclass(frozen=True)
class Screen:
    """The places of a lab's one screen, below its head.

    Attributes:
        picture: of the question, then of the answer.
        sentence: at the foot.
        take_home: beside it.
        settings: those that are seldom changed.
        below: the first place under the screen.
    """

    picture: DeltaGenerator
    sentence: DeltaGenerator
    take_home: DeltaGenerator
    settings: DeltaGenerator
    below: DeltaGenerator


@dataclass(frozen=True)
class Guess:
    """What was guessed.

    Attributes:
        key: of the guess.
        code: of what was guessed; None for nothing.
        of_class: the same as a question to a class; None where none is served, or nothing is shown yet.
        room: beside the question, once the answer is shown.
    """

    key: str
    code: str | None
    of_class: Asked | None = None
    room: DeltaGenerator | None = None


def screen() -> Screen:
    """Make the places, so that each may be filled when what stands in it is known."""
    place = picture()
    sentence, take_home = foot_places()
    with take_home:
        settings = more_settings()
    return Screen(place, sentence, take_home, settings, st.container())


def guess(
    key: str,
    question: str,
    compared: str,
    choices: Mapping[str, str],
    draw: Callable[[], None],
    asked: object = None,
    settings: Callable[[DeltaGenerator], None] | None = None,
) -> Guess:
    """Ask before anything is shown. Whether the answer is shown is in the link; the guess is not.

    Until then question, what is compared and the choices fill the place of the picture, and the guess may be
    changed; from then on the question is a line in it, and the picture follows. The page goes on with the
    answer if `is_shown(key)`.

    Args:
        key: of the guess; `KEY_shown` says that the answer was asked for, as in the link.
        question: in Markdown, short enough for a line.
        compared: what is compared, a sentence of Markdown.
        choices: what may be guessed, in English, by its code.
        draw: draws what is compared, of the height `HEIGHT`.
        asked: what the question is about: a guess is for it alone, and goes with it.
        settings: draws what decides the question, at the end of its line.
    """
    guessed = kept_guess(key, choices, asked)
    of_class = None if role() == "owner" else as_asked(key, question, choices, asked)
    if of_class and is_shown(key):
        with shown_refusal():
            if is_too_early(key, of_class):
                show(key, False)
    style(__file__)
    if is_shown(key):
        if of_class and guessed is None:  # in a window that was opened anew, what was counted is the guess
            with shown_refusal():
                guessed = voted(choices, of_class)
        room = _question_line(key, question, t(choices[guessed]) if guessed else None, settings)
        return Guess(key, guessed, of_class, room)
    with st.container(key="guess"):
        if settings:
            settings(st.container(key="asked", horizontal=True, horizontal_alignment="center"))
        st.markdown(f"## {question}", text_alignment="center")
        st.markdown(compared, text_alignment="center")
        if of_class:
            ask_class(key, choices, draw, of_class, HEIGHT)
        else:
            ask_alone(key, choices, draw)
    return Guess(key, guessed)


def kept_guess(key: str, choices: Mapping[str, str], asked: object = None) -> str | None:
    """The guess, where nothing of it is drawn: the next view of the page has it still.

    Args:
        key: of the guess.
        choices: what may be guessed, in English, by its code.
        asked: what the question is about, as of `guess`.
    """
    state = st.session_state
    guessed = linked(key, None, one_of(choices))
    write(key, None)  # links of before had it; a guess is nobody else's
    if state.setdefault(f"_{key}_asked", asked) != asked:
        state[f"_{key}_asked"], state[key], guessed = asked, None, None
    linked(f"{key}_shown", False, SWITCH)
    return guessed


def is_shown(key: str) -> bool:
    """Whether the answer was asked for."""
    return bool(st.session_state.get(f"{key}_shown"))


def _question_line(
    key: str, question: str, guessed: str | None, settings: Callable[[DeltaGenerator], None] | None
) -> DeltaGenerator:
    """The question in a line over the picture, with the guess, and a way back to the question.

    Returns:
        Room beside them.
    """
    with st.container(key="question", horizontal=True, wrap=False, gap="small", vertical_alignment="center"):
        words = f"**{question}**"
        if guessed:
            words += " " + t("You: {guess}.").format(guess=_brief(guessed))
        st.markdown(words, width="content")
        st.button(t("Ask again"), key=f"_{key}_again", type="tertiary", on_click=show, args=(key, False))
        room = st.container(width="content")
        if settings:
            st.space("stretch")
            settings(st.container(key="asked", horizontal=True, wrap=False, width="content"))
    return room


def verdict(guess: Guess, right: str, choices: Mapping[str, str], measured: str) -> str:
    """The sentence that holds the guess against what was measured, in Markdown.

    In a class, what the class guessed can be opened from then on, beside the question.

    Args:
        guess: it.
        right: the code of what came out.
        choices: their words, in English.
        measured: what came out, in a sentence of Markdown.
    """
    found, guessed = _brief(t(choices[right])), guess.code
    if guess.of_class and guess.room:
        with guess.room:
            show_guesses(guess.of_class, right, choices, guess.key)
    if guessed is None:
        words = t("**{right}.** {measured}")
    elif guessed == right:
        words = t("**{right}: so it is.** {measured}")
    else:
        words = t("**{right}**, not “{guess}”. {measured}")
    return words.format(right=found, guess=_brief(t(choices[guessed or right])), measured=measured)


def _brief(choice: str) -> str:
    """A choice without what it means in numbers."""
    return re.split("[:：]", choice)[0]


def reason(words: str) -> None:
    """A line over the chart: why it is so, or what it does not tell."""
    st.container(key="reason").markdown(words)


def is_asked(key: str, question: object, label: str, place: Any) -> bool:
    """Whether this very question was the last one that was asked; unless it was, a button asks it.

    Args:
        key: of the button.
        question: all that the answer depends on.
        label: of the button.
        place: where it stands.
    """
    if st.session_state.get(f"_{key}_asked") == question:
        return True
    asked = (f"_{key}_asked", question)
    place.button(label, key=key, type="primary", on_click=_keep, args=asked, width="stretch")
    return False


def show_chart(figure: go.Figure, key: str, alt: str, height: int | None = None) -> None:
    """Draw a figure.

    Args:
        figure: it.
        key: of the widget.
        alt: what it shows, for those who hear it.
        height: in pixels; None for all that is left of the place of the picture.
    """
    st.plotly_chart(figure, key=key, config={"displaylogo": False}, alt=alt, height=height or "stretch")


def notebook_button(
    file: str, file_name: str, parameters: Mapping[str, object], without: Collection[str] = ()
) -> None:
    """Offer the same experiment as a notebook that runs on this library; made when it is clicked.

    Args:
        file: of the notebook, below `labs/`.
        file_name: of what is saved.
        parameters: as of `notebook`.
        without: as of `notebook`.
    """
    save_button(
        t("Notebook"),
        lambda: notebook(_LABS / file, parameters, without),
        file_name,
    )


def _keep(key: str, value: object) -> None:
    st.session_state[key] = value
