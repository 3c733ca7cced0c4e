"""The parts of the Counting page: its switches, its two pictures, and the layers of a step."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

import streamlit as st

from resnet_explorer.common.i18n import msg, prose, t
from resnet_explorer.common.numbers import count_text, signed_text
from resnet_explorer.common.text import enumerated, named
from resnet_explorer.counting.conventions import (
    RULES,
    TOOLS,
    Change,
    Convention,
    Count,
    Step,
    Term,
    Tool,
    change_rows,
    count_of,
    printed_in_paper,
    tool,
    tool_count,
    walk,
)
from resnet_explorer.counting.waterfall_svg import Bar, waterfall_svg
from resnet_explorer.network.spec import ResNetSpec, StrideIn
from resnet_explorer.network.table_rows import to_csv
from resnet_explorer.ui.session.loaded_networks import warm_up
from resnet_explorer.ui.session.network import current_spec
from resnet_explorer.ui.widgets.keeping_value import keeping_value
from resnet_explorer.ui.widgets.linked_inputs import linked_choice, linked_switch
from resnet_explorer.ui.widgets.save_button import save_button
from resnet_explorer.ui.widgets.stage_column import stage_column, with_badges
from resnet_explorer.ui.widgets.svg_view import PLACE, show_svg

if TYPE_CHECKING:
    from resnet_explorer.counting.ask_tools import Answer

Size = tuple[int, int]

DEFAULT: Final = tool("fvcore").convention
"""Whose count a first visitor sees: a step of every size leads there."""

START, GOAL, OWN = "start", "goal", "own"
_STRIDE_OF: Final = "_cnt_stride_of"

_KEYS: Final[dict[Term, str]] = {term: f"cnt_{term}" for term in RULES}
# English, for `t`.
_NAMES: Final[dict[str, str]] = {
    "bias": msg("Biases"),
    "norm": msg("Batch norm"),
    "relu": msg("ReLU"),
    "maxpool": msg("Max-pool"),
    "avgpool": msg("Average pool"),
    "add": msg("Additions"),
}
_HELP: Final[dict[Term, str]] = {
    "bias": msg("Of convolutions and of fc: so many operations per number that one is added to."),
    "norm": msg("So many operations per number that enters one; or each of its parameters once."),
    "relu": msg("So many operations per number."),
    "maxpool": msg("So many operations per number that enters it."),
    "avgpool": msg("So many operations per number that enters it; or also per number that leaves it."),
    "add": msg("Of the shortcuts: so many operations per number. No tool here counts them."),
}
_STEP_NAMES: Final[dict[str, str]] = {
    "stride": msg("stride on the 3×3 (v1.5)"),
    "bias": msg("biases"),
    "norm": msg("batch norms"),
    "relu": msg("ReLUs"),
    "maxpool": msg("max-pool"),
    "avgpool": msg("average pool"),
    "add": msg("additions"),
    "flops": msg("a multiply–add counts as 2"),
}
_SHORT_NAMES: Final = _STEP_NAMES | {"stride": msg("stride"), "flops": "× 2"}


def choose_tool(key: str | None) -> None:
    """Move the switches to a tool's convention, and to the stride of the networks that it counts."""
    if key is None or key == OWN:
        return
    chosen, state = tool(key), st.session_state
    state["cnt_stride"] = chosen.stride_in or current_spec().stride_in
    state["cnt_mac"] = chosen.convention.per_mac
    for term, code in chosen.convention.codes().items():
        state[_KEYS[term]] = code


def switches(spec: ResNetSpec) -> tuple[StrideIn, Convention]:
    """Every switch beside the others: the stride of a bottleneck, and what is counted."""
    row = st.container(horizontal=True, gap="medium")
    if st.session_state.get(_STRIDE_OF, spec.stride_in) != spec.stride_in:
        st.session_state["cnt_stride"] = spec.stride_in  # another network was chosen: its own stride
    st.session_state[_STRIDE_OF] = spec.stride_in
    strides: dict[StrideIn, str] = {"1x1": t("v1: the 1×1"), "3x3": t("v1.5: the 3×3")}
    stride_in = linked_choice(
        "cnt_stride", t("Stride of a bottleneck"), strides, default=spec.stride_in, at=row
    )
    factors: dict[Literal[1, 2], str] = {1: t("1 (MACs)"), 2: t("2 (FLOPs)")}
    per_mac = linked_choice(
        "cnt_mac",
        t("A multiply–add counts as"),
        factors,
        default=DEFAULT.per_mac,
        at=row,
        help=prose("counting_flops"),
    )
    default, names = DEFAULT.codes(), {"0": t("no"), "p": t("parameters"), "s": t("1 in, 1 out")}
    codes = {
        term: linked_choice(
            _KEYS[term],
            t(_NAMES[term]),
            rules,
            default=default[term],
            names={code: names.get(code, code) for code in rules},
            at=row,
            help=t(_HELP[term]),
        )
        for term, rules in RULES.items()
    }
    return stride_in, Convention.of_codes(per_mac, codes)


