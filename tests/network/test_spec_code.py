"""A link names a network and a size, and gives back the same ones."""

from __future__ import annotations

import re

import pytest
from hypothesis import given

from resnet_explorer import PRESETS, ResNetSpec, preset
from resnet_explorer.network.spec_code import decode_size, decode_spec, encode_size, encode_spec
from tests.strategies import specs


@given(spec=specs())
def test_every_network_comes_back_from_its_link(spec: ResNetSpec) -> None:
    code = encode_spec(spec)
    assert decode_spec(code) == spec
    assert re.fullmatch(r"[\w.-]+", code), "no character that a link would have to escape"


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_linked_by_its_name(name: str) -> None:
    assert encode_spec(preset(name)) == name
    assert decode_spec(name) == preset(name)


@pytest.mark.parametrize(
    ("written", "name"),
    [("resnet20", "resnet20_cifar"), ("ResNet-50", "resnet50"), ("resnext50-32x4d", "resnext50_32x4d")],
)
def test_a_name_that_is_plainly_a_presets_is_taken(written: str, name: str) -> None:
    assert decode_spec(written) == PRESETS[name]


def test_only_what_is_not_usual_stands_in_the_link() -> None:
    spec = ResNetSpec("basic", (2, 2, 2), width=32, stem="cifar", conv_bias=True)
    assert encode_spec(spec) == "basic.2-2-2.width-32.stem-cifar.conv_bias-1"


def test_a_link_of_before_means_a_padded_stem_and_zeros_behind() -> None:
    spec = decode_spec("basic.3-3-3.width-16.stem-cifar.num_classes-100.shortcut-zero_pad")
    assert (spec.stem_padding, spec.pools_stem, spec.zero_pad) == (None, False, "after")
    code = encode_spec(spec.with_(zero_pad="around", stem_padding=0, stem_pool=True))
    assert code.endswith(".stem_padding-0.stem_pool-1.zero_pad-around")


def test_the_longest_link_is_not_cut() -> None:
    spec = ResNetSpec(
        *("bottleneck", (500, 500, 500, 500), 1023, 1023, 4095, "cifar", "1x1", "pre", "projection_all"),
        *("none", True, 1023, 99_999, False),
    )
    assert decode_spec(encode_spec(spec)) == spec


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("", "net is '', which is no preset and no code of a network."),
        ("vgg16", "net is 'vgg16', which is no preset and no code of a network."),
        ("basic", "net is 'basic': '' is no whole number."),
        ("basic.2-x", "net is 'basic.2-x': 'x' is no whole number."),
        ("basic.2-0", "net is 'basic.2-0': depths is (2, 0), and 0 of it will not do; "
         "1 to 4 stages of 1 to 500 blocks each are allowed."),
        ("basic.2.colour-3", "net is 'basic.2.colour-3': 'colour' is no field of a network."),
        ("basic.2.stem_padding-3", "net is 'basic.2.stem_padding-3': stem_padding is 3; "
         "None (half the kernel) or 0 (none) is allowed."),
        ("basic.2.stem-mnist", "net is 'basic.2.stem-mnist': stem is 'mnist'; "
         'allowed are "imagenet" or "cifar".'),
        ("basic.2.width-٣", "net is 'basic.2.width-٣': '٣' is no whole number."),
        ("basic." + "9" * 600, f"net is 'basic.{'9' * 54}': '{'9' * 20}' is no whole number."),
    ],
)  # fmt: skip
def test_a_link_that_names_no_network_is_refused_in_one_sentence(code: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        decode_spec(code)


@pytest.mark.parametrize(
    ("size", "code"), [((224, 224), "224"), ((224, 160), "224x160"), ((1, 4096), "1x4096")]
)
def test_a_size_comes_back_from_its_link(size: tuple[int, int], code: str) -> None:
    assert encode_size(size) == code
    assert decode_size(code) == size


@pytest.mark.parametrize("code", ["", "big", "224x160x3", "-5", "2e3", "224 x 160"])
def test_a_size_that_is_none_is_refused_in_one_sentence(code: str) -> None:
    sentence = f"size is {code!r}; a size is written as 224 or 224x160."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        decode_size(code)


@pytest.mark.parametrize(("code", "size"), [("0", (0, 0)), ("224x5000", (224, 5000))])
def test_a_size_that_no_network_may_have_is_refused(code: str, size: tuple[int, int]) -> None:
    with pytest.raises(
        ValueError, match=re.escape(f"input_size is {size}; two whole numbers from 1 to 4096")
    ):
        decode_size(code)
