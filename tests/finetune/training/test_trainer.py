"""Fine-tuning: three ways, the same numbers after an interruption, and what may go wrong."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from torch.utils.data import DataLoader, TensorDataset

from resnet_explorer import ResNetSpec, build
from resnet_explorer.common.ordered_map import in_order
from resnet_explorer.finetune.dataset.batches import augmented, plain
from resnet_explorer.finetune.dataset.image_folder import Item, LabelledPhotos, labelled_photos
from resnet_explorer.finetune.training import first_head, frozen_features, trainer
from resnet_explorer.finetune.training.backbone_and_head import CutNetwork, with_new_head
from resnet_explorer.finetune.training.first_head import FirstHead
from resnet_explorer.finetune.training.hyperparameters import (
    TUTORIAL,
    Settings,
    frozen_stages,
    least_smoothed_loss,
)
from resnet_explorer.finetune.training.passing_order import BATCH, FIRST, passing_batches
from resnet_explorer.finetune.training.run_folder import Epoch
from resnet_explorer.finetune.training.trainer import Progress, Run
from resnet_explorer.model.fold_batch_norm import for_evaluation
from resnet_explorer.model.resnet import ResNet
from resnet_explorer.photos.sources import Entry
from tests.finetune_colours import COLOURS, SEEN, SPEC, numbers, photo


@pytest.fixture(scope="module")
def photos() -> LabelledPhotos:
    files = {
        f"{name}/{number}.png": photo(colour, 100 * place + number)
        for place, (name, colour) in enumerate(COLOURS.items())
        for number in range(15)
    }
    return labelled_photos([Entry(name, lambda name=name: files[name]) for name in files])


def network(seed: int = 0) -> ResNet:
    torch.manual_seed(4)
    return with_new_head(SPEC, 3, seed, build(SPEC))


def run(photos: LabelledPhotos, folder: Path, settings: Settings) -> Run:
    folder.mkdir(exist_ok=True)
    return Run(network(settings.seed), photos, SEEN, settings, folder)


def results(steps: Iterator[Progress]) -> list[Epoch]:
    return [step.result for step in steps if step.result]


WAYS = [
    Settings("head", epochs=12, batch_size=8, rate=0.05),
    Settings("stages", epochs=6, batch_size=8, rate=0.01),
    Settings("all", epochs=5, batch_size=8, rate=0.01),
]


@pytest.mark.parametrize("settings", WAYS, ids=lambda settings: settings.strategy)
def test_each_way_learns_three_colours(photos: LabelledPhotos, tmp_path: Path, settings: Settings) -> None:
    training = run(photos, tmp_path, settings)
    epochs = results(training.epochs())
    assert [epoch.epoch for epoch in epochs] == list(range(1, settings.epochs + 1))
    assert training.best is not None
    assert training.best.val_accuracy == max(epoch.val_accuracy for epoch in epochs) == 1
    assert epochs[-1].train_loss < epochs[0].train_loss


@pytest.mark.parametrize("settings", WAYS, ids=lambda settings: settings.strategy)
def test_only_what_learns_changes(photos: LabelledPhotos, tmp_path: Path, settings: Settings) -> None:
    before = network().state_dict()
    training = run(photos, tmp_path, settings)
    results(training.epochs())
    changed = {
        name.split(".")[0]
        for name, value in training.network.model.state_dict().items()
        if not torch.equal(value, before[name])
    }
    expected = {"head": {"fc"}, "stages": {"layer2", "fc"}, "all": {"conv1", "bn1", "layer1", "layer2", "fc"}}
    assert changed == expected[settings.strategy]


@pytest.mark.slow
@pytest.mark.parametrize("settings", WAYS, ids=lambda settings: settings.strategy)
def test_a_resumed_run_gives_the_numbers_of_an_uninterrupted_one(
    photos: LabelledPhotos, tmp_path: Path, settings: Settings
) -> None:
    whole = run(photos, tmp_path / "whole", settings)
    expected = results(whole.epochs())
    first = run(photos, tmp_path / "parts", settings)
    for step in first.epochs():
        if step.what == "training" and step.epoch == 3 and step.done == 2:
            break  # in the midst of the third epoch
    again = run(photos, tmp_path / "parts", settings)
    again.resume()
    assert again.epochs_done == 2
    rest = results(again.epochs())
    assert numbers(rest) == numbers(expected[2:])
    for name, value in whole.best_state.items():
        assert torch.equal(value, again.best_state[name])


@pytest.mark.parametrize(("size", "epoch"), [(16, 0), (16, 1), (35, 2)])
def test_the_lessons_batches_are_those_of_a_data_loader(
    photos: LabelledPhotos, tmp_path: Path, size: int, epoch: int
) -> None:
    settings = replace(TUTORIAL, batch_size=size, seed=3)
    count = len(photos.part("train"))
    assert count == 36
    theirs = DataLoader(
        TensorDataset(torch.arange(count)),
        batch_size=size,
        shuffle=True,
        drop_last=False,
        generator=torch.Generator().manual_seed(3 * 100_003 + epoch),
    )
    wanted = [batch.tolist() for (batch,) in theirs]
    assert [len(batch) for batch in wanted] == ([16, 16, 4] if size == 16 else [35, 1])
    assert run(photos, tmp_path, settings)._batches(epoch) == wanted


def test_a_rest_of_one_photo_joins_where_a_norm_could_not_do_with_it(
    photos: LabelledPhotos, tmp_path: Path
) -> None:
    """On a last map of one pixel, one photo gives each channel one value, and no variance."""
    settings = replace(TUTORIAL, batch_size=35, epochs=1)
    model = with_new_head(SPEC, 3, 0, build(SPEC))
    tiny = Run(model, photos, replace(SEEN, resize=2, crop=2), settings, tmp_path)
    assert [len(batch) for batch in tiny._batches(0)] == [36]
    assert len(results(tiny.epochs())) == 1


def test_kept_features_are_what_the_frozen_part_puts_out(photos: LabelledPhotos, tmp_path: Path) -> None:
    cut = CutNetwork(network(), 1).train()
    (*_, last) = frozen_features.compute(cut, photos.items, SEEN, 2, tmp_path / "features.bin")
    assert last.answer is not None
    for index in (0, 7, 44):
        for view in (0, 1):
            x = plain(photos.items[index], SEEN, 3).unsqueeze(0)
            x = x.flip(-1) if view else x
            assert last.answer.take([index], [view]) == pytest.approx(cut.frozen_part(x), abs=1e-4)


def test_the_order_in_which_photos_pass_changes_no_digit(photos: LabelledPhotos, tmp_path: Path) -> None:
    cut, items = CutNetwork(network(), 1).train(), [*photos.part("train"), *photos.part("val")]
    (*_, last) = frozen_features.compute(cut, items, SEEN, 1, tmp_path / "features.bin")
    ready = CutNetwork(for_evaluation(cut.model), 1)
    named = [torch.stack([plain(item, SEEN, 3) for item in items[at : at + BATCH]]) for at in (0, BATCH)]
    expected = torch.cat([ready.frozen_part(batch) for batch in named])
    assert last.answer is not None
    assert torch.equal(last.answer.take(range(45), [0] * 45), expected)


@given(st.integers(1, 3000), st.integers(1, 800))
def test_every_photo_passes_once_and_the_first_ones_come_from_everywhere(learnt: int, tested: int) -> None:
    batches = passing_batches(learnt, learnt + tested)
    assert sorted(place for batch in batches for place in batch) == list(range(learnt + tested))
    assert all(len(batch) == BATCH for batch in batches[:-1])
    if tested >= 10 * BATCH <= learnt:
        soon = {place for batch in batches[: FIRST // BATCH] for place in batch}
        for low, high in ((0, learnt), (learnt, learnt + tested)):  # some of each fifth, which may be a class
            assert all(
                soon & set(range(low + part * (high - low) // 5, low + (part + 1) * (high - low) // 5))
                for part in range(5)
            )


def test_a_first_head_learns_from_what_has_passed_and_changes_no_digit_of_the_run(
    photos: LabelledPhotos, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_head, "FIRST", 30)
    settings = Settings("stages", epochs=2, batch_size=8, rate=0.01)
    steps = list(run(photos, tmp_path / "with", settings).epochs())
    points = [step.first for step in steps if step.first]
    assert [(point.passed, point.tested) for point in points] == [(45, 9)], "at 32 no photo to test on passed"
    assert points[0].val_accuracy == 1 and 0 < points[0].val_loss < 0.5, "three colours are told apart easily"
    assert not [step for step in steps if step.first and step.what != "features"]
    monkeypatch.setattr(trainer, "FirstHead", lambda items: None)
    without = run(photos, tmp_path / "without", settings)
    assert numbers(results(without.epochs())) == numbers(step.result for step in steps if step.result)


def test_a_first_head_is_scikit_learns_logistic_regression() -> None:
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(3)
    labels = rng.integers(0, 3, 200)
    x = rng.normal(0, 2, (200, 12)) + labels[:, None]
    items = [
        Item(str(n), int(label), "val" if n % 4 == 0 else "train", bytes) for n, label in enumerate(labels)
    ]
    head = FirstHead(items)
    head.see(range(200), torch.tensor(x, dtype=torch.float32))
    learnt = np.arange(200) % 4 != 0
    scaled = (x - x[learnt].mean(0)) / x[learnt].std(0) / 12**0.5
    # scikit-learn's C weighs the summed loss against half the squared length.
    model = LogisticRegression(C=1 / (first_head.DECAY * learnt.sum()), max_iter=1000, tol=1e-8)
    model.fit(scaled[learnt], labels[learnt])
    point = head.point()
    assert point is not None and (point.passed, point.tested) == (200, 50)
    assert point.val_accuracy == pytest.approx(model.score(scaled[~learnt], labels[~learnt]))
    expected = -model.predict_log_proba(scaled[~learnt])[np.arange(50), labels[~learnt]].mean()
    assert point.val_loss == pytest.approx(expected, rel=0.01)


def test_the_new_head_is_the_seeds_and_the_rest_the_trained_networks() -> None:
    trained = build(SPEC)
    one, same, other = (with_new_head(SPEC, 3, seed, trained) for seed in (1, 1, 2))
    assert torch.equal(one.fc.weight, same.fc.weight)
    assert not torch.equal(one.fc.weight, other.fc.weight)
    assert one.fc.weight.shape == (3, 16)
    assert torch.equal(one.layer2[0].conv1.weight, trained.layer2[0].conv1.weight)


def test_how_much_is_frozen() -> None:
    four = ResNetSpec("basic", (2, 2, 2, 2))
    assert frozen_stages(four, Settings("head")) == 4
    assert frozen_stages(four, Settings("stages", stages=1)) == 3
    assert frozen_stages(four, Settings("stages", stages=4)) == 0  # the stem alone stays as it is
    with pytest.raises(ValueError, match=r"^stages is 9; the network has 4, and at most these can learn\.$"):
        frozen_stages(four, Settings("stages", stages=9))
    assert frozen_stages(four, TUTORIAL) is None


def test_a_random_crop_is_the_same_for_one_seed(photos: LabelledPhotos) -> None:
    item = photos.items[0]
    one, same, other = (augmented(item, SEEN, 3, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert one.shape == (3, 16, 16)
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def test_a_loss_that_is_no_number_ends_the_run_in_a_sentence(photos: LabelledPhotos, tmp_path: Path) -> None:
    training = run(photos, tmp_path, Settings("all", epochs=3, batch_size=8, optimizer="sgd", rate=10.0))
    with torch.no_grad():
        training.network.model.fc.weight.fill_(float("inf"))
    with pytest.raises(ValueError, match=r"^The loss is no number any more in epoch 1, step 1; a smaller"):
        results(training.epochs())


def test_a_step_after_which_no_answer_is_a_number_ends_the_run_and_leaves_no_network(
    photos: LabelledPhotos, tmp_path: Path
) -> None:
    """The loss of each step is taken before it: that of the last one says nothing of what came of it."""
    settings = Settings("all", epochs=3, batch_size=64, rate=10.0, augment=False)
    tmp_path.mkdir(exist_ok=True)
    deep = ResNetSpec("basic", (2, 2, 2, 2), width=8, stem="cifar", num_classes=3)
    training = Run(with_new_head(deep, 3, 0), photos, SEEN, settings, tmp_path)
    with pytest.raises(ValueError, match=r"^The loss is no number any more in epoch 1, step 1; a smaller"):
        results(training.epochs())
    assert training.best is None and not (tmp_path / "last.pt").exists()


def test_an_accuracy_is_the_share_to_the_last_digit(photos: LabelledPhotos, tmp_path: Path) -> None:
    """A seventh in float32 is another number, and 7 of 80 another percentage."""
    training = run(photos, tmp_path, Settings("all", epochs=1, batch_size=64, rate=1e-8))
    training.val = training.val[:7]
    (epoch,) = results(training.epochs())
    assert training.best_logits is not None
    labels = torch.tensor([item.label for item in training.val])
    right = int((training.best_logits.argmax(1) == labels).sum())
    assert right % 7, "what float32 has, too, shows nothing"
    assert epoch.val_accuracy == right / 7


def tiny(photos: LabelledPhotos, folder: Path, settings: Settings) -> Run:
    """A run whose last feature map is a single pixel."""
    return Run(
        with_new_head(SPEC, 3, 0, build(SPEC)), photos, replace(SEEN, resize=2, crop=2), settings, folder
    )


def test_one_photo_is_no_batch_where_a_norm_could_not_do_with_it(
    photos: LabelledPhotos, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=r"^Photos of 2 × 2 leave one pixel .* at least 2 photos a step, or"):
        tiny(photos, tmp_path, Settings("stages", epochs=1, batch_size=1))
    fewer = photos.without({photos.part("train")[0].name})  # 35
    training = tiny(fewer, tmp_path, Settings("stages", epochs=1, batch_size=2))
    assert sorted(map(len, training._batches(0))) == [2] * 16 + [3]
    assert len(results(training.epochs())) == 1
    frozen = tiny(photos, tmp_path, Settings("head", epochs=1, batch_size=1))
    assert len(results(frozen.epochs())) == 1, "its norms stay as they are"


def test_a_photo_that_is_gone_ends_the_run_and_the_checkpoint_stays(
    photos: LabelledPhotos, tmp_path: Path
) -> None:
    training = run(photos, tmp_path, Settings("all", epochs=3, batch_size=8, rate=0.01))
    steps = training.epochs()
    while training.epochs_done < 1:
        next(steps)
    kept = (tmp_path / "last.pt").read_bytes()

    def gone() -> bytes:
        raise ValueError("red/3.png cannot be read: No such file or directory.")

    training.train = tuple(type(item)(item.name, item.label, item.part, gone) for item in training.train)
    with pytest.raises(ValueError, match=r"^red/3\.png cannot be read"):
        results(training.epochs())
    assert (tmp_path / "last.pt").read_bytes() == kept


def test_a_full_disk_gets_a_sentence_and_the_checkpoint_stays(
    photos: LabelledPhotos, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    training = run(photos, tmp_path, Settings("head", epochs=2, batch_size=8))
    results(training.epochs())
    kept = (tmp_path / "last.pt").read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(ValueError, match="No space left on device"):
        training.save()
    assert (tmp_path / "last.pt").read_bytes() == kept
    assert sorted(path.name for path in tmp_path.iterdir()) == ["features-0.bin", "last.pt"]


def test_a_disk_too_full_for_features_gets_a_sentence(photos: LabelledPhotos, tmp_path: Path) -> None:
    training = run(photos, tmp_path, Settings("head", epochs=1, batch_size=8))
    (tmp_path / "features-0.bin").symlink_to("/dev/full")  # writing there always says that no space is left
    with pytest.raises(
        ValueError, match=r"^The features could not be kept in .*: No space left on device\.$"
    ):
        results(training.epochs())


def test_a_damaged_checkpoint_is_refused(photos: LabelledPhotos, tmp_path: Path) -> None:
    training = run(photos, tmp_path, Settings())
    (tmp_path / "last.pt").write_bytes(b"dear diary")
    with pytest.raises(ValueError, match=r"last\.pt is no checkpoint that can be read\.$"):
        training.resume()


def test_class_weights_are_inverse_to_the_counts(photos: LabelledPhotos, tmp_path: Path) -> None:
    fewer = photos.without({f"blue/{number}.png" for number in range(12)})
    weights = run(fewer, tmp_path, Settings(balance=True)).weights
    counts = torch.tensor(fewer.counts("train"), dtype=torch.float32)
    assert weights is not None
    assert torch.allclose(weights * counts, (weights * counts)[0])
    assert float((weights * counts).sum() / counts.sum()) == pytest.approx(1)
    assert run(photos, tmp_path, Settings()).weights is None


def test_results_come_in_order_and_no_further_ahead_than_asked() -> None:
    begun: list[int] = []

    def task(number: int) -> int:
        begun.append(number)
        return number

    results = in_order(task, range(50), ahead=8)
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    assert max(begun) <= 3 + 8
    assert list(results) == list(range(3, 50))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"strategy": "neck"}, "strategy is 'neck'; allowed are head, stages, all."),
        ({"epochs": 0}, "epochs is 0; 1 to 10000 is allowed."),
        ({"rate": float("nan")}, "rate is nan; 1e-08 to 10 is allowed."),
    ],
)
def test_settings_that_cannot_be_are_refused(changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError) as refusal:
        Settings(**changes)
    assert str(refusal.value) == sentence


@given(st.floats(0, 0.9), st.integers(2, 8))
def test_no_answer_has_a_smaller_loss_than_the_smoothed_labels_themselves(
    smoothing: float, classes: int
) -> None:
    label = torch.tensor([0])
    itself = torch.full((1, classes), smoothing / classes, dtype=torch.float64)
    itself[0, 0] += 1 - smoothing
    logits = itself.clamp(min=1e-300).log()
    least = F.cross_entropy(logits, label, label_smoothing=smoothing)
    assert least_smoothed_loss(smoothing, classes) == pytest.approx(float(least), abs=1e-9)
    for other in (logits * 1.1, logits * 0.9, logits + torch.eye(classes)[:1] / 10):
        assert F.cross_entropy(other, label, label_smoothing=smoothing) >= least - 1e-12
