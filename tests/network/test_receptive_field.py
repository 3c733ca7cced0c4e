"""What a cell sees: the published numbers, and the pixels whose gradient is not zero in the real module."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from resnet_explorer.model.resnet import ResNet, build
from resnet_explorer.network.layers import Plan
from resnet_explorer.network.plan import plan
from resnet_explorer.network.receptive_field import (
    Field,
    FieldBox,
    Span,
    field_box,
    layer_fields,
    place_of,
    place_rows,
    places,
    window_rows,
)
from resnet_explorer.network.spec import ResNetSpec, preset
from tests.strategies import input_sizes, specs


def sizes(name: str, **changes: object) -> list[int]:
    return [place.field.size for place in places(plan(preset(name).with_(**changes)))]


def only_positive(spec: ResNetSpec) -> ResNet:
    """The real module with weights that can cancel nothing out, and a mean where it takes the maximum."""
    model = build(spec).double().eval()
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, nn.Conv2d):
                module.weight.fill_(1 / module.weight[0].numel())
                if module.bias is not None:
                    module.bias.zero_()
    if isinstance(model.maxpool, nn.MaxPool2d):
        model.maxpool = nn.AvgPool2d(3, 2, 1)
    return model


def measured(model: ResNet, size: tuple[int, int], section: str, row: int, column: int) -> tuple[Span, Span]:
    """Rows and columns of the image on which one cell really depends, by autograd."""
    image = torch.ones(1, model.spec.in_channels, *size, dtype=torch.float64, requires_grad=True)
    if section == "conv1":
        out = model.conv1(image)
    else:
        index = 0 if section == "maxpool" else int(section.split()[1])
        out = model.stage_outputs(image)[index]
    (gradient,) = torch.autograd.grad(out[0, :, row, column].sum(), image)
    touched = gradient[0].abs().sum(0) > 0
    rows, columns = touched.any(1).nonzero().flatten(), touched.any(0).nonzero().flatten()
    return Span(int(rows[0]), int(rows[-1])), Span(int(columns[0]), int(columns[-1]))


def seen(box: FieldBox) -> tuple[Span, Span]:
    return box.rows, box.columns


def test_resnet18_as_it_is_worked_out_on_the_board() -> None:
    found = places(plan(preset("resnet18")))
    assert [place.name for place in found] == ["conv1", "maxpool", "stage 1", "stage 2", "stage 3", "stage 4"]
    assert [place.field.size for place in found] == [7, 11, 43, 99, 211, 435]
    assert [place.field.jump for place in found] == [2, 4, 4, 8, 16, 32]
    assert found[1].field == Field(7 + (3 - 1) * 2, 2 * 2, -3 - 1 * 2)
    assert found[-1].field.padding == 217


@pytest.mark.parametrize(("name", "published"), [("resnet50", 483), ("resnet101", 1027), ("resnet152", 1507)])
def test_v1_has_the_receptive_fields_that_araujo_et_al_print(name: str, published: int) -> None:
    assert sizes(name, stride_in="1x1")[-1] == published


def test_in_v1_5_a_3x3_works_on_the_map_before_it_is_halved_and_sees_less() -> None:
    assert sizes("resnet50") == [7, 11, 35, 91, 267, 427]
    assert sizes("resnet50", stride_in="1x1") == [7, 11, 35, 99, 291, 483]


def test_a_plain_network_sees_as_far_as_a_residual_one() -> None:
    assert sizes("plain34") == sizes("resnet34")


def test_every_window_is_centred_on_its_cell_so_cell_0_is_centred_on_the_first_pixel() -> None:
    for name in ("resnet18", "resnet50", "resnet56_cifar", "resnet200_preact"):
        assert {place.field.centre for place in places(plan(preset(name)))} == {0.0}


def test_a_corner_cell_of_the_last_stage_sees_the_image_to_pixel_217_and_217_pixels_of_padding() -> None:
    box = field_box(plan(preset("resnet18")), "stage 4", 0, 6)
    assert box.rows == Span(0, 217)
    assert box.reach_rows == Span(-217, 217)
    assert box.columns == Span(0, 223)  # 6 · 32 = 192 is its centre: from −25 to 409
    assert box.reach_columns == Span(-25, 409)


def test_the_first_window_of_the_stem() -> None:
    box = field_box(plan(preset("resnet18")), "conv1", 0, 1)
    assert (box.rows, box.columns) == (Span(0, 3), Span(0, 5))
    assert (box.reach_rows, box.reach_columns) == (Span(-3, 3), Span(-1, 5))


def test_stem_is_the_last_map_of_the_stem_and_a_wrong_name_is_told() -> None:
    imagenet, cifar = plan(preset("resnet18")), plan(preset("resnet20_cifar"), (32, 32))
    assert place_of(imagenet, "stem").name == "maxpool"
    assert place_of(cifar, "stem").name == "conv1"
    with pytest.raises(ValueError, match=r"'stage 4' is no map here; there are conv1, stage 1, stage 2"):
        field_box(cifar, "stage 4", 0, 0)
    with pytest.raises(ValueError, match=r"row is 7; stage 4 has 0 to 6"):
        field_box(imagenet, "stage 4", 7, 0)


def test_the_rows_of_the_table() -> None:
    last = place_rows(plan(preset("resnet18")))[-1]
    assert last["map"] == "7 × 7"
    assert (last["receptive field"], last["jump"], last["padding"]) == (435, 32, 217)
    assert last["middle cell sees"] == 100
    first = place_rows(plan(preset("resnet18")))[0]
    assert first["middle cell sees"] == round(100 * 49 / 224**2, 4)


def test_every_layer_with_a_window_has_a_row() -> None:
    rows = {row["after"]: row for row in window_rows(plan(preset("resnet50")))}
    assert rows["layer2.0.conv2"]["receptive field"] == 35 + 2 * 4
    assert rows["layer2.0.downsample.0"]["receptive field"] == 35  # a 1×1 sees what its cell saw
    assert rows["layer2.0.add"]["window"] == "main path + shortcut"
    assert "layer2.0.bn2" not in rows


MEASURED = [
    (preset("resnet18"), (224, 224), "stage 2", 13, 0),
    (preset("resnet18"), (225, 97), "stage 1", 56, 24),
    (preset("resnet20_cifar"), (32, 32), "stage 3", 7, 0),
    (preset("resnet50").with_(width=8), (500, 40), "stage 4", 8, 0),
    (preset("resnet50").with_(width=8, stride_in="1x1"), (520, 40), "stage 4", 8, 0),
]


@pytest.mark.parametrize(("spec", "size", "section", "row", "column"), MEASURED)
def test_the_box_is_where_the_gradient_is_not_zero(
    spec: ResNetSpec, size: tuple[int, int], section: str, row: int, column: int
) -> None:
    slim = spec.with_(width=min(spec.width, 8))
    model = only_positive(slim)
    box = field_box(plan(slim, size), section, row, column)
    assert seen(box) == measured(model, size, section, row, column)


def test_resnet50_v1_sees_483_pixels_and_v1_5_427_where_the_image_is_large_enough() -> None:
    for stride_in, size in (("1x1", 483), ("3x3", 427)):
        spec = preset("resnet50").with_(width=4, width_per_group=64, stride_in=stride_in)
        rows, _ = measured(only_positive(spec), (704, 33), "stage 4", 11, 0)
        assert rows.size == size


def cells(p: Plan) -> st.SearchStrategy[tuple[str, int, int]]:
    return st.sampled_from(places(p)).flatmap(
        lambda place: st.tuples(
            st.just(place.name), st.integers(0, place.shape[1] - 1), st.integers(0, place.shape[2] - 1)
        )
    )


@pytest.mark.slow
@settings(max_examples=60)
@given(spec=specs(), size=input_sizes, data=st.data())
def test_any_cell_of_any_network_sees_what_autograd_says(
    spec: ResNetSpec, size: tuple[int, int], data: st.DataObject
) -> None:
    p = plan(spec, size)
    section, row, column = data.draw(cells(p))
    assert seen(field_box(p, section, row, column)) == measured(
        only_positive(spec), size, section, row, column
    )


@settings(max_examples=60)
@given(spec=specs(), size=input_sizes, data=st.data())
def test_the_box_lies_within_the_reach_and_is_all_of_it_away_from_the_borders(
    spec: ResNetSpec, size: tuple[int, int], data: st.DataObject
) -> None:
    p = plan(spec, size)
    box = field_box(p, *data.draw(cells(p)))
    for span, reach, pixels in (
        (box.rows, box.reach_rows, size[0]),
        (box.columns, box.reach_columns, size[1]),
    ):
        assert max(reach.first, 0) <= span.first <= span.last <= min(reach.last, pixels - 1)
        if reach.first >= 0 and reach.last < pixels:
            assert span == reach


@given(spec=specs())
def test_every_layer_of_stem_and_stages_has_a_field(spec: ResNetSpec) -> None:
    p = plan(spec, (33, 20))
    names = [layer.name for layer, _ in layer_fields(p)]
    assert names == [layer.name for section in (p.stem, *p.stages) for layer in section.layers]
