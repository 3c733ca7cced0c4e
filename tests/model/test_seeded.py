"""Random numbers by a seed, for several who draw at once."""

import time
from concurrent.futures import ThreadPoolExecutor

import torch

from resnet_explorer.model.seeded import seeded


def drawn(seed: int) -> list[float]:
    with seeded(seed):
        first = torch.rand(2)
        time.sleep(0.002)  # in which others would like to draw
        return [*first.tolist(), *torch.rand(2).tolist()]


def test_each_thread_draws_by_its_own_seed_and_the_generator_stays() -> None:
    before = torch.get_rng_state()
    alone = [drawn(seed) for seed in range(12)]
    with ThreadPoolExecutor(6) as sessions:
        assert list(sessions.map(drawn, range(12))) == alone
    assert torch.equal(torch.get_rng_state(), before)
    generator = torch.Generator().manual_seed(3)
    assert alone[3][:2] == torch.rand(2, generator=generator).tolist()
