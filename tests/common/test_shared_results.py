"""What several ask at once is computed once, and kept while others are not asked for more."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from resnet_explorer.common.shared_results import SharedResults


def test_what_thirty_ask_at_once_is_computed_once() -> None:
    results, computed, goes_on = SharedResults(8), list[int](), threading.Event()

    def compute() -> object:
        computed.append(1)
        assert goes_on.wait(60)
        return object()

    with ThreadPoolExecutor(30) as pool:
        asked = [pool.submit(results.get, "the photo", compute) for _ in range(30)]
        goes_on.set()
        assert len({id(each.result()) for each in asked}) == 1
    assert computed == [1]


def test_those_that_were_asked_for_last_stay() -> None:
    results, computed = SharedResults(2), list[str]()
    for question in ("a", "b", "a", "c", "a", "b"):
        assert results.get(question, lambda q=question: computed.append(q) or q) == question  # type: ignore[misc]
    assert computed == ["a", "b", "c", "b"]


def test_what_is_refused_is_not_kept_and_refused_to_each() -> None:
    results, begun, goes_on = SharedResults(2), threading.Event(), threading.Event()

    def refuse() -> int:
        begun.set()
        assert goes_on.wait(60)
        raise ValueError("no")

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(results.get, "a", refuse)
        assert begun.wait(60)
        second = pool.submit(results.get, "a", lambda: 2)
        goes_on.set()
        with pytest.raises(ValueError, match="no"):
            first.result()
        assert second.result() == 2
    assert results.get("a", lambda: 3) == 3
