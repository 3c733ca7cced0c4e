"""The pictures of a dataset: bars to scale, every photo where it belongs, names as text."""

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_explorer.finetune.dataset.photos_svg import (
    ClassRow,
    NearDuplicate,
    augmented_views,
    class_rows,
    near_duplicate_pairs,
)

SVG = "{http://www.w3.org/2000/svg}"
NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=300)


def bars(svg: str) -> list[tuple[float, float]]:
    """Of each class, the widths of the bars of photos to learn from and to test on."""
    classes = [part for part in ET.fromstring(svg).iter(f"{SVG}g") if part.get("data-key")]
    return [tuple(float(bar.get("width", 0)) for bar in part.findall(f"{SVG}rect")[1:]) for part in classes]


def test_bars_are_to_scale() -> None:
    rows = [ClassRow("0", "cats", 30, 10, 0, ()), ClassRow("1", "dogs", 15, 4, 1, (b"\xff\xd8", b"\xff\xd8"))]
    svg = class_rows(rows, 40, "1")
    (cats, cats_tested), (dogs, dogs_tested) = bars(svg)
    assert (cats_tested / cats, dogs / cats, dogs_tested / cats) == pytest.approx((1 / 3, 1 / 2, 4 / 30))
    assert svg.count("<image ") == 2
    assert ">15 + 4 · 1 excluded<" in svg
    assert re.findall(r'data-key="(\d)"><title>.*?fill-opacity="([\d.]+)"', svg) == [("0", "0"), ("1", "0.1")]


@given(name=NAMES, learnt=st.integers(0, 10**5), tested=st.integers(0, 10**5))
def test_any_name_and_any_count_make_a_picture(name: str, learnt: int, tested: int) -> None:
    row = ClassRow("0", name, learnt, tested, 3, (b"\xff\xd8",))
    ((first, second),) = bars(class_rows([row], learnt + tested))
    assert first + second <= 266.2
    near_duplicates = near_duplicate_pairs(
        [(NearDuplicate(f"a/{name}", b"\xff\xd8"), NearDuplicate(name, b"\xff\xd8", True))]
    )
    titles = [title.text or "" for title in ET.fromstring(near_duplicates).iter(f"{SVG}title")]
    assert titles[1:] == [f"a/{name}", name]


def test_pixels_are_shown_as_squares_and_photos_smoothly() -> None:
    small, large = (
        augmented_views(b"\xff\xd8", [file] * 8, ("a", "b")) for file in (b"\x89PNG", b"\xff\xd8")
    )
    assert (small.count("pixelated"), large.count("pixelated")) == (8, 0)
    assert small.count("data:image/png") == 8
    assert large.count("data:image/jpeg") == 9
