"""The hottest area against the same shape elsewhere: its size, its rank, and what is known of the truth."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from resnet_explorer.common.progress import final_answer
from resnet_explorer.faithfulness.masked_forward import MaskedForward
from resnet_explorer.faithfulness.random_areas import Areas, random_areas, shifts
from tests.references import Reader, reader_forward, sigmoid, square


def result(heat: np.ndarray, **options: object) -> Areas:
    return final_answer(random_areas(reader_forward(), heat, **options))


class Counter(MaskedForward):
    """Keeps the masks that it is asked about."""

    def masked(self, masks: np.ndarray) -> torch.Tensor:
        seen.extend(masks)
        return super().masked(masks)


seen: list[np.ndarray] = []


@pytest.mark.parametrize("share", [0.01, 0.094, 0.2, 0.5, 0.9])
def test_every_mask_has_the_same_size_and_none_stays(share: float) -> None:
    seen.clear()
    plain = reader_forward()
    masked_forward = Counter(plain.model, plain.tensor, 0, plain.baseline)
    heat = np.random.default_rng(3).random((8, 8), dtype=np.float32)
    list(random_areas(masked_forward, heat, share, count=60))
    hot, *others = seen
    assert len(others) == 60
    assert {int(mask.sum()) for mask in seen} == {round(share * 256)}
    assert not any(np.array_equal(hot, other) for other in others)


@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 100), st.integers(0, 5))
def test_shifts_are_all_different(height: int, width: int, count: int, seed: int) -> None:
    moves = shifts((height, width), count, seed)
    assert len(moves) == len(set(moves)) == min(count, height * width - 1)
    assert all(0 <= down < height and 0 <= right < width for down, right in moves)
    assert (0, 0) not in moves
    assert moves == shifts((height, width), count, seed)


def test_the_true_area_costs_more_than_every_other() -> None:
    found = result(square(), share=24 / 256, count=100)
    assert found.mask.sum() == 24
    assert np.array_equal(found.mask, square() > 0)
    assert found.whole == pytest.approx(sigmoid(4))
    assert found.without == pytest.approx(0.5)
    assert found.drop == pytest.approx(sigmoid(4) - 0.5)
    assert found.beaten == len(found.random) == 100
    assert (found.random_drops < found.drop).all()
    # Each is what the moved square leaves of the one that is read.
    left = [(square() * (1 - np.roll(square(), move, (0, 1)))).sum() for move in shifts((16, 16), 100, 0)]
    assert found.random == pytest.approx([sigmoid(4 * each / 24) for each in left])


def test_a_map_of_the_rest_costs_nothing_and_beats_nobody() -> None:
    heat = np.zeros((16, 16), dtype=np.float32)
    heat[12:, :] = 1.0
    found = result(heat, share=24 / 256, count=100)
    assert found.drop == pytest.approx(0, abs=1e-9)
    assert found.beaten == 0


def test_equal_cost_is_not_more() -> None:
    class Blind(Reader):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.zeros(len(x), 2)

    plain = reader_forward()
    last = final_answer(
        random_areas(MaskedForward(Blind(), plain.tensor, 0, plain.baseline), square(), count=50)
    )
    assert last.beaten == 0


def test_the_answer_grows() -> None:
    steps = list(random_areas(reader_forward(at_once=10), square(), count=39))
    assert [(step.done, step.total) for step in steps] == [(10, 40), (20, 40), (30, 40), (40, 40)]
    assert [len(step.answer.random) for step in steps if step.answer] == [9, 19, 29, 39]
