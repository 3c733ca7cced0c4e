"""The picture of the path: valid SVG, everything to its scale, every label there."""

import re
from xml.etree import ElementTree

import pytest

from resnet_explorer.architecture.feature_maps import feature_maps
from resnet_explorer.architecture.feature_path_svg import OnPath, path_svg, path_text
from resnet_explorer.architecture.map_box_svg import THINNEST, Face
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import PRESETS, ResNetSpec, preset, title

SVG = "{http://www.w3.org/2000/svg}"


def drawing(spec: ResNetSpec, size: tuple[int, int], chosen: str = "") -> ElementTree.Element:
    return ElementTree.fromstring(path_svg(plan(spec, size), chosen))


def sides(svg: ElementTree.Element) -> dict[str, tuple[float, float]]:
    """Of each map's box as drawn: how far its channels go to the right, and the height of its front."""
    found = {}
    for group in svg.iter(f"{SVG}g"):
        front, roof, _ = (
            [tuple(map(float, pair.split(","))) for pair in polygon.attrib["points"].split()]
            for polygon in group.findall(f"{SVG}polygon")
        )
        found[group.attrib["data-key"]] = (roof[1][0] - roof[0][0], front[2][1] - front[1][1])
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


def test_a_side_8_times_as_long_is_drawn_twice_as_long_and_channels_are_to_scale() -> None:
    boxes = sides(drawing(preset("resnet50"), (224, 224)))
    assert list(boxes) == [
        "input", "conv1", "maxpool", "stage 1", "stage 2", "stage 3", "stage 4", "avgpool", "fc",
    ]  # fmt: skip
    heights = {"input": 224, "conv1": 112, "maxpool": 56, "stage 1": 56, "stage 2": 28, "stage 3": 14}
    for key, pixels in heights.items():
        assert boxes[key][1] / boxes["input"][1] == pytest.approx((pixels / 224) ** (1 / 3), abs=0.002)
    assert boxes["stage 3"][1] / boxes["conv1"][1] == pytest.approx(1 / 2, abs=0.002)
    lengths = {"stage 1": 256, "stage 2": 512, "stage 3": 1024, "stage 4": 2048, "fc": 1000}
    for key, channels in lengths.items():
        assert boxes[key][0] / boxes["stage 4"][0] == pytest.approx(channels / 2048, abs=0.003)


def test_a_map_of_one_pixel_can_still_be_seen() -> None:
    boxes = sides(drawing(preset("resnet18"), (4096, 1)))
    assert boxes["avgpool"][1] > 8
    fronts = drawing(preset("resnet18"), (4096, 1)).iter(f"{SVG}polygon")
    (left, _), (right, _) = (
        map(float, pair.split(",")) for pair in next(fronts).attrib["points"].split()[:2]
    )
    assert right - left == pytest.approx(THINNEST, abs=0.11)


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("size", [(7, 7), (32, 32), (97, 300), (4096, 64)])
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
def test_the_ruler_leaves_room_for_the_name(spec: ResNetSpec, size: tuple[int, int]) -> None:
    svg = drawing(spec, size)
    name = next(text for text in svg.iter(f"{SVG}text") if text.get("y") == "18")
    assert name.text == title(spec)
    (ruler,) = svg.findall(f"{SVG}path[@stroke-width='2.5']")
    assert float(ruler.attrib["d"][1:].split()[0]) > float(name.attrib["x"]) + 8.5 * len(title(spec))


@pytest.mark.parametrize("size", [(224, 224), (224, 448)])
def test_a_note_goes_part_by_part_before_it_makes_the_picture_wider(size: tuple[int, int]) -> None:
    def top_line(spec: ResNetSpec, note: str) -> tuple[float, str]:
        svg = ElementTree.fromstring(path_svg(plan(spec, size), note=note))
        texts = [text.text or "" for text in svg.iter(f"{SVG}text") if text.get("y") == "18"]
        return float(svg.attrib["viewBox"].split()[2]), texts[1]

    spec = ResNetSpec("bottleneck", (3, 4, 6, 3), activation="pre", shortcut="zero_pad", norm="none")
    bare, _ = top_line(spec, "")
    assert top_line(spec, "conv1 · below") == (bare, "conv1 · below")
    long = "a formula of many words " * 5
    assert top_line(spec, f"conv1 · {long}") == (bare, "conv1")
    assert top_line(spec, long) == (bare, "")


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


def test_a_picture_stands_on_the_front_of_its_box_and_a_short_one_has_names_and_shapes_alone() -> None:
    p = plan(preset("resnet50"))
    svg = ElementTree.fromstring(
        path_svg(p, photo=OnPath({"stage 1": Face("data:image/png;base64,")}), detail="least")
    )
    (image,) = svg.iter(f"{SVG}image")
    front = sides(svg)["stage 1"][1]
    assert float(image.attrib["width"]) == float(image.attrib["height"]) == pytest.approx(front, abs=0.1)
    words = [text.text for text in svg.iter(f"{SVG}text")]
    assert words[:4] == ["input", "3 × 224 × 224", "conv1", "64 × 112 × 112"]
    assert len(words) == 2 * len(feature_maps(p))


def test_text_takes_the_themes_colour() -> None:
    colours = re.findall(r'<text [^>]*fill="([^"]+)"', path_svg(plan(preset("resnet18"))))
    assert set(colours) == {"currentColor"}
