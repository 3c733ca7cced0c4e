"""The picture of networks beside each other."""

import re
from dataclasses import replace

import pytest

from resnet_explorer.side_by_side.columns_svg import HEIGHT, WIDTH, NetworkColumn, columns_svg

BEST = [("golden retriever", 0.5), ("cat", 0.25), ("<b>", 0.125), ("ship", 0.1), ("frog", 0.025)]
COLUMN = NetworkColumn(
    "ResNet-18", "18 layers", BEST, "cat", "stage 4", (7, 7), 0.25, "data:image/png;base64,x", "data:y"
)


@pytest.mark.parametrize("count", range(1, 7))
def test_each_network_has_its_name_its_map_and_bars_for_a_click_inside_the_picture(count: int) -> None:
    svg = columns_svg([replace(COLUMN, name=f"N{number}") for number in range(count)])
    assert f'viewBox="0 0 {WIDTH} {HEIGHT}"' in svg
    assert svg.count('data-key="cat"') == svg.count("for cat</tspan>") == count
    assert svg.count("data-key") == count * (5 if count <= 2 else 3)
    assert all(f">N{number}</text>" in svg for number in range(count))
    assert "<b>" not in svg
    lefts = [float(left) for left in re.findall(r'translate\(([\d.]+) 0\)"><text', svg)]
    assert len(lefts) == count and max(lefts) + (WIDTH - 140) / 6 <= WIDTH


def test_those_who_hear_it_are_told_the_answers_and_what_the_map_is_for() -> None:
    assert (
        'aria-label="ResNet-18: golden retriever 50.0%, cat 25.0%, &lt;b&gt; 12.5%, ship 10.0%, frog 2.5%; '
        'the map of stage 4 over the photo, for cat"'
    ) in columns_svg([COLUMN])


def test_a_map_of_zeros_says_so() -> None:
    assert "0 everywhere" in columns_svg([replace(COLUMN, peak=0.0)])
