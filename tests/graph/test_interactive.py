"""The graph as a page of its own: every way to fold it, and nothing from elsewhere."""

from __future__ import annotations

import base64
import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from resnet_explorer import plan, preset
from resnet_explorer.common.i18n import speaking
from resnet_explorer.graph import interactive
from resnet_explorer.graph.diagram import cells
from resnet_explorer.graph.interactive import draw_graph


def packed(html: str) -> dict[str, Any]:
    found = re.search(r'unpacked\("([\w+/=]+)"\)', html)
    assert found
    data: dict[str, Any] = json.loads(gzip.decompress(base64.b64decode(found[1])))
    return data


def test_every_way_to_fold_is_in_it() -> None:
    p = plan(preset("resnet50"))
    data = packed(draw_graph("resnet50").html)
    assert data["folded"] == {f"layer{number}": f"layer{number}.1" for number in range(1, 5)}
    assert len(data["pictures"]) == 2**4
    for unfolded, picture in data["pictures"].items():
        folds = {f"stage {number}" for number in range(1, 5) if f"layer{number}" not in unfolded}
        assert picture["svg"].count('class="node"') == sum(len(cell.nodes) for cell in cells(p, folds=folds))
    assert data["legend"] == [["", "12 identity"], ["8 6", "4 projection"]]


def test_a_network_without_a_run_of_equal_blocks_has_one_picture() -> None:
    data = packed(draw_graph(preset("plain18").with_(depths=(1, 1))).html)
    assert (data["folded"], list(data["pictures"])) == ({}, [""])
    assert data["legend"] == [[None, "no shortcut"]]


def test_a_plan_keeps_its_size_unless_told_another() -> None:
    p = plan(preset("resnet18"), (64, 96))
    assert "64 × 32 × 48" in packed(draw_graph(p).html)["pictures"][""]["svg"]
    assert "64 × 16 × 16" in packed(draw_graph(p, (32, 32)).html)["pictures"][""]["svg"]


def test_its_script_is_the_apps_own_and_nothing_comes_from_elsewhere(tmp_path: Path) -> None:
    graph = draw_graph("resnet18", direction="TB", layers=True)
    script = Path(interactive.__file__).with_suffix(".js").read_text(encoding="utf-8")
    assert script in graph.html
    assert re.findall(r"(?:src|href)=|@import|https?://(?!www\.w3\.org)", graph.html) == []
    assert draw_graph("resnet18", direction="TB", layers=True) == graph
    graph.save(tmp_path / "graph.html")
    assert (tmp_path / "graph.html").read_text(encoding="utf-8") == graph.html
    shown = graph._repr_html_()
    assert ' title="Graph of ResNet-18: 8 blocks in 4 stages; shortcuts: 5 identity, 3 projection" ' in shown
    assert shown.startswith("<iframe srcdoc=")
    assert "<script" not in shown, "what is inside the frame is escaped"


def test_the_page_says_in_which_language_it_is() -> None:
    with speaking("zh"):
        assert '<html lang="zh-CN">' in draw_graph("resnet18").html
    assert '<html lang="en">' in draw_graph("resnet18").html


def test_what_cannot_be_drawn_is_told() -> None:
    with pytest.raises(ValueError, match="'resnet19' is no preset"):
        draw_graph("resnet19")
