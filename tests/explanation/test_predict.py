"""What the network sees equals torchvision's transforms, and a prediction equals a bare forward."""

import io

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from PIL import Image
from torchvision.models import get_model_weights
from torchvision.transforms._presets import ImageClassification
from torchvision.transforms.functional import InterpolationMode

from resnet_explorer import ResNetSpec, build
from resnet_explorer.explanation.activations_and_gradients import stage_pass
from resnet_explorer.explanation.predict import default_view, predict, preprocess, to_tensor
from resnet_explorer.network.spec import TORCHVISION_NAMES
from resnet_explorer.photos.crop import CENTRE, View, crop_box
from resnet_explorer.photos.decode import Photo, open_photo
from resnet_explorer.photos.preprocessing import Preprocessing
from resnet_explorer.photos.samples import open_sample
from resnet_explorer.photos.tile import seen_small
from resnet_explorer.weights.catalogue import find, load
from resnet_explorer.weights.imagenet import preprocessing_of
from tests.small_networks import noise_photo

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def noise(width: int, height: int) -> Photo:
    values = np.random.default_rng(width * 9973 + height).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Photo("noise", Image.fromarray(values), (width, height))


@pytest.mark.parametrize("name", TORCHVISION_NAMES)
def test_a_photo_equals_torchvisions_transforms_to_the_bit(name: str) -> None:
    for weights in get_model_weights(name):
        tensor, crop = preprocess(open_sample("cat"), preprocessing_of(weights))
        assert torch.equal(tensor[0], weights.transforms()(open_sample("cat").image))
        assert crop.image.size == (224, 224)


@settings(max_examples=60, deadline=None)
@given(
    width=st.integers(1, 700),
    height=st.integers(1, 700),
    sizes=st.sampled_from([(256, 224), (232, 224), (32, 32), (36, 32), (224, 224)]),
    interpolation=st.sampled_from(["bilinear", "bicubic"]),
)
def test_any_photo_equals_torchvisions(
    width: int, height: int, sizes: tuple[int, int], interpolation: str
) -> None:
    resize, crop = sizes
    assume(max(width, height) / min(width, height) < 200)  # what torchvision unrolls in reasonable time
    photo = noise(width, height)
    ours, _ = preprocess(photo, Preprocessing(resize, crop, MEAN, STD, interpolation))
    assert torch.equal(ours[0], torchvisions(photo, resize, crop, interpolation))


def test_a_strip_too_long_to_unroll_is_within_one_level() -> None:
    photo = noise(2, 700)  # 256 × 89,600 pixels when resized
    ours, _ = preprocess(photo, Preprocessing(256, 224, MEAN, STD))
    difference = (ours[0] - torchvisions(photo, 256, 224, "bilinear")).abs()
    assert difference.max() <= 1.01 / 255 / min(STD)  # one step of a byte, after normalisation


