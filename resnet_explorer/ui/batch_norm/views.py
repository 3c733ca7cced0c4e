"""The parts of the page on batch normalization: its controls, the steps, and what runs along with them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from resnet_explorer.batch_norm.figures import running_figure
from resnet_explorer.batch_norm.steps import (
    Affine,
    Array,
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
from resnet_explorer.batch_norm.svg import (
    CHANNEL_COLOURS,
    bias_rows,
    evaluation_rows,
    rows_svg,
    training_rows,
)
from resnet_explorer.common.i18n import prose, t
from resnet_explorer.common.language_cache import language_cache
from resnet_explorer.common.numbers import bracketed, significant_text
from resnet_explorer.common.text import enumerated
from resnet_explorer.network.table_rows import to_csv
from resnet_explorer.ui.app.refusal import shown_refusal
from resnet_explorer.ui.widgets.linked_inputs import linked_choice, linked_number, linked_slider
from resnet_explorer.ui.widgets.number_table import Numbers, edited_numbers, linked_numbers
from resnet_explorer.ui.widgets.save_button import save_button
from resnet_explorer.ui.widgets.svg_view import PLACE, show_svg

CHANNELS: Final = len(CHANNEL_COLOURS)
_SIDES: Final = (1, 2)
_MOST_IMAGES: Final = 3
_MOST_BATCHES: Final = 60
_EPSILONS: Final = (1e-5, 1e-3, 0.1, 1.0)
_DEFAULT: Final[Numbers] = (
    (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12),
    (-2.5, -1.5, -2, -2, -1, -3, -2, -2, -2, -1.5, -2.5, -2),
)


@dataclass(frozen=True)
class Batch:
    """What the controls say: the numbers, the layer, and the batches that it has seen in training."""

    numbers: Numbers
    images: int
    side: int
    training: bool
    gamma: tuple[float, ...]
    beta: tuple[float, ...]
    eps: float
    batches: int = 10
    momentum: float = 0.1
    seed: int = 0

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


def head_controls() -> tuple[bool, int]:
    """Whether the layer is in training, and the channel that is shown, counted from 0."""
    modes = {"train": t("training"), "eval": t("evaluation")}
    mode = linked_choice("bn_mode", t("Mode"), modes, default="train", label_visibility="collapsed")
    channel = linked_choice(
        "bn_channel",
        t("Channel"),
        range(1, CHANNELS + 1),
        default=1,
        names=t("channel {0}").format,
        label_visibility="collapsed",
    )
    return mode == "train", channel - 1


def shape_controls() -> tuple[int, int, float]:
    """Images in the batch, the side of their maps, and ε."""
    return (
        linked_choice("bn_n", t("Images"), range(1, _MOST_IMAGES + 1), default=2),
        linked_choice("bn_side", t("Maps"), _SIDES, default=2, names="{0} × {0}".format),
        linked_choice("bn_eps", "ε", _EPSILONS, default=_EPSILONS[0], names="{:g}".format),
    )


def batch_controls(training: bool, images: int, side: int, eps: float) -> Batch:
    """The tables of numbers and each channel's γ and β.

    Args:
        training: whether the layer is in training.
        images: in the batch.
        side: of their maps.
        eps: what is added to the variance.
    """
    count = images * side * side
    default = tuple(numbers[:count] for numbers in _DEFAULT)
    numbers = linked_numbers("bn_x", default)
    slots, gamma, beta = [], [], []
    learned = partial(linked_number, low=-10.0, high=10.0, step=0.5, format="%g")
    for channel, column in enumerate(st.columns(CHANNELS, gap="large"), start=1):
        _channel_title(column, channel)
        slots.append(column.container())
        scale, shift = column.columns(2)
        gamma.append(learned(f"bn_g{channel}", "γ", default=1.0, at=scale))
        beta.append(learned(f"bn_b{channel}", "β", default=0.0, at=shift))
    pixels = [f"{row}, {column}" for row in range(1, side + 1) for column in range(1, side + 1)]
    numbers = edited_numbers("bn_x", numbers, default, pixels, slots)
    return Batch(numbers, images, side, training, tuple(gamma), tuple(beta), eps)


def running_controls(batch: Batch) -> Batch:
    """How many batches were seen in training, which, and how much each of them weighs."""
    row = st.container(horizontal=True, gap="medium", vertical_alignment="bottom")
    return replace(
        batch,
        batches=linked_slider(
            "bn_k", t("Batches seen in training"), 0, _MOST_BATCHES, default=10, at=row, width=380
        ),
        momentum=linked_number(
            "bn_m", t("Momentum"), 0.0, 1.0, default=0.1, at=row, step=0.05, format="%g", width=160
        ),
        seed=linked_number("bn_seed", t("Seed"), 0, 9999, default=0, at=row, width=150),
    )


def steps(batch: Batch, channel: int) -> None:
    """Every step of a channel with its numbers; or why there is none."""
    if batch.training and not batch.trainable:
        st.code(torch_sentence(batch.x.shape), language=None, wrap_lines=True)
        with shown_refusal():
            statistics(batch.x)
        st.markdown(prose("bn_single"))
        return
    show_svg(steps_svg(batch, channel), "bn_steps", height=PLACE)


def sentence(batch: Batch, channel: int) -> str:
    """What the steps do to a channel, with its numbers."""
    if not batch.training:
        running = _running(batch)
        return t(
            "In evaluation, channel {channel} is normalized with running statistics of {batches} batches: "
            "μ = **{mean}**, σ² = **{variance}**."
        ).format(
            channel=channel + 1,
            batches=batch.batches,
            mean=significant_text(running.mean[channel]),
            variance=significant_text(running.variance[channel]),
        )
    if not batch.trainable:
        return t("A channel with one number cannot be trained on.")
    found = statistics(batch.x)
    return t(
        "The {count} numbers of channel {channel} get mean 0 and variance 1, by their own μ = **{mean}** and "
        "σ² = **{variance}**; then γ and β."
    ).format(
        count=found.count,
        channel=channel + 1,
        mean=significant_text(found.mean[channel]),
        variance=significant_text(found.variance[channel]),
    )


def running_section(batch: Batch) -> None:
    """The running statistics over several batches: the reader's first, the others drawn by a seed."""
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
    st.plotly_chart(_figure(batch), key="bn_chart", alt=t("Running statistics"))
    st.markdown(prose("bn_unbiased"))
    st.markdown("\n".join(map(_variance_line, range(CHANNELS), [batch] * CHANNELS)))
    st.dataframe(rows, hide_index=True, height=280, key="bn_rows", column_config=_column_names())
    save_button(t("Batches as CSV"), lambda: to_csv(rows), "running.csv")


