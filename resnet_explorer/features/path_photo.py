"""A photo on the path of the feature map: a face for each box, and the network's answer behind the last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from resnet_explorer.architecture.feature_path_svg import End
from resnet_explorer.architecture.map_box_svg import Face
from resnet_explorer.common import svg
from resnet_explorer.common.colours import LINE_GREY, STAGE_COLOURS
from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import named, shortened
from resnet_explorer.explanation.heatmap import GREY, png_bytes
from resnet_explorer.features.grid_svg import ColourScale

if TYPE_CHECKING:
    from resnet_explorer.features.path_maps import BoxMap

ANSWER: Final = "class:"
"""What the `data-key` of a bar begins with; its class follows."""
TOP: Final = 5
_WIDTH: Final = 184.0
_ROW: Final = 30.0
_BAR: Final = 25.0
_LETTER: Final = 8.2
_HEADING: Final = 30.0


def face(found: BoxMap) -> Face:
    """A map as the front of its box: each on a scale of its own, 0 black and the largest value white.

    Where values are below 0, which no ReLU has ended, 0 is dark, negative ones are blue and positive ones
    orange, as far to both sides as the largest goes.
    """
    values = found.values
    scale = ColourScale.of(float(abs(values).max()), bool((values < 0).any()), GREY)
    what = (
        t("mean of its channels")
        if found.channel is None
        else t("channel {number}").format(number=found.channel)
    )
    rows, columns = values.shape
    words = t("{what}, {rows} × {columns} cells up to {largest:.3g}").format(
        what=what, rows=rows, columns=columns, largest=float(values.max())
    )
    return Face(svg.data_address(png_bytes(scale.picture(values))), (rows, columns), words)


def channel_notes(found: Sequence[BoxMap]) -> Mapping[str, str]:
    """Which channel is on each front, where it is one."""
    return {
        each.key: t("channel {number}").format(number=each.channel)
        for each in found
        if each.channel is not None
    }


def answer_end(best: Sequence[tuple[str, float]], heading: str) -> End:
    """The likeliest classes as bars with their names on them; without any, the room for them."""
    tracks = [
        svg.rect(0, _HEADING + _ROW * place, _WIDTH, _BAR, rx=3, fill=LINE_GREY, opacity=0.18)
        for place in range(TOP)
    ]
    bars = [_bar(place, *each) for place, each in enumerate(best)]
    return End(_WIDTH, _HEADING + TOP * _ROW, "".join([svg.text(0, 17, heading), *tracks, *bars]))


def _bar(place: int, name: str, share: float) -> str:
    y, number = _HEADING + _ROW * place, f"{share:.1%}"
    longest = int((_WIDTH - 20) / _LETTER) - len(number)
    shown = shortened(name, longest)
    look: dict[str, svg.Attribute] = {"font_weight": 700 if place == 0 else 400}
    return svg.group(
        svg.title(named(name, f"{share:.2%}")),
        svg.rect(0, y, _WIDTH, _BAR, fill_opacity=0),
        svg.rect(0, y, max(2.0, _WIDTH * share), _BAR, rx=3, fill=STAGE_COLOURS["head"], opacity=0.55),
        svg.text(6, y + 18, shown, **look),
        svg.text(_WIDTH - 6, y + 18, number, text_anchor="end", **look),
        data_key=f"{ANSWER}{name}",
        **svg.button(named(name, f"{share:.2%}")),
    )
