"""The network of the session: chosen once, the same on every page, and kept in the link.

It is a spec and, where it has some, the key of its weights; with weights, the spec is theirs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container
from contextlib import suppress
from functools import partial
from typing import Final

import streamlit as st

from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import sentence_as_markdown
from resnet_explorer.network.layers import Plan
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import PRESETS, ResNetSpec, architecture_name, preset, preset_name, title
from resnet_explorer.network.spec_code import (
    decode_size,
    decode_spec,
    encode_size,
    encode_spec,
    preset_called,
)
from resnet_explorer.ui.app.url_state import asked_for, complain, shortened, write
from resnet_explorer.ui.session import language
from resnet_explorer.ui.session.loaded_networks import warm_up
from resnet_explorer.ui.widgets.keeping_value import keeping_value
from resnet_explorer.weights import bundled, user_store
from resnet_explorer.weights.catalogue import alike, available, best_for, find, key_of, spec_of
from resnet_explorer.weights.description import OWN_PREFIX, Weights

DEFAULT_NETWORK: Final = "resnet18"
DEFAULT_WEIGHTS: Final = "bundled"
NO_WEIGHTS: Final = "none"

_SPEC, _WEIGHTS, _SIZE, _CHOICE = "_spec", "_weights", "_size", "_network_choice"


def current_spec() -> ResNetSpec:
    """The network that all pages show: that of its weights, where it has some."""
    try:
        key = weights_key()
        return spec_of(key) if key else _chosen_spec()
    except ValueError:  # its weights are not here any more
        return _chosen_spec()


def weights_key() -> str | None:
    """The key of its weights; None for none. They may be gone: `current_weights` says so."""
    key: str | None = st.session_state.get(_WEIGHTS, DEFAULT_WEIGHTS)
    return key


def current_weights() -> Weights | None:
    """Its weights; None for none.

    Raises:
        ValueError: in one sentence, if they are not here any more.
    """
    key = weights_key()
    if key is None:
        return None
    spec_of(key)
    if key.startswith("torchvision/"):  # what its classes are called, torchvision knows
        with st.spinner(t("Loading torch …")):
            warm_up("torchvision")
    return find(key)


def current_size() -> tuple[int, int]:
    """Height and width of its input."""
    size: tuple[int, int] = st.session_state.get(_SIZE) or current_spec().natural_size
    return size


def current_plan() -> Plan:
    """Its plan at that size."""
    return plan(current_spec(), current_size())


def choose(spec: ResNetSpec) -> None:
    """Show another network on all pages, with weights if some of exactly this network are here."""
    if spec != current_spec():
        _keep(spec, best_for(spec, any_classes=False))


def choose_weights(key: str) -> None:
    """Show the network of trained weights on all pages.

    Raises:
        ValueError: in one sentence, if they are not on this machine.
    """
    _keep(spec_of(key), key_of(key))


def choose_named(name: str) -> None:
    """Show a preset on all pages, with the best weights of its architecture that are on this machine."""
    key = best_for(preset(name), any_classes=True)
    _keep(spec_of(key) if key else preset(name), key)


def choose_no_weights() -> None:
    """Show the network without weights: the preset, where it is one but for its classes."""
    name = architecture_name(current_spec())
    _keep(preset(name) if name else current_spec(), None)


def current_name() -> str | None:
    """The preset that the network goes by: it is one, or its weights are of that architecture."""
    spec = current_spec()
    return architecture_name(spec) if weights_key() else preset_name(spec)


def choose_size(size: tuple[int, int]) -> None:
    """Show the network for another input size."""
    st.session_state[_SIZE] = size


def forget_size() -> None:
    """Show it at its natural size."""
    st.session_state.pop(_SIZE, None)


def _chosen_spec() -> ResNetSpec:
    spec: ResNetSpec = st.session_state.get(_SPEC) or preset(DEFAULT_NETWORK)
    return spec


def _keep(spec: ResNetSpec, key: str | None) -> None:
    """Keep a network; the size follows where the stem changes, or where it is too small for a network."""
    if spec.stem != current_spec().stem or not _takes(spec, current_size()):
        st.session_state.pop(_SIZE, None)
    st.session_state[_SPEC], st.session_state[_WEIGHTS] = spec, key


def _takes(spec: ResNetSpec, size: tuple[int, int]) -> bool:
    try:
        plan(spec, size)
    except ValueError:  # a stem without padding needs seven pixels
        return False
    return True


def read_link() -> None:
    """Take network, weights and size from the link, if it asks for others."""
    net, weights, size = map(asked_for, ("net", "weights", "size"))
    for follow in (
        partial(_follow_net, net, weights),
        partial(_follow_weights, net, weights),
        partial(_follow_size, size),
    ):
        try:
            follow()
        except ValueError as error:
            complain(sentence_as_markdown(str(error)))
    _follow_links_of_before()


def _follow_net(code: str | None, weights: str | None) -> None:
    if code is None:
        return
    if weights == NO_WEIGHTS:
        _keep(decode_spec(code), None)
    elif name := preset_called(code):
        choose_named(name)
    else:
        choose(decode_spec(code))


def _follow_weights(code: str | None, key: str | None) -> None:
    """Take the weights, unless the link names a network that they are not of."""
    if key is None:
        return
    if key == NO_WEIGHTS:
        if code is None:
            choose_no_weights()
        return
    try:
        spec = spec_of(key)
    except ValueError:
        complain(t("`weights={key}`: these weights are not on this machine.").format(key=shortened(key)))
        return
    if code is not None and not alike(spec, current_spec()):
        complain(t("`weights={key}`: these weights are not of this network.").format(key=shortened(key)))
        return
    choose_weights(key)


def _follow_size(code: str | None) -> None:
    if code is not None:
        size = decode_size(code)
        plan(current_spec(), size)
        choose_size(size)


def _follow_links_of_before() -> None:
    """Take the weights that a page had of its own, in links of before; what is not here is dropped."""
    asked = {name: asked_for(name) for name in ("p_weights", "tn_start", "p_from", "tn_from", "al_size")}
    for name in asked:
        write(name, None)
    if asked["tn_from"] == NO_WEIGHTS:
        st.session_state["tn_scratch"] = True
    source = asked["p_from"] or asked["tn_from"]
    first = next((entry.key for entry in available() if entry.source == source), None) if source else None
    key = asked["p_weights"] or asked["tn_start"] or first
    if key and "weights" not in st.query_params:
        with suppress(ValueError):
            choose_weights(key)


def write_link() -> None:
    """Put network, weights and size into the link, so that whoever gets it sees the same."""
    for name, text in link_parameters().items():
        write(name, text)


def link_parameters() -> dict[str, str]:
    """Network, weights and size, and the language, as they stand in a link."""
    key = weights_key()
    # Where weights of one's own are not, the link opens their network all the same.
    name = None if key and key.startswith(OWN_PREFIX) else current_name()
    return {
        "net": name or encode_spec(current_spec()),
        "weights": key or NO_WEIGHTS,
        "size": encode_size(current_size()),
    } | language.link_parameters()


def network_picker() -> None:
    """The choice of a network by name: the presets, and after them the networks of one's own."""
    named = {name: title(preset(name)) for name in PRESETS} | _own_names()
    chosen = _picked(named)
    st.session_state[_CHOICE] = chosen
    st.selectbox(
        t("Network"),
        list(named) if chosen in named else [chosen, *named],
        format_func=lambda name: named.get(name) or full_title(decode_spec(name)),
        help=t("The same on every page. Build one of your own on the Architecture page."),
        **keeping_value(_CHOICE, on_change=_take_choice),
    )


