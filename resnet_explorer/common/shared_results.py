"""What several people ask at the same time, computed once: the first computes, the others wait for it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any, TypeVar, cast

T = TypeVar("T")


class SharedResults:
    """Results by their questions, the `most` asked for last kept; they are shared and not to be changed."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._kept: OrderedDict[Hashable, Future[Any]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, question: Hashable, compute: Callable[[], T]) -> T:
        """The result.

        Args:
            question: all that it depends on.
            compute: makes it; what it raises is raised, and nothing is kept.
        """
        mine: Future[T] = Future()
        with self._lock:
            found = self._kept.setdefault(question, mine)
            self._kept.move_to_end(question)
            while len(self._kept) > self.most:
                self._kept.popitem(last=False)
        if found is not mine:
            # What another one was refused, or was interrupted at, is asked for anew.
            return compute() if found.exception() else cast(T, found.result())
        try:
            mine.set_result(compute())
        except BaseException as error:
            with self._lock:
                if self._kept.get(question) is mine:
                    del self._kept[question]
            mine.set_exception(error)
            raise
        return mine.result()
