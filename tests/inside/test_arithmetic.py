"""One value down to its arithmetic: against torch's hooks and functions, on torchvision's own networks."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
import torchvision
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from resnet_explorer import ResNetSpec, build, plan, preset
from resnet_explorer.inside.arithmetic import Arithmetic, arithmetic, numbers_of, part_rows
from resnet_explorer.inside.arithmetic_svg import arithmetic_svg, cell_text, drawn_channels
from resnet_explorer.inside.layer_values import layer_values
from resnet_explorer.inside.map_origin import (
    following,
    read_from,
    shortcut_from,
    window_layer,
    window_layers,
    writer_of,
)
from resnet_explorer.model.resnet import ResNet
from tests.contrast import pale_texts, strong_fills
from tests.features.test_activations import lively
from tests.hooks import seen
from tests.small_networks import noise_photo, small_network
from tests.strategies import specs


def at(model: ResNet, tensor: Tensor, name: str, cell: tuple[int, int, int]) -> Arithmetic:
    return arithmetic(layer_values(model, tensor, name), *cell)


def check_cell(
    model: ResNet, theirs: nn.Module, tensor: Tensor, name: str, cell: tuple[int, int, int]
) -> None:
    """Window, sum and every step are what another network's modules see, and functions of torch make."""
    p = plan(model.spec, (tensor.shape[-2], tensor.shape[-1]))
    layer = window_layer(p, name)
    found = at(model, tensor, name, cell)
    hooked = seen(theirs, tensor, [name, *([layer.block] if layer.block else [])])
    read, written = hooked[name]
    module = theirs.get_submodule(name)
    if isinstance(module, nn.Conv2d):
        double = [None if each is None else each.double() for each in (module.weight, module.bias)]
        whole = nn.functional.conv2d(
            read.double()[None], double[0], double[1], module.stride, module.padding, groups=module.groups
        )[0]
        near = {"rel": 1e-9, "abs": 1e-9}
    else:
        whole, near = nn.functional.max_pool2d(read[None], 3, 2, 1)[0], {"rel": 0.0, "abs": 0.0}
    assert found.total == pytest.approx(float(whole[cell].detach()), **near)
    scale = 1e-4 * float(written.abs().max() + 1)
    assert found.total == pytest.approx(float(written[cell]), abs=scale)
    assert found.measured == pytest.approx(float(written[cell]), abs=scale)
    assert (found.bias is None) == (getattr(module, "bias", None) is None)
    for step, record in zip(found.steps, following(p, layer), strict=True):
        assert step.layer == record
    if layer.block and name == writer_of(p, layer.block):
        end = hooked[layer.block][1]
        value = found.steps[-1].value if found.steps else found.total
        assert value == pytest.approx(float(end[cell]), abs=1e-4 * float(end.abs().max() + 1))
    assert found.difference <= 1e-4 * (
        1 + max(abs(found.total), *(abs(step.value) for step in found.steps), 0)
    )


@pytest.mark.slow
@pytest.mark.parametrize(("name", "layers"), [("resnet18", 21), ("resnet50", 54), ("resnext50_32x4d", 54)])
def test_every_layer_of_torchvisions_networks(name: str, layers: int) -> None:
    torch.manual_seed(1)
    theirs = torchvision.models.get_model(name).eval()
    for module in theirs.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.2, 0.6)
            nn.init.uniform_(module.bias, -0.2, 0.2)
            nn.init.uniform_(module.running_mean, -0.1, 0.1)
            nn.init.uniform_(module.running_var, 0.8, 1.5)
    ours = build(preset(name)).eval()
    ours.load_state_dict(theirs.state_dict())
    tensor = noise_photo(2, 64)
    there = window_layers(plan(ours.spec, (64, 64)))
    assert len(there) == layers
    rng = np.random.default_rng(7)
    for layer in there.values():
        check_cell(
            ours, theirs, tensor, layer.name, tuple(int(rng.integers(size)) for size in layer.out_shape)
        )


@pytest.mark.slow
@settings(max_examples=40)
@given(spec=specs(), data=st.data())
def test_any_cell_of_any_network(spec: ResNetSpec, data: st.DataObject) -> None:
    torch.manual_seed(4)
    model = lively(build(spec.with_(include_top=True)))
    layer = data.draw(st.sampled_from(list(window_layers(plan(model.spec, (33, 33))).values())))
    cell = tuple(data.draw(st.integers(0, size - 1)) for size in layer.out_shape)
    check_cell(model, model, torch.randn(1, spec.in_channels, 33, 33), layer.name, cell)