def shown_title() -> str:
    """What the network of the session is called."""
    key = weights_key()
    own = _own_names()
    return own[key] if key in own else title(current_spec())


def _picked(named: Container[str]) -> str:
    """What the picker shows as chosen: a key of one's own weights, a preset, or the network's code."""
    key = weights_key()
    return key if key and key in named else current_name() or encode_spec(current_spec())


def _take_choice() -> None:
    choice = st.session_state[_CHOICE]
    if choice in PRESETS:
        choose_named(choice)
    elif choice != encode_spec(current_spec()):
        with suppress(ValueError):  # another session removed it a moment ago, and the list is without it now
            choose_weights(choice)


def _own_names() -> dict[str, str]:
    """The networks with weights that no preset leads to, by key: one's own, and bundled ones, if any."""
    weights = [
        each for each in bundled.described() if architecture_name(each.spec) is None
    ] + user_store.kept()
    times = Counter(each.label for each in weights)
    # Two files of one name are told apart by the end of their keys.
    return {
        each.key: each.label if times[each.label] == 1 else f"{each.label} ({each.key[-6:]})"
        for each in weights
    }


def full_title(spec: ResNetSpec) -> str:
    """What a list says of a network that is no preset: one that is but for its classes tells how many."""
    if architecture_name(spec) is None:
        return title(spec)
    return t("{network} · {count:,} classes").format(network=title(spec), count=spec.num_classes)
