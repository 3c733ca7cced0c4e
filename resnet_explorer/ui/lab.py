"""What every lab has: a question and a guess, then the answer; and a notebook to take home."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.i18n import t
from resnet_explorer.progress import Step
from resnet_explorer.ui.linked import SWITCH, linked, one_of
from resnet_explorer.ui.networks import warm_up
from resnet_explorer.ui.page_end import end_page
from resnet_explorer.ui.save import save_button
from resnet_explorer.ui.slow_work import slow_work

T = TypeVar("T")


def guess(key: str, question: str, choices: Mapping[str, str]) -> str | None:
    """Ask before anything is shown; the guess, and whether the answer is shown, are in the link.

    The page goes on with the answer if `is_shown(key)`, which is after a guess, or after "Show me".

    Args:
        key: of the guess, as in the link; `KEY_shown` says that the answer was asked for without one.
        question: in Markdown, one or two sentences.
        choices: what may be guessed, by its code in the link.

    Returns:
        The code of the guess, or None.
    """
    st.markdown(f"### {question}")
    guessed = linked(key, None, one_of(choices))
    linked(f"{key}_shown", False, SWITCH)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            t("What do you think?"),
            list(choices),
            format_func=choices.__getitem__,
            key=key,
            persist_state="session",
        )
        if not is_shown(key):
            st.button(t("Show me"), key=f"_{key}_show", on_click=_show, args=(key,))
    return guessed


def is_shown(key: str) -> bool:
    """Whether the answer may be seen: somebody has guessed, or asked for it."""
    return st.session_state.get(key) is not None or bool(st.session_state.get(f"{key}_shown"))


def verdict(guessed: str | None, right: str, choices: Mapping[str, str], measured: str) -> None:
    """Hold the guess against what was measured.

    Args:
        guessed: its code, or None.
        right: the code of what came out.
        choices: their words.
        measured: what came out, in a sentence of Markdown.
    """
    if guessed is None:
        st.info(measured)
    elif guessed == right:
        st.success(t("**“{guess}”: so it is.** ").format(guess=choices[guessed]) + measured)
    else:
        words = t("**You said “{guess}”. Measured: “{right}”.** ")
        st.warning(words.format(guess=choices[guessed], right=choices[right]) + measured)


def experiment(
    key: str, question: tuple[object, ...], module: str, start: Callable[[], Iterator[Step[T]]], label: str
) -> T:
    """What was measured; made now, with progress, unless it was before.

    A page that cannot go on without it stops here: after a sentence, or while the work is stopped.

    Args:
        key: names it in the session's state.
        question: all that the answer depends on.
        module: loads torch, and is loaded first.
        start: begins the work.
        label: what is done, in a few words.
    """
    with st.spinner(t("Loading torch …")):
        warm_up(module)
    try:
        found, is_whole = slow_work(key, question, start, label)
    except ValueError as refusal:
        st.error(str(refusal))
        end_page()
    if found is None or not is_whole:
        end_page()
    return found


def is_asked(key: str, question: object, label: str, place: DeltaGenerator) -> bool:
    """Whether this very question was the last one that was asked; unless it was, a button asks it.

    Args:
        key: of the button.
        question: all that the answer depends on.
        label: of the button.
        place: where it stands.
    """
    if st.session_state.get(f"_{key}_asked") == question:
        return True
    place.button(label, key=key, type="primary", on_click=_ask, args=(key, question), width="stretch")
    return False


def view_input(key: str, label: str, views: Mapping[str, str], usual: str) -> str:
    """Which of the views of an experiment is drawn, by its code in the link."""
    view: str = linked(key, usual, one_of(views))
    st.segmented_control(
        label,
        list(views),
        required=True,
        format_func=views.__getitem__,
        key=key,
        persist_state="session",
    )
    return view


def notebook_button(make: Callable[[], bytes], file_name: str) -> None:
    """Offer the same experiment as a notebook that runs on this library; made when it is clicked."""
    save_button(t("This experiment as a notebook"), make, file_name, icon=":material/menu_book:")


def _ask(key: str, question: object) -> None:
    st.session_state[f"_{key}_asked"] = question


def _show(key: str) -> None:
    st.session_state[f"{key}_shown"] = True
