"""What a page needs that asks the network about photos: weights, and without any the nearest a click away."""

from __future__ import annotations

import streamlit as st

from resnet_explorer.i18n import t
from resnet_explorer.short_text import as_markdown
from resnet_explorer.spec import title
from resnet_explorer.ui.fetch_button import fetch_button
from resnet_explorer.ui.network import (
    DEFAULT_WEIGHTS,
    choose_weights,
    current_spec,
    current_weights,
    weights_key,
)
from resnet_explorer.ui.page_end import end_page
from resnet_explorer.weights import Weights, find
from resnet_explorer.weights.catalogue import published_for
from resnet_explorer.weights.imagenet_files import cached_file


def photo_weights() -> Weights:
    """The weights with which the network of the session looks at photos.

    Where it has none that can, the page ends here, after a sentence and the nearest that can.
    """
    try:
        weights = current_weights()
    except ValueError as refusal:
        st.error(str(refusal))
    else:
        if weights and weights.spec.include_top:
            return weights
        if weights:
            words = t("**{label}** has no fully connected layer, so it knows no classes.")
            st.info(words.format(label=as_markdown(weights.label)))
        else:
            words = t("**{network}** is shown without weights, so it cannot say what is on a photo.")
            st.info(words.format(network=title(current_spec())))
    _ways_to_some()
    end_page()


def _ways_to_some() -> None:
    """ImageNet's weights of this very architecture, and the network that comes with the explorer."""
    published = published_for(current_spec())
    here = next(filter(cached_file, published), None)
    with st.container(horizontal=True):
        if here and here != weights_key():
            st.button(
                t("Use ImageNet’s weights"), key="_use_published", on_click=choose_weights, args=(here,)
            )
        elif published and not here:
            fetch_button(published[0], "page")
        if weights_key() != DEFAULT_WEIGHTS:
            _offer_bundled()


def _offer_bundled() -> None:
    try:
        usual = find(DEFAULT_WEIGHTS)
    except ValueError:  # its file is missing
        return
    words = t("Use {network}, which knows {count:,} things")
    st.button(
        words.format(network=title(usual.spec), count=len(usual.classes)),
        key="_use_bundled",
        type="primary",
        on_click=choose_weights,
        args=(DEFAULT_WEIGHTS,),
    )
