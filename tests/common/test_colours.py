"""Streamlit's own charts have the colours of the stages."""

import tomllib

from resnet_explorer.common.colours import STAGE_COLOURS
from tests.places import ROOT


def test_the_colours_of_charts_begin_with_those_of_the_stages() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    charts = config["theme"]["chartCategoricalColors"]
    in_charts = [*(f"stage {number}" for number in range(1, 5)), "head", "stem"]
    assert charts[: len(STAGE_COLOURS)] == [STAGE_COLOURS[section] for section in in_charts]
    assert set(in_charts) == set(STAGE_COLOURS)
