"""The cache keeps what fits, lets go of what was asked for longest ago, and makes nothing twice."""

from __future__ import annotations

import threading
import time

import pytest

from resnet_explorer.common.sized_cache import SizedCache


def test_what_was_asked_for_longest_ago_goes_first() -> None:
    cache: SizedCache[str] = SizedCache(room=100)
    for name, size in (("a", 40), ("b", 40), ("c", 20)):
        cache.get(name, size, name.upper)
    assert cache.keys() == ["a", "b", "c"]  # 100 bytes fit
    assert cache.get("a", 40, lambda: "another") == "A"
    cache.get("d", 1, lambda: "D")  # 101 do not
    assert cache.keys() == ["c", "a", "d"]


def test_one_thing_may_be_larger_than_the_shelf() -> None:
    cache: SizedCache[str] = SizedCache(room=100)
    cache.get("small", 1, str)
    assert cache.get("large", 1000, lambda: "L") == "L"
    assert cache.keys() == ["large"]


def test_what_cannot_be_made_is_not_kept() -> None:
    def fail() -> str:
        raise ValueError("the file is damaged")

    cache: SizedCache[str] = SizedCache(room=100)
    cache.get("a", 40, str)
    with pytest.raises(ValueError, match="damaged"):
        cache.get("b", 90, fail)
    assert cache.keys() == ["a"]
    assert cache.get("b", 40, lambda: "B") == "B"


def test_threads_that_ask_at_once_get_one_thing() -> None:
    cache: SizedCache[object] = SizedCache(room=100)
    made: list[object] = []

    def make() -> object:
        time.sleep(0.05)
        made.append(object())
        return made[-1]

    got: list[object] = []
    threads = [threading.Thread(target=lambda: got.append(cache.get("a", 1, make))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert got == made * 8
