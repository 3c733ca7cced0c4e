"""Each of many photos gets the prediction that it would get alone."""

import threading
from itertools import islice

import pytest
import torch

from resnet_explorer import ResNetSpec, build, preset
from resnet_explorer.batch import classify
from resnet_explorer.batch.classify import batch_size, predict_in_batches, predict_photos
from resnet_explorer.explanation.predict import default_view, predict, preprocess
from resnet_explorer.model.resnet import ResNet
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import PRESETS
from resnet_explorer.photos.decode import open_photo
from resnet_explorer.photos.preprocessing import Preprocessing
from resnet_explorer.photos.samples import SAMPLES, open_sample, sample_bytes
from resnet_explorer.photos.sources import Entry
from tests.photos.files import noise

SPEC = ResNetSpec("basic", (1, 1), width=8, stem="cifar", num_classes=10)
MOST_CONFIDENT = Preprocessing(32, 32, (0.5, 0.5, 0.5), (0.25, 0.25, 0.25), crop_policy="most_confident")
CENTRE_224 = Preprocessing(256, 224, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


@pytest.fixture(scope="module")
def network() -> ResNet:
    torch.manual_seed(5)
    return build(SPEC).eval().requires_grad_(False)


def entry(name: str, data: bytes) -> Entry:
    return Entry(name, lambda: data)


@pytest.mark.slow
@pytest.mark.parametrize("preprocessing", [MOST_CONFIDENT, CENTRE_224], ids=["most confident", "centre"])
def test_each_photo_has_the_prediction_that_it_has_alone(
    network: ResNet, preprocessing: Preprocessing
) -> None:
    files = {each.file: sample_bytes(each.name) for each in SAMPLES}
    files |= {f"{number}.jpg": noise(number, (150, 60 + number)) for number in range(40)}
    step = list(
        predict_photos([entry(name, data) for name, data in files.items()], network, preprocessing, top=10)
    )[-1]
    assert (step.done, step.total) == (len(files), len(files))
    assert [each.name for each in step.answer.predictions] == list(files)
    for name, found in zip(files, step.answer.predictions, strict=True):
        photo = open_photo(files[name], name)
        view = default_view(network, photo, preprocessing)
        tensor, _ = preprocess(photo, preprocessing, view)
        alone = predict(network, tensor).top(10)
        assert [index for index, _ in found.best] == [index for index, _ in alone]
        assert [p for _, p in found.best] == pytest.approx([p for _, p in alone], abs=1e-6)


def test_which_square_was_predicted_is_told(network: ResNet) -> None:
    (batch,) = predict_in_batches(
        [entry("cat", sample_bytes("cat"))], network, MOST_CONFIDENT, lambda photo: photo
    )
    assert batch[0].view == default_view(network, open_sample("cat"), MOST_CONFIDENT)
    assert batch[0].kept.image.size == open_sample("cat").image.size


def test_a_network_of_one_channel_gets_grey() -> None:
    grey = build(SPEC.with_(in_channels=1)).eval()
    (step,) = predict_photos([entry("cat", sample_bytes("cat"))], grey, MOST_CONFIDENT, top=3)
    tensor, _ = preprocess(
        open_sample("cat"), MOST_CONFIDENT, default_view(grey, open_sample("cat"), MOST_CONFIDENT), 1
    )
    expected = predict(grey, tensor).top(3)
    for (index, probability), (other, alone) in zip(step.answer.predictions[0].best, expected, strict=True):
        assert (index, probability) == (other, pytest.approx(alone, abs=1e-6))


def test_what_cannot_be_read_is_named_and_the_rest_is_done(network: ResNet) -> None:
    files = [entry("a.jpg", noise(1)), entry("b.jpg", b"dear diary"), entry("c.jpg", noise(2)[:300])]
    *_, step = predict_photos([*files, entry("d.jpg", noise(3))], network, MOST_CONFIDENT)
    assert [each.name for each in step.answer.predictions] == ["a.jpg", "d.jpg"]
    assert [each.name for each in step.answer.unread] == ["b.jpg", "c.jpg"]
    assert step.answer.unread[0].sentence.startswith("b.jpg is no picture")


def test_a_network_whose_values_are_no_numbers_has_no_answer() -> None:
    broken = build(SPEC).eval().requires_grad_(False)
    broken.fc.weight.fill_(float("nan"))
    *_, step = predict_photos([entry("a.jpg", noise(1)), entry("b.jpg", b"")], broken, MOST_CONFIDENT)
    assert step.answer.predictions == []
    assert step.answer.unread[0].sentence == (
        "a.jpg: the network's values leave the range of float32, so it has no answer."
    )
    assert step.answer.unread[1].sentence.startswith("b.jpg is empty")


def test_only_files_that_cannot_be_read_are_an_answer_too(network: ResNet) -> None:
    *_, step = predict_photos([entry("a.txt", b"a")], network, MOST_CONFIDENT)
    assert (step.answer.predictions, [each.name for each in step.answer.unread]) == ([], ["a.txt"])
    assert list(predict_photos([], network, MOST_CONFIDENT)) == []


def test_no_more_photos_are_read_ahead_than_a_batch_and_the_threads(network: ResNet) -> None:
    read: list[int] = []
    lock = threading.Lock()

    def reader(number: int) -> bytes:
        with lock:
            read.append(number)
        return noise(number)

    entries = [Entry(str(number), lambda number=number: reader(number)) for number in range(200)]
    size = batch_size(SPEC, 32, 3)
    answers = predict_in_batches(entries, network, MOST_CONFIDENT, lambda photo: None)
    assert [len(batch) for batch in islice(answers, 2)] == [size, size]
    assert len(read) <= 3 * size + classify.THREADS
    answers.close()
    assert len(read) < len(entries)


def test_a_network_without_classes_is_refused_before_anything_is_read() -> None:
    bare = build(SPEC.with_(include_top=False)).eval()
    entries = [Entry("a", lambda: pytest.fail("was read"))]
    with pytest.raises(ValueError, match="knows no classes"):
        next(predict_photos(entries, bare, MOST_CONFIDENT))


def test_a_pass_is_as_large_as_a_fraction_of_a_second_allows() -> None:
    assert batch_size(preset("resnet50"), 224) == 4, "of 4.09 G each"
    assert batch_size(preset("resnet152"), 224) == 1
    assert batch_size(SPEC, 32, 3) == 32


def test_photos_of_4096_pixels_fit_into_memory() -> None:
    """Little work, and 200 MB a square: 31 of them would be a fraction of a second, and 9 GB."""
    assert batch_size(preset("resnet18").with_(depths=(1,), width=1), 4096) == 15
    for name in PRESETS:
        spec = preset(name)
        macs = plan(spec, spec.natural_size).macs
        assert batch_size(spec, spec.natural_size[0]) == max(
            1, min(classify.MOST_SQUARES, classify.PASS_MACS // macs)
        )
