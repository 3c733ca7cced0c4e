"""What a pickle would make, counted from its program before any of it is made.

A pickle names one thing as often as it likes: a tuple of twice the same tuple, thirty times over, is a
billion things in a hundred bytes. Whoever takes it for a key, or writes it as text, is busy for ever, and no
other thread runs meanwhile; a tuple in a tuple, a million deep, ends the process.
"""

from __future__ import annotations

import pickletools
from collections.abc import Iterator
from typing import IO, Any, Final

MOST_STEPS: Final = 5_000_000
"""Of a program: a checkpoint has twenty for each of its tensors."""
MOST_THINGS: Final = 10_000_000
"""In all that is hashed or handed on, what is there several times counted as often."""
MOST_DEEP: Final = 100

_MARK: Final = object()
_COLLECTIONS: Final = ("EMPTY_LIST", "EMPTY_TUPLE", "EMPTY_SET", "LIST", "TUPLE", "FROZENSET")
_TUPLES: Final = ("TUPLE1", "TUPLE2", "TUPLE3")
_CHANGES: Final = ("APPEND", "APPENDS", "ADDITEMS", "SETITEM", "SETITEMS")
_CALLS: Final = ("REDUCE", "NEWOBJ", "NEWOBJ_EX", "OBJ", "INST", "BUILD")


class TooMuchError(Exception):
    """More than any checkpoint holds: too long, too much, too deep, or in itself."""


def check_program(file: IO[bytes]) -> None:
    """Go through a pickle's program, from where a file stands to the end of that pickle.

    Args:
        file: holds it.

    Raises:
        TooMuchError: if what it makes would take for ever.
        ValueError: if it is none.
    """
    machine = _Machine()
    try:
        for number, (code, argument, _) in enumerate(pickletools.genops(file)):
            if number == MOST_STEPS:
                raise TooMuchError
            machine.do(code, argument)
    except (IndexError, KeyError, TypeError, AttributeError, OverflowError):
        raise ValueError from None
    machine.check()


class _Machine:
    """Does what a pickle says, with what stands for the things.

    A list, a tuple and a set are the list of what is in them; None stands for all else: a dict is no key.
    """

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}
        self.made: list[list[Any]] = []
        self.used: list[list[Any]] = []
        """What was hashed, or given to what makes a thing of it, as often as it was."""

    def do(self, code: Any, argument: Any) -> None:
        """One step."""
        name, stack = code.name, self.stack
        if "PUT" in name or name == "MEMOIZE":
            self.memo[len(self.memo) if name == "MEMOIZE" else argument] = _thing(stack[-1])
        elif "GET" in name:
            stack.append(self.memo[argument])
        elif name == "MARK":
            stack.append(_MARK)
        elif name == "DUP":
            stack.append(_thing(stack[-1]))
        elif name == "POP":
            stack.pop()
        else:
            self._work(name, code.stack_before, bool(code.stack_after))

    def _work(self, name: str, before: list[Any], leaves_one: bool) -> None:
        taken: list[Any] = []  # the last one first
        if pickletools.markobject in before:
            while (top := self.stack.pop()) is not _MARK:
                taken.append(top)
            before = before[: before.index(pickletools.markobject)]
        taken += [_thing(self.stack.pop()) for _ in before]
        left: Any = None
        if name in _COLLECTIONS or name in _TUPLES:
            self.made.append(taken)
            left = taken
        elif name in _CHANGES:
            left = taken.pop()
            if left is not None:
                left += taken
        if name in ("SETITEM", "SETITEMS", "DICT"):
            self._use(taken[1::2])
        elif name in ("ADDITEMS", "FROZENSET", *_CALLS):
            self._use(taken)
        if leaves_one:
            self.stack.append(left)

    def _use(self, things: list[Any]) -> None:
        self.used += [thing for thing in things if thing is not None]

    def check(self) -> None:
        """Count all that was made."""
        found: dict[int, tuple[int, int]] = {}
        for first in self.made:
            _measure(first, found)
        if sum(found[id(thing)][0] for thing in self.used) > MOST_THINGS:
            raise TooMuchError


def _thing(on_stack: Any) -> Any:
    if on_stack is _MARK:
        raise IndexError
    return on_stack


def _measure(first: list[Any], found: dict[int, tuple[int, int]]) -> None:
    """Find how many things each is that is not found yet, itself and all in it, and how deep."""
    way: list[tuple[list[Any], Iterator[Any]]] = [(first, iter(first))]
    under_way = {id(first)}
    while way:
        thing, rest = way[-1]
        inner = next((each for each in rest if each is not None and id(each) not in found), None)
        if inner is not None:
            if id(inner) in under_way:
                raise TooMuchError
            under_way.add(id(inner))
            way.append((inner, iter(inner)))
            continue
        inside = [found[id(each)] for each in thing if each is not None]
        size = 1 + len(thing) - len(inside) + sum(size for size, _ in inside)
        depth = 1 + max((depth for _, depth in inside), default=0)
        if size > MOST_THINGS or depth > MOST_DEEP:
            raise TooMuchError
        found[id(thing)] = (size, depth)
        under_way.discard(id(thing))
        way.pop()