def _column_names() -> dict[str, str]:
    """What the columns of the batches are called on the screen."""
    return {
        "batch": t("batch"),
        "channel": t("channel"),
        "mean": t("mean"),
        "variance (÷ n − 1)": t("variance (÷ n − 1)"),
        "running mean": t("running mean"),
        "running variance": t("running variance"),
    }


def bias_section(batch: Batch) -> None:
    """A bias before the norm: added to the first channel, and gone after the subtraction."""
    st.header(t("Why a convolution before it needs no bias"))
    bias = linked_slider(
        "bn_bias",
        t("Bias b, added to channel 1"),
        -10.0,
        10.0,
        default=3.0,
        step=0.5,
        format="%g",
        width=420,
    )
    if not batch.trainable:
        st.markdown(t("Training needs more than one number per channel: take two images, or larger maps."))
        return
    show_svg(_bias_svg(batch, bias), "bn_bias_picture", shrink=0.6, magnify=1.2)
    st.markdown(prose("bn_bias"))


def _channel_title(where: Any, channel: int) -> None:
    colour = CHANNEL_COLOURS[channel - 1]
    where.markdown(
        f"<h3 style='margin:0'><span style='color:{colour}'>■</span> "
        + t("Channel {number}").format(number=channel)
        + "</h3>",
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
        squares=significant_text(squares),
        count=count,
        less=count - 1,
        biased=significant_text(found.variance[channel]),
        unbiased=significant_text(found.unbiased[channel]),
        momentum=batch.momentum,
        after=significant_text(Running.fresh(CHANNELS).after(found, batch.momentum).variance[channel]),
    )


@language_cache(maxsize=64)
def steps_svg(batch: Batch, channel: int, standalone: bool = False) -> str:
    """The steps of a channel as a picture."""
    layer = batch.layer
    if batch.training:
        rows = training_rows(batch.x, channel, layer, train(batch.x, layer))
    else:
        rows = evaluation_rows(batch.x, channel, layer, evaluate(batch.x, _running(batch), layer))
    title = t("Channel {number}, step by step: {steps}").format(
        number=channel + 1, steps=enumerated(row.label for row in rows)
    )
    return rows_svg(rows, CHANNEL_COLOURS[channel], title, standalone)


@language_cache(maxsize=64)
def _bias_svg(batch: Batch, bias: float) -> str:
    before = train(batch.x, batch.layer)
    after = train(with_bias(batch.x, 0, bias), batch.layer)
    rows = bias_rows(batch.x, 0, bias, batch.layer, before, after)
    title = t("Channel 1 with b = {bias}").format(bias=bracketed(significant_text(bias)))
    return rows_svg(rows, CHANNEL_COLOURS[0], title)


def _batches(batch: Batch) -> list[Array]:
    return draw_batches(batch.x, batch.batches, batch.seed) if batch.trainable else []


def _running(batch: Batch) -> Running:
    return list(running_after(_batches(batch), batch.momentum, CHANNELS))[-1]


@lru_cache(maxsize=64)
def _rows(batch: Batch) -> list[dict[str, Any]]:
    return running_rows(_batches(batch), batch.momentum)


@language_cache(maxsize=64)
def _figure(batch: Batch) -> go.Figure:
    return running_figure(_rows(batch))
