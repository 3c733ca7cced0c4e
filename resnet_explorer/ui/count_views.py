"""The parts of the Counting page: its switches, its two pictures, and the layers of a step."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

import streamlit as st

from resnet_explorer.counting import (
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
from resnet_explorer.i18n import prose, t
from resnet_explorer.ladder import Rung, ladder_svg
from resnet_explorer.spec import ResNetSpec, StrideIn
from resnet_explorer.tables import count_text, to_csv
from resnet_explorer.ui.linked import SWITCH, linked, one_of
from resnet_explorer.ui.network import current_spec
from resnet_explorer.ui.networks import warm_up
from resnet_explorer.ui.save import save_button
from resnet_explorer.ui.stage_column import stage_column, with_badges
from resnet_explorer.ui.svg import show_svg

if TYPE_CHECKING:
    from resnet_explorer.tool_counts import Answer

Size = tuple[int, int]

USUAL: Final = tool("fvcore").convention
"""Whose count a first visitor sees: a step of every size leads there."""

START, GOAL, OWN = "start", "goal", "own"
STRIDES: Final = ("1x1", "3x3")
PER_MAC: Final = (1, 2)
_STRIDE_OF: Final = "_cnt_stride_of"

_KEYS: Final[dict[Term, str]] = {term: f"cnt_{term}" for term in RULES}
_NAMES: Final[dict[Term, str]] = {
    "bias": t("Biases"),
    "norm": t("Batch norm"),
    "relu": t("ReLU"),
    "maxpool": t("Max-pool"),
    "avgpool": t("Average pool"),
    "add": t("Additions"),
}
_HELP: Final[dict[Term, str]] = {
    "bias": t("Of convolutions and of fc: so many operations per number that one is added to."),
    "norm": t("So many operations per number that enters one; or each of its parameters once."),
    "relu": t("So many operations per number."),
    "maxpool": t("So many operations per number that enters it."),
    "avgpool": t("So many operations per number that enters it; or also per number that leaves it."),
    "add": t("Of the shortcuts: so many operations per number. No tool here counts them."),
}
_CODE_NAMES: Final = {"0": t("no"), "p": t("parameters"), "s": t("1 in, 1 out")}
_STEP_NAMES: Final[dict[str, str]] = {
    "stride": t("stride on the 3×3 (v1.5)"),
    "bias": t("biases"),
    "norm": t("batch norms"),
    "relu": t("ReLUs"),
    "maxpool": t("max-pool"),
    "avgpool": t("average pool"),
    "add": t("additions"),
    "flops": t("a multiply–add counts as 2"),
}
_SHORT_NAMES: Final = {"stride": t("stride"), "flops": t("× 2")}
_RULE_NAMES: Final = {"p": t("parameters, once"), "s": t("1 in, 1 out")}


def choose_tool(key: str | None) -> None:
    """Move the switches to a tool's convention, and to the stride of the networks that it counts."""
    if key is None or key == OWN:
        return
    chosen, state = tool(key), st.session_state
    state["cnt_stride"] = chosen.stride_in or current_spec().stride_in
    state["cnt_mac"] = chosen.convention.per_mac
    for term, code in chosen.convention.codes().items():
        state[_KEYS[term]] = code


def read_switches(spec: ResNetSpec) -> tuple[StrideIn, Convention]:
    """Stride and convention as the switches say, which are drawn after it by `switches`."""
    if st.session_state.get(_STRIDE_OF, spec.stride_in) != spec.stride_in:
        st.session_state["cnt_stride"] = spec.stride_in  # another network was chosen: its own stride
    st.session_state[_STRIDE_OF] = spec.stride_in
    stride_in = linked("cnt_stride", spec.stride_in, one_of(STRIDES))
    per_mac: Literal[1, 2] = linked("cnt_mac", USUAL.per_mac, one_of(PER_MAC))
    usual = USUAL.codes()
    codes = {term: linked(_KEYS[term], usual[term], one_of(rules)) for term, rules in RULES.items()}
    return stride_in, Convention.of_codes(per_mac, codes)


def tool_choice(current: Tool | None) -> None:
    """Whose convention the switches are; choosing one moves them."""
    st.session_state["cnt_tool"] = current.key if current else None
    st.segmented_control(
        t("Who counts"),
        [known.key for known in TOOLS],
        key="cnt_tool",
        format_func=lambda key: t(tool(key).name),
        on_change=lambda: choose_tool(st.session_state["cnt_tool"]),
    )


def switches() -> None:
    """Every switch beside the others; `read_switches` has given them their values."""
    row = st.container(horizontal=True, gap="medium")
    row.segmented_control(
        t("Stride of a bottleneck"),
        STRIDES,
        required=True,
        key="cnt_stride",
        format_func=lambda code: {"1x1": t("v1: the 1×1"), "3x3": t("v1.5: the 3×3")}[code],
        persist_state="session",
    )
    row.segmented_control(
        t("A multiply–add counts as"),
        PER_MAC,
        required=True,
        key="cnt_mac",
        format_func=lambda per_mac: {1: t("1 (MACs)"), 2: t("2 (FLOPs)")}[per_mac],
        help=prose("counting_flops"),
        persist_state="session",
    )
    for term, rules in RULES.items():
        row.segmented_control(
            _NAMES[term],
            list(rules),
            required=True,
            key=_KEYS[term],
            format_func=lambda code: _CODE_NAMES.get(code, code),
            help=_HELP[term],
            persist_state="session",
        )


@lru_cache(maxsize=64)
def way(spec: ResNetSpec, size: Size, convention: Convention) -> tuple[Count, Count, tuple[Step, ...]]:
    """The paper’s count, the one by the switches, and the steps between."""
    start, goal = tool_count(spec, size, tool("paper")), count_of(spec, size, convention)
    return start, goal, walk(start, goal)


