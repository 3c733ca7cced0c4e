"""Why one network is "3.8 GFLOPs" here and "4.1" there: what each tool counts, and the steps between.

The tools stand here, too; `ask_tools` runs them. A convention says what is counted and how much each thing
costs. The stride is no part of it: v1 and v1.5 are two networks, each counted by any convention. Every
convention that bears a tool's name is held against that tool in `tests/counting/`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import prod
from typing import Final, Literal

from resnet_explorer.architecture.table1 import PAPER_DEPTHS, PAPER_FLOPS, TABLE1_SIZE
from resnet_explorer.common.i18n import msg, t
from resnet_explorer.common.text import unknown
from resnet_explorer.network.layers import Layer, Plan, shape_text
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import ResNetSpec, StrideIn, preset_name
from resnet_explorer.network.table_rows import Row

Term = Literal["macs", "bias", "norm", "relu", "maxpool", "avgpool", "add"]
"""What can be counted: multiply–adds of convolutions and fc, their biases, and the layers of a kind."""


@dataclass(frozen=True)
class Rule:
    """How many operations a layer costs: so many per number that goes in, comes out, or is learned."""

    per_input: int = 0
    per_output: int = 0
    per_param: int = 0

    def amount(self, layer: Layer) -> int:
        """Operations of a layer for one image."""
        return (
            self.per_input * prod(layer.in_shape)
            + self.per_output * prod(layer.out_shape)
            + self.per_param * layer.params
        )


NOTHING: Final = Rule()

RULES: Final[Mapping[Term, Mapping[str, Rule]]] = {
    "bias": {"0": NOTHING, "1": Rule(per_output=1)},
    "norm": {
        "0": NOTHING,
        "p": Rule(per_param=1),
        "2": Rule(per_input=2),
        "4": Rule(per_input=4),
        "5": Rule(per_input=5),
    },
    "relu": {"0": NOTHING, "1": Rule(per_output=1), "2": Rule(per_output=2)},
    "maxpool": {"0": NOTHING, "1": Rule(per_input=1), "2": Rule(per_input=2)},
    "avgpool": {
        "0": NOTHING,
        "1": Rule(per_input=1),
        "s": Rule(per_input=1, per_output=1),
        "2": Rule(per_input=2),
    },
    "add": {"0": NOTHING, "1": Rule(per_output=1)},
}
"""The rules to choose from, by a short code: those of the tools, and one operation per number."""


@dataclass(frozen=True)
class Convention:
    """What is counted, and by how much.

    Attributes:
        per_mac: 1 counts a multiply–add as one operation (MACs), 2 as two (FLOPs). It weighs the
            multiply–adds of convolutions and fc; the other rules say themselves what they count.
        bias: of convolutions and of fc.
        norm: batch normalizations.
        relu: ReLUs.
        maxpool: the max-pool of the stem.
        avgpool: the average pool of the head.
        add: the additions of the shortcuts.
    """

    per_mac: Literal[1, 2] = 1
    bias: Rule = NOTHING
    norm: Rule = NOTHING
    relu: Rule = NOTHING
    maxpool: Rule = NOTHING
    avgpool: Rule = NOTHING
    add: Rule = NOTHING

    @classmethod
    def of_codes(cls, per_mac: Literal[1, 2], codes: Mapping[Term, str]) -> Convention:
        """The convention of a choice of `RULES` for each term; a term left out costs nothing."""
        return cls(per_mac, **{term: RULES[term][code] for term, code in codes.items()})

    def codes(self) -> dict[Term, str]:
        """The codes in `RULES` of its rules."""
        return {
            term: next(code for code, rule in rules.items() if rule == self.rule(term))
            for term, rules in RULES.items()
        }

    def rule(self, term: str) -> Rule:
        """The rule of a term of `RULES`."""
        rule: Rule = getattr(self, term)
        return rule


@dataclass(frozen=True)
class Tool:
    """Somebody's convention.

    Attributes:
        key: a short name for links.
        name: what people call it.
        convention: what it counts.
        says: what it counts in one sentence, in English for `t`.
        source: where that is written.
        stride_in: the stride of the networks that it counts; None for a tool that counts what it is given.
    """

    key: str
    name: str
    convention: Convention
    says: str
    source: str
    stride_in: StrideIn | None = None


_MULTIPLY_ADDS: Final = Convention()

TOOLS: Final = (
    Tool(
        "paper",
        msg("the paper"),
        _MULTIPLY_ADDS,
        msg("Counts multiply–adds of convolutions and fc; a bottleneck strides on its first 1×1 (v1)."),
        "He et al. 2015, arXiv:1512.03385, section 3.3 and table 1",
        "1x1",
    ),
    Tool(
        "tv",
        "torchvision",
        _MULTIPLY_ADDS,
        msg("Counts multiply–adds of convolutions and fc; a bottleneck strides on its 3×3 (v1.5)."),
        'torchvision 0.29.2, weights.meta["_ops"], models/resnet.py',
        "3x3",
    ),
    Tool(
        "torchinfo",
        "torchinfo",
        Convention(bias=RULES["bias"]["1"], norm=RULES["norm"]["p"]),
        msg(
            "Counts multiply–adds, 1 per number that a bias is added to, and every parameter of a norm once."
        ),
        "torchinfo 1.8.0, LayerInfo.calculate_macs",
    ),
    Tool(
        "fvcore",
        "fvcore",
        Convention(norm=RULES["norm"]["2"], avgpool=RULES["avgpool"]["1"]),
        msg("Counts multiply–adds, 2 per number into a batch norm, 1 into the average pool; all as flops."),
        "fvcore 0.1.5.post20221221, jit_handles.py and flop_count.py",
    ),
    Tool(
        "thop",
        "thop",
        Convention(norm=RULES["norm"]["4"], avgpool=RULES["avgpool"]["s"]),
        msg("Counts multiply–adds, 4 per number into a batch norm, 1 into and out of the average pool."),
        "thop 0.1.1.post2209072238, vision/basic_hooks.py and calc_func.py",
    ),
    Tool(
        "ptflops",
        "ptflops",
        Convention(
            bias=RULES["bias"]["1"],
            norm=RULES["norm"]["2"],
            relu=RULES["relu"]["2"],
            maxpool=RULES["maxpool"]["2"],
            avgpool=RULES["avgpool"]["2"],
        ),
        msg("Counts multiply–adds, biases, 2 per number into a batch norm; each ReLU and pool twice."),
        "ptflops 0.7.5, pytorch_ops.py and pytorch_engine.py, as it is set by default",
    ),
    Tool(
        "torch",
        "FlopCounterMode",
        Convention(per_mac=2),
        msg(
            "Counts a multiplication and an addition for each multiply–add of convolutions and fc; "
            "nothing else."
        ),
        "torch 2.15.0, torch.utils.flop_counter",
    ),
)
"""The paper and the tools."""


@dataclass(frozen=True)
class Count:
    """A network, counted.

    Attributes:
        plan: the network.
        convention: what was counted.
        amounts: operations of each layer of the plan, in its order.
    """

    plan: Plan
    convention: Convention
    amounts: tuple[int, ...]

    @cached_property
    def total(self) -> int:
        """Operations of the whole network for one image."""
        return sum(self.amounts)


@dataclass(frozen=True)
class Change:
    """A layer that a step counts otherwise than before."""

    layer: Layer
    before: int
    after: int

    @property
    def amount(self) -> int:
        """What it adds to the total."""
        return self.after - self.before


@dataclass(frozen=True)
class Step:
    """One difference between two counts: `key` is "stride", a term, or "flops" for the factor 2.

    `before` and `after` are the totals on its two sides.
    """

    key: str
    before: int
    after: int
    changes: tuple[Change, ...]

    @property
    def amount(self) -> int:
        """What the step adds to the total: the sum of its layers."""
        return self.after - self.before

    @cached_property
    def by_stage(self) -> dict[str, int]:
        """Its amount by stage, stages without any left out."""
        sums: dict[str, int] = {}
        for change in self.changes:
            sums[change.layer.stage] = sums.get(change.layer.stage, 0) + change.amount
        return sums


def count(p: Plan, convention: Convention) -> Count:
    """Count a network layer by layer."""
    return Count(p, convention, tuple(operations(layer, convention) for layer in p.layers))


@lru_cache(maxsize=128)
def count_of(spec: ResNetSpec, input_size: tuple[int, int], convention: Convention) -> Count:
    """The count of a spec's plan; one that was made before is kept."""
    return count(plan(spec, input_size), convention)


