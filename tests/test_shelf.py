"""The shelf keeps what fits, lets go of what was asked for longest ago, and makes nothing twice."""

from __future__ import annotations

import threading
import time

import pytest

from resnet_explorer.shelf import Shelf


def test_what_was_asked_for_longest_ago_goes_first() -> None:
    shelf: Shelf[str] = Shelf(room=100)
    for name, size in (("a", 40), ("b", 40), ("c", 20)):
        shelf.get(name, size, name.upper)
    assert shelf.keys() == ["a", "b", "c"]  # 100 bytes fit
    assert shelf.get("a", 40, lambda: "another") == "A"
    shelf.get("d", 1, lambda: "D")  # 101 do not
    assert shelf.keys() == ["c", "a", "d"]


def test_one_thing_may_be_larger_than_the_shelf() -> None:
    shelf: Shelf[str] = Shelf(room=100)
    shelf.get("small", 1, str)
    assert shelf.get("large", 1000, lambda: "L") == "L"
    assert shelf.keys() == ["large"]


def test_what_cannot_be_made_is_not_kept() -> None:
    def fail() -> str:
        raise ValueError("the file is damaged")

    shelf: Shelf[str] = Shelf(room=100)
    shelf.get("a", 40, str)
    with pytest.raises(ValueError, match="damaged"):
        shelf.get("b", 90, fail)
    assert shelf.keys() == ["a"]
    assert shelf.get("b", 40, lambda: "B") == "B"


def test_threads_that_ask_at_once_get_one_thing() -> None:
    shelf: Shelf[object] = Shelf(room=100)
    made: list[object] = []

    def make() -> object:
        time.sleep(0.05)
        made.append(object())
        return made[-1]

    got: list[object] = []
    threads = [threading.Thread(target=lambda: got.append(shelf.get("a", 1, make))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert got == made * 8
