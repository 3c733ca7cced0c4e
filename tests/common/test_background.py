"""What is computed in the background is computed once, and a refusal is told once."""

from __future__ import annotations

import threading
from concurrent.futures import wait

import pytest

from resnet_explorer.common.background import BackgroundResults


def test_all_who_ask_wait_for_one_computation() -> None:
    results, gate, made = BackgroundResults(4), threading.Event(), []

    def compute() -> str:
        gate.wait(60)
        made.append(1)
        return "cat"

    asked = [results.ask("photo", compute) for _ in range(30)]
    assert results.found("photo") is None and not results.is_warm
    gate.set()
    assert {each.result(60) for each in asked} == {"cat"}
    found = results.found("photo")
    assert found is not None and found.result() == "cat"
    assert (made, results.is_warm) == ([1], True)


def test_a_refusal_is_told_and_may_be_asked_for_again() -> None:
    results = BackgroundResults(4)

    def refuse() -> str:
        raise ValueError("The weights are gone.")

    wait([results.ask("photo", refuse)], 60)
    found = results.found("photo")
    assert found is not None
    with pytest.raises(ValueError, match="gone"):
        found.result()
    assert results.found("photo") is None and not results.is_warm
    assert results.ask("photo", lambda: "cat").result(60) == "cat"


def test_those_asked_for_last_are_kept() -> None:
    results = BackgroundResults(2)
    for question in ("a", "b", "a", "c"):
        results.ask(question, question.upper).result(60)
    assert [results.found(question) is not None for question in "abc"] == [True, False, True]


def test_what_nobody_can_find_any_more_is_not_computed() -> None:
    """Whoever opens a hundred links does not let all others wait for a hundred answers."""
    results, gate, made = BackgroundResults(2), threading.Event(), []
    results.ask("first", lambda: gate.wait(60))
    asked = {name: results.ask(name, lambda name=name: made.append(name)) for name in "abcd"}
    gate.set()
    wait(asked.values(), 60)
    assert made == ["c", "d"]
    assert asked["a"].cancelled() and not asked["d"].cancelled()
