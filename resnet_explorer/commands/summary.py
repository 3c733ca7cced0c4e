"""`summary`: the stages and the totals of a network, from its plan alone."""

from __future__ import annotations

from typing import Annotated

import typer

from resnet_explorer.commands import parse
from resnet_explorer.commands.terminal import aligned
from resnet_explorer.common.i18n import msg, t
from resnet_explorer.network.layers import Plan, shape_text
from resnet_explorer.network.operations import per_mac
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import title
from resnet_explorer.network.table_rows import layer_rows, stage_rows


def summary(
    network: parse.Network,
    size: parse.Size = None,
    layers: Annotated[
        bool, typer.Option("--layers", help=msg("One line a layer, instead of one a stage."))
    ] = False,
    flops: Annotated[
        bool, typer.Option("--flops", help=msg("Count FLOPs: two for each multiply–accumulate."))
    ] = False,
) -> None:
    """The command `summary`; arguments as their helps say."""
    p = plan(network, parse.size(size) if size else network.natural_size)
    unit = "FLOPs" if flops else "MACs"
    factor = per_mac(unit)
    typer.echo(
        t("{network}, input {shape}").format(network=title(network), shape=shape_text(p.input_shape)) + "\n"
    )
    typer.echo(_layers(p, factor, unit) if layers else _stages(p, factor, unit))
    typer.echo(
        "\n"
        + t("{params:,} parameters, {macs:,} {unit} for one image.").format(
            params=p.params, macs=p.macs * factor, unit=unit
        )
    )


def _stages(p: Plan, factor: int, unit: str) -> str:
    rows = [
        (
            t(row["stage"]),
            row["paper"],
            row["torchvision"],
            row["output"],
            str(row["blocks"] or ""),
            f"{row['params']:,}",
            f"{row['params share']:.1f} %",
            f"{row['macs'] * factor:,}",
            f"{row['macs share']:.1f} %",
        )
        for row in stage_rows(p)
    ]
    share = t("share")
    headings = [
        t("stage"),
        t("paper"),
        "torchvision",
        t("output"),
        t("blocks"),
        t("parameters"),
        share,
        unit,
        share,
    ]
    return aligned(headings, rows, left=3)


def _layers(p: Plan, factor: int, unit: str) -> str:
    rows = [
        (
            row["layer"],
            row["kind"],
            row["window"],
            row["output"],
            f"{row['params']:,}",
            f"{row['macs'] * factor:,}",
        )
        for row in layer_rows(p)
    ]
    headings = (t("layer"), t("kind"), t("window"), t("output"), t("parameters"), unit)
    return aligned(headings, rows, left=3)
