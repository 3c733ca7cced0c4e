"""A real tensor through a real block, measured after every layer.

The block is the network's own module, built from the plan's record. Its layers are run one after
another, and the last result is held against the block's own `forward`; where `forward` fails, so
does the step, and PyTorch's own sentence is kept.
"""

from __future__ import annotations

import inspect
import textwrap
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from resnet_explorer.blocks.config import BlockChoice, Difference, block_record, differences
from resnet_explorer.graph.diagram import Cell, Node, block_cell
from resnet_explorer.model.resnet import build_block, initialize
from resnet_explorer.model.seeded import seeded
from resnet_explorer.network.layers import Block
from resnet_explorer.network.table_rows import Row

Place = Literal["input", "branch", "shortcut", "joined"]

BARS: Final = 21
"""An odd number: 0 is in the middle one."""
SHOWN_CHANNELS: Final = 3


@dataclass(frozen=True, eq=False)
class Step:
    """A tensor on its way through the block.

    Attributes:
        role: the layer that it left: "conv1", "downsample.0", "add"; "x" for the input.
        words: what the layer is: "3×3, 6, /2"; "" if its name says all.
        place: on which of the two paths.
        shape: (images, channels, rows, columns).
        mean: of all its numbers.
        spread: their standard deviation, divided by their count.
        zeros: share of numbers that are exactly 0.
        bars: how many of its other numbers fall into each of equal ranges from −reach to reach of the
            run; those beyond count in the outermost.
        maps: the first channels of the first image, (channels, rows, columns).
    """

    role: str
    words: str
    place: Place
    shape: tuple[int, ...]
    mean: float
    spread: float
    zeros: float
    bars: tuple[int, ...]
    maps: NDArray[np.float32]


@dataclass(frozen=True)
class Failure:
    """The step at which PyTorch failed: the layer, what went in, and PyTorch's own sentence."""

    role: str
    place: Place
    shapes: tuple[tuple[int, ...], ...]
    sentence: str


@dataclass(frozen=True, eq=False)
class BlockRun:
    """All that happened on one run.

    Attributes:
        record: the block's plan.
        tap: the role of the step at which the shortcut leaves: "x", or "relu1" before a projection
            that is pre-activated.
        steps: the tensors in the order of the calls.
        reach: to how large a number bars and maps reach.
        failure: where it failed, if it did.
        source: the lines of `forward` that were run.
    """

    record: Block
    tap: str
    steps: tuple[Step, ...]
    reach: float
    failure: Failure | None
    source: str

    @property
    def output(self) -> Step | None:
        """The last step, unless the run failed before it."""
        return None if self.failure else self.steps[-1]

    def step(self, role: str) -> Step:
        """The step of a role."""
        return next(step for step in self.steps if step.role == role)


@dataclass(frozen=True)
class _Output:
    role: str
    words: str
    place: Place
    value: Tensor


class _StepError(Exception):
    """A layer failed."""

    def __init__(self, failure: Failure) -> None:
        self.failure = failure


def make(choice: BlockChoice) -> tuple[nn.Module, Tensor]:
    """The block with He initialisation, in training mode, and x, standard normal; both by the seed.

    x and the branch have the same numbers whatever the shortcut is: its own are drawn last.

    Raises:
        ValueError: if there is no such block.
    """
    record = block_record(choice)
    with seeded(choice.seed):
        block = build_block(record)
    with seeded(choice.seed):  # whatever the block has drawn
        x = torch.randn(choice.input_shape)
        for layer in block.modules():  # those of the shortcut come last
            if isinstance(layer, nn.Conv2d):
                layer.reset_parameters()  # for the biases
                initialize(layer)
    return block, x