def operations(layer: Layer, convention: Convention) -> int:
    """Operations of one layer for one image."""
    if layer.kind == "zero_pad":
        return 0  # it copies
    if layer.kind in ("conv", "fc"):
        bias = convention.bias.amount(layer) if layer.bias else 0
        return convention.per_mac * layer.macs + bias
    return convention.rule(layer.kind).amount(layer)


def walk(start: Count, goal: Count) -> tuple[Step, ...]:
    """The steps from one count to another: first the stride, then term by term, the factor 2 last.

    Steps that change no layer are left out; the amounts of the others sum to the difference.

    Raises:
        ValueError: if the two networks have not the same layers.
    """
    names = [layer.name for layer in goal.plan.layers]
    if [layer.name for layer in start.plan.layers] != names:
        raise ValueError(
            t("The two networks have different layers; two that differ in the stride are needed.")
        )
    here, steps = start, []
    for key, convention in _between(start.convention, goal.convention):
        if here.plan is goal.plan and here.convention == convention:
            continue
        there = count(goal.plan, convention)
        changes = tuple(
            Change(layer, before, after)
            for layer, before, after in zip(goal.plan.layers, here.amounts, there.amounts, strict=True)
            if before != after
        )
        if changes:
            steps.append(Step(key, here.total, there.total, changes))
        here = there
    return tuple(steps)


