"""The parts of the page on batch normalization: its controls, the steps, and what runs along with them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from resnet_explorer.batch_norm import (
    Affine,
    Array,
    Forward,
    Running,
    draw_batches,
    evaluate,
    running_after,
    running_rows,
    start_left,
    statistics,
    torch_sentence,
    train,
    with_bias,
)
from resnet_explorer.batch_norm_figures import running_figure
from resnet_explorer.batch_norm_picture import (
    CHANNEL_COLOURS,
    bias_rows,
    bracketed,
    evaluation_rows,
    number_text,
    rows_svg,
    training_rows,
)
from resnet_explorer.i18n import prose, t
from resnet_explorer.tables import to_csv
from resnet_explorer.ui.linked import linked, number, one_of, whole
from resnet_explorer.ui.number_table import Numbers, edited_numbers, linked_numbers
from resnet_explorer.ui.save import save_button
from resnet_explorer.ui.svg import show_svg

CHANNELS: Final = len(CHANNEL_COLOURS)
_SIDES: Final = (1, 2)
_MOST_IMAGES: Final = 3
_MOST_BATCHES: Final = 60
_EPSILONS: Final = (1e-5, 1e-3, 0.1, 1.0)
_USUAL: Final[Numbers] = (
    (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12),
    (-2.5, -1.5, -2, -2, -1, -3, -2, -2, -2, -1.5, -2.5, -2),
)
_KEPT: Final[dict[str, Any]] = {"persist_state": "session"}


@dataclass(frozen=True)
class Batch:
    """What the controls say."""

    numbers: Numbers
    images: int
    side: int
    training: bool
    gamma: tuple[float, ...]
    beta: tuple[float, ...]
    eps: float
    batches: int
    momentum: float
    seed: int

    @property
    def x(self) -> Array:
        """The numbers as feature maps (N, C, H, W)."""
        shape = (CHANNELS, self.images, self.side, self.side)
        return np.array(self.numbers, dtype=np.float64).reshape(shape).transpose(1, 0, 2, 3)

    @property
    def layer(self) -> Affine:
        """γ, β and ε."""
        return Affine(np.array(self.gamma), np.array(self.beta), self.eps)

    @property
    def trainable(self) -> bool:
        """Whether a channel has more than one number."""
        return self.images * self.side * self.side > 1


def batch_controls() -> Batch:
    """The controls, the tables of numbers and each channel's γ and β."""
    row = st.container(horizontal=True, gap="medium", vertical_alignment="bottom")
    mode = linked("bn_mode", "train", one_of(("train", "eval")))
    images = linked("bn_n", 2, whole(1, _MOST_IMAGES))
    side = linked("bn_side", 2, one_of(_SIDES))
    eps = linked("bn_eps", _EPSILONS[0], one_of(_EPSILONS))
    words = {"train": t("training"), "eval": t("evaluation")}
    row.segmented_control(
        t("Mode"), list(words), required=True, format_func=words.__getitem__, key="bn_mode", **_KEPT
    )
    row.segmented_control(t("Images"), range(1, _MOST_IMAGES + 1), required=True, key="bn_n", **_KEPT)
    row.segmented_control(
        t("Maps"),
        _SIDES,
        required=True,
        format_func=lambda side: f"{side} × {side}",
        key="bn_side",
        **_KEPT,
    )
    row.segmented_control("ε", _EPSILONS, required=True, format_func="{:g}".format, key="bn_eps", **_KEPT)
    count = images * side * side
    usual = tuple(numbers[:count] for numbers in _USUAL)
    numbers = linked_numbers("bn_x", usual)
    slots, gamma, beta = [], [], []
    for channel, column in enumerate(st.columns(CHANNELS, gap="large"), start=1):
        _channel_title(column, channel)
        slots.append(column.container())
        scale, shift = column.columns(2)
        gamma.append(_learned(scale, f"bn_g{channel}", "γ", 1.0))
        beta.append(_learned(shift, f"bn_b{channel}", "β", 0.0))
    pixels = [f"{row}, {column}" for row in range(1, side + 1) for column in range(1, side + 1)]
    numbers = edited_numbers("bn_x", numbers, usual, pixels, slots)
    return Batch(
        numbers,
        images,
        side,
        mode == "train",
        tuple(gamma),
        tuple(beta),
        eps,
        linked("bn_k", 10, whole(0, _MOST_BATCHES)),
        linked("bn_m", 0.1, number(0, 1)),
        linked("bn_seed", 0, whole(0, 9999)),
    )


def steps(batch: Batch) -> None:
    """Every step with its numbers, channel by channel; or why there is none."""
    if batch.training:
        try:
            statistics(batch.x)
        except ValueError as error:
            st.code(torch_sentence(batch.x.shape), language=None, wrap_lines=True)
            st.markdown(f"{error}\n\n{prose('bn_single')}")
            return
    else:
        st.markdown(prose("bn_evaluation"))
    for channel in range(CHANNELS):
        _channel_title(st, channel + 1)
        show_svg(_steps_svg(batch, channel), f"bn_steps_{channel}", shrink=0.6, magnify=1.2)
        save_button(
            t("Channel {number} as SVG").format(number=channel + 1),
            partial(_steps_svg, batch, channel, standalone=True),
            f"batch-norm-channel-{channel + 1}.svg",
        )


