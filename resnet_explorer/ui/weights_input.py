"""The weights of the session's network: their state in words, and beneath it the choice of others."""

from __future__ import annotations

from functools import partial
from typing import Final

import streamlit as st

from resnet_explorer.i18n import prose, t
from resnet_explorer.short_text import as_markdown
from resnet_explorer.spec import title
from resnet_explorer.ui.fetch_button import fetch_button, version_of
from resnet_explorer.ui.network import (
    NO_WEIGHTS,
    choose,
    choose_no_weights,
    choose_weights,
    current_spec,
    weights_key,
)
from resnet_explorer.ui.networks import warm_up
from resnet_explorer.weights import bundled, find, forget, keep, own
from resnet_explorer.weights.catalogue import alike, best_for, published_for, spec_of
from resnet_explorer.weights.imagenet_files import cached_file

_CHOICE: Final = "_weights_choice"
_REFUSAL, _TURN = "_weights_refusal", "_checkpoint_turn"


def weights_input() -> None:
    """Draw the state of the weights; it opens the choice of others for this architecture."""
    with st.popover(t("weights: {state}").format(state=_state()), key="_weights", width="stretch"):
        refusal = st.session_state.pop(_REFUSAL, None)
        if refusal:
            st.error(refusal)
        _choice()
        for key in published_for(current_spec()):
            if not cached_file(key):
                fetch_button(key, "sidebar")
        _own()


def _state() -> str:
    """The state of the weights in words."""
    key, spec = weights_key(), current_spec()
    if key is None:
        can_be_fetched = published_for(spec) and best_for(spec, any_classes=True) is None
        return t("ImageNet · can be fetched") if can_be_fetched else t("none")
    try:
        spec_of(key)
    except ValueError:
        return t("not on this machine")
    if key.startswith("torchvision/"):
        return t("ImageNet · on this machine")
    if key.startswith(own.PREFIX):
        return t("yours")
    return t("bundled · {count:,} things").format(count=spec.num_classes)


def _choice() -> None:
    """What is on this machine for this architecture, and nothing."""
    spec, chosen = current_spec(), weights_key()
    here = [*bundled.described(), *own.kept()]
    labels = {weights.key: weights.label for weights in here if alike(weights.spec, spec)}
    for key in published_for(spec):
        if cached_file(key):
            labels[key] = t("ImageNet {version}").format(version=version_of(key))
    labels[NO_WEIGHTS] = t("none: nothing is trained")
    st.session_state[_CHOICE] = (chosen or NO_WEIGHTS) if (chosen or NO_WEIGHTS) in labels else None
    st.radio(
        t("Weights of {network}").format(network=title(spec)),
        list(labels),
        format_func=lambda key: as_markdown(labels[key], 60),
        key=_CHOICE,
        on_change=_take_choice,
        help=prose("weights_sources"),
    )


def _take_choice() -> None:
    key = st.session_state[_CHOICE]
    if key == NO_WEIGHTS:
        choose_no_weights()
        return
    _or_refuse(partial(choose_weights, key))


def _own() -> None:
    """What was assumed of weights of one's own, their removal, and the place to open others."""
    key = weights_key()
    if key and key.startswith(own.PREFIX):
        try:
            notes = find(key).notes
        except ValueError:  # another session removed them
            notes = ()
        for note in notes:
            st.caption(as_markdown(note, 200))
        st.button(t("Remove it from this machine"), key="_forget", on_click=_forget, args=(key,))
    st.markdown(f"**{t('Open a checkpoint of yours')}**")
    _open_checkpoint()


def _forget(key: str) -> None:
    spec = current_spec()
    _or_refuse(partial(forget, key))
    choose_no_weights()
    choose(spec)


def _or_refuse(act: partial[None]) -> None:
    """Do something to weights, which another session may have removed a moment ago; the refusal is told."""
    try:
        act()
    except ValueError as refusal:
        st.session_state[_REFUSAL] = str(refusal)


def _open_checkpoint() -> None:
    """The upload of a checkpoint. Once read, the upload is emptied, which lets its bytes go."""
    turn = st.session_state.get(_TURN, 0)
    # Any ending may come: a wrong one would be an error on the whole page, where we have a sentence.
    names = st.file_uploader(
        t("First, if the checkpoint has no class names: a .json of them"),
        key=f"_checkpoint_names_{turn}",
        max_upload_size=1,
        help=t('{"0": "daisy", "1": "rose"} or ["daisy", "rose"]'),
    )
    file = st.file_uploader(
        t("Then the checkpoint (.pth, .pt, .safetensors)"),
        key=f"_checkpoint_{turn}",
    )
    st.caption(prose("weights_checkpoint"))
    if file is None:
        return
    try:
        with st.spinner(t("Reading the checkpoint …")):
            warm_up("torchvision")
            from resnet_explorer.weights.checkpoint import read_checkpoint

            checkpoint = read_checkpoint(file.getvalue(), file.name, names.getvalue() if names else None)
            choose_weights(keep(checkpoint).key)
    except ValueError as error:
        st.session_state[_REFUSAL] = str(error)
    st.session_state[_TURN] = turn + 1
    st.rerun()
