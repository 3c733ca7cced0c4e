"""The network of the session: chosen once, the same on every page, and kept in the link."""

from __future__ import annotations

from typing import Final

import streamlit as st

from resnet_explorer.i18n import t
from resnet_explorer.link import decode_size, decode_spec, encode_size, encode_spec
from resnet_explorer.plan import Plan, plan
from resnet_explorer.spec import PRESETS, ResNetSpec, preset, title
from resnet_explorer.ui.linked import asked_for, complain, write

DEFAULT_NETWORK: Final = "resnet18"

_SPEC, _SIZE, _CHOICE = "_spec", "_size", "_network_choice"


def current_spec() -> ResNetSpec:
    """The network that all pages show."""
    spec: ResNetSpec = st.session_state.get(_SPEC) or preset(DEFAULT_NETWORK)
    return spec


def current_size() -> tuple[int, int]:
    """Height and width of its input."""
    size: tuple[int, int] = st.session_state.get(_SIZE) or current_spec().natural_size
    return size


def current_plan() -> Plan:
    """Its plan at that size."""
    return plan(current_spec(), current_size())


def choose(spec: ResNetSpec) -> None:
    """Show another network on all pages; the size follows where the stem changes."""
    if spec.stem != current_spec().stem:
        st.session_state.pop(_SIZE, None)
    st.session_state[_SPEC] = spec


def choose_size(size: tuple[int, int]) -> None:
    """Show the network for another input size."""
    st.session_state[_SIZE] = size


def read_link() -> None:
    """Take network and size from the link, if it asks for others."""
    for name, follow in (("net", _follow_net), ("size", _follow_size)):
        asked = asked_for(name)
        try:
            if asked is not None:
                follow(asked)
        except ValueError as error:
            complain(str(error))


def _follow_net(code: str) -> None:
    choose(decode_spec(code))


def _follow_size(code: str) -> None:
    size = decode_size(code)
    plan(current_spec(), size)
    choose_size(size)


def write_link() -> None:
    """Put network and size into the link, so that whoever gets it sees the same."""
    for name, text in link_parameters().items():
        write(name, text)


def link_parameters() -> dict[str, str]:
    """Network and size as they stand in a link."""
    return {"net": encode_spec(current_spec()), "size": encode_size(current_size())}


def network_picker() -> None:
    """The sidebar's choice of a network by name; a network of one's own is listed while it is shown."""
    code = encode_spec(current_spec())
    names = list(PRESETS) if code in PRESETS else [code, *PRESETS]
    st.session_state[_CHOICE] = code
    st.selectbox(
        t("Network"),
        names,
        format_func=lambda name: title(decode_spec(name)),
        key=_CHOICE,
        on_change=lambda: choose(decode_spec(st.session_state[_CHOICE])),
        help=t("The same on every page. Build one of your own on the Architecture page."),
    )
