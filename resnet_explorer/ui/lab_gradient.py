"""The gradient's way on the page: the verdict, the curves, and the derivation with what was measured."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import streamlit as st

from resnet_explorer.i18n import t
from resnet_explorer.labs.gradient_numbers import Flow, number_text, odd_layers
from resnet_explorer.labs.setting import Setting
from resnet_explorer.progress import Step
from resnet_explorer.tables import to_csv
from resnet_explorer.ui.lab import experiment, notebook_button, verdict, view_input
from resnet_explorer.ui.remembered import remembered
from resnet_explorer.ui.save import save_button

if TYPE_CHECKING:
    from resnet_explorer.labs.gradient_flow import Flows

CHOICES: Final = {
    "vanishes": t("It vanishes: less than a tenth arrives"),
    "stays": t("It stays about as long"),
    "grows": t("It grows: more than ten times"),
}
_OUTCOMES: Final = {**CHOICES, "lost": t("It is lost: the loss itself is no number")}


def measured(setting: Setting) -> Flows:
    """Both networks' gradients, with progress the first time."""

    def start() -> Iterator[Step[Flows]]:
        from resnet_explorer.labs.gradient_flow import gradient_flow

        return gradient_flow(setting)

    module, words = "resnet_explorer.labs.gradient_flow", t("Gradients, block by block")
    return experiment("_gw_flow", (setting,), module, start, words)


def show_verdict(found: Flows, guessed: str | None) -> None:
    """What became of the plain network's gradient, and of the residual one's."""
    said = t("From the last block to the first: **plain {plain}**, residual {residual}.")
    words = said.format(plain=_arrives(found.plain), residual=_arrives(found.residual))
    verdict(guessed, found.plain.way, _OUTCOMES, words)


def show_curves(found: Flows, setting: Setting) -> None:
    """The three views, and in words what no logarithmic axis can show."""
    from resnet_explorer.labs.gradient_figures import VIEWS, gradient_figure

    view = view_input("gw_view", t("Norm of the gradient"), VIEWS, "weights")
    figure = remembered("_gw_figure", (setting, view), lambda: gradient_figure(found, view))
    st.plotly_chart(figure, key="gw_chart", config={"displaylogo": False}, alt=VIEWS[view])
    loss = t("loss: plain {plain}, residual {residual}").format(
        plain=number_text(found.plain.loss), residual=number_text(found.residual.loss)
    )
    st.caption(f"{setting.words} · {t('labels drawn')} · {loss}")
    for flow in (found.plain, found.residual):
        _say_odd(flow, setting)


def show_derivation(found: Flows, setting: Setting) -> None:
    """The two products, with the factors that were measured."""
    plain, residual = st.columns(2, gap="large")
    last = setting.blocks
    with plain:
        st.subheader(t("Plain: y = f(x)"))
        st.latex(
            rf"\frac{{\partial L}}{{\partial x_0}} = f_1' \cdot f_2' \cdots f_{{{last}}}' "
            rf"\cdot \frac{{\partial L}}{{\partial x_{{{last}}}}}"
        )
        _show_product(found.plain)
    with residual:
        st.subheader(t("Residual: y = x + f(x)"))
        st.latex(
            rf"\small \frac{{\partial L}}{{\partial x_0}} = (1 + f_1') (1 + f_2') \cdots (1 + f_{{{last}}}') "
            rf"\cdot \frac{{\partial L}}{{\partial x_{{{last}}}}}"
        )
        _show_product(found.residual)
        _show_parts(found.residual, setting)


def show_downloads(found: Flows, setting: Setting) -> None:
    """The numbers and the notebook."""
    from resnet_explorer.labs.gradient_figures import block_rows, layer_rows
    from resnet_explorer.labs.gradient_notebook import gradient_notebook

    with st.container(horizontal=True):
        notebook_button(lambda: gradient_notebook(setting), "gradient.ipynb")
        save_button(t("Layers as CSV"), lambda: to_csv(layer_rows(found)), "gradient-layers.csv")
        save_button(t("Blocks as CSV"), lambda: to_csv(block_rows(found)), "gradient-blocks.csv")


def _arrives(flow: Flow) -> str:
    if flow.way == "grows" and math.isnan(flow.end_to_end):
        return t("beyond what float32 can hold")
    if flow.blocks[0].into == 0:
        return t("exactly 0")
    if flow.way == "lost":
        return t("not a number")
    return f"×\u00a0{number_text(flow.end_to_end)}"


def _say_odd(flow: Flow, setting: Setting) -> None:
    name = t("residual") if flow.residual else t("plain")
    for words, layers in odd_layers(flow.layers):
        line = t("**{name}: {words} at {count:,} of {all:,} layers**, {first} to {last} (crosses). {why}")
        st.warning(
            line.format(
                name=name.capitalize(),
                words=words,
                count=len(layers),
                all=len(flow.layers),
                first=layers[0].number,
                last=layers[-1].number,
                why=_why_odd(words, setting),
            )
        )


def _why_odd(words: str, setting: Setting) -> str:
    if words != t("exactly 0"):
        return t(
            "Values left the range of float32 (3.4 × 10³⁸): they are infinite, and ∞ − ∞ and 0 · ∞ are not "
            "numbers."
        )
    if setting.init == "zero":
        return t("γ = 0 lets nothing through.")
    return t("Smaller than float32 can hold (1.4 × 10⁻⁴⁵), or behind a ReLU that lets nothing through.")


def _show_product(flow: Flow) -> None:
    if flow.is_lost:
        st.markdown(
            t("**No product**: {known} of {all} factors are numbers; float32 holds no others here.").format(
                known=sum(math.isfinite(block.factor) for block in flow.blocks), all=len(flow.blocks)
            )
        )
        return
    st.markdown(
        t("Measured, block 1 to {last}:  \n{factors}  \n= **{product}**").format(
            last=len(flow.blocks), factors=flow.factors_text, product=number_text(flow.product)
        )
    )
    if "0/0" in flow.factors_text:
        st.caption(t("0/0: nothing comes, and nothing goes on."))
    st.markdown(
        t("The whole way at once: {into} / {out} = **{whole}**").format(
            into=number_text(flow.blocks[0].into),
            out=number_text(flow.blocks[-1].out),
            whole=number_text(flow.end_to_end),
        )
    )
    if flow.mean_factor > 0:  # and a number
        st.markdown(
            t("A block multiplies by **{mean}** (geometric mean).").format(mean=f"{flow.mean_factor:.3f}")
        )


def _show_parts(flow: Flow, setting: Setting) -> None:
    one, something = flow.typical_parts
    if math.isnan(one):
        return
    words = t("In the median block the 1 is **{one}** and the something **{something}** of the gradient.")
    if setting.activation == "pre":
        note = t("The 1 is exact: nothing stands after the addition.")
    elif one < 1:
        note = t("The 1 is less than 1: after the addition stands a ReLU.")
    else:
        note = t("A ReLU stands after the addition; here it lets everything through.")
    st.markdown(words.format(one=number_text(one), something=number_text(something)) + "  \n" + note)
    st.caption(t("Norms of two parts that point in different ways: they do not add up to the factor."))
