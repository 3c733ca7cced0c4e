"""The choice of a photo: a sample, a file, or the camera. A file that will not do changes nothing."""

from __future__ import annotations

from typing import Final, Literal

import streamlit as st

from resnet_explorer.crop import CENTRE, View
from resnet_explorer.i18n import prose, t
from resnet_explorer.photo import MAX_BYTES, Photo, open_photo
from resnet_explorer.samples import FORMER, SAMPLES, open_sample, sample
from resnet_explorer.ui.linked import linked, number, one_of
from resnet_explorer.ui.uploads import arrived, let_go

WAYS: Final = {"sample": "Sample", "upload": "Upload", "camera": "Camera"}

_PHOTO, _OWN, _REFUSAL, _TURN = "_p_photo", "_p_own", "_p_refusal", "_p_turn"


def photo_input() -> tuple[Photo, str]:
    """Draw the controls.

    Returns:
        The photo to predict, and a line about it: its credit, or what was done to it.
    """
    linked("p_photo", "sample", one_of(WAYS))
    way = st.segmented_control(
        t("Photo"),
        list(WAYS),
        required=True,
        format_func=lambda name: t(WAYS[name]),
        key="p_photo",
        wrap=True,
        persist_state="session",
    )
    if way == "sample":
        return _sampled()
    turn = st.session_state.get(_TURN, 0)
    if way == "upload":
        key = f"p_upload_{turn}"
        # Any ending may come: a wrong one would be an error on the whole page, where we have a sentence.
        st.file_uploader(
            t("A photo, any usual format"),
            key=key,
            max_upload_size=MAX_BYTES // 2**20,
            on_change=_take,
            args=(key,),
        )
    else:
        key = f"p_camera_{turn}"
        st.camera_input(t("Take a photo"), key=key, on_change=_take, args=(key,))
        st.caption(prose("predict_camera"))
    refusal = st.session_state.pop(_REFUSAL, None)
    if refusal:
        st.error(refusal)
    photo: Photo = st.session_state.get(_PHOTO) or sample_photo(SAMPLES[0].name)
    return photo, _about(photo)


def view_input(width: Literal["content", "stretch"] = "stretch") -> View:
    """Where in the photo the network looks; the centre unless moved."""
    with st.popover(t("Move or zoom"), width=width):
        zoom = _slider("p_zoom", t("Zoom"), 1.0, 4.0, CENTRE.zoom, 0.1)
        x = _slider("p_x", t("Left – right"), 0.0, 1.0, CENTRE.x, 0.05)
        y = _slider("p_y", t("Top – bottom"), 0.0, 1.0, CENTRE.y, 0.05)
    return View(zoom, x, y)


def own_photo() -> Photo | None:
    """The photo that this session's person put in last, on any page; None before the first."""
    photo: Photo | None = st.session_state.get(_OWN)
    return photo


def put_photo(photo: Photo) -> None:
    """Make a photo that of the whole lab, as if it had been uploaded, and look where its network looks first.

    To be called before the controls are drawn, or on a page that does not draw them.
    """
    st.session_state[_PHOTO] = st.session_state[_OWN] = photo
    st.session_state["p_photo"] = "upload"
    for key, usual in (("p_zoom", CENTRE.zoom), ("p_x", CENTRE.x), ("p_y", CENTRE.y)):
        st.session_state[key] = usual


@st.cache_resource(show_spinner=False)
def sample_photo(name: str) -> Photo:
    """The sample photo of that name, opened once for all."""
    return open_sample(name)


def _slider(key: str, label: str, low: float, high: float, usual: float, step: float) -> float:
    linked(key, usual, number(low, high))
    return float(st.slider(label, low, high, step=step, key=key, persist_state="session"))


def _sampled() -> tuple[Photo, str]:
    titles = {each.name: each.title for each in SAMPLES}
    linked("p_sample", SAMPLES[0].name, one_of(titles, FORMER))
    name = st.selectbox(
        t("Sample photo"),
        list(titles),
        format_func=lambda name: t(titles[name]),
        key="p_sample",
        persist_state="session",
    )
    photo = sample_photo(name)
    st.session_state[_PHOTO] = photo  # stays on the screen until another one comes
    return photo, t("Photo: {credit}").format(credit=sample(name).credit)


def _take(key: str) -> None:
    """Decode what came and empty the widget, so that only the small copy is kept."""
    files = arrived(st.session_state.get(key))
    if not files:
        return
    (file,) = files
    try:
        st.session_state[_PHOTO] = st.session_state[_OWN] = open_photo(file.getvalue(), file.name)
    except ValueError as refusal:
        st.session_state[_REFUSAL] = str(refusal)
    let_go(files)
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1


def _about(photo: Photo) -> str:
    width, height = photo.original_size
    return ", ".join([f"{photo.name}: {width:,} × {height:,}", *map(t, photo.notes)])
