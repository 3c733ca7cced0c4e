"""Two processes train as one does, and a worker that is killed does not lose the run."""

import csv
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from resnet_explorer.serving.processes import free_ports
from tests.finetune_colours import photo
from tests.places import ROOT
from tests.waiting import wait_until

pytestmark = [pytest.mark.usefixtures("temporary_home"), pytest.mark.slow]
PLAIN = "basic.1-1.width-8.stem-cifar.norm-none"  # no batch norm: its statistics would be each worker's own


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Ten noisy pictures of each of two colours."""
    for place, colour in enumerate(((200, 60, 40), (40, 60, 200))):
        folder = tmp_path / "data" / f"class{place}"
        folder.mkdir(parents=True)
        for number in range(10):
            (folder / f"{number}.png").write_bytes(photo(colour, 10 * place + number))
    return tmp_path / "data"


def command(data: Path, out: Path, *more: str) -> list[str]:
    start = ["--weights", "none", "--network", PLAIN, "--rate", "0.01", "--batch", "6"]
    return ["-m", "resnet_explorer", "train", str(data), "--out", str(out), *start, *more]


def torchrun(*options: str) -> list[str]:
    """Two workers on this machine, met as the README says."""
    (port,) = free_ports(1)
    meeting = ["--nnodes=1", "--nproc-per-node=2", "--rdzv-backend=c10d", f"--rdzv-endpoint=localhost:{port}"]
    return [sys.executable, "-m", "torch.distributed.run", *meeting, *options]


def environment() -> dict[str, str]:
    return os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}


def log(out: Path) -> list[dict[str, float]]:
    with (out / "log.csv").open() as file:
        return [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]


@pytest.mark.parametrize("strategy", ["all", "head"])
def test_two_processes_do_what_one_does(data: Path, tmp_path: Path, strategy: str) -> None:
    told = ("--strategy", strategy, "--epochs", "3")
    one = [sys.executable, *command(data, tmp_path / "one", *told)]
    two = [*torchrun(), *command(data, tmp_path / "two", *told)]
    said = [
        subprocess.run(each, env=environment(), cwd=ROOT, capture_output=True, text=True, check=True)
        for each in (one, two)
    ]
    assert said[0].stdout.split(" /")[0] == said[1].stdout.split(" /")[0]  # one of the two speaks
    alone, together = log(tmp_path / "one"), log(tmp_path / "two")
    assert len(alone) == len(together) == 3
    for ours, theirs in zip(together, alone, strict=True):
        for name in ("train_loss", "train_accuracy", "val_loss", "val_accuracy"):
            assert ours[name] == pytest.approx(theirs[name], abs=1e-4)


@pytest.fixture
def running(data: Path, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    told = ("--strategy", "all", "--epochs", "60")
    process = subprocess.Popen(
        [*torchrun("--max-restarts=10"), *command(data, tmp_path / "run", *told)],
        env=environment(),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield process
    for each in (*psutil.Process(process.pid).children(recursive=True),) if process.poll() is None else ():
        each.kill()
    process.kill()
    process.wait()


def test_a_killed_worker_does_not_lose_the_run(running: subprocess.Popen[bytes], tmp_path: Path) -> None:
    out = tmp_path / "run"

    def is_in_its_midst() -> bool:
        assert running.poll() is None
        return (out / "log.csv").exists() and len(log(out)) >= 3

    wait_until(is_in_its_midst)
    begun = log(out)[:3]
    victim = psutil.Process(running.pid).children()[-1]
    os.kill(victim.pid, signal.SIGKILL)
    assert running.wait(300) == 0
    epochs = log(out)
    assert [int(row["epoch"]) for row in epochs] == list(range(1, 61))
    assert epochs[:3] == begun
