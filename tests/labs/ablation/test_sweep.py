"""Two networks in one figure of "Cut the wire", which one stands beside which, and what is said of them."""

from itertools import pairwise
from pathlib import Path

import pytest
import torch

from resnet_explorer import ResNetSpec, build, plan
from resnet_explorer.labs.ablation import ablations
from resnet_explorer.labs.ablation.figures import drops_figure, sweep_figure
from resnet_explorer.labs.ablation.findings import differences, drops_finding
from resnet_explorer.labs.ablation.svg import chain_svg
from resnet_explorer.labs.ablation.sweep import Drops, Sweep, drop_rows, sweep_rows
from resnet_explorer.labs.degradation.study import counterpart, study_networks
from resnet_explorer.network.layers import Block
from resnet_explorer.photos.preprocessing import Preprocessing
from resnet_explorer.training.data import CIFAR10_CLASSES
from resnet_explorer.training.paper_recipe import Kind, network
from resnet_explorer.weights import bundled
from resnet_explorer.weights.bundled import export_bundled
from resnet_explorer.weights.catalogue import find
from resnet_explorer.weights.description import Weights

SEEN = Preprocessing(16, 16, (0.49, 0.48, 0.45), (0.25, 0.24, 0.26))


def blocks_of(kind: Kind, depth: int = 20) -> tuple[Block, ...]:
    return plan(network(kind, depth), (16, 16)).blocks


def swept(kind: Kind, score: float, whole: float) -> Sweep:
    blocks = blocks_of(kind)
    return Sweep(f"{kind} 20", blocks, dict.fromkeys(ablations.each_skipped(blocks), score), whole, 200)


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(bundled, "STUDY", tmp_path)
    for kind, depth in (("plain", 20), ("residual", 20), ("plain", 56)):
        torch.manual_seed(0)
        file = tmp_path / f"{kind}-{depth}.safetensors"
        export_bundled(build(network(kind, depth)), CIFAR10_CLASSES, SEEN, file, {"label": f"{kind} {depth}"})  # type: ignore[arg-type]
    return tmp_path


def own(spec: ResNetSpec, classes: tuple[str, ...] = CIFAR10_CLASSES) -> Weights:
    return Weights("yours/0123456789ab", "mine", spec, classes, SEEN, "yours")


def test_who_stands_beside_whom(study: Path) -> None:
    def other(weights: Weights) -> str | None:
        found = counterpart(weights)
        return found and found.key

    assert other(find("study/residual-20")) == "study/plain-20"
    assert other(find("study/plain-20")) == "study/residual-20"
    assert other(find("study/plain-56")) is None  # residual 56 is not there
    assert [each.label for each in study_networks()] == ["plain 20", "residual 20", "plain 56"]

    twenty = ResNetSpec("basic", (3, 3, 3), width=8, stem="cifar", num_classes=10)
    assert other(own(twenty)) == "study/plain-20"
    assert other(own(twenty.with_(shortcut="none", in_channels=1))) == "study/residual-20"
    assert other(own(twenty, ("bird", "cat"))) is None
    assert other(own(twenty.with_(depths=(1, 1, 2)))) is None
    assert other(own(twenty.with_(block="bottleneck"))) is None

    pair = [find("study/residual-20"), find("study/plain-20")]
    assert "differ in the shortcuts alone" in differences(*pair)
    assert differences(own(twenty), pair[1]).startswith("Trained otherwise: plain 20 is of the study")
    assert differences(pair[1], own(twenty)) == differences(own(twenty), pair[1])


def test_the_residual_bars_stand_left_and_the_plain_ones_are_hatched() -> None:
    plain, residual = swept("plain", 0.1, 0.7), swept("residual", 0.6, 0.75)
    figure = sweep_figure([plain, residual], 0.1, "accuracy")
    first, second = figure.data
    assert (first.name, second.name) == ("residual 20", "plain 20")
    assert list(first.y) == [0.6] * 9
    assert list(second.y) == [0.1, 0.1, 0.1, 0, 0.1, 0.1, 0, 0.1, 0.1]  # 2.0 and 3.0 change the shape
    assert [text == "✕" for text in second.text] == [number in (3, 6) for number in range(9)]
    assert second.marker.pattern.shape == "/"
    assert first.marker.pattern.shape is None
    assert list(first.x) == list(second.x) == ["1.0", "1.1", "1.2", "2.0", "2.1", "2.2", "3.0", "3.1", "3.2"]
    assert figure.layout.xaxis.title.text == "the block that is taken out"
    cut = sweep_figure([residual], 0.1, "accuracy", cut=True)
    assert cut.layout.xaxis.title.text == "the block whose shortcut is cut"
    lines = sorted(each.y0 for each in figure.layout.shapes if each.type == "line")
    assert lines == [0.1, 0.7, 0.75]


def test_the_words_of_the_lines_keep_apart() -> None:
    figure = sweep_figure([swept("plain", 0.1, 0.74), swept("residual", 0.6, 0.75)], 0.7, "accuracy")
    places = sorted(words.y for words in figure.layout.annotations)
    assert all(higher - lower > 0.12 for lower, higher in pairwise(places))


def test_of_one_network_only_what_can_be_taken_out_is_drawn() -> None:
    (bars,) = sweep_figure([swept("plain", 0.1, 0.7)], None, "accuracy").data
    assert list(bars.x) == ["1.0", "1.1", "1.2", "2.1", "2.2", "3.1", "3.2"]
    assert bars.marker.pattern.shape is None


def test_drops_side_by_side() -> None:
    plain = Drops("p", True, [[0.2, 0.4], [0.1, 0.1]], 0.7, 200)
    residual = Drops("r", False, [[0.7, 0.5], [0.4, 0.6], [0.3, 0.3]], 0.8, 200)
    points, line, plain_points, plain_line = drops_figure([plain, residual], 0.1, "error").data
    assert list(line.y) == pytest.approx([0.2, 0.4, 0.5, 0.7])
    assert list(plain_line.y) == pytest.approx([0.3, 0.7, 0.9])
    assert (line.line.dash, plain_line.line.dash) == ("solid", "dash")
    assert list(points.y) == pytest.approx([0.2, 0.3, 0.5, 0.6, 0.4, 0.7, 0.7])
    assert list(plain_points.customdata) == [0, 1, 1, 2, 2]
    assert drops_finding(plain, "error") == (
        "**p**: error 30.0% when whole; the draws’ mean **70.0%** with one block out, 90.0% with two."
    )
    assert drops_finding(Drops("p", True, [[0.2]], 0.7, 9), "error").endswith("**80.0%** with one block out.")
    rows = drop_rows([plain], "accuracy")
    assert rows[0] == {"network": "p", "blocks out": 0, "draw": 1, "accuracy": 0.7}
    assert rows[-1] == {"network": "p", "blocks out": 2, "draw": 2, "accuracy": 0.1}


def test_numbers_of_a_sweep() -> None:
    plain = swept("plain", 0.1, 0.7)
    rows = sweep_rows([plain, swept("residual", 0.6, 0.75)], "accuracy")
    assert len(rows) == 1 + 7 + 1 + 9
    assert rows[4] == {"network": "plain 20", "block out": "2.1", "shortcut": "none", "accuracy": 0.1}


def test_what_cannot_be_taken_out_cannot_be_clicked() -> None:
    drawn = chain_svg(blocks_of("plain"), ablations.WHOLE)
    assert 'data-key="b1.0"' in drawn
    assert 'data-key="b2.0"' not in drawn
    assert drawn.count("cannot be taken out") == 2
    assert 'data-key="c' not in drawn
