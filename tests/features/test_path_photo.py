"""The photo in the picture of the path: true cells, crisp; the answer as bars; nothing moves for them."""

from __future__ import annotations

import base64
import io
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from resnet_explorer import plan, preset
from resnet_explorer.architecture.feature_path_svg import OnPath, path_svg
from resnet_explorer.explanation.heatmap import DIVERGING, colour_table
from resnet_explorer.features.path_maps import BoxMap
from resnet_explorer.features.path_photo import answer_end, channel_notes, face

SVG = "{http://www.w3.org/2000/svg}"
BEST = [("tabby cat", 0.71), ("a very long name of a thing", 0.14), ("lynx", 0.05), ("tiger", 0.03)]


def pixels(address: str) -> np.ndarray:
    file = base64.b64decode(address.partition(",")[2])
    return np.asarray(Image.open(io.BytesIO(file)).convert("RGB"))


def test_a_cell_is_a_pixel_0_is_black_and_the_largest_value_white() -> None:
    found = face(BoxMap("stage 3", np.array([[0, 1], [2, 4]], dtype=np.float32), 7))
    assert pixels(found.address)[..., 0].tolist() == [[0, 64], [128, 255]]
    assert (found.cells, found.words) == ((2, 2), "channel 7, 2 × 2 cells up to 4")


def test_below_0_it_is_blue_and_above_orange() -> None:
    found = face(BoxMap("stage 3", np.array([[-2, 0, 1]], dtype=np.float32)))
    table = colour_table(DIVERGING)
    assert pixels(found.address)[0].tolist() == [table[step].tolist() for step in (0, 128, 191)]
    assert found.words == "mean of its channels, 1 × 3 cells up to 1"


def places(svg: str) -> list[tuple[str, dict[str, str]]]:
    """Boxes, tracks, arrows and the picture itself: what stands where."""
    root = ElementTree.fromstring(svg)
    kept = [(each.tag, dict(each.attrib)) for each in root.iter() if each.tag == f"{SVG}polygon"]
    tracks = [(each.tag, dict(each.attrib)) for each in root.iter() if each.get("opacity") == "0.18"]
    names = [
        (each.text or "", {key: each.attrib[key] for key in "xy"})
        for each in root.iter(f"{SVG}text")
        if each.text in ("input", "64 × 56 × 56", "stage 4", "fc", "184")
    ]
    return [("picture", {"box": root.attrib["viewBox"]}), *kept, *tracks, *names]


@pytest.mark.parametrize("detail", ["all", "some", "least"])
@pytest.mark.parametrize("speaks", [False, True])
def test_nothing_moves_when_the_maps_arrive(detail: str, speaks: bool) -> None:
    p = plan(preset("resnet18").with_(num_classes=184))
    maps = [BoxMap(f"stage {n}", np.ones((7, 7), dtype=np.float32), 5 if speaks else None) for n in (1, 4)]
    waiting = OnPath(notes={} if speaks else None, end=answer_end((), ""))
    there = OnPath(
        {each.key: face(each) for each in maps},
        channel_notes(maps) if speaks else None,
        answer_end(BEST, "answer"),
        "Answer: tabby cat 71%",
    )
    before, after = (path_svg(p, photo=photo, detail=detail) for photo in (waiting, there))  # type: ignore[arg-type]
    assert places(before) == places(after)
    assert len(places(after)) > 30
    assert (before.count("<image"), after.count("image-rendering:pixelated")) == (0, 2)
    assert ("channel 5" in after) == speaks
    assert "7 → 1. Answer: tabby cat 71%</title>" in after


def test_the_bars_are_as_long_as_the_classes_are_probable_and_their_names_fit() -> None:
    end = ElementTree.fromstring(
        f"<svg xmlns='http://www.w3.org/2000/svg'>{answer_end(BEST, '').content}</svg>"
    )
    rows = end.findall(f"{SVG}g")
    assert [row.attrib["data-key"] for row in rows] == [f"class:{name}" for name, _ in BEST]
    widths = [float(row.findall(f"{SVG}rect")[1].attrib["width"]) for row in rows]
    assert widths == pytest.approx([184 * share for _, share in BEST], abs=0.01)
    texts = [[each.text for each in row.findall(f"{SVG}text")] for row in rows]
    assert texts[:2] == [["tabby cat", "71.0%"], ["a very long na…", "14.0%"]]
    assert (rows[1].findtext(f"{SVG}title"), rows[1].attrib["role"]) == (f"{BEST[1][0]}: 14.00%", "button")
