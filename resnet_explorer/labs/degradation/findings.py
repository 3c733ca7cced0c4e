"""What the study of degradation came to: the answer to its question, its table, and its recipe in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

from resnet_explorer.common.i18n import t
from resnet_explorer.common.numbers import points_text
from resnet_explorer.labs.degradation.figures import Logs
from resnet_explorer.labs.degradation.paired_config import PairedConfig, PairedLogs
from resnet_explorer.labs.degradation.study import DEPTHS, PAPER_ERRORS
from resnet_explorer.network.plan import plan
from resnet_explorer.network.table_rows import Row
from resnet_explorer.training.paper_recipe import KINDS, Kind, PaperEpoch, PaperRecipe, network

PAPER: Final = PaperRecipe()
ALIKE: Final = 0.01
"""Training errors as near as this may differ by chance: one run each."""


def outcome(logs: Logs) -> str:
    """Which plain network ended with the lower training error: "shallow", "deep", or "alike"."""
    shallow, deep = (logs["plain", depth][-1].train_error for depth in DEPTHS)
    if abs(shallow - deep) < ALIKE:
        return "alike"
    return "shallow" if shallow < deep else "deep"


def sentence(logs: Logs) -> str:
    """The training errors at the end, of both depths and both kinds, in Markdown."""
    plain, residual = (
        t("{kind} {few} **{shallow:.1%}**, {kind} {many} **{deep:.1%}**").format(
            kind=t(kind),
            few=DEPTHS[0],
            many=DEPTHS[-1],
            shallow=logs[kind, DEPTHS[0]][-1].train_error,
            deep=logs[kind, DEPTHS[-1]][-1].train_error,
        )
        for kind in KINDS
    )
    return t("Training error at the end: {plain}; {residual}.").format(plain=plain, residual=residual)


def reading(logs: Logs) -> str:
    """What these runs show of depth, and what they do not."""
    harm = {
        kind: logs[kind, DEPTHS[-1]][-1].train_error - logs[kind, DEPTHS[0]][-1].train_error for kind in KINDS
    }
    if harm["residual"] <= -ALIKE:
        said = t("with shortcuts depth pays.")
    elif harm["residual"] < harm["plain"]:
        said = t("that depth pays, {epochs} short epochs do not show, but with shortcuts it harms less.")
    else:
        said = t("that depth pays, {epochs} short epochs do not show.")
    words = t("From {few} to {many} layers the error goes by {plain} points plain, {residual} residual: ")
    return words.format(
        few=DEPTHS[0],
        many=DEPTHS[-1],
        plain=points_text(harm["plain"]),
        residual=points_text(harm["residual"]),
    ) + said.format(epochs=len(logs["residual", DEPTHS[-1]]))


def residual_sentence(logs: Logs) -> str:
    """Whether depth paid among the residual networks, as it was measured."""
    shallow, deep = (logs["residual", depth][-1] for depth in (DEPTHS[0], DEPTHS[-1]))
    gains = shallow.train_error - deep.train_error, shallow.test_error - deep.test_error
    words = {
        (True, True): t("With shortcuts the deeper learns better than the shallower, and tests better."),
        (True, False): t("With shortcuts the deeper learns better than the shallower, but tests worse."),
        (False, True): t("With shortcuts the deeper learns worse than the shallower, but tests better."),
        (False, False): t(
            "With shortcuts the deeper is still behind the shallower: so short a training does not show "
            "what the paper’s long one does."
        ),
    }
    return words[gains[0] > 0, gains[1] > 0]


def rows(logs: Logs) -> list[Row]:
    """A row for each depth: parameters, our errors at the last epoch, and the paper's; parts from 0 to 1."""
    return [
        {
            "layers": depth,
            "parameters": plan(network("residual", depth)).params,
            **{
                f"{kind}, {what}": getattr(logs[kind, depth][-1], f"{what}_error")
                for kind in KINDS
                for what in ("train", "test")
            },
            "paper, residual, test": PAPER_ERRORS[depth],
        }
        for depth in DEPTHS
    ]


def epoch_rows(logs: Logs) -> list[Row]:
    """Every line of every log, with the network that it is of."""
    return [row for (kind, depth), log in logs.items() for row in _rows_of(kind, depth, log)]


def paired_rows(config: PairedConfig, logs: PairedLogs) -> list[Row]:
    """Every epoch of two networks that were trained now."""
    return [
        row
        for network, log in zip(config.networks, logs, strict=True)
        for row in _rows_of(network.kind, network.depth, log)
    ]


def _rows_of(kind: Kind, depth: int, log: Sequence[PaperEpoch]) -> list[Row]:
    return [{"network": kind, "layers": depth, **asdict(epoch)} for epoch in log]


def differences(recipe: PaperRecipe) -> str:
    """How a recipe is shorter than the paper's, in a line for the figure."""
    return t(
        "{epochs} epochs instead of {paper_epochs}, batches of {batch} instead of {paper_batch} and the rate "
        "in proportion, {precision}, seed {seed}, one run each"
    ).format(
        epochs=recipe.epochs,
        paper_epochs=PAPER.epochs,
        batch=recipe.batch_size,
        paper_batch=PAPER.batch_size,
        precision=recipe.precision,
        seed=recipe.seed,
    )
