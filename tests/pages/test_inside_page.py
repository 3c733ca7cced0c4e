"""The page Inside says of a block what the library computes of it, on the session's photo."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from resnet_explorer import ResNetSpec
from resnet_explorer.common.numbers import fixed_text
from resnet_explorer.inside.additions import Addition, additions
from resnet_explorer.inside.additions_svg import ratio_text
from resnet_explorer.inside.block_svg import BlockPicture, logit_digits
from resnet_explorer.inside.block_values import Map, block_values_at
from resnet_explorer.inside.logit_parts import LogitPasses, logit_parts
from resnet_explorer.photos.crop import CENTRE
from resnet_explorer.photos.samples import open_sample
from resnet_explorer.ui.inside.block_view import json_file
from resnet_explorer.ui.photos.viewed_photo import ViewedPhoto
from resnet_explorer.weights.catalogue import find
from tests.pages.bundled_network import CLASSES, bundle, network_and_input, random_network
from tests.pages.opened import opened, pictures, text

SPEC = ResNetSpec("bottleneck", (2, 3, 1), width=16, stem="cifar", num_classes=10)


@pytest.fixture(autouse=True)
def small_bundled_network(bundled_file: Path) -> None:
    bundle(random_network(SPEC, confidence=20))


def computed() -> tuple[tuple[Addition, ...], LogitPasses]:
    model, tensor = network_and_input()
    return additions(model, tensor), logit_parts(model, tensor)


def check(page: AppTest, index: int, name: str) -> None:
    """The sentence and the strip, against the library on the network as it is stored."""
    assert not page.exception and not page.error and not page.warning
    found, logit = computed()
    each, parts = found[index], logit.blocks[index]
    said = text(page)
    assert f"**Block {name}** adds **{ratio_text(each)} × ‖x‖** at **{each.angle:.0f}°**." in said
    about, new = "" if parts.exact else "≈ ", fixed_text(parts.branch, 1)
    assert f"Of the logit **{fixed_text(logit.logit, 1)}**, {about}**{new}** is new." in said
    picture = pictures(page)[0]
    assert [f'data-key="{block.block.name}"' in picture for block in found] == [True] * 6
    assert all(f">{ratio_text(block)}<" in picture for block in found)
    assert f"logit of {CLASSES[logit.target]}<" in picture
    digits = logit_digits(parts)
    written = [fixed_text(each, digits) for each in (parts.shortcut, parts.branch, parts.rest, parts.logit)]
    assert all(f">{each}<" in picture for each in written)
    *terms, total = (Decimal(each.replace("−", "-")) for each in written)
    assert sum(terms) == total
    assert ("first order: gradient × value" in picture) != parts.exact


def test_the_first_view_is_a_block_that_adds_x_as_it_is() -> None:
    page = opened("inside")
    check(page, 3, "2.1")
    picture = pictures(page)[0]
    assert "x, projected" not in picture and "128 × 16 × 16" in picture
    assert not [name for name in page.query_params if name.startswith("in_")]


@pytest.mark.slow
def test_a_dashed_shortcut_shows_its_x_projected_and_the_last_block_is_exact() -> None:
    page = opened("inside", in_block="layer3.0", in_channel="200")
    check(page, 5, "3.0")
    picture = pictures(page)[0]
    assert "x, projected" in picture and "exact: the last ReLU’s open cells as they are" in picture
    assert "128 × 16 × 16, mean" in picture, "channel 200 is none of x’s 128"
    values = block_values_at(*network_and_input(), 5)
    low, high = (f"{value:.2g}".replace("-", "−") for value in values.branch[200].aminmax())
    assert f"{low} to {high}" in picture
    page.selectbox(key="in_block").set_value("layer1.0").run()
    assert page.selectbox(key="in_channel").value == "mean", "it has 64 channels"


def test_a_plain_block_with_more_channels_than_its_x_shows_the_mean_of_that() -> None:
    bundle(random_network(SPEC.with_(shortcut="none"), confidence=20))
    page = opened("inside", in_block="layer2.0", in_channel="80")
    assert not page.warning and "64 × 32 × 32, mean" in pictures(page)[0]


def test_the_class_can_be_chosen() -> None:
    page = opened("inside", p_class="ship")
    assert "logit of ship<" in pictures(page)[0]


@pytest.mark.slow
def test_the_study_s_network_of_many_blocks_is_one_click_away_and_back() -> None:
    page = opened("inside")
    beside = pictures(page)[1]
    assert beside.count('data-key="layer') == 27, "and it stands beside the session's, below"
    page.button(key="_in_refining").click().run()
    assert page.query_params["in_net"] == "study/residual-56"
    picture = pictures(page)[0]
    assert picture.count('data-key="layer') == 27
    assert len(pictures(page)) == 1
    assert "Residual 56" in text(page)
    page.button(key="_in_refining").click().run()
    check(page, 3, "2.1")


@pytest.mark.slow
def test_without_it_leads_to_cut_the_wire_with_that_block_out() -> None:
    page = opened("inside", in_block="layer2.2")
    page.button(key="_in_without").click().run()
    assert not page.exception
    assert page.title[0].value == "Cut the wire"
    assert page.selectbox(key="cw_net").value == "bundled"
    assert page.query_params["cw_cut"] == "s2.2"


@pytest.mark.slow
def test_feature_maps_lead_inside_their_block() -> None:
    page = opened("features", p_stage="2", fm_block="3")
    page.button(key="_inside").click().run()
    assert page.title[0].value == "Inside"
    check(page, 4, "2.2")


def test_what_is_saved_holds_the_maps_and_the_numbers_of_all_blocks() -> None:
    model, tensor = network_and_input()
    found, logit = computed()
    values = block_values_at(model, tensor, 1)
    maps: dict[str, Map] = {"x": values.map("x", 3), "branch": values.map("branch", 3)}
    shown = BlockPicture(found[1], maps, {}, logit.blocks[1], "cat")  # type: ignore[arg-type]
    viewed = ViewedPhoto(open_sample("cat"), find("bundled"), CENTRE)
    told = json.loads(json_file(shown, found, logit, viewed, 3))
    assert (told["block"], told["channel"], told["target"]) == ("layer1.1", 3, CLASSES[logit.target])
    np.testing.assert_allclose(told["maps"]["branch"], values.branch[3])
    assert [row["block"] for row in told["blocks"]] == [each.block.name for each in found]
    last = told["blocks"][-1]
    assert last["exact"] and last["by the shortcut"] + last["new"] + last["rest"] == pytest.approx(
        told["logit"]
    )
    with torch.no_grad():
        assert told["logit"] == pytest.approx(float(model(tensor).max()), rel=1e-5)
        assert told["probability"] == pytest.approx(float(model(tensor).softmax(1).max()), rel=1e-4)


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ({"in_block": "layer9.0"}, "`in_block=layer9.0`: allowed: layer1.0, layer1.1"),
        ({"in_channel": "128"}, "`in_channel=128`: allowed: mean, 0, 1"),
        ({"in_source": "film"}, "`in_source=film`: allowed: photo, arithmetic, tensor."),
    ],
)
def test_a_bad_link_is_told_in_a_sentence(link: dict[str, str], sentence: str) -> None:
    assert sentence in opened("inside", **link).warning[0].value
