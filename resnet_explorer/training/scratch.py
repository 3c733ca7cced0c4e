"""The recipe of the bundled networks: a residual network from scratch on small images.

Nesterov SGD with one cycle of the rate, label smoothing, a running average of the weights, and
images that grow during training: early epochs see 16 and 24 pixels, late ones all 32, which saves
a third of the time. Everything random in an epoch comes from (seed, epoch), so that a run that was stopped
and resumed gives the numbers of one that was not. The arithmetic is bfloat16 where the CPU has it
(half the time), float32 elsewhere; the weights and their averages are float32 always.
"""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from resnet_explorer.module import BasicBlock, Bottleneck, ResNet, build
from resnet_explorer.spec import ResNetSpec
from resnet_explorer.training.augment import Augmentation
from resnet_explorer.training.data import ImageSet, SmallImages
from resnet_explorer.training.products import use_products
from resnet_explorer.training.tile_augment import TileAugmentation

CHECKPOINT: Final = "last.pt"
LOG: Final = "log.csv"

Precision = Literal["float32", "bfloat16"]


def fastest_precision() -> Precision:
    """bfloat16 where this CPU multiplies it in hardware, else float32."""
    capabilities = torch.cpu.get_capabilities()
    known = any(capabilities.get(name) for name in ("avx512_bf16", "amx_bf16"))
    return "bfloat16" if known else "float32"


