"""A click on a picture of a moment ago, not yet replaced by the next, means nothing and breaks nothing."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from resnet_explorer.ui.features import sparsity
from resnet_explorer.ui.finetune.evaluation import confusion_view, photo_view
from resnet_explorer.ui.inside import block_view


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What a session keeps, for the callbacks."""
    kept: dict[str, Any] = {}
    for view in (sparsity, confusion_view, photo_view):
        monkeypatch.setattr(view.st, "session_state", kept)
    return kept


@pytest.mark.parametrize("part", ["output:7,0", "output:0,7", "shortcut:0,0"])
def test_on_the_cell_of_a_larger_map_or_of_a_part_that_this_block_has_not(part: str) -> None:
    shown: Any = SimpleNamespace(maps={"output": np.zeros((7, 7))})
    nobody: Any = None
    block_view._pick(part, nobody, shown, nobody, None)


def test_on_the_bar_of_a_deeper_network(state: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    gone: list[str] = []
    places: Any = ["stem", "layer1.0"]
    monkeypatch.setattr(sparsity, "go_to", gone.append)
    for number in (1, 2):
        monkeypatch.setattr(sparsity, "clicked_point", lambda key, number=number: {"customdata": number})
        sparsity._choose(places)
    assert gone == ["layer1.0"]
    assert state == {"fm_view": "maps"}


def test_on_a_photo_of_a_run_of_more(state: dict[str, Any]) -> None:
    out: list[int] = []
    evaluated: Any = SimpleNamespace(
        predictions=SimpleNamespace(names=("a.jpg", "b.jpg")), toggle_excluded=out.append
    )
    for key in ("out:1", "out:2", "2"):
        confusion_view._click(evaluated, key)
    assert out == [1] and not state
    confusion_view._click(evaluated, "1")
    assert state["tr_photo"] == 1


def test_on_a_class_that_is_not_among_the_likeliest_any_more(
    state: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []
    monkeypatch.setattr(photo_view, "show_svg", lambda svg, key, on_pick, **look: told.append(on_pick))
    prediction = SimpleNamespace(top=lambda count: [(1, 0.9), (0, 0.1)])
    side: Any = SimpleNamespace(
        result=SimpleNamespace(prediction=prediction, target=1), classes=("daisy", "rose"), when="After"
    )
    photo_view._show_bars_after(side, 1)
    told[0]("tulip")
    assert not state
    told[0]("✓ rose")
    assert state == {"tr_class": 1}