def tool_choice(current: Tool | None) -> None:
    """Whose convention the switches are; choosing one moves them."""
    st.session_state["cnt_tool"] = current.key if current else None
    st.segmented_control(
        t("Who counts"),
        [known.key for known in TOOLS],
        label_visibility="collapsed",
        format_func=lambda key: t(tool(key).name),
        **keeping_value("cnt_tool", on_change=lambda: choose_tool(st.session_state["cnt_tool"])),
    )


@lru_cache(maxsize=64)
def steps_from_paper(
    spec: ResNetSpec, size: Size, convention: Convention
) -> tuple[Count, Count, tuple[Step, ...]]:
    """The paper’s count, the one by the switches, and the steps between."""
    start, goal = tool_count(spec, size, tool("paper")), count_of(spec, size, convention)
    return start, goal, walk(start, goal)


def tools_picture(spec: ResNetSpec, size: Size, goal: Count, current: Tool | None) -> None:
    """What each tool says of this network; a click chooses it."""
    counts = [(known, tool_count(spec, size, known)) for known in TOOLS]
    bars = [_total(known.key, _tool_name(known), counted) for known, counted in counts]
    if current is None:
        bars.append(_total(OWN, t("your switches"), goal))
    name = t("What each tool counts: {counts}").format(
        counts=enumerated(f"{bar.label} {bar.short}" for bar in bars)
    )
    picture = waterfall_svg(bars, name, current.key if current else OWN)
    show_svg(picture, "cnt_tools", on_pick=choose_tool, height=PLACE)


def steps_picture(start: Count, goal: Count, steps: Sequence[Step], name: str, chosen: str) -> None:
    """The paper’s count, each step, and where they arrive; a click lists the layers."""
    bars = [
        _total(START, t("the paper"), start),
        *(
            Bar(
                step.key,
                step_name(step.key, goal.convention),
                f"{step.amount:+,}",
                signed_text(step.amount, count_text),
                step.after,
                step.before,
                step.by_stage,
                doubled=step.key == "flops",
            )
            for step in steps
        ),
        _total(GOAL, name, goal),
    ]

    def pick(key: str) -> None:
        st.session_state["cnt_step"] = key

    picture = waterfall_svg(bars, t("From the paper’s count, step by step"), chosen)
    show_svg(picture, "cnt_way", on_pick=pick, magnify=1.2)


def step_choice(steps: Sequence[Step]) -> str:
    """Whose layers are listed; those of the widest step by default."""
    names = {START: t("the paper’s count")}
    names |= {step.key: t(_SHORT_NAMES[step.key]) for step in steps}
    names |= {GOAL: t("all that is counted")}
    widest = max(steps, key=lambda step: abs(step.amount)).key if steps else GOAL
    return linked_choice("cnt_step", t("Layer by layer"), names, default=widest)


def step_layers(start: Count, goal: Count, steps: Sequence[Step], chosen: str, file_name: str) -> None:
    """The layers of the chosen step, as a table and as CSV."""
    rows = change_rows(_changes(start, goal, steps, chosen))
    amount = sum(row["amount"] for row in rows)
    st.markdown(
        t("**{amount:,}** operations in **{layers:,}** layers").format(amount=amount, layers=len(rows))
    )
    if not rows:
        return
    number = st.column_config.NumberColumn
    st.dataframe(
        with_badges(rows),
        hide_index=True,
        column_config={
            "stage": stage_column(),
            "layer": st.column_config.TextColumn(t("layer"), pinned=True),
            "kind": t("what it is"),
            "before": number(t("before"), format="localized"),
            "after": number(t("after"), format="localized"),
            "amount": number(t("difference"), format="localized"),
            "output": t("output"),
        },
        height=480 if len(rows) > 10 else "content",
    )
    save_button(t("Download as CSV"), lambda: to_csv(rows), f"{file_name}.csv", key="cnt_csv")


