from resnet_explorer.ui.frame import require_frame

require_frame(__file__)

import streamlit as st

from resnet_explorer.finetune import background
from resnet_explorer.finetune.story import Story
from resnet_explorer.finetune.ways import parts, ways_svg
from resnet_explorer.i18n import t
from resnet_explorer.ui.again import take_over
from resnet_explorer.ui.album_input import album_input, surveyed
from resnet_explorer.ui.frame import page_link, page_title
from resnet_explorer.ui.linked import linked, one_of
from resnet_explorer.ui.pages import ALBUM, TRAIN
from resnet_explorer.ui.run_live import show_live, take_up_cut_off_runs
from resnet_explorer.ui.start_input import start_input
from resnet_explorer.ui.svg import show_svg
from resnet_explorer.ui.way_input import WAYS, settings_input, way_input

VIEWS = {"new": t("A new run"), "live": t("Progress")}
LONGEST_NAME = 60


def begin(story: Story) -> None:
    """Start the run and show it."""
    try:
        st.session_state["ru_run"] = background.begin(story)
        st.session_state["tn_view"] = "live"
        st.session_state["tn_name"] = ""
    except ValueError as refusal:
        st.session_state["_tn_refusal"] = str(refusal)


take_up_cut_off_runs()
take_over()
page_title(TRAIN.name)
linked("tn_view", "new", one_of(VIEWS))
view = st.segmented_control(
    t("View"),
    list(VIEWS),
    required=True,
    format_func=VIEWS.__getitem__,
    key="tn_view",
    label_visibility="collapsed",
    persist_state="session",
)
if view == "live":
    show_live()
    st.stop()
album = album_input()
if album is None:
    st.stop()
try:
    survey = surveyed(album)
except ValueError as refusal:
    st.error(str(refusal))
    st.stop()
if survey is None:
    st.stop()
photos = survey.photos
with st.container(horizontal=True, vertical_alignment="center"):
    st.markdown(
        t("**{learnt:,}** photos to learn from, **{tested:,}** to test on, {classes:,} classes").format(
            learnt=len(photos.part("train")), tested=len(photos.part("val")), classes=len(photos.classes)
        ),
        width="content",
    )
    page_link(ALBUM, t("Look at them"))
left, right = st.columns(2, gap="large")
with left:
    start = start_input()
if start is None:
    st.stop()
with right:
    way = way_input(start.spec)
stages = min(st.session_state.get("tn_stages") or 1, len(start.spec.depths))
picture = st.container()
settings = settings_input(way, stages)
drawn = parts(start.spec, len(photos.classes), settings)
with picture:
    show_svg(ways_svg(drawn), "tn_parts", magnify=1.0)
    st.caption(
        t("{learning:,} of {all:,} parameters learn.").format(
            learning=sum(part.params for part in drawn if part.learns),
            all=sum(part.params for part in drawn),
        )
    )
name_place, button_place = st.columns([3, 1], gap="medium", vertical_alignment="bottom")
usual = f"{album.label} · {t(WAYS[way]).lower()}"
name = name_place.text_input(
    t("Name"), key="tn_name", placeholder=usual, max_chars=LONGEST_NAME, persist_state="session"
)
story = Story.of(
    settings,
    start.weights,
    start.spec,
    photos,
    start.preprocessing,
    name.strip() or usual,
    album.path,
    album.label,
)
button_place.button(
    t("Train"), type="primary", icon="▶️", key="tn_begin", on_click=begin, args=(story,), width="stretch"
)
refusal = st.session_state.pop("_tn_refusal", None)
if refusal:
    st.error(refusal)
st.caption(t("It goes on when this page, or the whole app, is closed; Stop keeps the best network so far."))
