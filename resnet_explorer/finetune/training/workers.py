"""Several processes that train one network together, as torchrun starts them; or this one alone."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed import PrefixStore  # type: ignore[attr-defined]
from torch.distributed.rendezvous import rendezvous
from torch.nn.parallel import DistributedDataParallel

T = TypeVar("T")


@dataclass(frozen=True)
class Workers:
    """Who trains.

    A batch is shared out among them, and its gradient is the sum of what each found: so that, but for
    rounding, several do what one alone would have done. (A batch norm that learns is the exception: each
    worker's takes the statistics of its own share.)

    Attributes:
        rank: this one's number; 0 is the one that writes and speaks.
        count: of them all.
    """

    rank: int = 0
    count: int = 1

    @classmethod
    def connect(cls) -> Workers:
        """Those that torchrun started, met by now; or this process alone."""
        if "RANK" not in os.environ or "WORLD_SIZE" not in os.environ:
            return cls()
        if not dist.is_initialized():
            if torch.cuda.is_available():
                torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
            store, rank, count = next(rendezvous("env://"))
            # Torch keeps the store of the attempt before: addresses of the dead would be found in it.
            attempt = PrefixStore(f"attempt {_restarts()}", store)
            backend = "nccl" if torch.cuda.is_available() else "gloo"
            dist.init_process_group(backend, store=attempt, rank=rank, world_size=count)
        return cls(dist.get_rank(), dist.get_world_size())

    @property
    def device(self) -> torch.device:
        """Where this worker computes: its own GPU, or the processor."""
        if not torch.cuda.is_available():
            return torch.device("cpu")
        return torch.device("cuda", torch.cuda.current_device())

    @property
    def is_first(self) -> bool:
        """Whether this is the one that writes and speaks."""
        return self.rank == 0

    @property
    def restarted(self) -> bool:
        """Whether torchrun started them anew, because one was lost."""
        return _restarts() > 0

    def share(self, batch: Sequence[T]) -> Sequence[T]:
        """This worker's part of a batch; together the shares are the batch."""
        return batch[self.rank :: self.count]

    def sync_gradients(self, network: nn.Module) -> nn.Module:
        """The network, its gradients averaged over all workers on the way back."""
        return DistributedDataParallel(network) if self.count > 1 else network

    def summed(self, value: float) -> float:
        """The sum of what each worker has."""
        if self.count == 1:
            return value
        total = torch.tensor(value, dtype=torch.float64, device=self.device)
        dist.all_reduce(total)
        return float(total)

    def gather_rows(self, rows: Tensor, total: int) -> Tensor:
        """The rows (n, …) that each worker made of its share, in the order of the whole, (total, …)."""
        if self.count == 1:
            return rows
        found: list[Tensor] = [rows] * self.count
        dist.all_gather_object(found, rows)
        whole = rows.new_empty(total, *rows.shape[1:])
        for rank, part in enumerate(found):
            whole[rank :: self.count] = part
        return whole

    def wait(self) -> None:
        """Until all have come this far."""
        if self.count > 1:
            dist.barrier()


def _restarts() -> int:
    return int(os.environ.get("TORCHELASTIC_RESTART_COUNT", "0"))
