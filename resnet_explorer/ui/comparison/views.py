"""The parts of a comparison: the choice of network B, what changed, and the totals."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from html import escape
from typing import Final

import streamlit as st

from resnet_explorer.common.i18n import t
from resnet_explorer.common.numbers import bytes_text, count_text
from resnet_explorer.comparison.differences import Comparison, Pair, beside, change_text, neighbour
from resnet_explorer.comparison.sentences import changes, sentence
from resnet_explorer.network.layers import Plan, shape_text
from resnet_explorer.network.operations import per_mac
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import PRESETS, ResNetSpec, architecture_name, preset, title
from resnet_explorer.network.spec_code import decode_size, decode_spec, encode_size, encode_spec
from resnet_explorer.ui.app.url_state import Code, linked
from resnet_explorer.ui.session.network import (
    choose,
    choose_size,
    current_plan,
    current_size,
    current_spec,
    full_title,
)
from resnet_explorer.ui.widgets.keeping_value import keeping_value

SAME: Final = "same"
"""The size of B's input as it stands in the link where it is A's."""
SIZES: Final = ("32", "64", "128", "224", "256", "320")
MOST_IN_A_SENTENCE: Final = 2

_WITH, _SIZE = "cmp_with", "cmp_size"


def other_plan() -> Plan:
    """Network B at its size, as the session has it; at its natural one where A's is too small for it."""
    spec = _spec_of(st.session_state[_WITH])
    size = st.session_state[_SIZE]
    if size != SAME:
        return plan(spec, decode_size(size))
    try:
        return plan(spec, current_size())
    except ValueError:  # too small for it: a 7×7 window without padding does not fit on 4 × 4
        return plan(spec, spec.natural_size)


def other_choice() -> None:
    """The choice of network B, and the button that swaps it with network A, which is the session's."""
    code = linked(_WITH, neighbour(current_spec()), NETWORK)
    linked(_SIZE, SAME, _size_code(_spec_of(code)))
    mine = _code_of(current_spec())
    st.selectbox(
        t("Network B"),
        list(dict.fromkeys([code, mine, *PRESETS])) if {code, mine} - set(PRESETS) else list(PRESETS),
        format_func=lambda name: (
            f"B: {title(preset(name)) if name in PRESETS else full_title(decode_spec(name))}"
        ),
        width=240,
        label_visibility="collapsed",
        **keeping_value(_WITH),
    )
    st.button(
        t("Swap"),
        icon=":material/swap_horiz:",
        key="cmp_swap",
        on_click=_swap,
        help=t("Swap A and B"),
    )


def other_settings() -> None:
    """What else is to choose of network B."""
    st.selectbox(
        t("Input of B"),
        list(dict.fromkeys([SAME, *SIZES, st.session_state[_SIZE]])),
        format_func=_size_text,
        **keeping_value(_SIZE),
    )
    st.button(
        t("Keep A as B"),
        key="cmp_keep",
        on_click=_keep,
        help=t("Network A is the one at the top right. Keep it here as B, then build another."),
    )


def _spec_of(code: str) -> ResNetSpec:
    """The network of a code: a preset has as many classes as network A."""
    return beside(preset(code), current_spec()) if code in PRESETS else decode_spec(code)


def _code_of(spec: ResNetSpec) -> str:
    """The code of a network: the preset's name where that means it."""
    name = architecture_name(spec)
    return name if name and _spec_of(name) == spec else encode_spec(spec)


def _read_network(text: str) -> str:
    spec = decode_spec(text)
    plan(spec, spec.natural_size)
    return encode_spec(spec)


def _can(read: Callable[[str], str], value: str) -> bool:
    try:
        read(value)
    except ValueError:
        return False
    return True


NETWORK: Final = Code(str, _read_network, partial(_can, _read_network))
"""A network as `encode_spec` writes it."""


def _size_code(spec: ResNetSpec) -> Code:
    """SAME, or a size that the network can take."""

    def read(text: str) -> str:
        if text == SAME:
            return text
        size = decode_size(text)
        plan(spec, size)
        return encode_size(size)

    return Code(str, read, partial(_can, read))


def _size_text(code: str) -> str:
    if code == SAME:
        return t("as A: {size}").format(size=shape_text(current_size()))
    return shape_text(decode_size(code))


def choose_other(name: str) -> None:
    """Make a preset network B."""
    st.session_state[_WITH] = name


def _swap() -> None:
    other, mine = other_plan(), current_plan()
    choose(other.spec)
    choose_size(other.input_size)
    st.session_state[_WITH] = _code_of(mine.spec)
    same = mine.input_size == other.input_size
    st.session_state[_SIZE] = SAME if same else encode_size(mine.input_size)


def _keep() -> None:
    st.session_state[_WITH] = _code_of(current_spec())
    st.session_state[_SIZE] = SAME


def change_sentence(a: Plan, b: Plan) -> str:
    """What changed, in a sentence; where it would be long, how much, and the list is below."""
    found = changes(a, b)
    if len(found) <= MOST_IN_A_SENTENCE:
        return sentence(a, b)
    return t("{number} things change from A to B; they are listed below.").format(number=len(found))


def change_list(a: Plan, b: Plan) -> None:
    """What changed, as a list, where it does not fit into a sentence."""
    found = changes(a, b)
    if len(found) > MOST_IN_A_SENTENCE:
        lines = "".join(f"<li>{escape(text[0].upper() + text[1:])}</li>" for text in found)
        same = t("layer by layer they are the same") + t(".")
        st.html(f"<ul class='changed'>{lines}</ul>" + (f"<p>{same}</p>" if a.layers == b.layers else ""))


def totals(comparison: Comparison, unit: str) -> None:
    """Parameters, operations and memory of the two networks.

    Args:
        comparison: the two networks.
        unit: "MACs", or "FLOPs" for twice as many.
    """
    total = comparison.total
    factor = per_mac(unit)
    operations = Pair(factor * total.macs.a, factor * total.macs.b)
    cards = (
        _card(t("Parameters"), total.params, "{:,}".format),
        _card(unit, operations, count_text),
        _card(t("Activations"), total.memory, bytes_text),
    )
    st.html(f"<div class='cards'>{''.join(cards)}</div>")


def _card(label: str, figure: Pair, write: Callable[[int], str]) -> str:
    a, b = write(figure.a), write(figure.b)
    figures = a if a == b else f"{a} <span>→</span> {b}"
    below = change_text(figure, write) or t("the same")
    return f"<div><small>{label}</small><b>{figures}</b><em>{below}</em></div>"
