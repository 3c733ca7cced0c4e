"""What is left of a network that was cut, in large figures: to stand beside the chain that is clicked."""

from __future__ import annotations

from typing import Final, NamedTuple

from resnet_explorer.common import svg
from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import named
from resnet_explorer.labs.ablation.svg import CUT_RED

WIDTH: Final = 330.0
HEIGHT: Final = 166.0


class Score(NamedTuple):
    """What a network reaches before and after a cut, as shares from 0 to 1.

    Attributes:
        name: of what is measured, and on what.
        before: of the whole network.
        after: of the cut one; None where nothing is cut.
    """

    name: str
    before: float
    after: float | None

    @property
    def words(self) -> str:
        """Both, as they are read; one, where nothing is cut."""
        if self.after is None:
            return f"{self.before:.1%}"
        return t("{before:.1%} → {after:.1%}").format(before=self.before, after=self.after)


def score_svg(score: Score, beside: Score | None = None) -> str:
    """The score, and a line for the network beside it.

    Args:
        score: of the network that is cut.
        beside: of another network, cut too; None for none.
    """
    large: dict[str, svg.Attribute] = {
        "font_size": 42,
        "font_weight": 700,
        "font_variant_numeric": "tabular-nums",
    }
    is_less = score.after is not None and score.after < score.before
    parts = [
        svg.text(0, 24, score.name, font_size=18),
        svg.text(0, 72, score.words, **large, fill=CUT_RED if is_less else "currentColor"),
    ]
    if beside:
        parts += [
            svg.text(0, 118, beside.name, font_size=18),
            svg.text(0, 148, beside.words, font_size=24, font_weight=700),
        ]
    words = t("; ").join(named(each.name, each.words) for each in (score, beside) if each)
    return svg.document(WIDTH, HEIGHT, *parts, aria_label=words, font_size=18)
