"""The choice of a photo: a sample, a file, or the camera. A file that will not do changes nothing."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

import streamlit as st
from PIL import ImageOps
from streamlit.runtime.uploaded_file_manager import UploadedFile

from resnet_explorer.common.i18n import msg, prose, t
from resnet_explorer.common.svg import data_address
from resnet_explorer.common.text import as_markdown, named, sentence_as_markdown
from resnet_explorer.explanation.heatmap import jpeg_bytes
from resnet_explorer.photos.crop import CENTRE, View
from resnet_explorer.photos.decode import MAX_BYTES, Photo, open_photo
from resnet_explorer.photos.samples import FORMER, SAMPLES, first_known, open_sample, sample
from resnet_explorer.ui.app.refusal import kept_refusal, show_kept_refusal
from resnet_explorer.ui.app.url_state import linked, one_of
from resnet_explorer.ui.session.cached_result import cached_result
from resnet_explorer.ui.session.network import weights_key
from resnet_explorer.ui.widgets.linked_inputs import linked_choice, linked_select, linked_slider
from resnet_explorer.ui.widgets.uploads import emptied
from resnet_explorer.weights.catalogue import find

SOURCES: Final = {"sample": msg("Sample"), "upload": msg("Upload"), "camera": msg("Camera")}

_PHOTO: Final = "_p_photo"
_DROP_REFUSAL: Final = "_p_drop_refusal"
_GREETING, _IS_CHOSEN = "_p_greeting", "_p_sample_is_chosen"


def photo_button() -> None:
    """The session's photo in small; it opens the choice of another, and of the square that is seen of it."""
    photo = current_photo()
    small = cached_result("_p_small", (photo,), lambda: _thumbnail(photo))
    with st.popover(f"![]({small}) {as_markdown(_short_name(photo), 12)}", key="_photo"):
        _source_input()
        st.caption(sentence_as_markdown(about_photo()))
        linked_slider("p_zoom", t("Zoom"), 1.0, 4.0, default=CENTRE.zoom, step=0.1)
        linked_slider("p_x", t("Left – right"), 0.0, 1.0, default=CENTRE.x, step=0.05)
        linked_slider("p_y", t("Top – bottom"), 0.0, 1.0, default=CENTRE.y, step=0.05)


def current_photo() -> Photo:
    """The photo of the session, as the link or its person chose it."""
    source = linked("p_photo", "sample", one_of(SOURCES))
    name = linked("p_sample", _greeting(), one_of([each.name for each in SAMPLES], FORMER))
    if source == "sample":
        st.session_state[_PHOTO] = sample_photo(name)  # stays on the screen until another one comes
    photo: Photo = st.session_state.get(_PHOTO) or sample_photo(SAMPLES[0].name)
    return photo


def _greeting() -> str:
    """The sample to begin with: one that the network can know, and another one with another network.

    Until somebody chooses a sample: that one stays.
    """
    state = st.session_state
    try:
        key = weights_key()
        weights = (
            find(key) if key and not key.startswith("torchvision/") else None
        )  # all are among ImageNet's
    except ValueError:  # they are not here any more
        weights = None
    name = first_known(weights.classes).name if weights else SAMPLES[0].name
    if not state.get(_IS_CHOSEN) and state.get("p_sample") == state.get(_GREETING) != name:
        state["p_sample"] = name
    state[_GREETING] = name
    return name


def _choose_sample() -> None:
    st.session_state[_IS_CHOSEN] = True


def current_view() -> View:
    """Which square of the photo the network sees; that of its weights unless moved."""
    state = st.session_state
    return View(state.get("p_zoom", CENTRE.zoom), state.get("p_x", CENTRE.x), state.get("p_y", CENTRE.y))


def about_photo() -> str:
    """A line about the photo of the session: its credit, or what was done to it."""
    if st.session_state.get("p_photo", "sample") == "sample":
        return t("Photo: {credit}").format(
            credit=sample(st.session_state.get("p_sample", SAMPLES[0].name)).credit
        )
    photo = current_photo()
    width, height = photo.original_size
    return t(", ").join([named(photo.name, f"{width:,} × {height:,}"), *map(t, photo.notes)])


def _source_input() -> None:
    source = linked_choice("p_photo", t("Photo"), SOURCES, default="sample", wrap=True)
    if source == "sample":
        titles = {each.name: t(each.title) for each in SAMPLES}
        linked_select(
            "p_sample",
            t("Sample photo"),
            titles,
            default=st.session_state[_GREETING],
            names=titles.__getitem__,
            on_change=_choose_sample,
        )
    elif source == "upload":
        label = t("A photo, any usual format")
        st.file_uploader(label, max_upload_size=MAX_BYTES // 2**20, **emptied("p_upload", take_photo))
        if not has_camera():
            st.caption(t("A phone offers its own camera here, too."))
    elif not has_camera():
        st.caption(prose("predict_no_camera"))
    else:
        st.camera_input(t("Take a photo"), **emptied("p_camera", take_photo))
        st.caption(prose("predict_camera"))
    show_kept_refusal(_PHOTO)


def has_camera() -> bool:
    """Whether the browser lets this page have a camera: at `localhost`, or over https."""
    address = urlsplit(st.context.url or "")
    return address.scheme == "https" or address.hostname in (None, "localhost", "127.0.0.1", "::1")


def _short_name(photo: Photo) -> str:
    """Its file's name without the ending; a sample's in the language of now."""
    name = photo.name.rpartition(".")[0]
    return t(name) if st.session_state.get("p_photo", "sample") == "sample" else name


def _thumbnail(photo: Photo) -> str:
    """An address that holds the middle of a photo."""
    return data_address(jpeg_bytes(ImageOps.fit(photo.image, (56, 56))))


def own_photo() -> Photo | None:
    """The photo of the session, unless it is a sample."""
    state = st.session_state
    photo: Photo | None = state.get(_PHOTO) if state.get("p_photo", "sample") != "sample" else None
    return photo


def hold_photo(photo: Photo) -> None:
    """Have a photo at hand as if it had been uploaded; the link says whether it is shown, and how."""
    st.session_state[_PHOTO] = photo


def put_photo(photo: Photo) -> None:
    """Make a photo that of the whole lab, as if it had been uploaded, seen by the default of its weights.

    For a callback: every page draws the photo's controls, and what the browser holds of them comes first.
    """
    hold_photo(photo)
    st.session_state["p_photo"] = "upload"
    for key, default in (("p_zoom", CENTRE.zoom), ("p_x", CENTRE.x), ("p_y", CENTRE.y)):
        st.session_state[key] = default


@st.cache_resource(show_spinner=False)
def sample_photo(name: str) -> Photo:
    """The sample photo of that name, opened once for all."""
    return open_sample(name)


@kept_refusal(_PHOTO)
def take_photo(files: list[UploadedFile]) -> None:
    """Decode what came and make it the session's photo; only the small copy is kept."""
    (file,) = files
    hold_photo(open_photo(file.getvalue(), file.name))


def take_dropped(files: list[UploadedFile]) -> None:
    """Take a file dropped outside of the photo's controls: one that will do is an upload from then on."""
    try:
        hold_photo(open_photo(files[0].getvalue(), files[0].name))
        st.session_state["p_photo"] = "upload"
    except ValueError as refusal:
        st.session_state[_DROP_REFUSAL] = str(refusal)


def drop_refusal() -> str | None:
    """Why the file that was dropped will not do, told once."""
    refusal: str | None = st.session_state.pop(_DROP_REFUSAL, None)
    return refusal