@dataclass(frozen=True)
class Recipe:
    """All that decides a run.

    Attributes:
        epochs: passes over the training images.
        batch_size: images a step.
        peak_rate: the largest learning rate, reached after `warmup`.
        warmup: the part of the steps in which the rate rises.
        momentum: Nesterov momentum.
        weight_decay: on weights of convolutions and of the linear layer.
        label_smoothing: as in `torch.nn.CrossEntropyLoss`.
        average: decay of the running average of the weights, each time that it is taken.
        average_every: steps from one taking to the next.
        zero_last_norms: each block's last norm starts at 0, so that the block starts as the identity (Goyal
            et al. 2017, section 5.1).
        sizes: (part of the epochs, pixels): up to that part, images of that size.
        calm: the last part of the epochs, in which the augmentation is half as strong.
        augmentation: its amounts.
        channels: mean and deviation of each channel by which images are normalised; measured on the training
            images unless told.
        test_every: after an epoch, one of so many test images is answered.
        precision: of convolutions and products, in training and in the tests after each epoch.
        seed: of the initial weights, the order and the augmentation.
        start: SHA-256 of the file whose values it begins with; none if they are random.
    """

    epochs: int = 40
    batch_size: int = 256
    peak_rate: float = 0.4
    warmup: float = 0.2
    momentum: float = 0.9
    weight_decay: float = 5e-4
    label_smoothing: float = 0.1
    average: float = 0.995
    average_every: int = 1
    zero_last_norms: bool = False
    sizes: tuple[tuple[float, int], ...] = ((0.1, 16), (0.5, 24), (1.0, 32))
    calm: float = 0.2
    augmentation: Augmentation | TileAugmentation = field(default_factory=Augmentation)
    channels: tuple[tuple[float, ...], tuple[float, ...]] | None = None
    test_every: int = 1
    precision: Precision = "float32"
    seed: int = 0
    start: str | None = None

    def size(self, epoch: int) -> int:
        """Pixels of the training images in an epoch (0-based)."""
        return next(size for until, size in self.sizes if epoch < until * self.epochs or until >= 1)

    def rate(self, progress: float) -> float:
        """The learning rate at a part of the run, from 0 to 1: up in a line, down in a line."""
        if progress < self.warmup:
            return self.peak_rate * (0.1 + 0.9 * progress / self.warmup)
        return self.peak_rate * max(1e-3, (1 - progress) / (1 - self.warmup))

    def amount(self, epoch: int) -> float:
        """How strong the augmentation is in an epoch."""
        return 0.5 if epoch >= (1 - self.calm) * self.epochs else 1.0

    def statistics(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and deviation by which images are normalised, as (3, 1, 1).

        Args:
            images: the training images, bytes (N, 3, H, W).
        """
        if self.channels is None:
            return channel_statistics(images)
        mean, deviation = (torch.tensor(values).view(-1, 1, 1) for values in self.channels)
        return mean, deviation

    def going_on(self, start: str) -> Recipe:
        """The recipe for a network that is trained already: a lower peak, larger images, more calm.

        A second cycle of the rate gains what a longer first one would have (Loshchilov & Hutter,
        SGDR: Stochastic Gradient Descent with Warm Restarts, 2017).

        Args:
            start: SHA-256 of its file.
        """
        sizes = ((0.25, 24), (1.0, 32))
        return replace(self, epochs=28, peak_rate=0.25, warmup=0.05, sizes=sizes, calm=0.4, start=start)


@dataclass(frozen=True)
class Epoch:
    """What an epoch came to: a row of the log."""

    epoch: int
    size: int
    train_loss: float
    train_accuracy: float
    test_loss: float
    test_accuracy: float
    seconds: float


Progress = Callable[[int, int, int], None]
"""Called with the epoch, the step in it, and the steps that it has."""


def train(
    spec: ResNetSpec,
    data: SmallImages,
    recipe: Recipe,
    out: Path,
    *,
    initial: ResNet | None = None,
    resume: bool = False,
    progress: Progress | None = None,
) -> Iterator[Epoch]:
    """Train epoch by epoch; each is logged and checkpointed in `out` before it is yielded.

    Args:
        spec: the network.
        data: training and test images.
        recipe: how.
        out: the folder of the run: `log.csv`, `last.pt`, `recipe.json`.
        initial: a trained network whose values to begin with; random ones unless told.
        resume: go on from the checkpoint in `out`, if there is one.
        progress: told after every step.
    """
    out.mkdir(parents=True, exist_ok=True)
    run = _Run(spec, data, recipe, initial)
    start = run.load(out / CHECKPOINT) if resume and (out / CHECKPOINT).exists() else 0
    if start == 0:
        (out / LOG).unlink(missing_ok=True)
    _write_json(out / "recipe.json", {"spec": asdict(spec), "recipe": asdict(recipe)})
    for epoch in range(start, recipe.epochs):
        result = run.epoch(epoch, progress)
        run.save(out / CHECKPOINT, epoch + 1)
        _append(out / LOG, result)
        yield result


def load_average(checkpoint: Path, spec: ResNetSpec) -> ResNet:
    """The averaged network of a run's checkpoint, ready to evaluate."""
    model = build(spec)
    model.load_state_dict(torch.load(checkpoint, weights_only=True)["average"])
    return model.eval()


def zero_last_norms(model: nn.Module) -> None:
    """Let each residual branch start as nothing: the scale of its last norm is 0."""
    for module in model.modules():
        if isinstance(module, BasicBlock | Bottleneck):
            last = module.bn3 if isinstance(module, Bottleneck) else module.bn2
            if isinstance(last, nn.BatchNorm2d):
                nn.init.zeros_(last.weight)


@torch.no_grad()
def average_cycles(model: ResNet, earlier: ResNet) -> None:
    """Make a network the mean of itself and an earlier one, each the end of a cycle of the rate.

    Stochastic weight averaging (Izmailov et al. 2018, section 3.1). The norms have to be measured
    afterwards, by `measure_norms`.
    """
    for mine, other in zip(model.parameters(), earlier.parameters(), strict=True):
        mine.lerp_(other, 0.5)


@torch.no_grad()
def measure_norms(model: ResNet, images: Tensor, statistics: tuple[Tensor, Tensor]) -> None:
    """Take the statistics of the batch norms anew, from images as they are.

    Averaged weights were never trained with, so theirs have to be measured (Izmailov et al. 2018,
    Averaging Weights Leads to Wider Optima, section 3.2), and images in use are not augmented.

    Args:
        model: an averaged network; it is left in evaluation mode.
        images: bytes (N, 3, H, W).
        statistics: mean and deviation of `channel_statistics`.
    """
    # Shuffled: images come class by class, and a batch of one class has too small a variance.
    shuffled = images[torch.randperm(len(images), generator=torch.Generator().manual_seed(0))]
    with norms_measured(model):
        for batch in normalized_batches(shuffled, statistics):
            model(batch)


@contextmanager
def norms_measured(model: nn.Module) -> Iterator[None]:
    """Let the batch norms take their statistics anew, as the plain mean over the batches seen within.

    Args:
        model: a network; it is left in evaluation mode.
    """
    momenta = {norm: norm.momentum for norm in model.modules() if isinstance(norm, nn.BatchNorm2d)}
    for norm in momenta:
        norm.reset_running_stats()
        norm.momentum = None
    model.train()
    yield
    for norm, momentum in momenta.items():
        norm.momentum = momentum
    model.eval()


@torch.inference_mode()
def evaluate(model: nn.Module, images: ImageSet, statistics: tuple[Tensor, Tensor]) -> Tensor:
    """Logits (N, classes) of every image, as it is."""
    model.eval()
    return torch.cat([model(batch) for batch in normalized_batches(images.images, statistics)])


def normalized_batches(images: Tensor, statistics: tuple[Tensor, Tensor]) -> Iterator[Tensor]:
    """Images (N, 3, H, W) in bytes as a network takes them, 500 at a time."""
    mean, std = statistics
    for batch in images.split(500):
        yield batch.float().div(255).sub(mean).div(std).contiguous(memory_format=torch.channels_last)


def channel_statistics(images: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation per channel of bytes (N, 3, H, W), in units of 1, as (3, 1, 1)."""
    values = images.float().div(255)
    return values.mean((0, 2, 3)).view(3, 1, 1), values.std((0, 2, 3)).view(3, 1, 1)


class _Run:
    """The state of a training run."""

    def __init__(self, spec: ResNetSpec, data: SmallImages, recipe: Recipe, initial: ResNet | None) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe, self.data = recipe, data
        self.statistics = recipe.statistics(data.train.images)
        self.model = build(spec).to(memory_format=torch.channels_last)
        if recipe.zero_last_norms:
            zero_last_norms(self.model)
        if initial is not None:
            self.model.load_state_dict(initial.state_dict())
        self.average = build(spec).to(memory_format=torch.channels_last).eval()
        self.average.load_state_dict(self.model.state_dict())
        if recipe.precision == "bfloat16":
            use_products(self.model)
        self.optimizer = torch.optim.SGD(
            _parameter_groups(self.model, recipe.weight_decay),
            lr=recipe.rate(0),
            momentum=recipe.momentum,
            nesterov=True,
        )
        self.steps = len(data.train) // recipe.batch_size
        test = data.test
        self.tested = ImageSet(test.images[:: recipe.test_every], test.labels[:: recipe.test_every])

    def epoch(self, epoch: int, progress: Progress | None) -> Epoch:
        started = time.perf_counter()
        generator = torch.Generator().manual_seed(self.recipe.seed * 100_003 + epoch)
        order = torch.randperm(len(self.data.train), generator=generator)
        size = self.recipe.size(epoch)
        augment = self.recipe.augmentation.scaled(self.recipe.amount(epoch))
        self.model.train()
        loss_sum, right = 0.0, 0
        for step in range(self.steps):
            chosen = order[step * self.recipe.batch_size :][: self.recipe.batch_size]
            images = augment(self.data.train.images[chosen].float().div(255), size, generator)
            labels = self.data.train.labels[chosen]
            loss, logits = self._step(epoch * self.steps + step, images, labels)
            loss_sum += loss.item()
            right += int((logits.argmax(1) == labels).sum())
            if progress:
                progress(epoch, step + 1, self.steps)
        with self._arithmetic():
            logits = self._test(size)
        labels = self.tested.labels
        return Epoch(
            epoch=epoch + 1,
            size=size,
            train_loss=loss_sum / self.steps,
            train_accuracy=right / (self.steps * self.recipe.batch_size),
            test_loss=F.cross_entropy(logits, labels).item(),
            test_accuracy=float((logits.argmax(1) == labels).float().mean()),
            seconds=time.perf_counter() - started,
        )

    @torch.inference_mode()
    def _test(self, size: int) -> Tensor:
        """Logits of the averaged network on the test images, looked at as in use."""
        mean, std = self.statistics
        answers = []
        for batch in self.tested.images.split(250):
            seen = self.recipe.augmentation.in_use(batch.float().div(255), size).sub(mean).div(std)
            answers.append(self.average(seen.contiguous(memory_format=torch.channels_last)).float())
        return torch.cat(answers)

    def _step(self, step: int, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        progress = step / (self.steps * self.recipe.epochs)
        mean, std = self.statistics
        for group in self.optimizer.param_groups:
            group["lr"] = self.recipe.rate(progress)
        images = images.sub(mean).div(std).contiguous(memory_format=torch.channels_last)
        with self._arithmetic():
            logits = self.model(images)
        logits = logits.float()
        loss = F.cross_entropy(logits, labels, label_smoothing=self.recipe.label_smoothing)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        if step % self.recipe.average_every == 0:
            self._update_average(progress)
        return loss.detach(), logits.detach()

    def _arithmetic(self) -> torch.autocast:
        return torch.autocast("cpu", torch.bfloat16, enabled=self.recipe.precision == "bfloat16")

    @torch.no_grad()
    def _update_average(self, progress: float) -> None:
        # Early weights change fast: the average follows them closely, and slows down later.
        decay = min(self.recipe.average, 0.9 + progress)
        for kept, new in zip(
            self.average.state_dict().values(), self.model.state_dict().values(), strict=True
        ):
            if kept.is_floating_point():
                kept.lerp_(new, 1 - decay)
            else:
                kept.copy_(new)

    def save(self, path: Path, epochs_done: int) -> None:
        """Write aside, then rename: a crash while writing leaves the last checkpoint whole."""
        state = {
            "epoch": epochs_done,
            "model": self.model.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }
        aside = path.with_suffix(".part")
        torch.save(state, aside)
        aside.replace(path)

    def load(self, path: Path) -> int:
        state = torch.load(path, weights_only=True)
        self.model.load_state_dict(state["model"])
        self.average.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        return int(state["epoch"])


def _parameter_groups(model: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Weights decay; scales, shifts and biases do not."""
    weights = [p for p in model.parameters() if p.ndim > 1]
    others = [p for p in model.parameters() if p.ndim <= 1]
    return [
        {"params": weights, "weight_decay": weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]


def _append(path: Path, row: Epoch) -> None:
    new = not path.exists()
    with path.open("a", newline="") as file:
        writer = csv.DictWriter(file, asdict(row))
        if new:
            writer.writeheader()
        writer.writerow(asdict(row))


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n")