def test_by_hand() -> None:
    model = lively(small_network(stem="imagenet"))
    found = at(model, noise_photo(), "conv1", (2, 0, 5))
    assert (found.rows, found.columns) == (range(-3, 4), range(7, 14))
    assert found.in_padding[:3].all() and not found.in_padding[3:].any()
    assert (found.window[:, :3] == 0).all()
    assert np.array_equal(found.window[:, 3:], noise_photo()[0, :, :4, 7:14].double().numpy())
    assert found.products == 147
    norm, relu = found.steps
    bn = model.bn1
    by_hand = (found.total - float(bn.running_mean[2])) / (float(bn.running_var[2]) + 1e-5) ** 0.5
    assert norm.value == pytest.approx(by_hand * bn.weight[2].item() + bn.bias[2].item())
    assert relu.value == max(0, norm.value)


def test_an_addition_adds_what_the_shortcut_brings() -> None:
    model = lively(small_network())
    before = at(model, noise_photo(), "layer1.0.conv2", (3, 4, 5)).steps[-1].value
    found = at(model, noise_photo(), "layer1.1.conv2", (3, 4, 5))
    norm, addition, relu = found.steps
    assert (addition.shortcut, addition.added) == ("identity", pytest.approx(before, abs=1e-5))
    assert addition.value == pytest.approx(norm.value + before, abs=1e-5)
    assert relu.before == addition.value
    (projected,) = at(model, noise_photo(), "layer2.0.downsample.0", (3, 4, 5)).steps
    end = at(model, noise_photo(), "layer2.0.conv2", (3, 4, 5))
    added = pytest.approx(projected.value, abs=1e-5)
    assert (end.steps[1].shortcut, end.steps[1].added) == ("projection", added)
    assert projected.layer.role == "downsample.1"


def test_the_largest_contributions_come_first_and_groups_read_their_own() -> None:
    model = lively(
        build(ResNetSpec("bottleneck", (1,), width=16, groups=4, width_per_group=16, num_classes=3))
    )
    p = plan(model.spec, (64, 64))
    tensor = noise_photo(3, 64)
    layer = p.blocks[0].layers[3]
    assert (layer.name, layer.groups) == ("layer1.0.conv2", 4)
    found = at(model, tensor, layer.name, (9, 3, 3))
    assert (found.first, len(found.parts)) == (8, 4), "channel 9 of 16 is of the third group"
    sizes = [abs(row["sum of products"]) for row in part_rows(found)]
    assert sizes == sorted(sizes, reverse=True)
    assert {row["channel"] for row in part_rows(found)} == {8, 9, 10, 11}
    assert sum(row["sum of products"] for row in part_rows(found)) == pytest.approx(found.total)


def test_from_the_last_cell_the_way_leads_back_to_the_photo() -> None:
    p = plan(preset("resnet18"))
    name: str | None = writer_of(p, "layer4.1")
    way = []
    while name:
        way.append(name)
        name = read_from(p, window_layer(p, name))
    expected = [f"layer{s}.{b}.conv{c}" for s in (4, 3, 2, 1) for b in (1, 0) for c in (2, 1)]
    assert way == [*expected, "maxpool", "conv1"]
    assert read_from(p, window_layer(p, "layer2.0.downsample.0")) == "layer1.1.conv2"
    assert shortcut_from(p, window_layer(p, "layer2.0.conv2"), (7, 5, 6)) == (
        "layer2.0.downsample.0",
        (7, 5, 6),
    )
    assert shortcut_from(p, window_layer(p, "layer2.1.conv2"), (7, 5, 6)) == ("layer2.0.conv2", (7, 5, 6))
    assert shortcut_from(p, window_layer(p, "layer1.0.conv2"), (7, 5, 6)) == ("maxpool", (7, 5, 6))
    assert shortcut_from(p, window_layer(p, "layer1.0.conv1"), (7, 5, 6)) is None
    padded = plan(preset("resnet20_cifar"))
    end = window_layer(padded, "layer2.0.conv2")
    assert shortcut_from(padded, end, (7, 5, 6)) == ("layer1.2.conv2", (7, 10, 12))
    assert shortcut_from(padded, end, (16, 5, 6)) is None, "a zero"
    around = plan(preset("resnet20_cifar").with_(zero_pad="around"))
    end = window_layer(around, "layer2.0.conv2")
    assert shortcut_from(around, end, (7, 5, 6)) is None
    assert shortcut_from(around, end, (9, 5, 6)) == ("layer1.2.conv2", (1, 10, 12))
    assert writer_of(p, None) == "maxpool"
    assert writer_of(padded, None) == "conv1"


