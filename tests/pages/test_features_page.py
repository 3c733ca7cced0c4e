"""The Feature maps page shows what the library computes, at every place, in every view."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from resnet_explorer import ResNetSpec, build
from resnet_explorer.features.activations import activation_statistics, features_at
from resnet_explorer.features.grid_svg import ColourScale, channel_tiles
from resnet_explorer.features.places import places as all_places
from resnet_explorer.features.statistics import ChannelStatistics, peak_cell
from resnet_explorer.network.plan import plan
from resnet_explorer.photos.crop import CENTRE
from resnet_explorer.photos.samples import open_sample
from resnet_explorer.ui.features.place_features import (
    PlaceFeatures,
    channel_file,
    csv_file,
    grid_file,
    json_file,
)
from resnet_explorer.ui.photos.viewed_photo import ViewedPhoto
from resnet_explorer.weights.catalogue import find, load
from resnet_explorer.weights.checkpoint import read_checkpoint
from resnet_explorer.weights.user_store import keep
from tests.pages.bundled_network import CLASSES, bundle, network_and_input, random_network
from tests.pages.opened import charts, opened, pictures
from tests.pages.opened import text as opened_text

SPEC = ResNetSpec("bottleneck", (2, 3, 1), width=16, stem="cifar", num_classes=10)


@pytest.fixture(autouse=True)
def small_bundled_network(bundled_file: Path) -> None:
    bundle(random_network(SPEC))


def numbers_at(index: int, key: str = "bundled") -> ChannelStatistics:
    return activation_statistics(*network_and_input(key)).places[index]


def text(page: AppTest) -> str:
    """All that is said on a page without an error."""
    assert not page.exception
    assert not page.error
    return "\n".join([opened_text(page), *(each.proto.body for each in page.get("html"))])


def check_large(page: AppTest, index: int, channel: int, key: str = "bundled") -> None:
    """The numbers of the large channel, and where its maximum is."""
    numbers = numbers_at(index, key)
    values = features_at(*network_and_input(key), index)[channel]
    said = text(page)
    assert (
        f"**Channel {channel}** · mean **{numbers.mean[channel]:.3g}** · max **{numbers.high[channel]:.3g}** "
        f"· **{numbers.zeros[channel]:.0%}** zeros" in said
    )
    row, column = peak_cell(values)
    height, width = values.shape
    assert f"row {row}, column {column} of {height} × {width} cells" in said


def test_the_first_view_is_the_last_stages_most_active_channel() -> None:
    page = opened("features")
    check_large(page, 6, int(numbers_at(6).most_active()[0]))
    assert "stage 3 · block 1 (layer3.0)" in text(page)
    assert "256 × 8 × 8" in text(page)
    assert f"<span>{numbers_at(6).largest:.3g}</span>" in text(page)
    assert "**1** of 8" in text(page)


@pytest.mark.slow
def test_every_place_has_its_shape_and_its_channel() -> None:
    page = opened("features", p_stage="2", fm_block="1")
    for index, name, shape in (
        (3, "stage 2 · block 1 (layer2.0)", "128 × 16 × 16"),
        (4, "stage 2 · block 2 (layer2.1)", "128 × 16 × 16"),
        (5, "stage 2 · block 3 (layer2.2)", "128 × 16 × 16"),
        (6, "stage 3 · block 1 (layer3.0)", "256 × 8 × 8"),
    ):
        assert name in text(page)
        assert shape in text(page)
        check_large(page, index, int(numbers_at(index).most_active()[0]))
        if index < 6:
            page.button(key="fm_step1").click().run()
    assert page.button(key="fm_step1").disabled
    page.segmented_control(key="p_stage").set_value(0).run()
    assert "stem (relu)" in text(page)
    assert "16 × 32 × 32" in text(page)
    assert page.button(key="fm_step-1").disabled
    check_large(page, 0, int(numbers_at(0).most_active()[0]))


@pytest.mark.slow
def test_a_channel_is_kept_from_block_to_block_and_not_from_stage_to_stage() -> None:
    page = opened("features", p_stage="2", fm_block="1", fm_channel="77")
    check_large(page, 3, 77)
    page.button(key="fm_step1").click().run()
    check_large(page, 4, 77)
    page.segmented_control(key="p_stage").set_value(1).run()
    assert page.selectbox(key="fm_block").value == 2, "its last block"
    check_large(page, 2, int(numbers_at(2).most_active()[0]))


def test_order_page_and_click() -> None:
    page = opened("features", p_stage="2", fm_block="3")
    order = numbers_at(5).most_active().tolist()
    page.button(key="fm_page_step1").click().run()
    assert "**2** of 4" in text(page)
    assert page.query_params["fm_page"] == "2"
    shown = pictures(page)[0]
    assert [f'data-number="{channel}"' in shown for channel in order[32:64]] == [True] * 32
    assert f'data-number="{order[0]}"' not in shown
    page.segmented_control(key="fm_order").set_value("number").run()
    assert "**1** of 4" in text(page)
    shown = pictures(page)[0]
    assert [int(part.split('"')[0]) for part in shown.split('data-number="')[1:]] == list(range(32))
    assert "stage 2" in shown


def test_one_scale_for_the_whole_network() -> None:
    page = opened("features", p_stage="1", fm_scale="network")
    largest = max(numbers.largest for numbers in activation_statistics(*network_and_input()).places)
    assert largest > 1.5 * numbers_at(2).largest
    assert f"<span>{largest:.3g}</span>" in text(page)
    page.segmented_control(key="fm_scale").set_value("place").run()
    assert f"<span>{numbers_at(2).largest:.3g}</span>" in text(page)


def test_a_rerun_computes_and_draws_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened("features")
    before = pictures(page)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("computed again")

    monkeypatch.setattr("resnet_explorer.features.activations.activation_statistics", refuse)
    monkeypatch.setattr("resnet_explorer.features.activations.features_at", refuse)
    monkeypatch.setattr("resnet_explorer.ui.features.maps.channel_tiles", refuse)
    monkeypatch.setattr("resnet_explorer.ui.features.maps.large_svg", refuse)
    page.run()
    assert not page.exception
    assert pictures(page) == before


@pytest.mark.slow
def test_filters_are_those_of_the_file() -> None:
    page = opened("features", fm_view="filters")
    kernels = load(find("bundled")).conv1.weight.detach().numpy()
    largest = float(np.abs(kernels).max())
    assert "**16 filters** of 3 × 3 weights, red, green and blue as one colour" in text(page)
    assert f"<span>−{largest:.3g}</span>" in text(page)
    check_large(page, 0, int(numbers_at(0).most_active()[0]))
    assert f"<span>{numbers_at(0).largest:.3g}</span>" in text(page), "the scale of the channel"
    page.number_input(key="fm_filter").set_value(5).run()
    check_large(page, 0, 5)
    assert page.query_params["fm_filter"] == "5"


def test_how_sparse_says_each_stages_mean() -> None:
    page = opened("features", fm_view="sparsity")
    numbers = activation_statistics(*network_and_input()).places
    means = [
        float(np.mean([numbers[index].sparsity for index in there]))
        for there in ([0], [1, 2], [3, 4, 5], [6])
    ]
    assert (
        f"stem **{means[0]:.0%}**, stage 1 **{means[1]:.0%}**, stage 2 **{means[2]:.0%}**, "
        f"stage 3 **{means[3]:.0%}**" in text(page)
    )
    (chart,) = charts(page)
    bars = chart["data"][::2]
    assert [bar["name"] for bar in bars] == ["stem", "stage 1", "stage 2", "stage 3"]


def checkpoint(spec: ResNetSpec, name: str) -> str:
    """A checkpoint of random weights in this machine's menu: its key."""
    torch.manual_seed(5)
    stream = io.BytesIO()
    classes = [f"class {index}" for index in range(spec.num_classes)]
    torch.save({"state_dict": build(spec).state_dict(), "classes": classes}, stream)
    return keep(read_checkpoint(stream.getvalue(), name, None)).key


