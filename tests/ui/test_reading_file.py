"""A class that opens its files at once has them read one after the other."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from resnet_explorer.ui.weights import reading_file as module
from resnet_explorer.ui.weights.reading_file import reading_file


def test_one_file_is_read_at_a_time_and_a_bad_one_keeps_nobody_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.01)
    together, at_once, most = threading.Barrier(6), set[int](), list[int]()

    def read(student: int) -> None:
        together.wait()
        with pytest.raises(ValueError, match="no network"), reading_file("Reading …"):
            at_once.add(student)
            time.sleep(0.02)
            most.append(len(at_once))
            at_once.remove(student)
            raise ValueError("It holds no network.")

    with ThreadPoolExecutor(6) as students:
        list(students.map(read, range(6)))
    assert most == [1] * 6
