"""A network from a file of weights: its upload, and what was recognised by which tensor."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import streamlit as st

from resnet_explorer.common.i18n import prose, t
from resnet_explorer.common.progress import Tell
from resnet_explorer.common.text import sentence_as_markdown
from resnet_explorer.network.spec import ResNetSpec, title
from resnet_explorer.ui.app.refusal import tell_refusal
from resnet_explorer.ui.session.loaded_networks import warm_up
from resnet_explorer.ui.session.network import current_spec
from resnet_explorer.ui.weights.reading_file import reading_file
from resnet_explorer.ui.widgets.keeping_value import keeping_value
from resnet_explorer.weights.reading.checkpoint_name import MAX_BYTES, endings_text
from resnet_explorer.weights.reading.safetensors_header import printable
from resnet_explorer.weights.recognition.alternatives import alternatives, what_it_is

if TYPE_CHECKING:
    from resnet_explorer.weights.recognition.infer_from_file import Recognised

_NUMBER, _READING, _OTHER = "_rec_number", "_rec_reading", "_rec_other"


@dataclass(frozen=True)
class _Reading:
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
    number = st.session_state.get(_NUMBER, 0)
    # Any ending may come: a wrong one would be an error on the whole page, where we have a sentence.
    file = st.file_uploader(
        t("A file of weights ({endings})").format(endings=endings_text()),
        key=f"rec_file_{number}",
        max_upload_size=MAX_BYTES // 2**20,
        help=prose("rec_file"),
    )
    if file is not None:
        with reading_file(t("Reading names and shapes, and what the norms remember …")) as tell:
            reading = _read(file.getvalue(), file.name, tell)
        if reading.found:
            take(reading.found.spec)
        st.session_state[_READING] = reading
        st.session_state[_NUMBER] = number + 1  # an empty uploader, which lets the bytes go
        st.rerun()
    _show(st.session_state.get(_READING), take)


def _read(content: bytes, name: str, tell: Tell) -> _Reading:
    warm_up("resnet_explorer.weights.recognition.infer_from_file")
    from resnet_explorer.weights.recognition.infer_from_file import recognise_file

    try:
        found = recognise_file(content, name, tell)
    except ValueError as error:
        return _Reading(name, current_spec(), refusal=str(error))
    return _Reading(name, found.spec, found)


def _show(reading: _Reading | None, take: Callable[[ResNetSpec], None]) -> None:
    """What was found, as long as the network on the screen is the one of then."""
    if reading is None or reading.shown != current_spec():
        return
    if reading.found is None:
        tell_refusal(reading.refusal)
        return
    file = sentence_as_markdown(printable(reading.file))
    st.success(t("{file} holds {network}.").format(file=file, network=title(reading.found.spec)))
    specs = alternatives(reading.found.spec)
    if len(specs) > 1:
        st.session_state[_OTHER] = reading.shown
        st.selectbox(
            t("Read it as"),
            specs,
            format_func=what_it_is,
            **keeping_value(_OTHER, on_change=_take_other, args=(reading, take)),
            help=t("All these networks have values of the same shapes."),
        )
    seen, assumed = st.columns(2, gap="large")
    seen.markdown(_listed(t("Recognised by"), reading.found.seen))
    if reading.found.assumed:
        # These name tensors as the file does.
        assumed.markdown(_listed(t("Not in the shapes"), map(sentence_as_markdown, reading.found.assumed)))


def _take_other(reading: _Reading, take: Callable[[ResNetSpec], None]) -> None:
    spec: ResNetSpec = st.session_state[_OTHER]
    take(spec)
    st.session_state[_READING] = replace(reading, shown=spec)


def _listed(heading: str, sentences: Iterable[str]) -> str:
    return "\n".join([f"**{heading}**\n", *(f"- {sentence}" for sentence in sentences)])
