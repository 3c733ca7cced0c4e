"""The weights of the session's network: their state in words, and beneath it the choice of others."""

from __future__ import annotations

from typing import Final

import streamlit as st

from resnet_explorer.common.i18n import prose, t
from resnet_explorer.common.text import as_markdown
from resnet_explorer.network.spec import title
from resnet_explorer.ui.app.refusal import kept_refusal, sentence_of, show_kept_refusal, tell_refusal
from resnet_explorer.ui.session.loaded_networks import warm_up
from resnet_explorer.ui.session.network import (
    NO_WEIGHTS,
    choose,
    choose_no_weights,
    choose_weights,
    current_spec,
    network_picker,
    shown_title,
    weights_key,
)
from resnet_explorer.ui.weights.fetch_button import fetch_button, tell_if_offline, version_of
from resnet_explorer.ui.weights.read_as import read_as
from resnet_explorer.ui.weights.reading_file import reading_file
from resnet_explorer.ui.widgets.keeping_value import keeping_value
from resnet_explorer.ui.widgets.uploads import arrived
from resnet_explorer.weights import bundled, user_store
from resnet_explorer.weights.catalogue import alike, best_for, find, published_for, spec_of
from resnet_explorer.weights.description import OWN_PREFIX
from resnet_explorer.weights.imagenet_files import cached_file
from resnet_explorer.weights.reading.checkpoint_name import MAX_BYTES, endings_text

_LONGEST: Final = 20
"""Characters of the network's name in the head, which has to have room for more; the whole is in the list."""
_CHOICE: Final = "_weights_choice"
_UNREAD, _NUMBER = "_checkpoint_refusal", "_checkpoint_number"
_NAMES: Final = "_checkpoint_names"
"""What is in the file of class names that came."""


def network_button() -> None:
    """The session's network and what it knows; it opens the choice of others, and of weights for this one."""
    name, state = as_markdown(shown_title(), _LONGEST), _state()
    place = st.popover(f"{name} :small[:gray[{state}]]", key="_network", on_change="rerun")
    with place:
        network_picker()
        show_kept_refusal(_CHOICE)
        _choice()
        missing = [key for key in published_for(current_spec()) if not cached_file(key)]
        if missing and place.open:  # nobody waits for it before
            tell_if_offline()
        for key in missing:
            fetch_button(key, "head")
        _own()
    if not place.open:
        st.session_state.pop(_UNREAD, None)


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
    if key.startswith(OWN_PREFIX):
        return t("yours")
    return t("bundled · {count:,} things").format(count=spec.num_classes)


def _choice() -> None:
    """What is on this machine for this architecture, and nothing."""
    spec, chosen = current_spec(), weights_key()
    here = [*bundled.described(), *user_store.kept()]
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
        help=prose("weights_sources"),
        **keeping_value(_CHOICE, on_change=_take_choice),
    )


@kept_refusal(_CHOICE)  # another session may have removed them a moment ago
def _take_choice() -> None:
    key = st.session_state[_CHOICE]
    if key == NO_WEIGHTS:
        choose_no_weights()
    else:
        choose_weights(key)


def _own() -> None:
    """What was assumed of weights of one's own, their removal, and the place to open others."""
    key = weights_key()
    if key and key.startswith(OWN_PREFIX):
        try:
            weights = find(key)
        except ValueError:  # another session removed them
            weights = None
        if weights:
            read_as(weights)
        for note in weights.notes if weights else ():
            st.caption(as_markdown(note, 200))
        st.button(t("Remove it from this machine"), key="_forget", on_click=_forget, args=(key,))
    st.markdown(t("**Open a checkpoint of yours**"))
    _open_checkpoint()


def _forget(key: str) -> None:
    spec = current_spec()
    with kept_refusal(_CHOICE):
        user_store.forget(key)
    choose_no_weights()
    choose(spec)


def _open_checkpoint() -> None:
    """The upload of a checkpoint. Once read, the upload is emptied, which lets its bytes go."""
    number = st.session_state.get(_NUMBER, 0)
    # Any ending may come: a wrong one would be an error on the whole page, where we have a sentence.
    names = f"_checkpoint_names_{number}"
    st.file_uploader(
        t("First, if the checkpoint has no class names: a file of them"),
        key=names,
        on_change=_hold_names,
        args=(names,),
        max_upload_size=1,
        help=t(
            '{"0": "daisy", "1": "rose"}, ["daisy", "rose"] or {"daisy": 0, "rose": 1}, or a name a line; '
            "with class_to_idx in the checkpoint, names by folder, as in cat_to_name.json"
        ),
    )
    if refusal := st.session_state.get(_UNREAD):
        # Above it, for who gave a file has scrolled down to here; and until another comes or all is closed.
        tell_refusal(refusal)
    file = st.file_uploader(
        t("Then the checkpoint ({endings})").format(endings=endings_text()),
        key=f"_checkpoint_{number}",
        max_upload_size=MAX_BYTES // 2**20,
    )
    st.caption(prose("weights_checkpoint"))
    if file is None:
        return
    try:
        with reading_file(t("Reading the checkpoint …")) as tell:
            warm_up("torchvision")
            from resnet_explorer.weights.checkpoint import read_checkpoint

            named = st.session_state.get(_NAMES)
            checkpoint = read_checkpoint(file.getvalue(), file.name, named, tell=tell)
            choose_weights(user_store.keep(checkpoint).key)
        st.session_state.pop(_UNREAD, None)
    except (ValueError, MemoryError, RuntimeError) as error:
        st.session_state[_UNREAD] = sentence_of(error)
    st.session_state.pop(_NAMES, None)
    st.session_state[_NUMBER] = number + 1
    st.rerun()


def _hold_names(key: str) -> None:
    """Hold a file of names as long as the checkpoint is sought; that of a class lets go of it sooner.

    Args:
        key: of its uploader, whose value is neither a file nor None where the server let go of it.
    """
    value = st.session_state.get(key)
    if value is None:
        st.session_state.pop(_NAMES, None)
    for file in arrived(value):
        st.session_state[_NAMES] = file.getvalue()