@pytest.mark.slow
def test_a_pre_activated_network_has_a_scale_around_zero_and_says_so() -> None:
    key = checkpoint(SPEC.with_(activation="pre"), "pre.pth")
    page = opened("features", p_from="yours", p_weights=key, p_stage="2")
    assert "**Values below 0 are blue.**" in text(page)
    largest = numbers_at(5, key).largest
    assert f"<span>−{largest:.3g}</span>" in text(page)
    assert "zeros behind the next ReLU" in text(page)
    assert "p_map" not in [box.key for box in page.selectbox]
    page.segmented_control(key="p_stage").set_value(0).run()
    assert "Values below 0 are blue" not in text(page), "the stem ends in a ReLU"
    page.segmented_control(key="fm_view").set_value("sparsity").run()
    assert "**behind the next norm and ReLU**" in text(page)


def test_a_network_of_one_grey_channel_has_grey_filters() -> None:
    key = checkpoint(SPEC.with_(in_channels=1), "grey.pth")
    page = opened("features", p_from="yours", p_weights=key, fm_view="filters")
    assert "as brightness" in text(page)
    check_large(page, 0, int(numbers_at(0, key).most_active()[0]), key)


def test_values_beyond_all_bounds_get_a_sentence() -> None:
    model = load(find("bundled"))
    with torch.no_grad():
        model.layer2[0].bn3.weight.fill_(3e38)
    bundle(model)
    page = opened("features")
    assert [each.value for each in page.error] == [
        "The values at stage 2 · block 1 (layer2.0) leave the range of float32, so there is nothing to draw."
    ]


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ({"fm_block": "4", "p_stage": "2"}, "`fm_block=4`: allowed: a number from 1 to 3."),
        ({"fm_channel": "256"}, "`fm_channel=256`: allowed: a number from 0 to 255."),
        ({"fm_page": "9"}, "`fm_page=9`: allowed: a number from 1 to 8."),
        ({"fm_view": "map"}, "`fm_view=map`: allowed: maps, filters, sparsity."),
    ],
)
def test_a_bad_link_is_told_in_a_sentence(link: dict[str, str], sentence: str) -> None:
    page = opened("features", **link)
    assert sentence in page.warning[0].value


