"""The sentence that holds a guess against what was measured."""

from __future__ import annotations

import pytest

from resnet_explorer.common.i18n import speaking
from resnet_explorer.ui.labs.depth.gradient import GRADIENT_LAB
from resnet_explorer.ui.labs.question import Guess, verdict


@pytest.mark.parametrize(
    ("language", "said"), [("en", "**It grows**, not “It vanishes”."), ("zh", "**增长**")]
)
def test_a_choice_is_told_without_its_numbers_in_any_language(language: str, said: str) -> None:
    with speaking(language):
        told = verdict(Guess("", "vanishes"), "grows", GRADIENT_LAB.choices, "")
    assert told.startswith(said) and ":" not in told and "：" not in told