def tools_picture(spec: ResNetSpec, size: Size, goal: Count, current: Tool | None) -> None:
    """What each tool says of this network; a click chooses it."""
    counts = [(known, tool_count(spec, size, known)) for known in TOOLS]
    rungs = [_total(known.key, _tool_name(known), counted) for known, counted in counts]
    if current is None:
        rungs.append(_total(OWN, t("your switches"), goal))
    picture = ladder_svg(rungs, t("What each tool counts"), current.key if current else OWN)
    show_svg(picture, "cnt_tools", on_pick=choose_tool, magnify=1.2)


def way_picture(start: Count, goal: Count, steps: Sequence[Step], name: str, chosen: str) -> None:
    """The paper’s count, each step, and where they arrive; a click lists the layers."""
    rungs = [
        _total(START, t("the paper"), start),
        *(
            Rung(
                step.key,
                step_name(step.key, goal.convention),
                f"{step.amount:+,}",
                ("+" if step.amount > 0 else "−") + count_text(abs(step.amount)),
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

    show_svg(
        ladder_svg(rungs, t("From the paper’s count, step by step"), chosen), "cnt_way", pick, magnify=1.2
    )


def step_choice(steps: Sequence[Step]) -> str:
    """Whose layers are listed; the widest step is the usual one."""
    keys = [START, *(step.key for step in steps), GOAL]
    usual = max(steps, key=lambda step: abs(step.amount)).key if steps else GOAL
    return linked("cnt_step", usual, one_of(keys))


def step_layers(start: Count, goal: Count, steps: Sequence[Step], chosen: str, file_name: str) -> None:
    """The layers of the chosen step, as a table and as CSV; the choice by keyboard stands above it."""
    names = {START: t("the paper’s count"), GOAL: t("all that is counted")}
    names |= {step.key: _SHORT_NAMES.get(step.key) or _STEP_NAMES[step.key] for step in steps}
    st.segmented_control(
        t("Layer by layer"),
        [START, *(step.key for step in steps), GOAL],
        required=True,
        key="cnt_step",
        format_func=names.__getitem__,
        persist_state="session",
    )
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
        },
        height=480 if len(rows) > 10 else "content",
    )
    save_button(t("Download as CSV"), lambda: to_csv(rows), f"{file_name}.csv", key="cnt_csv")


def ask_tools(spec: ResNetSpec, size: Size) -> None:
    """The tools' own figures beside ours, when they are asked for."""
    linked("cnt_ask", False, SWITCH)
    asked = st.toggle(t("Ask the tools themselves"), key="cnt_ask", persist_state="session")
    if not asked:
        st.caption(t("PyTorch builds the network, and each tool that is installed counts it."))
        return
    with st.spinner(t("PyTorch builds the network, and each tool counts it…")):
        answers = _asked(spec, size)
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
    term = next((term for term in RULES if term == key), None)
    if term is None:
        return _STEP_NAMES[key]
    code = convention.codes()[term]
    rule = _RULE_NAMES.get(code) or t("{times} per number").format(times=code)
    return f"{_STEP_NAMES[key]}: {rule}"


def heading(current: Tool | None) -> str:
    """What the second half of the page is about."""
    if current is None:
        return t("From the paper’s count to your own")
    if current.key == "paper":
        return t("The paper’s count")
    return t("From the paper’s count to {name}’s").format(name=t(current.name))


def verdict(spec: ResNetSpec, size: Size, goal: Count, current: Tool | None) -> None:
    """Whose count this is, what it counts, and where that is written."""
    total = count_text(goal.total)
    if current is None:
        st.markdown(t("**{total}**, by rules that are none of these tools’.").format(total=total))
        return
    sentences = [
        t("**{total}**, as {name} counts.").format(total=total, name=t(current.name)),
        t(current.says),
    ]
    printed = printed_in_paper(spec, size) if current.key == "paper" else None
    if printed:
        sentences.append(t("The paper prints {printed} billion.").format(printed=printed))
    st.markdown(" ".join(sentences))
    st.caption(current.source)


def stride_sentence(spec: ResNetSpec) -> str:
    """Why v1 and v1.5 are the same here, or "" where they differ."""
    if spec.block == "basic":
        return t("A basic block has no 1×1 to stride on: v1 and v1.5 are the same network here.")
    if len(spec.depths) == 1:
        return t("With one stage, no block halves the size: v1 and v1.5 are the same network here.")
    return ""


@st.cache_data(max_entries=16, show_spinner=False)
def _asked(spec: ResNetSpec, size: Size) -> tuple[Answer, ...]:
    warm_up("resnet_explorer.tool_counts")
    from resnet_explorer.tool_counts import ask  # torch: not before it is asked for

    return ask(spec, size)


def _changes(start: Count, goal: Count, steps: Sequence[Step], chosen: str) -> Sequence[Change]:
    """The layers of a step, or all that a count counts."""
    if chosen not in (START, GOAL):
        return next(step.changes for step in steps if step.key == chosen)
    counted = start if chosen == START else goal
    pairs = zip(counted.plan.layers, counted.amounts, strict=True)
    return [Change(layer, 0, amount) for layer, amount in pairs if amount]


def _total(key: str, name: str, counted: Count) -> Rung:
    doubled = counted.convention.per_mac == 2
    return Rung(key, name, f"{counted.total:,}", count_text(counted.total), counted.total, doubled=doubled)


def _tool_name(known: Tool) -> str:
    """A tool, with the version of the network where it has one of its own."""
    versions = {"1x1": "v1", "3x3": "v1.5"}
    return t(known.name) + (f" ({versions[known.stride_in]})" if known.stride_in else "")