def ask_tools(spec: ResNetSpec, size: Size) -> None:
    """The tools' own figures beside ours, when they are asked for."""
    if not linked_switch("cnt_ask", t("Ask the tools themselves")):
        st.caption(t("PyTorch builds the network, and each tool that is installed counts it."))
        return
    with st.spinner(t("PyTorch builds the network, and each tool counts it…")):
        answers = _answers(spec, size)
    st.dataframe(
        [
            {
                t("tool"): answer.tool.name,
                t("our count"): f"{answer.ours:,}",
                t("its own figure"): "—" if answer.theirs is None else f"{answer.theirs:,}",
                t("equal"): {True: t("yes"), False: t("NO"), None: "—"}[answer.equal],
                t("note"): t(answer.note),
            }
            for answer in answers
        ],
        hide_index=True,
        height="content",
        column_config={t("note"): st.column_config.TextColumn(width="large")},
    )


def step_name(key: str, convention: Convention) -> str:
    """A step in words: "batch norms: 2 per number"."""
    code = convention.codes().get(key)  # type: ignore[call-overload]  # no term: stride and flops
    if code is None:
        return t(_STEP_NAMES[key])
    rules = {"p": t("parameters, once"), "s": t("1 in, 1 out")}
    rule = rules.get(code) or t("{times} per number").format(times=code)
    return named(t(_STEP_NAMES[key]), rule)


def heading(current: Tool | None) -> str:
    """What the second half of the page is about."""
    if current is None:
        return t("From the paper’s count to your own")
    if current.key == "paper":
        return t("The paper’s count")
    return t("From the paper’s count to {name}’s").format(name=t(current.name))


def verdict(spec: ResNetSpec, size: Size, goal: Count, current: Tool | None) -> str:
    """Whose count this is, and what it counts."""
    total = count_text(goal.total)
    if current is None:
        return t("**{total}**, by rules that are none of these tools’.").format(total=total)
    sentences = [
        t("**{total}**, as {name} counts.").format(total=total, name=t(current.name)),
        t(current.says),
    ]
    printed = printed_in_paper(spec, size) if current.key == "paper" else None
    if printed:
        sentences.append(t("The paper prints {printed} billion.").format(printed=printed))
    return " ".join(sentences)


def stride_sentence(spec: ResNetSpec) -> str:
    """Why v1 and v1.5 are the same here, or "" where they differ."""
    if spec.block == "basic":
        return t("A basic block has no 1×1 to stride on: v1 and v1.5 are the same network here.")
    if len(spec.depths) == 1:
        return t("With one stage, no block halves the size: v1 and v1.5 are the same network here.")
    return ""


@st.cache_data(max_entries=16, show_spinner=False)
def _answers(spec: ResNetSpec, size: Size) -> tuple[Answer, ...]:
    warm_up("resnet_explorer.counting.ask_tools")
    from resnet_explorer.counting.ask_tools import ask  # torch: not before it is asked for

    return ask(spec, size)


def _changes(start: Count, goal: Count, steps: Sequence[Step], chosen: str) -> Sequence[Change]:
    """The layers of a step, or all that a count counts."""
    if chosen not in (START, GOAL):
        return next(step.changes for step in steps if step.key == chosen)
    counted = start if chosen == START else goal
    pairs = zip(counted.plan.layers, counted.amounts, strict=True)
    return [Change(layer, 0, amount) for layer, amount in pairs if amount]


def _total(key: str, name: str, counted: Count) -> Bar:
    doubled = counted.convention.per_mac == 2
    return Bar(key, name, f"{counted.total:,}", count_text(counted.total), counted.total, doubled=doubled)


def _tool_name(known: Tool) -> str:
    """A tool, with the version of the network where it has one of its own."""
    versions = {"1x1": "v1", "3x3": "v1.5"}
    return t(known.name) + (f" ({versions[known.stride_in]})" if known.stride_in else "")
