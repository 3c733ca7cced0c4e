from resnet_explorer.ui.frame import require_frame

require_frame(__file__)

import streamlit as st

from resnet_explorer.finetune.albums import Album
from resnet_explorer.i18n import t
from resnet_explorer.ui.album_input import (
    album_input,
    split_input,
    whole_survey,
    without_left_out,
)
from resnet_explorer.ui.album_views import show_classes, show_photos, show_twins, show_unreadable
from resnet_explorer.ui.augmented_view import show_augmented
from resnet_explorer.ui.frame import page_link, page_title
from resnet_explorer.ui.pages import ALBUM, TRAIN


def show_album(album: Album) -> None:
    """All there is to know of it before anything is learnt.

    Raises:
        ValueError: in one sentence, if nothing can be learnt from it.
    """
    split = st.container()
    found = whole_survey(album)
    if found is None:
        return
    try:
        left = without_left_out(album, found).photos
    except ValueError as refusal:
        st.error(str(refusal))
        left = None
    with split:
        split_input(album, left or found.photos)
    show_classes(album, found, left or found.photos)
    show_photos(album, found)
    show_twins(album, found)
    show_unreadable(found)
    if left is None:
        return
    show_augmented(album, left)
    page_link(TRAIN, t("Train on these photos"))


page_title(ALBUM.name, t("Folders of photos that a network can learn. They stay on this machine."))
album = album_input()
if album:
    try:
        show_album(album)
    except ValueError as refusal:
        st.error(str(refusal))
