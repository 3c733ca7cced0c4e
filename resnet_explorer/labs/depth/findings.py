"""Why a gradient or a signal does what it does through the depth, in a sentence to repeat. No torch."""

from __future__ import annotations

import math
from typing import Final

from resnet_explorer.common.i18n import t
from resnet_explorer.common.numbers import scientific_text
from resnet_explorer.common.text import named
from resnet_explorer.labs.depth.config import DepthConfig
from resnet_explorer.labs.depth.passes import BackwardPass, ForwardPass, Pair
from resnet_explorer.labs.depth.prediction import PER_LAYER, Prediction

TIMES: Final = "×\u00a0"


def arrives(found: BackwardPass) -> str:
    """How many times as long the gradient is at the first block, in words where that is no number."""
    if found.outcome == "grows" and math.isnan(found.end_to_end):
        return t("beyond what float32 can hold")
    if found.blocks[0].into == 0:
        return t("exactly 0")
    if found.outcome == "lost":
        return t("not a number")
    return TIMES + scientific_text(found.end_to_end)


def leaves(found: ForwardPass) -> str:
    """How many times as large the variance is behind the last block, in words where that is no number."""
    if not math.isnan(found.end_to_end):
        return TIMES + scientific_text(found.end_to_end)
    return t("beyond what float32 can hold") if found.outcome == "grows" else t("nothing to begin with")


def gradient_why(found: Pair[BackwardPass], config: DepthConfig) -> tuple[str, str]:
    """What arrives at the first block of both networks, in Markdown; and why."""
    plain, residual = map(arrives, found.both)
    said = t("**Plain {plain}**, residual {residual}.").format(plain=plain, residual=residual)
    if config.init == "zero":
        why = t("γ = 0 silences every branch: only a shortcut carries a gradient.")
        return said, why
    layer = _per_layer(found.plain)
    if config.norm == "none":
        why = t(
            "Without a norm every layer multiplies by one and the same number{layer}; with x added the "
            "factor is 1 plus something."
        )
        return said, why.format(layer=t(", ") + f"{TIMES}{layer:.2f}" if layer else "")
    why = t(
        "Each norm divides by the spread of what a ReLU let through, which is less than its size{layer}; "
        "what takes the shortcut is not divided."
    )
    words = t(": {times}{layer:.2f} a layer (theory {theory:.2f})")
    shown = words.format(times=TIMES, layer=layer, theory=math.sqrt(PER_LAYER)) if layer else ""
    return said, why.format(layer=shown)


def signal_why(found: Pair[ForwardPass], config: DepthConfig) -> tuple[str, str]:
    """What the variance comes to in both networks, in Markdown; and why."""
    plain, residual = map(leaves, found.both)
    said = t("**Residual {residual}**, plain {plain}.").format(plain=plain, residual=residual)
    if config.init == "zero":
        return said, t("γ = 0: every block begins as its own shortcut, and adds nothing.")
    last = found.residual.places[-1]
    if config.norm == "none":
        each = found.residual.end_to_end ** (1 / config.blocks)
        times = f"{TIMES}{each:.2g}" if math.isfinite(each) else t("without bound")
        why = t(
            "Without a norm each block adds in proportion to what is there, {times} a block: over many "
            "blocks these factors multiply."
        )
        return said, why.format(times=times)
    share = last.branch.variance / last.output.variance if last.branch else math.nan
    why = t(
        "Every branch reads it normalized and adds as much as the first: good for the gradient, whose way "
        "stays open; but late blocks weigh little: the last one’s part is {share:.1%}."
    )
    if config.activation == "post":
        why = t(
            "Every branch adds as much as the first, and the ReLU after each addition cuts off what is "
            "negative, and there the gradient, too. The last block’s part is {share:.1%}."
        )
    return said, why.format(share=share)


def gap(measured: float, theory: float) -> str:
    """How far theory and measurement lie apart, in a sentence of Markdown; none where either is no number."""
    if not (0 < measured < math.inf and 0 < theory < math.inf):
        return ""
    times = max(measured / theory, theory / measured)
    words = t("theory says {times}{theory}, {factor} times as {much} as measured ({times}{measured})")
    return words.format(
        times=TIMES,
        theory=scientific_text(theory),
        measured=scientific_text(measured),
        factor=scientific_text(times),
        much=t("much") if theory >= measured else t("little"),
    )


def gaps(
    measured: tuple[float, float],
    predictions: tuple[Prediction | None, Prediction | None],
    *,
    back: bool,
    width: int,
) -> str:
    """The gaps of the plain network and the residual one, and what theory assumes, in Markdown.

    Args:
        measured: end to end, of both.
        predictions: of both.
        back: whether the gradient is meant, and not the variance.
        width: of stage 1.
    """
    parts = []
    for name, value, theory in zip((t("Plain"), t("residual")), measured, predictions, strict=True):
        if theory:
            words = gap(value, theory.end_to_end if back else theory.variances[-1])
            if words:
                parts.append(named(name, words))
    if not parts:
        return ""
    assumed = t(
        "It takes layers as infinitely wide, the batch as large, and the pixels of a map as independent; "
        "here they are neighbours, and stage 1 has {width} channels."
    )
    told = t("**Dashed: the formula’s own prediction.** {gaps}.").format(gaps=t("; ").join(parts))
    return f"{told} {assumed.format(width=width)}"


def _per_layer(found: BackwardPass) -> float | None:
    """What each of a plain network's layers multiplies the norm by, the geometric mean."""
    whole = found.end_to_end
    return whole ** (1 / (2 * len(found.blocks))) if 0 < whole < math.inf else None
