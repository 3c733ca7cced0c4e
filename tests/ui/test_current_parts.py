"""What is chosen in a picture is said to those who do not see which part stands out."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from resnet_explorer import plan, preset
from resnet_explorer.architecture.feature_path_svg import path_svg
from resnet_explorer.batch.counts_svg import counts_svg
from resnet_explorer.common import svg
from resnet_explorer.counting.waterfall_svg import Bar, waterfall_svg
from resnet_explorer.explanation.top_k_svg import top_k_svg
from resnet_explorer.finetune.dataset.photos_svg import ClassRow, class_rows
from resnet_explorer.finetune.evaluation.confusion_svg import confusion_svg, pairs_svg
from resnet_explorer.finetune.evaluation.predictions import Confusion
from resnet_explorer.inside.additions_svg import strip
from resnet_explorer.lessons.lesson import Lesson, Step
from resnet_explorer.lessons.steps_svg import steps_svg
from tests.inside.test_additions_svg import made_up

NAMES = ("cat", "dog")
BARS = [Bar(name, name, "12", "12", 12) for name in NAMES]
LESSON = Lesson("L", 45, 2 * (Step("A step", "blocks", (), "Words"),))


def _rows(chosen: str) -> str:
    return class_rows([ClassRow(name, name, 2, 1, 0, ()) for name in NAMES], 3, chosen)


PICTURES: dict[str, Callable[[bool], str]] = {
    "path": lambda is_chosen: path_svg(plan(preset("resnet18")), "stage 2" if is_chosen else ""),
    "counts": lambda is_chosen: counts_svg([(0, 3), (1, 2)], NAMES, 1 if is_chosen else None, 2),
    "waterfall": lambda is_chosen: waterfall_svg(BARS, "Bars", "dog" if is_chosen else ""),
    "likeliest": lambda is_chosen: top_k_svg([("cat", 0.9), ("dog", 0.1)], "dog" if is_chosen else "", "R"),
    "classes": lambda is_chosen: _rows("dog" if is_chosen else ""),
    "matrix": lambda is_chosen: confusion_svg(((8, 2), (1, 5)), NAMES, (0, 1) if is_chosen else None),
    "pairs": lambda is_chosen: pairs_svg(
        (Confusion(0, 1, 2), Confusion(1, 0, 1)), NAMES, (1, 0) if is_chosen else None
    ),
    **{
        f"blocks of {name}": lambda is_chosen, name=name: svg.document(
            9, 9, strip(made_up(plan(preset(name))), 2 if is_chosen else None)[0]
        )
        for name in ("resnet18", "resnet34", "resnet152")
    },
    "steps": lambda is_chosen: steps_svg(LESSON, str.title, 2 if is_chosen else None),
}


@pytest.mark.parametrize("draw", PICTURES.values(), ids=PICTURES.keys())
def test_the_chosen_part_says_so_and_no_other(draw: Callable[[bool], str]) -> None:
    for is_chosen in (True, False):
        parts = [part.attrib for part in ElementTree.fromstring(draw(is_chosen)).iter()]
        said = [part["data-key"] for part in parts if part.get("aria-current") == "true"]
        assert len(said) == is_chosen, said
