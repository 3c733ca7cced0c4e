from resnet_explorer.ui.frame import require_frame

require_frame(__file__)

import sys

import streamlit as st

from resnet_explorer.cam import METHODS, ONE_PASS, PIXELS
from resnet_explorer.crop import crop_photo
from resnet_explorer.i18n import prose, t
from resnet_explorer.overlay import boxed, crisp, for_screen, jpeg_bytes, png_bytes
from resnet_explorer.ui.answer import class_input, show_answer, view_for
from resnet_explorer.ui.ask_evidence import ask_evidence
from resnet_explorer.ui.evidence import (
    SIDE,
    Asked,
    look_input,
    method_input,
    show_evidence,
    stage_input,
    stage_label,
)
from resnet_explorer.ui.film_strip import film_strip
from resnet_explorer.ui.frame import page_link, page_title
from resnet_explorer.ui.needs_weights import photo_weights
from resnet_explorer.ui.network import weights_key
from resnet_explorer.ui.page_end import end_page
from resnet_explorer.ui.pages import PROVE
from resnet_explorer.ui.photo_input import photo_input, view_input
from resnet_explorer.ui.remembered import remembered
from resnet_explorer.ui.rival import show_rival
from resnet_explorer.ui.subject import Subject


def show_seen(subject: Subject) -> None:
    """The photo with the square that the network looks at, and the square as it comes to it."""
    side = subject.weights.preprocessing.crop
    framed, square = remembered("_p_seen", subject.question, lambda: pictures_of(subject))
    photo_place.image(framed, width="stretch", alt=t("The photo, the square framed"))
    with seen_place:
        st.image(square, width="stretch", output_format="PNG", alt=t("What the network sees"))
        st.caption(t("What the network sees: {side} × {side} pixels").format(side=side))
        tile = subject.weights.preprocessing.tile
        if tile:
            st.caption(
                t("Made small and soft first, {tile} × {tile}: it learned from small pictures.").format(
                    tile=tile
                )
            )
        if subject.view != asked:
            st.caption(t("Of three squares along the photo, it is surest of this one."))


def pictures_of(subject: Subject) -> tuple[bytes, bytes]:
    """The photo with its square framed, and the square as the network gets it, as files."""
    crop = crop_photo(subject.photo, subject.weights.preprocessing, subject.view)
    return jpeg_bytes(boxed(subject.photo.image, crop.box)), png_bytes(crisp(crop.image, SIDE))


page_title(t("Predict"), t("Everything runs on this machine: no photo leaves it."))

photo_column, seen_column, answer_column = st.columns([1.5, 1, 1.7], gap="medium")
with photo_column:
    photo, about = photo_input()
    photo_place = st.empty()
    if "torch" not in sys.modules or not weights_key():  # the photo at once, the square when it is known
        photo_place.image(for_screen(photo.image), width="stretch", alt=photo.name)
    st.caption(about)
with seen_column:
    seen_place = st.container()
    asked = view_input()
with answer_column:
    weights = photo_weights()
try:
    with answer_column, st.spinner(t("The network looks …")):
        view = view_for(photo, weights, asked)
except ValueError as refusal:
    answer_column.error(str(refusal))
    end_page()
subject = Subject(photo, weights, view)
show_seen(subject)

st.subheader(t("Where the evidence is"))
st.markdown(prose("predict_evidence"))
class_column, method_column, stage_column = st.columns([1.05, 1.1, 2.4], gap="small")
with class_column:
    target = class_input(subject.names, weights.kinds)
with method_column:
    method, against = method_input()
with stage_column:
    if METHODS[method].needs == "path":
        stage = PIXELS
        st.caption(t("Its map has the input's own pixels: there is no stage to choose."))
    else:
        stage = stage_input(len(weights.spec.depths))
strip_place = st.container()
st.subheader(t("Closer: {stage}").format(stage=stage_label(stage)))
look_column, pictures_column = st.columns([1, 3.4], gap="large")
with look_column:
    look = look_input()
map_asked = Asked(stage, method, against)
try:
    with answer_column, st.spinner(t("The network works …")):
        result = subject.answer(target)
except ValueError as refusal:
    answer_column.error(str(refusal))
    end_page()
with answer_column:
    show_answer(result, weights)
if method in ONE_PASS:
    with strip_place:
        film_strip(result, map_asked, subject, look)
with pictures_column:
    found = ask_evidence(result, map_asked, subject)
    if found is None:
        st.info(t("There is nothing to show before the end; **Go on** takes it up where it was."))
    else:
        show_evidence(found.evidence, result, map_asked, subject, look, found.whole)
        st.markdown(found.sentence)
        if method in ONE_PASS:
            page_link(PROVE, t("Does this map mean something? Prove it."))
if method in ONE_PASS:
    show_rival(result, map_asked, subject, look)
else:
    quick = ", ".join(each.name for each in ONE_PASS.values())
    st.caption(
        t(
            "All stages side by side, and two classes at once, are for the methods of one pass: {methods}."
        ).format(methods=quick)
    )
