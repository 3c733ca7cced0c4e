"""How a network of one's own is read, where its file leaves that open: other networks, other inputs."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Final

import streamlit as st

from resnet_explorer.common.i18n import t
from resnet_explorer.ui.session.network import choose_weights
from resnet_explorer.ui.widgets.keeping_value import keeping_value
from resnet_explorer.weights import user_store
from resnet_explorer.weights.description import Weights
from resnet_explorer.weights.recognition.alternatives import alternatives, what_it_is
from resnet_explorer.weights.recognition.input_forms import InputForm, input_forms

_NETWORK, _FORM = "_read_as_network", "_read_as_form"
_OWN: Final = "own"


def read_as(weights: Weights) -> None:
    """The choice of another network of the same shapes, and of another way from photos to numbers.

    Args:
        weights: a kept network of one's own.
    """
    specs = alternatives(weights.spec)
    st.session_state[_NETWORK] = weights.spec
    st.selectbox(
        t("Read it as"),
        specs,
        format_func=what_it_is,
        **keeping_value(_NETWORK, on_change=_take_network, args=(weights,)),
        help=t("All these networks have values of the same shapes. What the norms tell stands below."),
    )
    forms = [form for form in input_forms(weights.spec.in_channels) if not form.reverses]
    if not forms:
        return
    seen = weights.preprocessing
    names = {form.name: form for form in forms}
    mine = next((form.name for form in forms if (form.mean, form.std) == (seen.mean, seen.std)), _OWN)
    st.session_state[_FORM] = mine
    st.selectbox(
        t("Photos become"),
        [*([_OWN] if mine == _OWN else []), *names],
        format_func=lambda name: t("as its file says") if name == _OWN else t(names[name].words),
        **keeping_value(_FORM, on_change=_take_form, args=(weights, names)),
    )
    if weights.spec.in_channels == 3:
        st.button(
            t("Swap red and blue"),
            key="_swap_colours",
            help=t("For a network that was trained on photos with blue first, as OpenCV reads them."),
            on_click=_take,
            args=(weights, weights),
            kwargs={"swaps_colours": True},
        )


def _take_network(weights: Weights) -> None:
    _take(weights, replace(weights, spec=st.session_state[_NETWORK]))


def _take_form(weights: Weights, forms: Mapping[str, InputForm]) -> None:
    form = forms.get(st.session_state[_FORM])
    if form:
        seen = replace(weights.preprocessing, mean=form.mean, std=form.std)
        _take(weights, replace(weights, preprocessing=seen))


def _take(before: Weights, after: Weights, *, swaps_colours: bool = False) -> None:
    """Read it so from now on; another session may have removed it a moment ago."""
    with suppress(ValueError):
        kept = user_store.read_as(before.key, after.spec, after.preprocessing, swaps_colours=swaps_colours)
        choose_weights(kept.key)
