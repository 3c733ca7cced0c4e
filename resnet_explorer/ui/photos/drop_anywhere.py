"""A photo that is dropped or pasted anywhere on the page."""

from __future__ import annotations

import streamlit as st

from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import sentence_as_markdown
from resnet_explorer.photos.decode import MAX_BYTES
from resnet_explorer.ui.photos.photo_input import drop_refusal, take_dropped
from resnet_explorer.ui.widgets.component import component
from resnet_explorer.ui.widgets.uploads import emptied

_listener = component(__file__, "")


def drop_anywhere() -> None:
    """Take what comes; to be called once on a page that is about a photo."""
    if refusal := drop_refusal():
        st.toast(sentence_as_markdown(refusal), icon=":material/error:", duration="infinite")
    with st.container(key="dropped"):
        st.file_uploader(
            t("A photo"), max_upload_size=MAX_BYTES // 2**20, **emptied("p_dropped", take_dropped)
        )
        _listener(key="p_drop")
