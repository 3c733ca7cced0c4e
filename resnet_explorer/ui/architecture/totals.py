"""The totals of a network in a sentence."""

from __future__ import annotations

from resnet_explorer.common.i18n import t
from resnet_explorer.common.numbers import bytes_text, count_text
from resnet_explorer.network.layers import Plan, shape_text
from resnet_explorer.network.operations import per_mac
from resnet_explorer.network.table_rows import activation_bytes


def totals_text(p: Plan, unit: str = "MACs") -> str:
    """Layers, parameters, operations, memory and output, the numbers bold.

    Args:
        p: the network.
        unit: "MACs", or "FLOPs" for twice as many.
    """
    return t(
        "**{layers:,}** layers · **{params:,}** parameters · **{operations}** {unit} · "
        "**{memory}** of activations · output **{output}**"
    ).format(
        layers=p.spec.depth,
        params=p.params,
        operations=count_text(p.macs * per_mac(unit)),
        unit=unit,
        memory=bytes_text(activation_bytes(p)),
        output=shape_text(p.output_shape),
    )
