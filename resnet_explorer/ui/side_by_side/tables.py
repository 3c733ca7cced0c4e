"""Networks side by side as tables of HTML."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from resnet_explorer.common.colours import STAGE_COLOURS, rgba
from resnet_explorer.common.html_table import Cell, Row, html_table
from resnet_explorer.common.i18n import t
from resnet_explorer.common.numbers import count_text, fixed_text
from resnet_explorer.common.text import shortened
from resnet_explorer.side_by_side.disagreement import Gap
from resnet_explorer.side_by_side.predictions import PhotoRow, Predictions, Timing
from resnet_explorer.side_by_side.tables import PairRow, differing

NOTHING: Final = "—"
_FEW: Final = 5
"""Columns that have room for large letters and names that are not broken."""
_LONGEST_WORD: Final = 15


def networks_html(names: Sequence[str], found: Predictions) -> str:
    """Network × what it is made of, and its time: the fastest and the slowest run in small print."""
    heads = (
        t("network"),
        t("weights"),
        t("weighted layers"),
        t("parameters"),
        t("MACs"),
        t("input"),
        t("time of a pass"),
    )
    rows: list[Row] = []
    for name, prediction in zip(names, found.predictions, strict=True):
        weights, timing = prediction.network.weights, found.times.get(prediction.network.weights.key)
        label = shortened(weights.label)
        rows.append(
            [
                Cell((name,), is_heading=True),
                Cell((label,), hover="" if label == weights.label else weights.label),
                str(weights.spec.depth),
                count_text(weights.plan.params),
                count_text(weights.plan.macs),
                t("{side} × {side} pixels").format(side=weights.preprocessing.crop),
                Cell((milliseconds_text(timing.milliseconds),), small=_range(timing)) if timing else NOTHING,
            ]
        )
    return _table(heads, rows)


def _range(timing: Timing) -> str:
    """The fastest and the slowest run; nothing where there was one."""
    if timing.slowest <= timing.fastest:
        return ""
    fastest = milliseconds_text(timing.fastest).removesuffix(" ms")
    return f"{fastest} – {milliseconds_text(timing.slowest)}"


def milliseconds_text(milliseconds: float) -> str:
    """A time of three digits or so: "4.27 ms", "38.5 ms", "1,240 ms"."""
    digits = 2 if milliseconds < 10 else 1 if milliseconds < 100 else 0
    return f"{milliseconds:,.{digits}f} ms"


def gaps_html(names: Sequence[str], gaps: Sequence[Gap]) -> str:
    """Class × network: each probability as a number on a bar, each network's largest of these in bold."""
    largest = [max(gap.probabilities[n] for gap in gaps) for n in range(len(names))]
    rows = [
        [
            _class_cell(gap.name, is_heading=True),
            *(_bar(p, f"{p:.1%}", p == largest[n]) for n, p in enumerate(gap.probabilities)),
        ]
        for gap in gaps
    ]
    return _table((t("class"), *names), rows)


def pairs_html(names: Sequence[str], pairs: Sequence[PairRow]) -> str:
    """Pair × measure."""
    rows = []
    for pair in pairs:
        distance, correlation = pair.distance, pair.rank_correlation
        two = f"{names[distance.one]} – {names[distance.other]}"
        alike = NOTHING if correlation is None else fixed_text(correlation)
        small = "" if pair.targets[0] == pair.targets[1] else t("each for its own class")
        variation = distance.total_variation
        rows.append(
            [
                Cell((two,), kind="sb-whole", is_heading=True),
                _bar(variation, f"{variation:.3f}"),
                Cell((alike,), small=small),
            ]
        )
    return _table((t("networks"), t("variation"), t("maps alike")), rows)


def matrix_html(
    names: Sequence[str],
    classes: Sequence[tuple[str, ...]],
    rows: Sequence[PhotoRow],
    photos: Sequence[tuple[str, str]],
) -> str:
    """Photo × network: the most probable class; where networks of one class list differ, a mark and ≠.

    Args:
        names: what each network is called.
        classes: the names of each network's classes.
        rows: what each says of each photo.
        photos: each photo in small, as a `data:` address, and its title.
    """
    body = [
        [
            Cell((title,), picture=picture, is_heading=True),
            *(_first_cell(first, n in differing(row, classes)) for n, first in enumerate(row.firsts)),
        ]
        for row, (picture, title) in zip(rows, photos, strict=False)
    ]
    return _table((t("photo"), *names), body)


def _first_cell(first: tuple[str, float] | None, differs: bool) -> Cell:
    if first is None:
        return Cell((NOTHING,))
    name, probability = first
    small = f"{probability:.1%}"
    if not differs:
        return _class_cell(name, small)
    mark = f"box-shadow:inset 6px 0 {STAGE_COLOURS['stage 3']}"
    return _class_cell(name, small, mark="≠ ", kind="sb-differs", style=mark)


def _class_cell(
    name: str, small: str = "", *, mark: str = "", kind: str = "", style: str = "", is_heading: bool = False
) -> Cell:
    """A class, cut where it is long, and then whole on hovering; a word that is too long may be broken."""
    short = shortened(name)
    is_whole = short == name and max(map(len, name.split()), default=0) <= _LONGEST_WORD
    kind = kind if is_whole else f"{kind} sb-broken".strip()
    hover = "" if is_whole else name
    return Cell((mark + short,), small=small, hover=hover, kind=kind, style=style, is_heading=is_heading)


def _bar(share: float, text: str, is_largest: bool = False) -> Cell:
    """A number on a bar that is as long as its share of the cell."""
    colour, edge = rgba(STAGE_COLOURS["stage 1"], 0.45), f"{100 * share:.1f}%"
    bar = f"background:linear-gradient(to right, {colour} {edge}, transparent {edge})"
    return Cell((text,), kind="sb-bar sb-largest" if is_largest else "sb-bar", style=bar)


def _table(heads: Sequence[str], rows: Sequence[Row]) -> str:
    kind = "sb-table" if len(heads) <= _FEW else "sb-table sb-many"
    return f'<div class="sb-scroll">{html_table(rows, heads, kind=kind)}</div>'