def run_block(choice: BlockChoice) -> BlockRun:
    """Run the chosen block on a random tensor, layer by layer, in training mode.

    Raises:
        ValueError: if there is no such block.
        AssertionError: if the layers one by one do not give what `forward` gives.
    """
    record = block_record(choice)
    block, x = make(choice)
    cell = block_cell((record,), layers=True)
    outputs: list[_Output] = []
    failure = None
    with torch.no_grad():
        whole = _forward(block, x)
        try:
            _walk(block, cell, x, outputs)
        except _StepError as stopped:
            failure = stopped.failure
    if isinstance(whole, Tensor):
        assert failure is None and torch.equal(outputs[-1].value, whole)
    else:
        assert failure is not None and failure.sentence == str(whole)
    reach = _reach(outputs)
    return BlockRun(
        record,
        "x" if cell.tap == 0 else _role(cell.path[cell.tap - 1]),
        tuple(_measured(output, reach) for output in outputs),
        reach,
        failure,
        textwrap.dedent(inspect.getsource(type(block).forward)),
    )


def step_rows(run: BlockRun) -> list[Row]:
    """One row per step, for a table or a CSV file."""
    return [
        {
            "step": step.role,
            "layer": step.words,
            "path": step.place,
            "shape": " × ".join(map(str, step.shape)),
            "mean": step.mean,
            "standard deviation": step.spread,
            "zeros": step.zeros,
        }
        for step in run.steps
    ]


def joined_shapes(run: BlockRun) -> tuple[Difference, ...]:
    """Where the two shapes that meet in the addition differ; nothing if it was never reached."""
    if run.failure:
        return differences(*run.failure.shapes) if run.failure.role == "add" else ()
    branch = [step for step in run.steps if step.place == "branch"][-1]
    bypass = [step for step in run.steps if step.place == "shortcut"]
    shortcut = bypass[-1] if bypass else run.step(run.tap)
    return differences(branch.shape, shortcut.shape)


def _forward(block: nn.Module, x: Tensor) -> Tensor | Exception:
    """What the block gives, or what PyTorch raises: a RuntimeError, or the norm's ValueError."""
    try:
        result: Tensor = block(x)
    except (RuntimeError, ValueError) as error:
        return error
    return result


def _walk(block: nn.Module, cell: Cell, x: Tensor, outputs: list[_Output]) -> None:
    """The layers one after another, as `forward` calls them; each result goes into `outputs`."""
    outputs.append(_Output("x", "", "input", x))
    y, tapped = x, x
    for number, node in enumerate(cell.path):
        if number == cell.tap:
            tapped = y
        y = _call(block, node, "branch", y, outputs)
    for node in cell.bypass:
        tapped = _call(block, node, "shortcut", tapped, outputs)
    try:
        y = y + tapped
    except RuntimeError as error:
        shapes = (tuple(y.shape), tuple(tapped.shape))
        raise _StepError(Failure("add", "joined", shapes, str(error))) from error
    outputs.append(_Output("add", "", "joined", y))
    for node in cell.after:
        y = _call(block, node, "joined", y, outputs)


def _call(block: nn.Module, node: Node, place: Place, x: Tensor, outputs: list[_Output]) -> Tensor:
    role = _role(node)
    try:
        y: Tensor = block.get_submodule(role)(x)
    except (RuntimeError, ValueError) as error:
        raise _StepError(Failure(role, place, (tuple(x.shape),), str(error))) from error
    outputs.append(_Output(role, ", ".join(node.lines[1:]), place, y))
    return y


def _role(node: Node) -> str:
    return node.key.removeprefix("block.")


def _reach(outputs: list[_Output]) -> float:
    """Where bars and maps end: a round number that holds three spreads of every tensor."""
    pairs = (torch.std_mean(output.value, correction=0) for output in outputs)
    return float(np.ceil(max(float(mean.abs() + 3 * spread) for spread, mean in pairs)))


def _measured(output: _Output, reach: float) -> Step:
    value = output.value
    spread, mean = torch.std_mean(value, correction=0)
    zeros = value.numel() - int(value.count_nonzero())
    bars = torch.histc(value.clamp(-reach, reach), BARS, -reach, reach)
    bars[BARS // 2] -= zeros
    return Step(
        output.role,
        output.words,
        output.place,
        tuple(value.shape),
        float(mean),
        float(spread),
        zeros / value.numel(),
        tuple(int(count) for count in bars),
        value[0, :SHOWN_CHANNELS].numpy().copy(),
    )
