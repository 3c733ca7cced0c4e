"""A lesson that is being written: by *Add this view* on any page, and as a text; its photos apart from it."""

from __future__ import annotations

from typing import Final

import streamlit as st

from resnet_explorer.common.i18n import t
from resnet_explorer.lessons.lesson import FOLLOW, PLACE, address
from resnet_explorer.lessons.photo import MOST_PHOTOS, photos_apart, small_photo, with_photos
from resnet_explorer.lessons.read import HEADING, UPLOADED, WORDS
from resnet_explorer.ui.app.refusal import kept_refusal, show_kept_refusal
from resnet_explorer.ui.app.url_state import written_link
from resnet_explorer.ui.photos.photo_input import own_photo

TEXT: Final = "le_text"
"""Key of the text, which is in no link."""
_HEADING, _WORDS, _PHOTOS = "_le_heading", "_le_words", "_le_photos"


def draft() -> str:
    """The text of the lesson that is being written, without its photos."""
    return str(st.session_state.setdefault(TEXT, t("# My lesson\n\n45 minutes\n")))


def whole_draft() -> str:
    """The text of the lesson that is being written with its photos, as a file."""
    return with_photos(draft(), _photos())


def set_draft(text: str) -> None:
    """Write another one, with or without photos."""
    st.session_state[TEXT], st.session_state[_PHOTOS] = photos_apart(text)


def _photos() -> dict[str, str]:
    photos: dict[str, str] = st.session_state.get(_PHOTOS, {})
    return photos


def add_view_input(stem: str) -> None:
    """What makes the open page, as it is, the next step of the lesson that is being written.

    Args:
        stem: of the page.
    """
    st.text_input(
        t("A step of your own: its heading"), key=_HEADING, max_chars=HEADING, persist_state="session"
    )
    st.text_input(t("What you say of it"), key=_WORDS, max_chars=WORDS, persist_state="session")
    if own_photo():
        st.caption(t("Your photo goes with it, for all who get the lesson."))
    st.button(t("Add this view"), key="_le_add", on_click=_add, args=(stem,))
    show_kept_refusal(place=_HEADING)
    steps = draft().count("\n## ")
    if steps:
        st.caption(
            t("Steps so far: {count}. Read, change and keep them on *Lessons*, *Write*.").format(count=steps)
        )


@kept_refusal(_HEADING)
def _add(stem: str) -> None:
    state, photo, shown = st.session_state, own_photo(), ""
    link = {name: text for name, text in written_link().items() if name not in (*PLACE, FOLLOW)}
    heading, words = (" ".join(str(state.get(key) or "").split()) for key in (_HEADING, _WORDS))
    heading = heading or t("A step")
    _, photos = photos_apart(whole_draft())
    if photo:
        kept = small_photo(photo, photos)
        photos[kept.name], shown = kept.address, f"![{kept.name}]"
        if len(photos) > MOST_PHOTOS:
            raise ValueError(t("A lesson has {most} photos at most.").format(most=MOST_PHOTOS))
        link |= UPLOADED
    step = [f"## {heading}", f"[Open]({address(stem, link)})", shown, words]
    text = draft().rstrip() + "\n\n" + "\n\n".join(part for part in step if part) + "\n"
    set_draft(with_photos(text, photos))
    state[_HEADING] = state[_WORDS] = ""
