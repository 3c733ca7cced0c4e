"""Charts carry the plan's numbers and the stages' colours."""

import pytest

from resnet_explorer.architecture.cost_figures import stage_bars
from resnet_explorer.common.colours import STAGE_COLOURS
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import ResNetSpec, preset


def test_bars_are_the_stages_and_add_up() -> None:
    p = plan(preset("resnet50"))
    params, macs = stage_bars(p).data
    assert list(params.y) == ["stem", "stage 1", "stage 2", "stage 3", "stage 4", "head"]
    assert list(params.marker.color) == list(STAGE_COLOURS.values())
    assert sum(params.x) == 25_557_032
    assert sum(macs.x) == 4_089_184_256
    assert params.text[4] == "15.0 M · 58.6 %"


def test_flops_are_twice_the_macs_and_say_so() -> None:
    figure = stage_bars(plan(preset("resnet50")), "FLOPs")
    assert sum(figure.data[1].x) == 2 * 4_089_184_256
    assert [note.text for note in figure.layout.annotations] == ["Parameters", "FLOPs"]


@pytest.mark.parametrize("top", [True, False])
def test_a_head_without_layers_has_no_bar(top: bool) -> None:
    p = plan(ResNetSpec("basic", (1, 1), include_top=top), (64, 64))
    assert ("head" in stage_bars(p).data[0].y) is top