def panorama(width: int, height: int) -> Image.Image:
    """A strip of one photo many times over."""
    tile = open_sample("coffee").image.resize((height * 3 // 2, height), Image.Resampling.BICUBIC)
    strip = Image.new("RGB", (width, height))
    for left in range(0, width, tile.width):
        strip.paste(tile, (left, 0))
    return strip


@pytest.mark.parametrize(
    ("size", "levels", "logit"),
    [((6000, 600), 1.0, 0.05), ((20_000, 300), 0.0, 0.0)],  # a second resize, and none
)
def test_a_panorama_is_seen_as_torchvision_sees_the_whole_file(
    size: tuple[int, int], levels: float, logit: float
) -> None:
    whole = panorama(*size)
    stream = io.BytesIO()
    whole.save(stream, "PNG", compress_level=1)
    photo = open_photo(stream.getvalue(), "panorama.png")
    ours, _ = preprocess(photo, Preprocessing(256, 224, MEAN, STD))
    theirs = ImageClassification(crop_size=224, resize_size=256)(whole)
    difference = (ours[0] - theirs).abs() * torch.tensor(STD).view(3, 1, 1) * 255
    assert difference.mean() <= levels  # of 256; that of a copy of 1,024 × 102 is 5
    weights = find("bundled/resnet20")
    steps = weights.preprocessing
    ours, _ = preprocess(photo, steps, CENTRE)
    theirs = ImageClassification(
        crop_size=steps.crop, resize_size=steps.resize, mean=steps.mean, std=steps.std
    )(whole)
    model = load(weights)
    assert (predict(model, ours).logits - predict(model, theirs[None]).logits).abs().max() <= logit


def torchvisions(photo: Photo, resize: int, crop: int, interpolation: str) -> torch.Tensor:
    method = InterpolationMode(interpolation)
    return ImageClassification(crop_size=crop, resize_size=resize, interpolation=method)(photo.image)


@pytest.mark.parametrize("size", [(1, 1024), (1024, 1), (1, 20_000), (1, 1)])
def test_extreme_shapes_give_a_square_at_once(size: tuple[int, int]) -> None:
    tensor, _ = preprocess(noise(*size), Preprocessing(256, 224, MEAN, STD))
    assert tensor.shape == (1, 3, 224, 224)
    assert tensor.isfinite().all()


def test_the_box_of_the_centre() -> None:
    # 400 × 300: resized to 341 × 256, then 224 of each from 58 and 16.
    left, top, right, bottom = crop_box((400, 300), 256, 224)
    assert (left, right) == pytest.approx((58 * 400 / 341, 282 * 400 / 341))
    assert (top, bottom) == pytest.approx((16 * 300 / 256, 240 * 300 / 256))


def test_the_view_moves_and_narrows_the_box() -> None:
    assert crop_box((400, 300), 256, 224, View(x=0, y=1))[0::3] == pytest.approx((0, 300))
    left, _, right, _ = crop_box((400, 300), 256, 224, View(zoom=2))
    assert right - left == pytest.approx(224 * 400 / 682)
    assert (left + right) / 2 == pytest.approx(200, abs=0.5)


@given(
    size=st.tuples(st.integers(1, 1024), st.integers(1, 1024)),
    view=st.builds(View, st.floats(0.1, 8), st.floats(0, 1), st.floats(0, 1)),
)
def test_the_box_stays_inside_the_photo(size: tuple[int, int], view: View) -> None:
    left, top, right, bottom = crop_box(size, 256, 224, view)
    assert 0 <= left < right <= size[0]
    assert 0 <= top < bottom <= size[1]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"zoom": 0}, "zoom is 0; more than 0 and at most 100 is allowed."),
        ({"x": 1.5}, "x is 1.5; 0 to 1 is allowed."),
    ],
)
def test_a_view_outside_the_photo_is_refused(change: dict[str, float], sentence: str) -> None:
    with pytest.raises(ValueError) as refusal:
        View(**change)
    assert str(refusal.value) == sentence


def test_one_channel_is_grey() -> None:
    tensor, _ = preprocess(open_sample("cat"), Preprocessing(32, 32, MEAN, STD), channels=1)
    grey = np.asarray(preprocess(open_sample("cat"), Preprocessing(32, 32, MEAN, STD))[1].image.convert("L"))
    assert tensor.shape == (1, 1, 32, 32)
    assert tensor[0, 0].numpy() == pytest.approx((grey / 255 - 0.449) / 0.226, abs=1e-5)


def small_network(**changes: object) -> torch.nn.Module:
    torch.manual_seed(3)
    spec = ResNetSpec("basic", (1, 1, 1), width=8, stem="cifar", num_classes=7)
    return build(spec.with_(**changes)).eval()