def _between(start: Convention, goal: Convention) -> Iterable[tuple[str, Convention]]:
    """The conventions on the way, each with the name of what changed."""
    yield "stride", start
    for term in RULES:
        start = Convention.of_codes(start.per_mac, start.codes() | {term: goal.codes()[term]})
        yield term, start
    yield "flops", goal


def tool(key: str) -> Tool:
    """The tool of a key.

    Raises:
        ValueError: for a key that is none; the message lists those that are.
    """
    found = next((tool for tool in TOOLS if tool.key == key), None)
    if found is None:
        raise unknown(msg("{name!r} is no tool; there are {listed}."), key, (tool.key for tool in TOOLS))
    return found


def tool_of(convention: Convention, stride_in: StrideIn) -> Tool | None:
    """Whose convention this is, for a network with this stride; None for nobody's."""
    return next(
        (tool for tool in TOOLS if tool.convention == convention and tool.stride_in in (None, stride_in)),
        None,
    )


def tool_count(spec: ResNetSpec, input_size: tuple[int, int], by: Tool) -> Count:
    """What a tool says of a network: of the paper's or torchvision's version of it, or of it as it is."""
    counted = spec if by.stride_in is None else spec.with_(stride_in=by.stride_in)
    return count_of(counted, input_size, by.convention)


def printed_in_paper(spec: ResNetSpec, input_size: tuple[int, int]) -> str | None:
    """The figure that He et al. 2015 print for a network in table 1, in billions; None for any other."""
    if input_size != TABLE1_SIZE:
        return None
    name = preset_name(spec.with_(stride_in="3x3"))
    depths = {f"resnet{depth}": depth for depth in PAPER_DEPTHS}
    return PAPER_FLOPS[depths[name]] if name in depths else None


def change_rows(changes: Iterable[Change]) -> list[Row]:
    """One row per layer of a step."""
    return [
        {
            "stage": change.layer.stage,
            "layer": change.layer.name,
            "kind": change.layer.kind,
            "input": shape_text(change.layer.in_shape),
            "output": shape_text(change.layer.out_shape),
            "before": change.before,
            "after": change.after,
            "amount": change.amount,
        }
        for change in changes
    ]
