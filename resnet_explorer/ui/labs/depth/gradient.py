"""The gradient on its way back: the verdict, and the derivation with what was measured in it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import streamlit as st

from resnet_explorer.common.i18n import msg, t
from resnet_explorer.common.numbers import scientific_text
from resnet_explorer.common.progress import Step
from resnet_explorer.labs.depth.config import DepthConfig
from resnet_explorer.labs.depth.findings import gaps, gradient_why
from resnet_explorer.labs.depth.passes import BackwardPass, Pair, block_rows, layer_rows
from resnet_explorer.ui.labs.depth.depth_lab import DepthLab, Theory

if TYPE_CHECKING:
    from resnet_explorer.labs.depth.figure import View


def _question(config: DepthConfig) -> str:
    norm = t("batch norm") if config.norm == "batch" else t("no norm")
    words = t("{depth} layers without shortcuts, {norm}: what becomes of the gradient?")
    return words.format(depth=config.depth, norm=norm)


def _measure(config: DepthConfig) -> Iterator[Step[Pair[BackwardPass]]]:
    from resnet_explorer.labs.depth.gradient import measure_gradient

    return measure_gradient(config)


def _gap(found: Pair[BackwardPass], config: DepthConfig, theory: Theory) -> str:
    return gaps((found.plain.end_to_end, found.residual.end_to_end), theory, back=True, width=config.width)


def _views() -> Mapping[str, View[BackwardPass]]:
    from resnet_explorer.labs.depth.figure import GRADIENT_VIEWS

    return GRADIENT_VIEWS


def _caption(found: Pair[BackwardPass]) -> str:
    plain, residual = (scientific_text(each.loss) for each in found.both)
    return t("labels drawn · loss: plain {plain}, residual {residual}").format(plain=plain, residual=residual)


def _warnings(network: BackwardPass, config: DepthConfig) -> Iterator[str]:
    """The layers whose gradient is no positive number, and why."""
    line = t("**{name}: {words} at {count:,} of {all:,} layers**, {first} to {last} (crosses). {why}")
    for words, layers in network.odd_layers:
        if layers[0].norm != 0:
            why = t(
                "Values left the range of float32 (3.4 × 10³⁸): they are infinite, and ∞ − ∞ and 0 · ∞ are "
                "not numbers."
            )
        elif config.init == "zero":
            why = t("γ = 0 lets nothing through.")
        else:
            why = t(
                "Smaller than float32 can hold (1.4 × 10⁻⁴⁵), or behind a ReLU that lets nothing through."
            )
        yield line.format(
            name=t("Residual") if network.residual else t("Plain"),
            words=words,
            count=len(layers),
            all=len(network.layers),
            first=layers[0].number,
            last=layers[-1].number,
            why=why,
        )


def _show_details(found: Pair[BackwardPass], config: DepthConfig) -> None:
    """The two products, with the factors that were measured."""
    last = config.blocks
    end = rf"\cdot \frac{{\partial L}}{{\partial x_{{{last}}}}}"
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader(t("Plain: y = f(x)"))
        st.latex(rf"\frac{{\partial L}}{{\partial x_0}} = f_1' \cdot f_2' \cdots f_{{{last}}}' {end}")
        _show_product(found.plain)
    with right:
        st.subheader(t("Residual: y = x + f(x)"))
        st.latex(
            r"\small \frac{\partial L}{\partial x_0} = (1 + f_1') (1 + f_2') \cdots "
            rf"(1 + f_{{{last}}}') {end}"
        )
        _show_product(found.residual)
        _show_parts(found.residual, config)


def _show_product(found: BackwardPass) -> None:
    if found.is_lost:
        known = sum(math.isfinite(block.factor) for block in found.blocks)
        words = t("**No product**: {known} of {all} factors are numbers; float32 holds no others here.")
        st.markdown(words.format(known=known, all=len(found.blocks)))
        return
    words = t("Measured, block 1 to {last}:  \n{factors}  \n= **{product}**")
    product = scientific_text(found.product)
    st.markdown(words.format(last=len(found.blocks), factors=found.factors_text, product=product))
    if "0/0" in found.factors_text:
        st.caption(t("0/0: nothing comes, and nothing goes on."))
    ends = found.blocks[0].into, found.blocks[-1].out, found.end_to_end
    into, out, whole = map(scientific_text, ends)
    st.markdown(
        t("The whole way at once: {into} / {out} = **{whole}**").format(into=into, out=out, whole=whole)
    )
    if found.mean_factor > 0:  # and a number
        words = t("A block multiplies by **{mean}** (geometric mean).")
        st.markdown(words.format(mean=f"{found.mean_factor:.3f}"))


def _show_parts(found: BackwardPass, config: DepthConfig) -> None:
    one, something = found.typical_parts
    if math.isnan(one):
        return
    words = t("In the median block the 1 is **{one}** and the something **{something}** of the gradient.")
    if config.activation == "pre":
        note = t("The 1 is exact: nothing stands after the addition.")
    elif one < 1:
        note = t("The 1 is less than 1: after the addition stands a ReLU.")
    else:
        note = t("A ReLU stands after the addition; here it lets everything through.")
    parts = words.format(one=scientific_text(one), something=scientific_text(something))
    st.markdown(f"{parts}  \n{note}")
    st.caption(t("Norms of two parts that point in different ways: they do not add up to the factor."))


def _theory(config: DepthConfig) -> Sequence[str]:
    if config.init == "zero":
        return ["gradient_zeros", "gradient_theory"]
    return ["gradient_why" if config.norm == "batch" else "gradient_why_none", "gradient_theory"]


GRADIENT_LAB: Final = DepthLab(
    name="gradient",
    prefix="gw_",
    default=DepthConfig(),
    question=_question,
    choices={
        "vanishes": msg("It vanishes: less than a tenth arrives"),
        "stays": msg("It stays about as long"),
        "grows": msg("It grows: more than ten times"),
        "lost": msg("It is lost: the loss itself is no number"),
    },
    measure=_measure,
    measuring=msg("Gradients, block by block"),
    outcome=lambda found: found.plain.outcome,
    why=gradient_why,
    gap=_gap,
    views=_views,
    view_label=msg("Norm of the gradient"),
    caption=_caption,
    warnings=_warnings,
    show_details=_show_details,
    theory=_theory,
    tables={
        msg("Layers (CSV)"): ("gradient-layers.csv", layer_rows),
        msg("Blocks (CSV)"): ("gradient-blocks.csv", block_rows),
    },
)
