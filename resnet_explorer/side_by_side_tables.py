"""Networks side by side as tables of HTML, as CSV, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from resnet_explorer.colours import STAGE_COLOURS, rgba
from resnet_explorer.disagreement import Distance, Gap, agree, class_groups
from resnet_explorer.i18n import t
from resnet_explorer.link import encode_spec
from resnet_explorer.overlay import Map
from resnet_explorer.short_text import for_spreadsheet, shortened
from resnet_explorer.side_by_side import Answer, Looker, PhotoRow, SideBySide, Timing
from resnet_explorer.tables import Row, count_text

NOTHING: Final = "—"
_TABLE: Final = "border-collapse:collapse;line-height:1.4"
_CELL: Final = "padding:0.45rem 0.7rem;border-bottom:1px solid rgba(128,128,128,0.35)"
_NARROW_CELL: Final = _CELL.replace("0.45rem 0.7rem", "0.45rem 0.4rem")
_FEW: Final = 5
"""Columns that have room for large letters and names that are not broken."""
_LONGEST_WORD: Final = 15
_DIFFERS: Final = f"box-shadow:inset 6px 0 {STAGE_COLOURS['stage 3']};font-weight:700"


@dataclass(frozen=True)
class PairRow:
    """Two networks that know the same classes, and how far apart they are.

    Attributes:
        distance: of their probabilities.
        likeness: of their maps; None where one is level.
        targets: the classes that the maps are for.
    """

    distance: Distance
    likeness: float | None
    targets: tuple[str, str]


def header_html(looker: Looker, name: str, timing: Timing | None = None) -> str:
    """What stands above a network's column: its name and label, what it is made of, and its time."""
    weights, records = looker.weights, looker.weights.plan
    side = weights.preprocessing.crop
    facts = (
        t("{depth} weighted layers").format(depth=weights.spec.depth),
        t("{count} parameters").format(count=count_text(records.params)),
        t("{count} MACs").format(count=count_text(records.macs)),
        t("{side} × {side} pixels").format(side=side),
    )
    lines = "".join(f"<div>{fact}</div>" for fact in facts)
    if timing:
        lines += f"<div><b>{milliseconds_text(timing.milliseconds)}</b> {t('a pass')}{_range(timing)}</div>"
    # Two lines for the label, used or not, so that the pictures below stand on one line.
    clamp = "display:-webkit-box;-webkit-line-clamp:2;-webkit-box-orient:vertical;overflow:hidden"
    return (
        f"<div style='font-size:1.6rem;font-weight:700;line-height:1.25;overflow-wrap:anywhere'>"
        f"{escape(name)}</div>"
        f"<div style='{clamp};height:2.8rem;line-height:1.4rem;opacity:0.75;overflow-wrap:anywhere' "
        f"title='{escape(weights.label)}'>{escape(weights.label)}</div>"
        f"<div style='font-size:1.1rem;line-height:1.4;margin-top:0.3rem'>{lines}</div>"
    )


def _range(timing: Timing) -> str:
    """The fastest and the slowest run, small; nothing where there was one."""
    if timing.slowest <= timing.fastest:
        return ""
    ends = " – ".join(
        milliseconds_text(each).removesuffix(" ms") for each in (timing.fastest, timing.slowest)
    )
    return f" <span style='font-size:0.95rem;opacity:0.75;white-space:nowrap'>({ends})</span>"


def milliseconds_text(milliseconds: float) -> str:
    """A time of three digits or so: "4.27 ms", "38.5 ms", "1,240 ms"."""
    digits = 2 if milliseconds < 10 else 1 if milliseconds < 100 else 0
    return f"{milliseconds:,.{digits}f} ms"


def gaps_html(networks: Sequence[str], gaps: Sequence[Gap]) -> str:
    """Class × network: each probability as a number on a bar, each network's largest of these in bold."""
    largest = [max(gap.probabilities[n] for gap in gaps) for n in range(len(networks))]
    rows = [
        _cell(_name(gap.name), kind="th")
        + "".join(_bar_cell(p, p == largest[n]) for n, p in enumerate(gap.probabilities))
        for gap in gaps
    ]
    return _table((t("class"), *networks), rows)


def pairs_html(networks: Sequence[str], pairs: Sequence[PairRow]) -> str:
    """Pair × measure."""
    return _table((t("pair"), t("variation"), t("maps alike")), [_pair(networks, pair) for pair in pairs])


def _pair(networks: Sequence[str], pair: PairRow) -> str:
    one, other = networks[pair.distance.one], networks[pair.distance.other]
    alike = NOTHING if pair.likeness is None else f"{pair.likeness:.2f}".replace("-", "−")
    same = pair.targets[0] == pair.targets[1]
    small = "" if same else f"<div style='font-size:1rem;opacity:0.75'>{t('each for its own class')}</div>"
    return (
        _cell(f"{_once(one)} – {_once(other)}", kind="th")
        + _bar_cell(pair.distance.total_variation, text=f"{pair.distance.total_variation:.3f}")
        + _cell(alike + small)
    )


def matrix_html(
    networks: Sequence[str],
    classes: Sequence[tuple[str, ...]],
    rows: Sequence[PhotoRow],
    heads: Sequence[str],
) -> str:
    """Photo × network: the most probable class; where networks of one class list differ, a mark and ≠.

    Args:
        networks: what each is called.
        classes: the names of each network's classes.
        rows: what each says of each photo.
        heads: HTML of each photo, to stand before its row.
    """
    body = [
        _cell(head, kind="th") + "".join(_first_cell(first, mark) for first, mark in _marked(row, classes))
        for row, head in zip(rows, heads, strict=False)
    ]
    return _table((t("photo"), *networks), body)