def test_a_prediction_is_the_forward_pass() -> None:
    model = small_network()
    tensor = torch.randn(1, 3, 32, 32)
    prediction = predict(model, tensor)
    with torch.no_grad():
        assert torch.equal(prediction.logits, model(tensor)[0])
    assert float(prediction.probabilities.sum()) == pytest.approx(1, abs=1e-6)
    best = prediction.top(5)
    assert [index for index, _ in best] == prediction.logits.argsort(descending=True)[:5].tolist()
    assert best[0][1] == pytest.approx(float(prediction.logits.softmax(0).max()))
    assert len(prediction.top(99)) == 7
    assert prediction.device == "cpu"
    assert prediction.milliseconds > 0


@pytest.mark.parametrize(
    ("model", "shape", "sentence"),
    [
        (small_network().train(), (1, 3, 32, 32), "training mode"),
        (small_network(include_top=False), (1, 3, 32, 32), "knows no classes"),
        (small_network(), (1, 1, 32, 32), r"The tensor is \(1, 1, 32, 32\); \(1, 3, height, width\)"),
        (small_network(), (2, 3, 32, 32), r"The tensor is \(2, 3, 32, 32\)"),
    ],
)
def test_what_cannot_be_classified_is_refused(
    model: torch.nn.Module, shape: tuple[int, ...], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        predict(model, torch.zeros(shape))


class BrightnessNetwork(torch.nn.Module):
    """Two classes, dark and bright: it is surest where the picture is brightest."""

    spec = ResNetSpec("basic", (1,), stem="cifar", num_classes=2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        brightness = x.mean(dim=(1, 2, 3))
        return torch.stack([torch.zeros_like(brightness), brightness], dim=1)


def bright_at(left: int, width: int) -> Photo:
    image = Image.new("RGB", (width, 100), (128, 128, 128))
    image.paste((255, 255, 255), (left, 0, left + 100, 100))
    return Photo("bright", image, image.size)


HALF = (0.5, 0.5, 0.5)


@pytest.mark.parametrize(("left", "expected"), [(0, 0.0), (100, 0.5), (200, 1.0)])
def test_looks_where_it_is_surest(left: int, expected: float) -> None:
    surest = Preprocessing(32, 32, HALF, HALF, crop_policy="most_confident")
    assert default_view(BrightnessNetwork(), bright_at(left, 300), surest).x == expected


def test_looks_in_the_centre_unless_the_weights_say_otherwise() -> None:
    centre = Preprocessing(32, 32, HALF, HALF)
    assert default_view(BrightnessNetwork(), bright_at(200, 300), centre) == CENTRE


def test_of_a_square_photo_there_is_one_square() -> None:
    surest = Preprocessing(32, 32, HALF, HALF, crop_policy="most_confident")
    assert default_view(BrightnessNetwork(), bright_at(0, 100), surest) == CENTRE


def test_the_bundled_network_looks_at_a_tile_and_answers() -> None:
    weights = find("bundled")
    model, photo, side = load(weights), open_sample("coffee"), weights.preprocessing.crop
    view = default_view(model, photo, weights.preprocessing)
    tensor, crop = preprocess(photo, weights.preprocessing, view)
    small = photo.image.resize((64, 64), Image.Resampling.BICUBIC, box=crop.box)
    assert torch.equal(tensor, to_tensor(seen_small(small, side), weights.preprocessing))
    answer = predict(model, tensor)
    assert answer.logits.shape == (184,)
    (likeliest, probability), *others = answer.top(5)
    assert weights.classes[likeliest] == "espresso"
    assert probability > 0.5
    assert len(others) == 4
    assert answer.probabilities.sum().item() == pytest.approx(1)


def test_an_answer_that_is_no_number_is_none() -> None:
    """A file may hold any finite values, and no chart can be drawn of what they come to."""
    model = small_network()
    with torch.no_grad():
        model.fc.weight.fill_(3e38)
    for ask in (predict, stage_pass):
        with pytest.raises(ValueError, match=r"^The values at fc leave the range of float32"):
            ask(model, 100 * noise_photo().abs())