def running_section(batch: Batch) -> None:
    """The running statistics over several batches: the reader's first, the others drawn by a seed."""
    st.header(t("Running statistics"))
    row = st.container(horizontal=True, gap="medium", vertical_alignment="bottom")
    row.slider(t("Batches seen in training"), 0, _MOST_BATCHES, key="bn_k", width=380, **_KEPT)
    row.number_input(t("Momentum"), 0.0, 1.0, step=0.05, format="%g", key="bn_m", width=160, **_KEPT)
    row.number_input(t("Seed"), 0, 9999, key="bn_seed", width=150, **_KEPT)
    if not batch.trainable:
        st.markdown(t("No batch of this shape can be trained on: the running mean stays 0, the variance 1."))
        return
    rows = _rows(batch)
    st.markdown(
        t(
            "Batch 1 is yours; the others are drawn with its means and spreads. After **{count}** the start "
            "(mean 0, variance 1) still weighs (1 − {momentum:g})^{count} = **{left:.0%}**."
        ).format(count=batch.batches, momentum=batch.momentum, left=start_left(batch.batches, batch.momentum))
        + " "
        + prose("bn_momentum")
    )
    st.plotly_chart(_figure(batch), key="bn_chart")
    st.markdown(prose("bn_unbiased"))
    st.markdown("\n".join(map(_variance_line, range(CHANNELS), [batch] * CHANNELS)))
    st.dataframe(rows, hide_index=True, height=280, key="bn_rows")
    save_button(t("Batches as CSV"), lambda: to_csv(rows), "running.csv")


def bias_section(batch: Batch) -> None:
    """A bias before the norm: added to the first channel, and gone after the subtraction."""
    st.header(t("Why a convolution before it needs no bias"))
    linked("bn_bias", 3.0, number(-10, 10))
    bias: float = st.slider(
        t("Bias b, added to channel 1"), -10.0, 10.0, step=0.5, format="%g", key="bn_bias", width=420, **_KEPT
    )
    if not batch.trainable:
        st.markdown(t("Training needs more than one number per channel: take two images, or larger maps."))
        return
    svg = _bias_svg(batch, bias)
    show_svg(svg, "bn_bias_picture", shrink=0.6, magnify=1.2)
    st.markdown(prose("bn_bias"))


def _learned(column: Any, key: str, label: str, usual: float) -> float:
    linked(key, usual, number(-10, 10))
    value: float = column.number_input(label, -10.0, 10.0, step=0.5, format="%g", key=key, **_KEPT)
    return value


def _channel_title(where: Any, channel: int) -> None:
    colour = CHANNEL_COLOURS[channel - 1]
    where.markdown(
        f"<h4 style='margin:0'><span style='color:{colour}'>■</span> "
        + t("Channel {number}").format(number=channel)
        + "</h4>",
        unsafe_allow_html=True,
    )


def _variance_line(channel: int, batch: Batch) -> str:
    found = statistics(batch.x)
    squares, count = found.squares[channel], found.count
    return t(
        "- Channel {channel}, your batch: {squares} / {count} = **{biased}** normalizes it; "
        "{squares} / {less} = **{unbiased}** goes into the running variance: "
        "(1 − {momentum:g}) · 1 + {momentum:g} · {unbiased} = **{after}**"
    ).format(
        channel=channel + 1,
        squares=number_text(squares),
        count=count,
        less=count - 1,
        biased=number_text(found.variance[channel]),
        unbiased=number_text(found.unbiased[channel]),
        momentum=batch.momentum,
        after=number_text(Running.fresh(CHANNELS).after(found, batch.momentum).variance[channel]),
    )


@lru_cache(maxsize=64)
def _steps_svg(batch: Batch, channel: int, standalone: bool = False) -> str:
    layer = batch.layer
    if batch.training:
        rows = training_rows(batch.x, channel, layer, train(batch.x, layer))
    else:
        rows = evaluation_rows(batch.x, channel, layer, evaluate(batch.x, _running(batch), layer))
    title = t("Channel {number}, step by step").format(number=channel + 1)
    return rows_svg(rows, CHANNEL_COLOURS[channel], title, standalone)


@lru_cache(maxsize=64)
def _bias_svg(batch: Batch, bias: float) -> str:
    before = train(batch.x, batch.layer)
    after: Forward = train(with_bias(batch.x, 0, bias), batch.layer)
    rows = bias_rows(batch.x, 0, bias, batch.layer, before, after)
    return rows_svg(rows, CHANNEL_COLOURS[0], t("Channel 1 with b = {bias}").format(bias=bracketed(bias)))


def _batches(batch: Batch) -> list[Array]:
    return draw_batches(batch.x, batch.batches, batch.seed) if batch.trainable else []


def _running(batch: Batch) -> Running:
    return list(running_after(_batches(batch), batch.momentum, CHANNELS))[-1]


@lru_cache(maxsize=64)
def _rows(batch: Batch) -> list[dict[str, Any]]:
    return running_rows(_batches(batch), batch.momentum)


@lru_cache(maxsize=64)
def _figure(batch: Batch) -> go.Figure:
    return running_figure(_rows(batch))