def differing(row: PhotoRow, classes: Sequence[tuple[str, ...]]) -> set[int]:
    """The numbers of the networks that share their classes with another one that says something else."""
    found: set[int] = set()
    for group in class_groups(classes):
        answered = [number for number in group if row.firsts[number] is not None]
        if answered and not agree(first[0] for n in answered if (first := row.firsts[n])):
            found |= set(answered)
    return found


def _marked(row: PhotoRow, classes: Sequence[tuple[str, ...]]) -> list[tuple[tuple[str, float] | None, bool]]:
    differ = differing(row, classes)
    return [(first, number in differ) for number, first in enumerate(row.firsts)]


def _first_cell(first: tuple[str, float] | None, differs: bool) -> str:
    if first is None:
        return _cell(NOTHING)
    name, probability = first
    mark = "≠ " if differs else ""
    below = f"<div style='font-size:1rem;font-weight:400;opacity:0.75'>{probability:.1%}</div>"
    return _cell(f"{mark}{_name(name)}{below}", _DIFFERS if differs else "")


def _name(name: str) -> str:
    """A class, cut where it is long, and then whole on hovering; a word that is too long may be broken."""
    short = shortened(name)
    if short == name and max(map(len, name.split()), default=0) <= _LONGEST_WORD:
        return escape(short)
    return f"<span style='overflow-wrap:anywhere' title='{escape(name)}'>{escape(short)}</span>"


def _bar_cell(share: float, bold: bool = False, text: str | None = None) -> str:
    colour = rgba(STAGE_COLOURS["stage 1"], 0.45)
    edge = f"{100 * share:.1f}%"
    style = f"background:linear-gradient(to right, {colour} {edge}, transparent {edge});min-width:6.5rem"
    return _cell(text or f"{share:.1%}", style + (";font-weight:700" if bold else ""))


def _cell(content: str, style: str = "", kind: str = "td") -> str:
    more = "text-align:left;font-weight:400" if kind == "th" else "font-variant-numeric:tabular-nums"
    return f"<{kind} style='{_CELL};{more};{style}'>{content}</{kind}>"


def _once(text: str) -> str:
    """A text that is not broken."""
    return f"<span style='white-space:nowrap'>{escape(text)}</span>"


def _table(heads: Sequence[str], rows: Sequence[str]) -> str:
    few = len(heads) <= _FEW
    head = "".join(
        f"<th style='{_CELL};text-align:left'>{_once(name) if few else escape(name)}</th>" for name in heads
    )
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    table = (
        f"<table style='{_TABLE};font-size:{'1.15rem' if few else '1rem'}'><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )
    if not few:
        table = table.replace(_CELL, _NARROW_CELL)
    return f"<div style='overflow-x:auto'>{table}</div>"


def top_rows(photo: str, networks: Sequence[str], answers: Sequence[Answer]) -> list[Row]:
    """One row per network and class of its five likeliest."""
    return [
        {
            "photo": for_spreadsheet(photo),
            "network": network,
            "weights": answer.looker.weights.label,
            "rank": rank,
            "label": name,
            "probability": round(probability, 6),
        }
        for network, answer in zip(networks, answers, strict=True)
        for rank, (name, probability) in enumerate(answer.top(), start=1)
    ]


def matrix_rows(
    networks: Sequence[str], classes: Sequence[tuple[str, ...]], rows: Sequence[PhotoRow]
) -> list[Row]:
    """One row per photo and network."""
    return [
        {
            "photo": row.photo,
            "network": network,
            "label": first[0] if first else "",
            "probability": round(first[1], 6) if first else "",
            "differs": "yes" if differs else "no",
        }
        for row in rows
        for network, (first, differs) in zip(networks, _marked(row, classes), strict=True)
    ]


def side_by_side_json(
    photo: str,
    method: str,
    networks: Sequence[str],
    found: SideBySide,
    maps: Sequence[Map],
    pairs: Sequence[PairRow],
) -> str:
    """All numbers of the page as JSON.

    Args:
        photo: its name.
        method: by which the maps were read, as a caption names it.
        networks: what each is called.
        found: their answers and times.
        maps: of each network.
        pairs: how far apart those of one class list are.
    """
    several = [
        _network_numbers(network, answer, found, heat)
        for network, answer, heat in zip(networks, found.answers, maps, strict=True)
    ]
    apart = [
        {
            "networks": [networks[pair.distance.one], networks[pair.distance.other]],
            "total_variation": pair.distance.total_variation,
            "map_rank_correlation": pair.likeness,
            "map_targets": list(pair.targets),
        }
        for pair in pairs
    ]
    numbers = {"photo": photo, "method": method, "networks": several, "pairs": apart}
    return json.dumps(numbers, ensure_ascii=False, indent=1) + "\n"


def _network_numbers(network: str, answer: Answer, found: SideBySide, heat: Map) -> dict[str, Any]:
    looker, timing = answer.looker, found.times.get(answer.looker.weights.key)
    return {
        "network": network,
        "weights": looker.weights.label,
        "code": encode_spec(looker.weights.spec),
        "weighted_layers": looker.weights.spec.depth,
        "params": looker.weights.plan.params,
        "macs": looker.weights.plan.macs,
        "side": looker.weights.preprocessing.crop,
        "milliseconds": timing.milliseconds if timing else None,
        "fastest_milliseconds": timing.fastest if timing else None,
        "slowest_milliseconds": timing.slowest if timing else None,
        "runs": timing.runs if timing else 0,
        "top": [{"label": name, "probability": value} for name, value in answer.top()],
        "target": answer.name,
        "probability": answer.probability,
        "stage": answer.result.outputs[0].stage,
        "map": heat.tolist(),
    }
