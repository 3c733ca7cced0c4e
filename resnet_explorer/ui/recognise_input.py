"""A network from a file of weights: its upload, and what was recognised by which tensor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from resnet_explorer.i18n import prose, t
from resnet_explorer.recognised import Recognised
from resnet_explorer.spec import ResNetSpec, title
from resnet_explorer.ui.network import current_spec
from resnet_explorer.ui.networks import warm_up

_TURN, _ANSWER = "_rec_turn", "_rec_answer"


@dataclass(frozen=True)
class _Answer:
    """What a file was found to be, or why not, and the network that was on the screen after it."""

    file: str
    shown: ResNetSpec
    found: Recognised | None = None
    refusal: str = ""


def recognise_input(take: Callable[[ResNetSpec], None]) -> None:
    """Draw the upload and, below it, what the last file was.

    Args:
        take: makes the recognised network the network of the session.
    """
    turn = st.session_state.get(_TURN, 0)
    # Any ending may come: a wrong one would be an error on the whole page, where we have a sentence.
    file = st.file_uploader(
        t("A file of weights (.pth, .pt, .bin, .safetensors)"), key=f"rec_file_{turn}", help=prose("rec_file")
    )
    if file is not None:
        with st.spinner(t("Reading names and shapes …")):
            answer = _read(file.getvalue(), file.name)
        if answer.found:
            take(answer.found.spec)
        st.session_state[_ANSWER] = answer
        st.session_state[_TURN] = turn + 1  # an empty uploader, which lets the bytes go
        st.rerun()
    _show(st.session_state.get(_ANSWER))


def _read(content: bytes, name: str) -> _Answer:
    warm_up("resnet_explorer.weights.recognised_file")
    from resnet_explorer.weights.recognised_file import recognise_file

    try:
        found = recognise_file(content, name)
    except ValueError as error:
        return _Answer(name, current_spec(), refusal=str(error))
    return _Answer(name, found.spec, found)


def _show(answer: _Answer | None) -> None:
    """What was found, as long as the network on the screen is the one of then."""
    if answer is None or answer.shown != current_spec():
        return
    if answer.found is None:
        st.error(_plain(answer.refusal))
        return
    st.success(
        t("{file} holds {network}.").format(file=_plain(answer.file), network=title(answer.found.spec))
    )
    seen, assumed = st.columns(2, gap="large")
    seen.markdown(_listed(t("Recognised by"), answer.found.seen))
    if answer.found.assumed:
        assumed.markdown(_listed(t("Not in the shapes"), answer.found.assumed))


def _listed(heading: str, sentences: tuple[str, ...]) -> str:
    return "\n".join([f"**{heading}**\n", *(f"- {sentence}" for sentence in sentences)])


def _plain(text: str) -> str:
    """Text from a file, with the signs that Markdown would read taken for themselves."""
    printable = "".join(char for char in text if char.isprintable())
    return "".join(f"\\{char}" if char in r"\`*_[]<>#$~:|!" else char for char in printable)
