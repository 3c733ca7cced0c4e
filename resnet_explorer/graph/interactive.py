"""The graph that is zoomed, walked through and folded: in the app, and as a page of its own."""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import dataclass, field
from html import escape
from itertools import combinations
from pathlib import Path
from typing import Any, Final

from resnet_explorer.common.atomic_file import write_text
from resnet_explorer.common.i18n import language_tag, msg, t
from resnet_explorer.common.text import enumerated
from resnet_explorer.graph.diagram import Direction, cells
from resnet_explorer.graph.svg import DASHES, Picture, network_svg
from resnet_explorer.network.layers import Plan
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import ResNetSpec, check_spec, preset, title
from resnet_explorer.network.spec_code import encode_spec

HTML: Final = """
<div class="graph">
  <div class="view" tabindex="0" role="application"></div>
  <div class="bar"><span class="legend"></span><span class="tools" role="toolbar"></span></div>
  <aside class="panel" aria-live="polite" hidden></aside>
  <div class="note" role="status" hidden></div>
</div>
"""
"""What the script beside this module draws into; the styles beside it say how it looks."""

_HEIGHT: Final = 560
"""Pixels of a notebook's frame."""
EXTENT: Final = {"LR": 1100.0, "TB": 800.0}
"""How long a line may be before the chain wraps, in a file."""


@dataclass(frozen=True)
class InteractiveGraph:
    """A network's graph in which a double-click folds and unfolds a stage; a notebook shows it.

    Attributes:
        html: a whole page, which loads nothing from elsewhere.
        title: what it shows.
    """

    html: str = field(repr=False)  # long
    title: str = ""

    def save(self, path: str | Path) -> None:
        """Write the page.

        Raises:
            ValueError: if it cannot be written.
        """
        write_text(Path(path), self.html)

    def _repr_html_(self) -> str:
        look = f"width:100%;height:{_HEIGHT}px;border:0"
        told = f'title="{escape(self.title)}" style="{look}" allow="fullscreen"'
        return f'<iframe srcdoc="{escape(self.html)}" {told}></iframe>'


def draw_graph(
    network: str | ResNetSpec | Plan,
    input_size: tuple[int, int] | None = None,
    *,
    direction: Direction = "LR",
    layers: bool = False,
) -> InteractiveGraph:
    """The graph of a network, its equal blocks folded, each stage unfolded by a double-click.

    Args:
        network: a preset's name, a spec or a plan.
        input_size: height and width of the image; the plan's, or the network's own, unless told.
        direction: left to right ("LR") or top to bottom ("TB").
        layers: whether the blocks are drawn layer by layer.

    Raises:
        ValueError: in one sentence, if there is no such network, or it does not take that size.
    """
    if isinstance(network, Plan):
        p = plan(network.spec, input_size or network.input_size)
    else:
        spec = preset(network) if isinstance(network, str) else network
        check_spec(spec)
        p = plan(spec, input_size or spec.natural_size)
    names = {stage.name: f"layer{number}" for number, stage in enumerate(p.stages, start=1)}
    chain = cells(p, layers=layers, folds=frozenset(names))
    folded = {
        names[cell.section]: cell.names[0] for cell in chain if cell.count > 1 and cell.section in names
    }
    pictures = {
        ",".join(unfolded): drawn(
            network_svg(
                p,
                layers=layers,
                folds={stage for stage, name in names.items() if name not in unfolded},
                direction=direction,
                extent=EXTENT[direction],
                heading=title(p.spec),
            )
        )
        for count in range(len(folded) + 1)
        for unfolded in combinations(sorted(folded), count)
    }
    hint = t("+ and − (or a double-click) unfold and fold a stage; click a box or a line for its shape.")
    return InteractiveGraph(
        _page(p, view_data(p, direction) | {"pictures": pictures, "folded": folded, "hint": hint}),
        _description(p),
    )


def view_data(p: Plan, direction: Direction) -> dict[str, Any]:
    """What the script is told of a network, but for its picture."""
    return {
        "network": encode_spec(p.spec),
        "direction": direction,
        "label": _description(p),
        "legend": _legend(p),
        "words": {
            "+": t("Larger (key +)"),
            "−": t("Smaller (key −)"),
            "fit": t("See all of it (key 0)"),
            "fit_sign": t("fit"),
            "full": t("Full screen"),
            "?": t("How the graph is used"),
            "close": t("Close"),
            "wheel": t("Click the graph, or hold Ctrl, to zoom with the wheel"),
        },
    }


def drawn(picture: Picture) -> dict[str, Any]:
    """What the script is told of a picture."""
    return {"svg": picture.svg, "width": picture.width, "height": picture.height}


def shortcut_counts(p: Plan) -> dict[str, int]:
    """How many shortcuts of each kind there are, of the kinds that there are."""
    counts = {kind: sum(block.shortcut == kind for block in p.blocks) for kind in DASHES}
    return {kind: count for kind, count in counts.items() if count}


_KINDS: Final = {"identity": msg("identity"), "projection": msg("projection"), "zero_pad": msg("zero pad")}


def _description(p: Plan) -> str:
    """What the graph shows, for those who do not see it."""
    shortcuts = enumerated(f"{count} {t(_KINDS[kind])}" for kind, count in shortcut_counts(p).items())
    return t("Graph of {network}: {blocks} blocks in {stages} stages; shortcuts: {shortcuts}").format(
        network=title(p.spec), blocks=len(p.blocks), stages=len(p.stages), shortcuts=shortcuts or t("none")
    )


def _legend(p: Plan) -> list[tuple[str | None, str]]:
    """A stroke-dasharray (None for no line) and what it means, per kind of line."""
    words = {"identity": t("identity"), "projection": t("projection"), "zero_pad": t("zeros added")}
    found = [(DASHES[kind], f"{count} {words[kind]}") for kind, count in shortcut_counts(p).items()]
    return [*found] or [(None, t("no shortcut"))]


def _page(p: Plan, data: dict[str, Any]) -> str:
    """The page, with its data packed: a network's pictures, each way to fold it, are much alike."""
    packed = gzip.compress(json.dumps(data).encode(), mtime=0)
    text = Path(__file__).with_suffix(".html").read_text(encoding="utf-8")
    for name, part in {
        "language": language_tag(),
        "title": escape(title(p.spec)),
        "style": Path(__file__).with_suffix(".css").read_text(encoding="utf-8"),
        "body": HTML,
        "script": Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
        "packed": base64.b64encode(packed).decode(),
    }.items():
        text = text.replace(f"{{{name}}}", part, 1)
    return text
