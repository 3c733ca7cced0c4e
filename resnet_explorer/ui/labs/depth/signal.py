"""The signal on its way forward: the verdict, and what each block adds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

import streamlit as st

from resnet_explorer.common.i18n import msg, prose, t
from resnet_explorer.common.numbers import scientific_text
from resnet_explorer.common.progress import Step
from resnet_explorer.labs.depth.config import DepthConfig
from resnet_explorer.labs.depth.findings import gaps, signal_why
from resnet_explorer.labs.depth.passes import ForwardPass, Pair, border_share, place_rows
from resnet_explorer.network.table_rows import to_markdown
from resnet_explorer.ui.labs.depth.depth_lab import DepthLab, Theory

if TYPE_CHECKING:
    from resnet_explorer.labs.depth.figure import View


def _question(config: DepthConfig) -> str:
    norm = t("batch norm") if config.norm == "batch" else t("no norm")
    words = t("{depth} layers with shortcuts, {norm}: what becomes of the variance?")
    return words.format(depth=config.depth, norm=norm)


def _measure(config: DepthConfig) -> Iterator[Step[Pair[ForwardPass]]]:
    from resnet_explorer.labs.depth.signal import measure_signal

    return measure_signal(config)


def _gap(found: Pair[ForwardPass], config: DepthConfig, theory: Theory) -> str:
    return gaps((found.plain.end_to_end, found.residual.end_to_end), theory, back=False, width=config.width)


def _views() -> Mapping[str, View[ForwardPass]]:
    from resnet_explorer.labs.depth.figure import SIGNAL_VIEWS

    return SIGNAL_VIEWS


def _warnings(network: ForwardPass, config: DepthConfig) -> Iterator[str]:
    """The blocks behind which the variance is no positive number."""
    line = t("**{name}: the variance is {words} behind {count:,} of {all:,} blocks**, {first} to {last}.")
    for words, places in network.odd_places:
        yield line.format(
            name=t("Residual") if network.residual else t("Plain"),
            words=words,
            count=len(places),
            all=len(network.places) - 1,
            first=places[0].number,
            last=places[-1].number,
        )


def _show_details(found: Pair[ForwardPass], config: DepthConfig) -> None:
    """What each block adds, stage by stage, beside the equation of the kind of block that is shown."""
    words, table = st.columns(2, gap="large")
    with words:
        if config.activation == "post":
            st.subheader(t("v1: a ReLU on the way"))
            st.latex(r"x_{l+1} = \mathrm{ReLU}\,(x_l + F(x_l))")
        else:
            st.subheader(t("v2: a clean way"))
            st.latex(r"x_{l+1} = x_l + F(x_l)")
            st.latex(r"x_L = x_l + \sum_{i=l}^{L-1} F(x_i)")
        if config.init == "zero":
            st.markdown(t("γ = 0: F(x) = 0, and each block is its own shortcut."))
            st.markdown(prose("signal_zeros"))
        elif _adds_one(config):
            st.markdown(prose("signal_edges"))
    with table:
        st.subheader(t("Each block adds"))
        st.markdown(_growth_table(found.residual, is_of_one=_adds_one(config)))
        if config.activation == "post":
            why = t("It grows by less than the variance of F(x): a ReLU follows the addition.")
        else:
            why = t(
                "It grows by the variance of F(x) and twice its covariance with x, 0 on the average: "
                "try other seeds."
            )
        means = t("Residual network; means over the blocks of a stage whose shortcut is an identity.")
        st.caption(f"{means} {why}")


def _growth_table(found: ForwardPass, *, is_of_one: bool) -> str:
    columns: dict[str, Callable[[str], float | None]] = {
        t("variance of F(x)"): found.added,
        t("variance grows by"): found.growth,
    }
    if is_of_one:
        sizes = {place.stage: place.size for place in found.places}
        columns[t("left by the padding")] = lambda stage: border_share(sizes[stage])
    rows = []
    for stage in found.stages:
        numbers = {name: of(stage) for name, of in columns.items()}
        rows.append(
            {t("stage"): t(stage).replace(" ", "\u00a0")}
            | {name: "–" if number is None else scientific_text(number) for name, number in numbers.items()}
        )
    return to_markdown(rows, right=columns)


def _adds_one(config: DepthConfig) -> bool:
    """Whether a branch's variance is one but for the padding: a norm, then Kaiming's weights at its end."""
    is_kaiming = config.init in ("fan_out", "fan_in")
    return config.norm == "batch" and config.activation == "pre" and is_kaiming


SIGNAL_LAB: Final = DepthLab(
    name="signal",
    prefix="sf_",
    default=DepthConfig(activation="pre"),
    question=_question,
    choices={
        "shrinks": msg("It shrinks: less than a tenth"),
        "stays": msg("It stays about as large"),
        "grows": msg("It grows: more than ten times"),
        "lost": msg("It is lost: there is none behind the stem"),
    },
    measure=_measure,
    measuring=msg("Forward, block by block"),
    outcome=lambda found: found.residual.outcome,
    why=signal_why,
    gap=_gap,
    views=_views,
    view_label=msg("Of all numbers of the feature map"),
    caption=lambda found: t("0 is the stem"),
    warnings=_warnings,
    show_details=_show_details,
    theory=lambda config: ["signal_theory"],
    tables={msg("Blocks (CSV)"): ("signal.csv", place_rows)},
)
