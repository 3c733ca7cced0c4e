"""One number on the page Inside: what is chosen is what the library computes; a click leads on."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from resnet_explorer import ResNetSpec
from resnet_explorer.common.numbers import significant_text
from resnet_explorer.explanation.predict import default_view
from resnet_explorer.features.activations import activation_statistics
from resnet_explorer.features.statistics import peak_cell
from resnet_explorer.inside.arithmetic import Arithmetic, arithmetic
from resnet_explorer.inside.block_values import block_values_at
from resnet_explorer.inside.layer_values import layer_values
from resnet_explorer.photos.samples import open_sample
from resnet_explorer.ui.inside import arithmetic_view, block_view
from resnet_explorer.ui.photos.viewed_photo import ViewedPhoto
from resnet_explorer.weights.catalogue import find, load
from tests.pages.bundled_network import bundle, network_and_input, random_network
from tests.pages.opened import opened, pictures
from tests.pages.opened import text as opened_text
from tests.pages.picture_clicks import clicks_on

SPEC = ResNetSpec("basic", (2, 1), width=8, stem="cifar", num_classes=10)


@pytest.fixture(autouse=True)
def small_bundled_network(bundled_file: Path) -> None:
    bundle(random_network(SPEC))


def of(layer: str, channel: int, row: int, column: int) -> Arithmetic:
    return arithmetic(layer_values(*network_and_input(), layer), channel, row, column)


def check(page: AppTest, expected: Arithmetic) -> None:
    assert not page.exception
    assert not page.error
    value, total = significant_text(expected.shown), significant_text(expected.total)
    said = opened_text(page)
    assert f"**{value}**: " in said
    assert f"{expected.products:,} products sum to **{total}**" in said
    (picture,) = [each for each in pictures(page) if "the value and its arithmetic" in each]
    place = f"channel {expected.channel}, row {expected.row}, column {expected.column}"
    assert f"{expected.layer.name}, {place}" in picture


def test_the_first_view_is_the_peak_of_the_first_blocks_most_active_channel() -> None:
    numbers = activation_statistics(*network_and_input()).places[1]
    channel = int(numbers.mean.argmax())
    values = layer_values(*network_and_input(), "layer1.0.conv2")
    check(
        opened("inside", in_source="arithmetic"),
        of("layer1.0.conv2", channel, *peak_cell(values.last[channel])),
    )


def test_a_link_names_the_number_and_every_layer_has_some() -> None:
    page = opened("inside", in_source="arithmetic", in_layer="conv1", in_map="5", in_row="0", in_col="31")
    check(page, of("conv1", 5, 0, 31))
    assert "Σ products" in pictures(page)[0] and "red" in pictures(page)[0]
    layers = page.selectbox(key="in_layer").options
    assert len(layers) == 8
    page.selectbox(key="in_layer").set_value("layer2.0.downsample.0").run()
    assert "**layer2.0.downsample.0** stands in layer2.0: 8 × 32 × 32 → 16 × 16 × 16" in opened_text(page)
    values = layer_values(*network_and_input(), "layer2.0.downsample.0")
    channel = int(values.last.mean(axis=(1, 2)).argmax())
    row, column = peak_cell(values.last[channel])
    check(page, of("layer2.0.downsample.0", channel, row, column))
    page.button(key="in_step1").click().run()
    row, column = divmod((16 * row + column + 1) % 256, 16)
    check(page, of("layer2.0.downsample.0", channel, row, column))


@pytest.mark.slow
def test_a_click_leads_to_where_a_number_came_from_and_back_leads_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    click = clicks_on(monkeypatch, arithmetic_view)
    page = opened("inside", in_source="arithmetic", in_layer="layer1.1.conv2", in_map="3", in_row="4")
    assert page.button(key="in_back").disabled, "one came from nowhere"
    column = page.session_state["in_col"]
    way = [("layer1.1.conv2", 3, 4, column)]
    for part, expected in (
        ("cell:6,7", ("layer1.1.conv2", 3, 6, 7)),
        ("shortcut", ("layer1.0.conv2", 3, 6, 7)),
        ("from:2,5,8", ("layer1.0.conv1", 2, 5, 8)),
        ("from:1,4,9", ("conv1", 1, 4, 9)),
        ("from:0,3,8", ("conv1", 1, 4, 9)),  # of the photo no layer wrote anything
    ):
        check(click(page, "in_arithmetic", part), of(*expected))
        way += [expected] if expected != way[-1] else []
    page.button(key="in_step1").click().run()
    check(page, of("conv1", 1, 4, 10))
    for expected in reversed(way):
        check(page.button(key="in_back").click().run(), of(*expected))
    assert page.button(key="in_back").disabled


@pytest.mark.slow
def test_the_cell_of_a_mean_leads_to_the_channel_that_gives_most_says_so_and_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    click = clicks_on(monkeypatch, arithmetic_view, block_view)
    values = block_values_at(*network_and_input(), 2)
    for part, layer, words in (
        ("x", "layer1.1.conv2", "of 8 the largest here (x)"),
        ("shortcut", "layer2.0.downsample.0", "of 16 the largest here (x, projected)"),
        ("branch", "layer2.0.conv2", "of 16 the largest here (g(x))"),
        ("output", "layer2.0.conv2", "of 16 the largest here (behind the ReLU)"),
    ):
        page = opened("inside", in_block="layer2.0")
        click(page, "in_picture", f"{part}:5,6")
        tensor = values.tensor(part)  # type: ignore[arg-type]
        assert tensor is not None
        channel = int(tensor[:, 5, 6].abs().argmax())
        value, total = (float(tensor[channel, 5, 6]), of(layer, channel, 5, 6).total)
        assert f"**{significant_text(value)}**: channel {channel}, {words}; " in opened_text(page)
        assert f"products sum to **{significant_text(total)}**." in opened_text(page)
        assert f"{layer}, channel {channel}, row 5, column 6" in pictures(page)[0]
        assert page.query_params["in_map"] == str(channel)
        page.button(key="in_back").click().run()
        assert page.segmented_control(key="in_source").value == "photo"
        assert page.selectbox(key="in_block").value == "layer2.0"


@pytest.mark.slow
def test_of_the_studys_deep_network_there_is_the_arithmetic_too(monkeypatch: pytest.MonkeyPatch) -> None:
    click = clicks_on(monkeypatch, block_view)
    page = opened("inside", in_net="study/residual-56", in_block="layer3.8", in_channel="5", p_sample="cat")
    click(page, "in_picture", "output:2,3")
    weights, photo = find("study/residual-56"), open_sample("cat")
    model = load(weights).eval()
    tensor = ViewedPhoto(photo, weights, default_view(model, photo, weights.preprocessing)).tensor()
    found = arithmetic(layer_values(model, tensor, "layer3.8.conv2"), 5, 2, 3)
    said = opened_text(page)
    assert (
        f"Residual 56. **{significant_text(found.shown)}**: channel 5 (behind the ReLU); 576 products" in said
    )
    page.button(key="_in_refining").click().run()
    assert "Residual 56" not in opened_text(page) and "layer1.0.conv2, channel 5" in pictures(page)[0]


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ({"in_layer": "conv7"}, "`in_layer=conv7`: allowed: conv1, layer1.0.conv1"),
        ({"in_map": "8"}, "`in_map=8`: allowed: a number from 0 to 7."),
        ({"in_row": "32"}, "`in_row=32`: allowed: a number from 0 to 31."),
    ],
)
def test_a_bad_link_is_told_in_a_sentence(link: dict[str, str], sentence: str) -> None:
    page = opened("inside", in_source="arithmetic", **link)
    assert sentence in page.warning[0].value
