"""From the answer back: the channels' parts against the logits of torchvision's networks."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest
import torch
import torchvision

from resnet_explorer import build, preset
from resnet_explorer.explanation.activations_and_gradients import stage_pass
from resnet_explorer.inside.answer import AnswerChannels, answer_channels, channel_rows
from resnet_explorer.inside.answer_svg import ChannelList, answer_svg
from resnet_explorer.model.fold_batch_norm import for_evaluation
from resnet_explorer.model.resnet import ResNet
from tests.features.test_activations import lively
from tests.small_networks import noise_photo, small_network

SVG = "{http://www.w3.org/2000/svg}"
BY_HAND = AnswerChannels(
    np.array([[[1, 3], [0, 0]], [[2, 2], [2, 2]], [[0, 0], [0, 8]]], np.float32),
    np.array([[2, -1, 0.5], [1, 1, -1]], np.float32),
    np.array([0.25, -0.5], np.float32),
)
"""Channels of the means 1, 2 and 2."""


def found(model: ResNet, side: int = 32) -> tuple[AnswerChannels, torch.Tensor]:
    """The channels by the network made ready for photos, and its logits."""
    passed = stage_pass(for_evaluation(model), noise_photo(2, side), [len(model.spec.depths)])
    return answer_channels(for_evaluation(model), passed.outputs[-1].features), passed.prediction.logits


@pytest.mark.slow
@pytest.mark.parametrize(("name", "channels"), [("resnet18", 512), ("resnet50", 2048)])
def test_the_parts_sum_to_the_logit_of_torchvisions_network(name: str, channels: int) -> None:
    torch.manual_seed(1)
    theirs = torchvision.models.get_model(name).eval()
    ours = build(preset(name)).eval()
    ours.load_state_dict(theirs.state_dict())
    answer, _ = found(ours, 64)
    seen: list[torch.Tensor] = []
    theirs.avgpool.register_forward_hook(lambda _module, _inputs, output: seen.append(output.flatten()))
    with torch.no_grad():
        logits = theirs(noise_photo(2, 64))[0]
    assert answer.means == pytest.approx(seen[0].numpy(), rel=1e-3, abs=1e-4 * float(seen[0].max()))
    for index in (0, 417, 999):
        parts = answer.of(index)
        assert len(parts.parts) == channels
        assert parts.total == pytest.approx(float(logits[index]), abs=1e-4)
    lead = answer.between(3, 7)
    assert lead.total == pytest.approx(float(logits[3] - logits[7]), abs=1e-4)


@pytest.mark.parametrize(
    "changes", [{}, {"activation": "pre"}, {"shortcut": "none", "norm": "none"}], ids=str
)
def test_of_every_kind_of_network(changes: dict[str, object]) -> None:
    answer, logits = found(lively(small_network(**changes)))
    for index in range(10):
        assert answer.of(index).total == pytest.approx(float(logits[index]), abs=1e-4)
    assert answer.features.min() >= 0, "what is averaged is behind a ReLU"


def test_by_hand() -> None:
    one = BY_HAND.of(0)
    assert one.parts.tolist() == [2, -2, 1]
    assert one.total == 1.25
    assert one.strongest(4, 2) == [0, 2, 1]
    assert one.strongest(1, 0) == [0]
    assert one.rest([0]) == ((1, 1.0), (1, -2.0))
    assert one.rest([0, 1, 2]) == ((0, 0.0), (0, 0.0))
    lead = BY_HAND.between(0, 1)
    assert lead.parts.tolist() == [1, -4, 3]
    assert lead.total == 0.75 == one.total - BY_HAND.of(1).total
    rows = channel_rows(BY_HAND, 0, 1)
    assert [row["channel"] for row in rows] == [0, 2, 1]
    assert rows[1] == {
        "channel": 2,
        "mean": 2.0,
        "weight": 0.5,
        "contribution": 1.0,
        "other weight": -1.0,
        "other contribution": -2.0,
        "difference": 3.0,
    }
    with pytest.raises(ValueError, match=r"^class is 2; the classes go from 0 to 1\.$"):
        BY_HAND.of(2)


def test_the_picture_adds_up() -> None:
    lists = [
        ChannelList("cat", "81 %", BY_HAND.of(0), "= its logit"),
        ChannelList("What decides", "", BY_HAND.between(0, 1), "= its lead", ([2, -1, 0.5], [1, 1, -1])),
    ]
    pictures = dict.fromkeys(range(3), b"\x89PNG")
    svg = ElementTree.fromstring(answer_svg(lists, pictures, "The channels").svg)
    keys = [each.get("data-key") for each in svg.iter() if each.get("data-key")]
    assert keys == ["channel:0", "channel:2", "channel:1", "channel:2", "channel:0", "channel:1"]
    names = [each.get("aria-label") for each in svg.iter() if each.get("data-key")]
    assert names[0] == "channel 0: 2.000 · 1 = +2.000", "a button for the keyboard says what it is"
    told = ["".join(each.itertext()) for each in svg.iter(f"{SVG}text")]
    assert told[told.index("= its logit") + 1] == "1.250"
    assert told[told.index("= its lead") + 1] == "0.750"
    assert "2.000 · 1" in told
    assert "(0.500 + 1.000) · 2" in told, "minus a negative weight"
    assert told.count("bias") == told.count("difference of the biases") == 1
    assert min(float(each.get("font-size", 15)) for each in svg.iter(f"{SVG}text")) >= 14
    as_file = answer_svg(lists, pictures, "The channels", ["cat, probability 81 %", "of a network"])
    assert as_file.svg.index("of a network") > as_file.svg.index("= its lead")
    assert 'fill="#ffffff"' in as_file.svg
