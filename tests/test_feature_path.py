"""The picture of the path: valid SVG, everything to one scale, every label there."""

import re
from xml.etree import ElementTree

import pytest

from resnet_explorer.feature_path import THINNEST, feature_maps, path_svg, path_text
from resnet_explorer.plan import plan
from resnet_explorer.spec import PRESETS, ResNetSpec, preset, title

SVG = "{http://www.w3.org/2000/svg}"


def drawing(spec: ResNetSpec, size: tuple[int, int], chosen: str = "") -> ElementTree.Element:
    return ElementTree.fromstring(path_svg(plan(spec, size), chosen))


def sides(svg: ElementTree.Element) -> dict[str, tuple[float, float]]:
    """Length and height of the front face of each map's box, as drawn."""
    found = {}
    for group in svg.iter(f"{SVG}g"):
        polygon = group.find(f"{SVG}polygon")
        assert polygon is not None
        points = [tuple(map(float, pair.split(","))) for pair in polygon.attrib["points"].split()]
        found[group.attrib["data-key"]] = (points[1][0] - points[0][0], points[2][1] - points[1][1])
    return found


@pytest.mark.parametrize(
    ("name", "size", "text"),
    [
        ("resnet50", (224, 224), "224 → 112 → 56 → 28 → 14 → 7 → 1"),
        ("resnet18", (225, 225), "225 → 113 → 57 → 29 → 15 → 8 → 1"),
        ("resnet20_cifar", (32, 32), "32 → 16 → 8 → 1"),
        ("resnet18", (224, 160), "224×160 → 112×80 → 56×40 → 28×20 → 14×10 → 7×5 → 1"),
    ],
)
def test_the_sizes_in_a_line(name: str, size: tuple[int, int], text: str) -> None:
    assert path_text(plan(preset(name), size)) == text


def test_heights_are_to_scale_and_lengths_are_to_theirs() -> None:
    boxes = sides(drawing(preset("resnet50"), (224, 224)))
    assert list(boxes) == [
        "input", "conv1", "maxpool", "stage 1", "stage 2", "stage 3", "stage 4", "avgpool", "fc",
    ]  # fmt: skip
    heights = {"input": 224, "conv1": 112, "maxpool": 56, "stage 1": 56, "stage 2": 28, "stage 3": 14}
    for key, pixels in heights.items():
        assert boxes[key][1] / boxes["input"][1] == pytest.approx(pixels / 224, abs=0.002)
    lengths = {"stage 1": 256, "stage 2": 512, "stage 3": 1024, "stage 4": 2048, "fc": 1000}
    for key, channels in lengths.items():
        assert boxes[key][0] / boxes["stage 4"][0] == pytest.approx(channels / 2048, abs=0.002)


def test_a_map_of_one_pixel_can_still_be_seen() -> None:
    boxes = sides(drawing(preset("resnet18"), (2000, 2000)))
    assert boxes["avgpool"][1] == pytest.approx(THINNEST, abs=0.11)


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("size", [(1, 1), (32, 32), (97, 300), (4096, 64)])
def test_every_map_is_drawn_inside_the_picture_with_its_shape(name: str, size: tuple[int, int]) -> None:
    p = plan(PRESETS[name], size)
    svg = ElementTree.fromstring(path_svg(p))
    _, _, width, height = map(float, svg.attrib["viewBox"].split())
    for polygon in svg.iter(f"{SVG}polygon"):
        for pair in polygon.attrib["points"].split():
            x, y = map(float, pair.split(","))
            assert -1 <= x <= width + 1
            assert -1 <= y <= height + 1
    words = " ".join(text.text or "" for text in svg.iter(f"{SVG}text"))
    for m in feature_maps(p):
        channels, *rest = m.shape
        assert (f"{channels} × {rest[0]} × {rest[1]}" if rest else str(channels)) in words
    for stage in range(1, len(p.stages) + 1):
        assert f"stage {stage}" in words
        assert f"conv{stage + 1}_x layer{stage}" in words


def test_networks_of_one_stage_and_without_a_top_end_where_they_end() -> None:
    p = plan(ResNetSpec("basic", (1,), include_top=False), (64, 64))
    assert [m.key for m in feature_maps(p)] == ["input", "conv1", "maxpool", "stage 1"]
    assert path_text(p) == "64 → 32 → 16"


@pytest.mark.parametrize("size", [(1, 1), (224, 224)])
@pytest.mark.parametrize("spec", [ResNetSpec("bottleneck", (1,), include_top=False), preset("resnet50")])
def test_the_rulers_leave_room_for_the_name(spec: ResNetSpec, size: tuple[int, int]) -> None:
    svg = drawing(spec, size)
    name = next(text for text in svg.iter(f"{SVG}text") if text.get("y") == "26")
    assert name.text == title(spec)
    starts = [
        float(path.attrib["d"][1:].split()[0]) for path in svg.findall(f"{SVG}path[@stroke-width='2.5']")
    ]
    assert len(starts) == 2
    assert min(starts) > float(name.attrib["x"]) + 8.5 * len(title(spec))


def test_many_classes_are_cut_and_do_not_squeeze_the_maps() -> None:
    few = sides(drawing(preset("resnet18").with_(num_classes=1024), (224, 224)))
    many = sides(drawing(preset("resnet18").with_(num_classes=100_000), (224, 224)))
    assert many["stage 4"] == pytest.approx(few["stage 4"], abs=0.2)
    assert "⫽" in path_svg(plan(preset("resnet18").with_(num_classes=100_000)))
    assert "⫽" not in path_svg(plan(preset("resnet18")))


def test_the_chosen_map_is_underlaid_and_a_file_has_a_ground() -> None:
    p = plan(preset("resnet18"))
    assert path_svg(p, "stage 2").count('rx="12"') == 1
    assert path_svg(p).count('rx="12"') == 0
    assert 'fill="#ffffff"' in path_svg(p, standalone=True)
    assert 'fill="#ffffff"' not in path_svg(p)


def test_text_takes_the_themes_colour() -> None:
    colours = re.findall(r'<text [^>]*fill="([^"]+)"', path_svg(plan(preset("resnet18"))))
    assert set(colours) == {"currentColor"}
