"""The parts of the Compare page: the choice of network B, what changed, and the totals."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from html import escape
from typing import Any, Final

import streamlit as st

from resnet_explorer.compare import Comparison, Pair, beside, neighbour, ratio_text, signed
from resnet_explorer.i18n import t
from resnet_explorer.link import decode_size, decode_spec, encode_size, encode_spec
from resnet_explorer.plan import Plan, plan, shape_text
from resnet_explorer.spec import PRESETS, ResNetSpec, architecture_name, preset, title
from resnet_explorer.tables import bytes_text, count_text
from resnet_explorer.ui.linked import Code, linked, one_of
from resnet_explorer.ui.network import (
    choose,
    choose_size,
    current_plan,
    current_size,
    current_spec,
    full_title,
)
from resnet_explorer.what_changed import changes, sentence

SAME: Final = "same"
"""The size of B's input as it stands in the link where it is A's."""
SIZES: Final = ("32", "64", "128", "224", "256", "320")
UNITS: Final = ("MACs", "FLOPs")
MOST_IN_A_SENTENCE: Final = 2

_WITH, _SIZE = "cmp_with", "cmp_size"


def other_plan() -> Plan:
    """Network B at its size, as the session has it."""
    spec = _spec_of(st.session_state[_WITH])
    size = st.session_state[_SIZE]
    return plan(spec, current_size() if size == SAME else decode_size(size))


def other_choice() -> None:
    """The controls of network B."""
    code = linked(_WITH, neighbour(current_spec()), NETWORK)
    size = linked(_SIZE, SAME, _size_code(_spec_of(code)))
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
    mine = _code_of(current_spec())
    row.selectbox(
        t("Network B"),
        list(dict.fromkeys([code, mine, *PRESETS])) if {code, mine} - set(PRESETS) else list(PRESETS),
        format_func=lambda name: title(preset(name)) if name in PRESETS else full_title(decode_spec(name)),
        key=_WITH,
        width=290,
        persist_state="session",
    )
    row.selectbox(
        t("Input of B"),
        list(dict.fromkeys([SAME, *SIZES, size])),
        format_func=_size_text,
        key=_SIZE,
        width=190,
        persist_state="session",
    )
    row.button(t("Swap A and B"), icon=":material/swap_horiz:", key="cmp_swap", on_click=_swap)
    row.button(
        t("Keep A as B"),
        key="cmp_keep",
        on_click=_keep,
        help=t("Network A is the sidebar’s. Keep it here as B, then build another on the Architecture page."),
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
"""A network as `link.encode_spec` writes it."""


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
    _choose(other)
    st.session_state[_WITH] = _code_of(mine.spec)
    same = mine.input_size == other.input_size
    st.session_state[_SIZE] = SAME if same else _size_of(mine)


def _keep() -> None:
    st.session_state[_WITH] = _code_of(current_spec())
    st.session_state[_SIZE] = SAME


def _choose(p: Plan) -> None:
    """Make a network with its size the session's."""
    choose(p.spec)
    choose_size(p.input_size)


def _size_of(p: Plan) -> str:
    return encode_size(p.input_size)


def what_changed(a: Plan, b: Plan) -> None:
    """The sentence of what changed; as a list where it would be long."""
    found = changes(a, b)
    if len(found) <= MOST_IN_A_SENTENCE:
        st.html(f"<p class='changed'>{escape(sentence(a, b))}</p>")
        return
    lines = "".join(f"<li>{escape(text[0].upper() + text[1:])}</li>" for text in found)
    same = f"<p>{escape(sentence(a, b).rpartition('; ')[2])}</p>" if a.layers == b.layers else ""
    lead = t("{number} things change:").format(number=len(found))
    st.html(f"<p class='changed'>{lead}</p><ul class='changed'>{lines}</ul>{same}")


def totals(comparison: Comparison) -> str:
    """Parameters, operations and memory of the two networks; the switch between MACs and FLOPs."""
    unit = linked("cmp_unit", "MACs", one_of(UNITS))
    figures, switch = st.columns([3.6, 1], vertical_alignment="center")
    switch.segmented_control(
        t("Count operations as"), UNITS, required=True, key="cmp_unit", persist_state="session"
    )
    total = comparison.total
    factor = 2 if unit == "FLOPs" else 1
    operations = Pair(factor * total.macs.a, factor * total.macs.b)
    cards = (
        (t("Parameters"), f"{total.params.a:,}", f"{total.params.b:,}", total.params, "{:,}".format),
        (unit, count_text(operations.a), count_text(operations.b), operations, count_text),
        (
            t("Activations"),
            bytes_text(total.memory.a),
            bytes_text(total.memory.b),
            total.memory,
            bytes_text,
        ),
    )
    figures.html(
        "<div class='cards'>"
        + "".join(_card(label, a, b, _difference(figure, write)) for label, a, b, figure, write in cards)
        + "</div>"
    )
    return unit


def _difference(figure: Pair, write: Any) -> str:
    if not figure.difference:
        return t("the same")
    ratio = ratio_text(figure)
    return signed(figure.difference, write) + (f" ({ratio})" if ratio else "")


def _card(label: str, a: str, b: str, below: str) -> str:
    figures = a if a == b else f"{a} <span>→</span> {b}"
    return f"<div><small>{label}</small><b>{figures}</b><em>{below}</em></div>"


STYLE: Final = """
p.changed { font-size: 1.75rem; line-height: 1.35; font-weight: 600; margin: 0.6rem 0 0.2rem; }
ul.changed { font-size: 1.3rem; line-height: 1.5; margin: 0 0 0.4rem; }
.cards { display: flex; flex-wrap: wrap; gap: 0.4rem 1.4rem; margin: 0.3rem 0 0.5rem; }
.cards div { display: flex; flex-direction: column; font-variant-numeric: tabular-nums; }
.cards b { font-size: 1.25rem; font-weight: 600; white-space: nowrap; }
.cards b span, .cards small { opacity: 0.75; }
.cards small { font-size: 1rem; }
.cards em { font-style: normal; font-size: 1.1rem; }
.compared { overflow-x: auto; }
.compared table { border-collapse: collapse; width: 100%; font-size: 0.95rem;
  font-variant-numeric: tabular-nums; }
.compared th, .compared td { padding: 0.55rem 0.45rem; text-align: right; vertical-align: top;
  border-bottom: 1px solid rgba(154, 164, 178, 0.45); }
.compared th:first-child { text-align: left; padding-left: 1.1rem; white-space: nowrap; }
.compared thead th { opacity: 0.75; font-weight: 500; }
.compared td { opacity: 0.6; }
.compared td.differs { opacity: 1; font-weight: 600; background: rgba(154, 164, 178, 0.13); }
.compared td small { display: block; font-weight: 400; font-size: 0.9rem; opacity: 0.85; }
.compared tfoot th, .compared tfoot td { border-top: 2px solid rgba(154, 164, 178, 0.8); }
.compared td:nth-child(2) { min-width: 9rem; }
.compared.figures td:nth-child(2) { min-width: 0; }
.compared .once { white-space: nowrap; }
.compared td.recipe { text-align: left; opacity: 1; overflow-wrap: anywhere; }
.compared.figures td { opacity: 0.9; padding: 0.35rem 0.8rem; }
.compared.figures th { white-space: nowrap; padding: 0.35rem 0.8rem; }
"""
