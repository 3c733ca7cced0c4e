"""Superpixels: that they tile the photo, and that each is worth what a direct pass and captum say."""

import captum.attr
import numpy as np
import pytest
import torch
from PIL import Image
from scipy.stats import rankdata

from resnet_explorer import ResNetSpec, build
from resnet_explorer.common.progress import final_answer
from resnet_explorer.faithfulness.baseline import baseline_photo
from resnet_explorer.faithfulness.masked_forward import MaskedForward
from resnet_explorer.faithfulness.occlusion import Occlusion, occlusion, segment_means, superpixels
from resnet_explorer.faithfulness.pixel_ranking import upsampled
from resnet_explorer.photos.samples import open_sample
from tests.references import reader_forward, sigmoid, square

CAT = open_sample("cat").image.resize((32, 32), Image.Resampling.BILINEAR)


def forward() -> MaskedForward:
    torch.manual_seed(5)
    model = build(ResNetSpec("basic", (1, 1, 1), width=8, stem="cifar", num_classes=10)).eval()
    with torch.no_grad():
        model.fc.weight *= 8
    tensor = torch.from_numpy(np.array(CAT)).permute(2, 0, 1)[None].float() / 128 - 1
    return MaskedForward(model.requires_grad_(False), tensor, 3, baseline_photo(tensor, "blur"), 6)


def result(asked: MaskedForward, heat: np.ndarray, segments: np.ndarray) -> Occlusion:
    return final_answer(occlusion(asked, heat, segments))


@pytest.mark.parametrize("count", [10, 30, 100])
def test_the_segments_tile_the_photo(count: int) -> None:
    segments = superpixels(CAT, count)
    assert segments.shape == (32, 32)
    numbers = np.unique(segments)
    assert numbers.tolist() == list(range(len(numbers)))
    assert 0.4 * count <= len(numbers) <= 1.3 * count
    assert np.array_equal(segments, superpixels(CAT, count))


def test_each_segment_is_worth_what_a_direct_pass_says_and_what_captum_says() -> None:
    asked, segments = forward(), superpixels(CAT, 30)
    found = result(asked, np.random.default_rng(0).random((8, 8), dtype=np.float32), segments)
    whole = float(asked.model(asked.tensor).softmax(1)[0, 3])
    for number in range(segments.max() + 1):
        inside = torch.from_numpy(segments == number)
        photo = asked.tensor.clone()
        photo[:, :, inside] = asked.baseline[:, :, inside]
        without = float(asked.model(photo).softmax(1)[0, 3])
        assert found.drops[number] == pytest.approx(whole - without, abs=1e-6)
    theirs = captum.attr.FeatureAblation(lambda x: asked.model(x).softmax(1)).attribute(
        asked.tensor, asked.baseline, target=3, feature_mask=torch.from_numpy(segments)[None, None]
    )
    assert found.picture == pytest.approx(theirs[0, 0].numpy(), abs=1e-6)
    assert np.ptp(found.drops) > 0.004


def test_the_map_is_averaged_in_each_segment() -> None:
    segments = superpixels(CAT, 30)
    heat = np.random.default_rng(0).random((8, 8), dtype=np.float32)
    large = upsampled(heat, (32, 32))
    found = result(forward(), heat, segments)
    expected = [large[segments == number].mean() for number in range(segments.max() + 1)]
    assert found.heat == pytest.approx(expected, abs=1e-6)
    ranks = [rankdata(values) for values in (expected, found.drops)]
    assert found.correlation == pytest.approx(np.corrcoef(ranks)[0, 1], abs=1e-9)


def test_by_hand() -> None:
    assert segment_means(np.array([[1, 2], [3, 8]], np.float32), np.array([[0, 0], [1, 1]])) == pytest.approx(
        [1.5, 5.5]
    )


def test_the_truth_is_found_where_it_is() -> None:
    segments = np.arange(4).repeat(4)[:, None] * 4 + np.arange(4).repeat(4)[None, :]  # 16 squares of 4 × 4
    found = result(reader_forward(), square(), segments)
    left = {5: 16, 6: 8}  # columns 6 to 11: two of square 5, four of square 6
    expected = [sigmoid(4) - sigmoid(4 * left.get(number, 24) / 24) for number in range(16)]
    assert found.drops == pytest.approx(expected, abs=1e-7)
    assert found.heat == pytest.approx([8 / 16 if n == 5 else 1.0 if n == 6 else 0 for n in range(16)])
    assert found.correlation == pytest.approx(1)


def test_a_level_map_has_no_correlation() -> None:
    segments = superpixels(CAT, 10)
    assert result(forward(), np.zeros((8, 8), np.float32), segments).correlation is None
