"""What changed, in words: the presets', every single field, and when nothing else did."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from resnet_explorer.comparison.sentences import INPUT_SIZE, WORDS, changed_fields, changes, sentence
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import ResNetSpec, preset
from tests.strategies import specs

R50 = preset("resnet50")


def said(a: ResNetSpec | str, b: ResNetSpec | str) -> str:
    one, other = (preset(spec) if isinstance(spec, str) else spec for spec in (a, b))
    return sentence(plan(one), plan(other))


@pytest.mark.parametrize(
    ("a", "b", "words"),
    [
        ("resnet50", "resnet50", "They are the same network."),
        (
            "resnet18",
            "resnet34",
            "+1 identity block in stage 1, +2 in stage 2, +4 in stage 3, +1 in stage 4; nothing else.",
        ),
        (
            "resnet34",
            "resnet50",
            "Bottlenecks (1×1, 3×3, 1×1) instead of basic blocks (3×3, 3×3); nothing else.",
        ),
        ("resnet50", "resnet101", "+17 identity blocks in stage 3; nothing else."),
        ("resnet101", "resnet50", "−17 identity blocks in stage 3; nothing else."),
        ("resnet101", "resnet152", "+4 identity blocks in stage 2, +13 in stage 3; nothing else."),
        (
            "plain18",
            "plain34",
            "+1 plain block in stage 1, +2 in stage 2, +4 in stage 3, +1 in stage 4; nothing else.",
        ),
        (
            "resnet20_cifar",
            "resnet32_cifar",
            "+2 identity blocks in stage 1, +2 in stage 2, +2 in stage 3; nothing else.",
        ),
        (
            "resnet34",
            "plain34",
            "No shortcuts: a plain network instead of option B (projection); nothing else.",
        ),
        (
            "resnet50",
            "resnext50_32x4d",
            "3×3 convolutions in 32 groups instead of 1; "
            "width per group 4 instead of 64 (128 channels in the 3×3 of stage 1 instead of 64).",
        ),
        (
            "resnet50",
            "wide_resnet50_2",
            "Width per group 128 instead of 64 (128 channels in the 3×3 of stage 1 instead of 64); "
            "nothing else.",
        ),
        (
            "resnet18",
            "resnet18_d2l",
            "A bias in every convolution; 1 input channel instead of 3; 10 classes instead of 1,000; "
            "no norm after projections.",
        ),
        (
            R50.with_(depths=(3, 4, 3, 3)),
            R50.with_(depths=(3, 4, 36, 3)),
            "+33 identity blocks in stage 3; nothing else.",
        ),
        (
            R50,
            R50.with_(depths=(3, 4, 6)),
            "No stage 4 (3 blocks), so the head takes 1,024 channels instead of 2,048; nothing else.",
        ),
        (
            R50.with_(shortcut="projection_all"),
            R50.with_(shortcut="projection_all", depths=(3, 5, 6, 3)),
            "+1 projection block in stage 2; nothing else.",
        ),
        (R50, R50.with_(width=128), "Width 128 instead of 64: × 2 in every stage; nothing else."),
    ],
)
def test_in_words(a: ResNetSpec | str, b: ResNetSpec | str, words: str) -> None:
    assert said(a, b) == words


def test_v1_against_v1_5() -> None:
    v1 = R50.with_(stride_in="1x1")
    assert (plan(v1).macs, plan(R50).macs) == (3_857_973_248, 4_089_184_256)
    assert said(v1, R50) == (
        "The stride moves from the 1×1 to the 3×3 (v1 → v1.5): same parameters and shapes, "
        "+6 % MACs; nothing else."
    )
    assert "(v1.5 → v1): same parameters and shapes, −5.7 % MACs; nothing else." in said(R50, v1)


def test_a_basic_block_has_no_1x1_to_move_the_stride_to() -> None:
    r18 = preset("resnet18")
    assert said(r18, r18.with_(stride_in="1x1")).endswith("; layer by layer they are the same.")


def test_another_input_is_a_change() -> None:
    words = sentence(plan(R50), plan(R50, (320, 256)))
    assert words == "An input of 320 × 256 pixels instead of 224 × 224; nothing else."
    assert "nothing else" not in sentence(plan(R50), plan(preset("resnet101"), (320, 256)))


OTHER_VALUES: dict[str, Any] = {
    "block": "basic",
    "depths": (3, 4, 7, 3),
    "width": 128,
    "groups": 2,
    "width_per_group": 128,
    "stem": "cifar",
    "stride_in": "1x1",
    "activation": "pre",
    "shortcut": "zero_pad",
    "norm": "none",
    "conv_bias": True,
    "in_channels": 1,
    "num_classes": 10,
    "include_top": False,
    "projection_norm": False,
    "stem_padding": 0,
    "stem_pool": False,
    "zero_pad": "around",
}


def test_every_field_of_a_spec_has_its_words() -> None:
    names = [field.name for field in fields(ResNetSpec)]
    assert [*names, INPUT_SIZE] == list(WORDS)
    assert names == list(OTHER_VALUES)


@pytest.mark.parametrize("field", OTHER_VALUES)
def test_one_field_is_one_change_and_nothing_else(field: str) -> None:
    base = R50.with_(shortcut="zero_pad") if field == "zero_pad" else R50  # else it puts no zeros anywhere
    a, b = plan(base), plan(base.with_(**{field: OTHER_VALUES[field]}))
    assert changed_fields(a, b) == (field,)
    there, back = sentence(a, b), sentence(b, a)
    assert there.endswith("; nothing else.") and back.endswith("; nothing else.")
    assert there != back


@pytest.mark.parametrize("field", [field for field in OTHER_VALUES if field != "depths"])
def test_nothing_else_is_not_said_when_another_field_differs(field: str) -> None:
    changed = {field: OTHER_VALUES[field], "depths": (3, 4, 23, 3)}
    words = said(R50, R50.with_(**changed))
    assert "in stage 3" in words
    assert "nothing else" not in words


@pytest.mark.slow
@given(specs(), specs(), st.sampled_from([(32, 32), (33, 40)]), st.sampled_from([(32, 32), (33, 40)]))
def test_nothing_else_is_said_of_a_single_difference_only(
    one: ResNetSpec, other: ResNetSpec, size: tuple[int, int], other_size: tuple[int, int]
) -> None:
    a, b = plan(one, size), plan(other, other_size)
    different = sum(getattr(one, f.name) != getattr(other, f.name) for f in fields(ResNetSpec))
    different += size != other_size
    words = sentence(a, b)
    assert len(changes(a, b)) == different
    assert (words == "They are the same network.") == (different == 0)
    if different != 1:
        assert "nothing else" not in words
    assert ("layer by layer they are the same" in words) == (different > 0 and a.layers == b.layers)


@given(specs(), st.lists(st.integers(1, 4), min_size=1, max_size=4))
def test_with_other_depths_what_is_not_named_is_the_same(spec: ResNetSpec, depths: list[int]) -> None:
    other = spec.with_(depths=tuple(depths))
    assume(other != spec)
    a, b = plan(spec, (33, 33)), plan(other, (33, 33))
    words = sentence(a, b)
    assert words.endswith("; nothing else.")
    mine, others = ({section.name: section for section in p.sections} for p in (a, b))
    for name in {*mine, *others}:
        same = name in mine and name in others and mine[name].layers == others[name].layers
        named = re.search(rf"\b{name}\b", words)
        assert same or named, (name, words)
        assert not (same and named), (name, words)


@given(specs(), st.data())
def test_the_numbers_of_blocks_change_their_signs(spec: ResNetSpec, data: st.DataObject) -> None:
    stages = len(spec.depths)
    depths = data.draw(st.lists(st.integers(1, 4), min_size=stages, max_size=stages))
    a, b = plan(spec, (32, 32)), plan(spec.with_(depths=tuple(depths)), (32, 32))
    there, back = (re.findall(r"([+−]\d+) ", sentence(*pair)) for pair in ((a, b), (b, a)))
    assert there == [number.translate(str.maketrans("+−", "−+")) for number in back]
    assert sum(int(n.replace("−", "-")) for n in there) == len(b.blocks) - len(a.blocks)
