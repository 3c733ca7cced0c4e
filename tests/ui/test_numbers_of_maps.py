"""Maps as numbers have the same keys, and call classes the same, in every language."""

import json
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
import torch

from resnet_explorer.common.i18n import speaking, t
from resnet_explorer.explanation.captioned_figure import Caption
from resnet_explorer.ui.explanation.film_strip import strip_numbers
from resnet_explorer.ui.finetune.evaluation.maps_view import Maps
from resnet_explorer.weights.shown_names import shown_name

CAPTION = Caption("ResNet-18", "mine", "cat.png", "cat", 0.5, "stage 4", "Grad-CAM")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_before_and_after(language: str) -> None:
    with speaking(language):
        sides = [
            SimpleNamespace(
                when=t(when),
                name="mine",
                label=shown_name("cat"),
                probability=0.5,
                result=SimpleNamespace(target=0),
                found=SimpleNamespace(map=torch.zeros(1, 2)),
            )
            for when in ("Before", "After")
        ]
        viewed = SimpleNamespace(caption=lambda *_: CAPTION)
        choice = SimpleNamespace(method="gradcam", stage=4)
        both, alone = (
            json.loads(Maps(cast(Any, viewed), cast(Any, choice), cast(Any, some), (), (), ()).numbers())
            for some in (sides, sides[1:])
        )
    expected = {"network": "mine", "class": "cat", "probability": 0.5, "map": [[0.0, 0.0]]}
    assert both["before"] == both["after"] == alone["after"] == expected
    assert "before" not in alone


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_film_strip(language: str) -> None:
    maps = [SimpleNamespace(stage=number, map=np.full((1, 1), number)) for number in range(3)]
    with speaking(language):
        numbers = json.loads(strip_numbers(CAPTION, cast(Any, maps)))
    assert [numbers[name] for name in ("stem", "stage 1", "stage 2")] == [[[0]], [[1]], [[2]]]
