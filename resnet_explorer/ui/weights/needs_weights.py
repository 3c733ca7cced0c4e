"""Weights, for the pages that show a photo to the network; without any, the nearest are a click away."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st

from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import as_markdown
from resnet_explorer.network.spec import title
from resnet_explorer.ui.app.page_end import end_page
from resnet_explorer.ui.app.refusal import shown_refusal
from resnet_explorer.ui.session.network import (
    DEFAULT_WEIGHTS,
    choose_weights,
    current_spec,
    current_weights,
    weights_key,
)
from resnet_explorer.ui.weights.fetch_button import fetch_button, tell_if_offline
from resnet_explorer.weights.catalogue import find, published_for
from resnet_explorer.weights.description import Weights
from resnet_explorer.weights.imagenet_files import cached_file


def photo_weights() -> Weights:
    """The weights of the session's network, which can classify photos.

    Where it has none that can, the page ends here, after a sentence and the nearest that can.
    """
    with shown_refusal():
        weights = current_weights()
        if weights and weights.spec.include_top:
            return weights
        if weights:
            words = t("**{label}** has no fully connected layer, so it knows no classes.")
            st.info(words.format(label=as_markdown(weights.label)))
        else:
            words = t("**{network}** is shown without weights, so it cannot say what is on a photo.")
            st.info(words.format(network=title(current_spec())))
    _nearest_weights()
    end_page()


def _nearest_weights() -> None:
    """ImageNet's weights of this very architecture, and the network that comes with the explorer."""
    published = published_for(current_spec())
    here = next(filter(cached_file, published), None)
    if published and not here:
        tell_if_offline()
    with st.container(horizontal=True):
        if here and here != weights_key():
            st.button(
                t("Use ImageNet’s weights"), key="_use_published", on_click=choose_weights, args=(here,)
            )
        elif published and not here:
            fetch_button(published[0], "page")
        if weights_key() == DEFAULT_WEIGHTS:
            return
        with suppress(ValueError):  # its file is missing
            default = find(DEFAULT_WEIGHTS)
            words = t("Use {network}, which knows {count:,} things")
            st.button(
                words.format(network=title(default.spec), count=len(default.classes)),
                key="_use_bundled",
                type="primary",
                on_click=choose_weights,
                args=(DEFAULT_WEIGHTS,),
            )
