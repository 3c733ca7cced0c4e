"""A run's curves as SVG, for where no page draws them: a notebook's cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from resnet_explorer.common import svg
from resnet_explorer.common.colours import STAGE_COLOURS
from resnet_explorer.common.i18n import t
from resnet_explorer.finetune.training.run_folder import Epoch

_WIDTH: Final = 420.0
_HEIGHT: Final = 240.0
_LEFT, _TOP, _RIGHT, _BOTTOM = 52.0, 30.0, 16.0, 34.0
_COLOUR: Final = STAGE_COLOURS["stage 1"]


def curves_svg(epochs: Sequence[Epoch], quantity: str) -> str:
    """A run's "accuracy" or "loss" by epoch: solid on the photos to test on, dashed while learning."""
    is_share = quantity == "accuracy"
    kinds = {"val": (t("tested"), None), "train": (t("learning"), "5 4")}
    values = {kind: [getattr(epoch, f"{kind}_{quantity}") for epoch in epochs] for kind in kinds}
    top = 1.0 if is_share else max((*values["val"], *values["train"], 1e-9))
    last = max(len(epochs) - 1, 1)
    wide, high = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
    parts = [svg.text(_LEFT, 18, t(quantity), font_size=15, font_weight=600)]
    for share in (0.0, 0.5, 1.0):
        y = _TOP + high * (1 - share)
        label = f"{share:.0%}" if is_share else f"{share * top:.2g}"
        parts.append(svg.line(_LEFT, y, _WIDTH - _RIGHT, y, stroke="currentColor", stroke_opacity=0.2))
        parts.append(svg.text(_LEFT - 6, y + 4, label, font_size=12, text_anchor="end"))
    for number, (kind, (name, dashes)) in enumerate(kinds.items()):
        places = [
            (_LEFT + wide * step / last, _TOP + high * (1 - min(value / top, 1.0)))
            for step, value in enumerate(values[kind])
        ]
        way = "M" + "L".join(f"{svg.number(x)} {svg.number(y)}" for x, y in places)
        look: dict[str, str | float | None] = {
            "fill": "none",
            "stroke": _COLOUR,
            "stroke_width": 2.5,
            "stroke_dasharray": dashes,
        }
        parts.append(svg.path(way, **look))
        parts += [svg.circle(x, y, 3, fill=_COLOUR) for x, y in places[-1:]]
        left = _WIDTH - _RIGHT - 190 + 100 * number
        parts.append(svg.path(f"M{svg.number(left)} 13h26", **look))
        parts.append(svg.text(left + 32, 18, name, font_size=13))
    for place, epoch in {_LEFT: epochs[0], _LEFT + wide * (len(epochs) - 1) / last: epochs[-1]}.items():
        parts.append(svg.text(place, _HEIGHT - 14, str(epoch.epoch), font_size=12, text_anchor="middle"))
    parts.append(svg.text(_LEFT + wide / 2, _HEIGHT - 14, t("epoch"), font_size=12, text_anchor="middle"))
    return svg.document(_WIDTH, _HEIGHT, *parts, name=t(quantity))