@pytest.mark.parametrize(
    ("name", "cell", "sentence"),
    [
        ("conv1", (8, 0, 0), "channel is 8; conv1 has 0 to 7."),
        ("conv1", (0, -1, 0), "row is -1; conv1 has 0 to 31."),
        ("bn1", (0, 0, 0), "'bn1' is no convolution of this network"),
    ],
)
def test_what_is_not_there_is_told(name: str, cell: tuple[int, int, int], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        at(small_network(), noise_photo(), name, cell)


def test_the_numbers_can_be_added_up_from_the_file() -> None:
    model = lively(small_network(conv_bias=True))
    told = json.loads(json.dumps(numbers_of(at(model, noise_photo(), "layer1.0.conv2", (3, 31, 31)))))
    window, kernel = np.array(told["input"]), np.array(told["kernel"])
    assert window.shape == kernel.shape == (8, 3, 3)
    assert (window[:, 2] == 0).all() and (window[:, :, 2] == 0).all(), "the lower right corner reads padding"
    assert told["rows under the window"] == [30, 31, 32]
    assert (window * kernel).sum() + told["bias"] == pytest.approx(told["total"])
    assert told["torch"] == pytest.approx(told["total"], abs=1e-5)
    assert [step["layer"] for step in told["steps"]] == [
        f"layer1.0.{role}" for role in ("bn2", "add", "relu2")
    ]
    pooled = numbers_of(at(lively(small_network(stem="imagenet")), noise_photo(), "maxpool", (0, 0, 0)))
    assert pooled["input"][0][0] == [None, None, None], "padding"


def picture(found: Arithmetic, channel_map: np.ndarray, **more: bool) -> ElementTree.Element:
    return ElementTree.fromstring(arithmetic_svg(found, channel_map, "#2b8cd6", **more).svg)


def words(svg: ElementTree.Element) -> list[str]:
    return ["".join(each.itertext()) for each in svg.iter("{http://www.w3.org/2000/svg}text")]


def test_the_picture_has_the_numbers_and_every_cell_is_a_button() -> None:
    model, tensor = lively(small_network()), noise_photo()
    values = layer_values(model, tensor, "layer1.0.conv2")
    found = arithmetic(values, 3, 0, 5)
    svg = picture(found, values.last[3])
    keys = [each.get("data-key") for each in svg.iter() if each.get("data-key")]
    drawn = drawn_channels(found)
    assert len(drawn) == 4
    under = [f"from:{place},{row},{column}" for place in drawn for row in (0, 1) for column in (4, 5, 6)]
    assert keys == ["map", *under, "shortcut"], "padding is no button"
    told = words(svg)
    assert f"{found.total:.4g}".replace("-", "−") in told
    assert "+ the other 4" in told
    assert "= 72 products" in told
    assert any(each.startswith("torch: ") for each in told)
    sizes = {float(each.get("font-size", 99)) for each in svg.iter("{http://www.w3.org/2000/svg}text")}
    assert min(sizes) >= 14
    assert not pale_texts(svg) and not strong_fills(svg), "all numbers are read in both themes"


def test_a_photo_has_colours_and_a_max_pool_frames_its_maximum() -> None:
    model, tensor = lively(small_network(stem="imagenet")), noise_photo()
    values = layer_values(model, tensor, "conv1")
    told = words(picture(arithmetic(values, 0, 8, 8), values.last[0], reads_photo=True))
    assert {"red", "green", "blue"} <= set(told)
    pool = layer_values(model, tensor, "maxpool")
    svg = picture(arithmetic(pool, 0, 0, 4), pool.last[0])
    framed = [each.get("data-key") for each in svg.iter() if each.get("stroke-width") == "3"]
    row, column = np.unravel_index(int(pool.input[0, :2, 7:10].argmax()), (2, 3))
    assert framed == [f"from:0,{row},{7 + column}"]
    assert words(svg).count("−∞") == 3


@pytest.mark.parametrize(
    ("value", "room", "text"),
    [
        (0, 9, "0"),
        (1234.5, 9, "1234"),
        (12.34, 9, "12.3"),
        (-0.1234, 9, "−0.12"),
        (0.01234, 9, "0.012"),
        (-0.01234, 5, "−.012"),
        (-0.00003, 9, "−3e−5"),
        (float("-inf"), 9, "−∞"),
    ],
)
def test_numbers_in_cells(value: float, room: int, text: str) -> None:
    assert cell_text(value, room) == text
