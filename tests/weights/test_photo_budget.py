"""What a file claims is held against a budget before anything is made."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import torch

from resnet_explorer.model.resnet import build
from resnet_explorer.network.budget import check_photo_budget
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import PRESETS, preset
from resnet_explorer.network.spec_code import decode_spec
from resnet_explorer.photos.preprocessing import Preprocessing
from resnet_explorer.weights.description import Weights, from_metadata, to_metadata
from resnet_explorer.weights.recognition.candidate_distances import is_measurable, may_be_dilated

SEEN = Preprocessing(224, 224, (0.5, 0.5, 0.5), (0.5, 0.5, 0.5))


def test_a_large_network_on_a_large_photo_may_take_two_gibibytes() -> None:
    check_photo_budget(plan(preset("resnet152"), (576, 576)))  # 1.96 GiB, as its layers' outputs add up
    with pytest.raises(ValueError, match=r"At 608 × 608 pixels the feature maps of one photo take 2\.\d+ GB"):
        check_photo_budget(plan(preset("resnet152"), (608, 608)))


def test_a_photo_for_which_all_others_would_wait_is_refused() -> None:
    """Its maps are within the budget, and its work is that of five thousand photos in ResNet-18."""
    with pytest.raises(ValueError, match=r"At 186 × 186 pixels one photo takes 1\.\d+ T MACs; 250 G are"):
        check_photo_budget(plan(decode_spec("basic.1-1.width-1024.stem-cifar"), (186, 186)))
    check_photo_budget(plan(preset("wide_resnet101_2"), (608, 608)))


def test_photos_are_shown_to_what_is_known_and_to_nothing_endless() -> None:
    """A person waits, and the class with him."""
    for name in PRESETS:
        assert is_measurable(preset(name))
        assert may_be_dilated(preset(name).with_(include_top=False)) == (
            preset(name).block == "bottleneck" and len(preset(name).depths) == 4
        )
    for code in ("basic.500-1.stem-cifar", "basic.1-1.width-1024.stem-cifar"):
        assert not is_measurable(decode_spec(code))
    assert not may_be_dilated(decode_spec("bottleneck.3-4-500-500.include_top-0"))


def test_a_file_that_claims_a_crop_of_4096_is_refused_by_its_header() -> None:
    spec = preset("resnet18").with_(num_classes=2)
    weights = Weights("yours/0123456789ab", "small", spec, ("a", "b"), SEEN, "yours")
    claimed = replace(SEEN, resize=4096, crop=4096).to_json()
    header = to_metadata(weights) | {"preprocessing": json.dumps(claimed)}
    with pytest.raises(ValueError, match="4,096 × 4,096 pixels"):
        from_metadata(header, weights.key, "yours")
    assert from_metadata(to_metadata(weights), weights.key, "yours") == weights


def test_a_network_of_a_link_is_not_made_if_its_values_take_gigabytes() -> None:
    spec = decode_spec("bottleneck.50-50-50-50.width-256")
    with pytest.raises(ValueError, match=r"The 4,7\d\d,\d{3},\d{3} values of this network take 19\.1 GB"):
        build(spec)
    with torch.device("meta"):  # the shapes alone
        assert build(spec).spec == spec