def test_what_is_saved_says_whose_it_is() -> None:
    weights = find("bundled")
    model, tensor = network_and_input()
    found = activation_statistics(model, tensor)
    place = all_places(plan(SPEC, (32, 32)))[4]
    viewed = ViewedPhoto(open_sample("cat"), weights, CENTRE)
    looked = PlaceFeatures(viewed, found, place, features_at(model, tensor, 4))
    told = json.loads(json_file(looked))
    best, probability = found.prediction.top(1)[0]
    assert told["place"] == "layer2.1"
    assert told["shape"] == [128, 16, 16]
    assert told["weights"] == "A network for tests"
    assert (told["target"], told["probability"]) == (CLASSES[best], probability)
    assert [row["channel"] for row in told["channels"]] == list(range(128))
    assert told["channels"][7]["mean"] == pytest.approx(float(found.places[4].mean[7]))
    rows = list(csv.DictReader(io.StringIO(csv_file(looked))))
    assert float(rows[7]["max"]) == pytest.approx(float(found.places[4].high[7]))
    scale = ColourScale.of(looked.channels.largest, False, "viridis")
    tiles = channel_tiles(looked.features, looked.channels.mean, [7, 8], scale)
    for data in (grid_file(looked, tiles, scale), channel_file(looked, 7, scale, 0.5)):
        picture = Image.open(io.BytesIO(data))
        assert picture.format == "PNG"
        assert picture.width > 900
