"""The gate for what computes: one at a time, passes first, and long work by turns."""

from __future__ import annotations

import threading

import pytest

from resnet_explorer.serving.gate import GONE, TURN, Gate


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def has_turn(gate: Gate, who: str) -> bool:
    """Whether they get a piece without waiting."""
    with gate.piece(who, patience=0) as is_held:
        return is_held


def test_long_work_is_done_by_turns_however_much_one_has_begun() -> None:
    clock = Clock()
    gate, done = Gate(clock), []
    asking = ["ann", "ann", "ann", "bob", "ann", "cem"]  # ann has four windows open
    for _ in range(60):
        for who in asking:
            if has_turn(gate, who):
                done.append(who)
                clock.now += 0.5
                break
        for who in asking:
            has_turn(gate, who) if gate.before(who) else None
    turns = [who for who, former in zip(done, [None, *done], strict=False) if who != former]
    assert turns == ["ann", "bob", "cem"]
    assert all(done.count(who) * 0.5 == TURN for who in ("ann", "bob", "cem"))


def test_the_place_in_the_queue_is_told_and_kept() -> None:
    gate = Gate(Clock())
    assert [has_turn(gate, who) for who in ("ann", "bob", "cem", "bob")] == [True, False, False, False]
    assert [gate.before(who) for who in ("ann", "bob", "cem", "dee")] == [0, 1, 2, 3]
    gate.leave("ann")
    assert has_turn(gate, "bob") and not has_turn(gate, "cem") and not has_turn(gate, "ann")


def test_whoever_is_alone_is_not_interrupted() -> None:
    clock = Clock()
    gate = Gate(clock)
    for _ in range(40):
        assert has_turn(gate, "ann")
        clock.now += TURN / 10


def test_the_place_of_who_left_the_page_is_given_up() -> None:
    clock = Clock()
    gate = Gate(clock)
    assert has_turn(gate, "ann") and not has_turn(gate, "bob")
    clock.now += GONE + 1
    assert has_turn(gate, "bob") and gate.before("ann") == 1


@pytest.mark.parametrize("says_so", [False, True])
def test_who_comes_back_has_a_whole_turn(says_so: bool) -> None:
    clock = Clock()
    gate = Gate(clock)
    assert has_turn(gate, "ann")
    if says_so:
        gate.leave("ann")
    clock.now += 60
    with gate.piece("ann", patience=0) as is_held:
        assert is_held and not has_turn(gate, "bob")
        clock.now += TURN / 10
    assert not has_turn(gate, "bob") and has_turn(gate, "ann")


def test_a_long_piece_does_not_cost_the_place() -> None:
    clock = Clock()
    gate = Gate(clock)
    with gate.piece("ann", patience=0) as is_held:
        assert is_held and not has_turn(gate, "bob")
        clock.now += GONE + 1
        assert not has_turn(gate, "bob")
    assert not has_turn(gate, "bob") and has_turn(gate, "ann")


@pytest.mark.parametrize("fails", [False, True])
def test_a_prediction_goes_before_the_next_piece(fails: bool) -> None:
    gate, order = Gate(), list[str]()

    def one_pass() -> None:
        with gate:
            order.append("pass")

    def one_piece() -> None:
        with gate.piece("bob", patience=60) as is_held:
            assert is_held
            order.append("piece")

    threads = [threading.Thread(target=each) for each in (one_piece, one_pass)]
    try:
        with gate.piece("ann", patience=0):
            threads[0].start()
            while gate.before("bob") != 1 or "bob" not in gate._queue:
                pass
            threads[1].start()
            while not gate._passes:
                pass
            if fails:
                raise RuntimeError
    except RuntimeError:
        pass
    gate.leave("ann")
    for thread in threads:
        thread.join(60)
    assert order == ["pass", "piece"]
