"""The confusion matrix and the grid of photos as pictures that can be clicked."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from resnet_explorer.finetune.dataset.thumbnail_grid_svg import Thumbnail, thumbnail_grid
from resnet_explorer.finetune.evaluation.confusion_svg import COLOUR, confusion_svg, opacity, pairs_svg
from resnet_explorer.finetune.evaluation.figures import reliability_figure
from resnet_explorer.finetune.evaluation.predictions import Confusion, Predictions, calibration
from tests.contrast import READABLE, contrast_on, pale_texts

SVG = "{http://www.w3.org/2000/svg}"


def keys(svg: str) -> list[str]:
    return [part.get("data-key", "") for part in ET.fromstring(svg).iter() if part.get("data-key")]


def test_every_cell_with_a_photo_can_be_clicked_and_says_what_it_is() -> None:
    svg = confusion_svg(((8, 2), (0, 5)), ("daisy", "rose"), None)
    assert keys(svg) == ["0-0", "0-1", "1-1"]
    titles = [title.text for title in ET.fromstring(svg).iter(f"{SVG}title")]
    assert titles[1:] == [
        "8 of 10 daisy: correct",
        "2 of 10 daisy: predicted as rose",
        "5 of 5 rose: correct",
    ]
    assert [text.text for text in ET.fromstring(svg).iter(f"{SVG}text") if text.text in "0258"] == list(
        "8205"
    )


def test_numbers_are_read_on_every_cell_in_both_themes() -> None:
    assert min(contrast_on(COLOUR, opacity(share)) for share in (0, 0.1, 0.5, 1)) >= READABLE
    assert not pale_texts(ET.fromstring(confusion_svg(((8, 0), (0, 5)), ("daisy", "rose"), None)))


def test_the_chosen_cell_has_a_frame() -> None:
    counts = ((8, 2), (0, 5))
    assert 'fill="none"' not in confusion_svg(counts, ("daisy", "rose"), None)
    assert confusion_svg(counts, ("daisy", "rose"), (0, 1)).count('fill="none"') == 1


def test_colours_are_shares_of_the_row() -> None:
    svg = confusion_svg(((8, 2), (1, 0)), ("daisy", "rose"), None)
    found = [float(value) for value in re.findall(r'<rect [^>]*opacity="([\d.]+)"', svg)]
    assert found[:4] == pytest.approx([opacity(0.8), opacity(0.2), opacity(1.0), opacity(0)], abs=1e-3)


@pytest.mark.parametrize("count", [2, 5, 12, 13, 30])
def test_a_matrix_of_any_size_stays_in_its_frame(count: int) -> None:
    counts = tuple(map(tuple, np.full((count, count), 1234).tolist()))
    root = ET.fromstring(confusion_svg(counts, tuple(f"a very long name {n}" for n in range(count)), None))
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    rects = list(root.iter(f"{SVG}rect"))
    assert len(rects) == count * count + 5
    assert max(float(rect.get("x", 0)) + float(rect.get("width", 0)) for rect in rects) <= width
    assert max(float(rect.get("y", 0)) + float(rect.get("height", 0)) for rect in rects) <= height
    assert width <= 1320


def test_the_worst_pairs_stand_in_order() -> None:
    svg = pairs_svg((Confusion(2, 0, 9), Confusion(0, 1, 3)), ("daisy", "rose", "tulip"), (0, 1))
    assert keys(svg) == ["2-0", "0-1"]
    assert "tulip, predicted as daisy" in svg


def test_a_photo_and_its_box_are_clicked_apart() -> None:
    tiles = [
        Thumbnail("7", "a.jpg", b"jpeg", ("daisy",), False),
        Thumbnail("9", "b.jpg", b"", ("rose",), True),
    ]
    svg = thumbnail_grid(tiles, 3, 1, 130)
    assert keys(svg) == ["7", "out:7", "9", "out:9"]
    boxes = [part.get("aria-checked") for part in ET.fromstring(svg).iter() if part.get("role") == "checkbox"]
    assert boxes == ["false", "true"]
    names = [part.get("aria-label") for part in ET.fromstring(svg).iter() if part.get("data-key")]
    assert names == ["a.jpg: daisy", "a.jpg: exclude", "b.jpg: rose", "b.jpg: exclude"]
    assert "cannot be read" in svg
    assert "out:" not in thumbnail_grid([Thumbnail("7", "a.jpg", b"jpeg", ("daisy",))], 3, 1, 130)


def test_names_are_text_and_nothing_else() -> None:
    evil = '<script>"&'
    pictures = (
        confusion_svg(((1, 1), (1, 1)), (evil, "rose"), None),
        pairs_svg((Confusion(0, 1, 1),), (evil, "rose"), None),
        thumbnail_grid([Thumbnail("1", evil, b"x", (evil,), False)], 2, 1, 82),
    )
    for svg in pictures:
        assert "<script" not in svg
        ET.fromstring(svg)


def test_the_reliability_diagram_has_a_bar_for_each_bin_with_photos() -> None:
    sure = np.array([0.9, 0.9, 0.8, 0.8, 0.55])
    labels = np.array([0, 0, 0, 1, 1])
    found = calibration(Predictions(("a", "b"), tuple("vwxyz"), labels, np.stack([sure, 1 - sure], axis=1)))
    right, counts = (trace for trace in reliability_figure(found).data if trace.type == "bar")
    assert list(right.x) == pytest.approx([0.55, 0.75, 0.85])
    assert list(right.y) == pytest.approx([0, 0.5, 1])
    assert list(counts.text) == ["1", "2", "2"]
