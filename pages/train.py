from resnet_explorer.ui.frame import require_frame

require_frame(__file__)

import streamlit as st

from resnet_explorer.finetune import background
from resnet_explorer.finetune.story import Story
from resnet_explorer.finetune.ways import Part, parts, ways_svg
from resnet_explorer.i18n import t
from resnet_explorer.ui.again import take_over
from resnet_explorer.ui.album_input import album_input, counts_words, surveyed
from resnet_explorer.ui.frame import page_link, page_title
from resnet_explorer.ui.linked import linked, one_of
from resnet_explorer.ui.pages import ALBUM, TRAIN
from resnet_explorer.ui.run_live import REFUSAL, show_live, take_up_cut_off_runs
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
        st.session_state[REFUSAL] = str(refusal)


def new_run() -> None:
    """The controls of a run, and the button that begins it; less where something is missing for it."""
    album = album_input()
    survey = surveyed(album) if album else None
    if album is None or survey is None:
        return
    photos = survey.photos
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            t("{counts}; {classes:,} classes").format(
                counts=counts_words(album, photos), classes=len(photos.classes)
            ),
            width="content",
        )
        page_link(ALBUM, t("Look at them"))
    left, right = st.columns(2, gap="large")
    with left:
        start = start_input()
    if start is None:
        return
    with right:
        way, stages = way_input(start.spec)
    picture = st.container()
    settings = settings_input(way, stages)
    with picture:
        show_parts(parts(start.spec, len(photos.classes), settings))
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
    st.caption(
        t(
            "It goes on when this page, or the whole app, is closed. Stop keeps the best network so far, "
            "from the end of the first epoch on."
        )
    )


def show_parts(drawn: tuple[Part, ...]) -> None:
    """The network in a row, and how much of it learns."""
    show_svg(ways_svg(drawn), "tn_parts", magnify=1.0)
    st.caption(
        t("{learning:,} of {all:,} parameters learn.").format(
            learning=sum(part.params for part in drawn if part.learns),
            all=sum(part.params for part in drawn),
        )
    )


take_up_cut_off_runs()
take_over()
page_title(TRAIN.name)
view = linked("tn_view", "new", one_of(VIEWS))
st.segmented_control(
    t("View"),
    list(VIEWS),
    required=True,
    format_func=VIEWS.__getitem__,
    key="tn_view",
    label_visibility="collapsed",
    persist_state="session",
)
refusal = st.session_state.pop(REFUSAL, None)
if refusal:
    st.error(refusal)
try:
    if view == "live":
        show_live()
    else:
        new_run()
except ValueError as refused:
    st.error(str(refused))
