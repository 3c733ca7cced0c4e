"""What takes a while, computed once for all who ask, in one thread beside them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any


class BackgroundResults:
    """Results by their questions, the `most` that were asked for last kept; one is computed after the other.

    Attributes:
        is_warm: whether any was computed: what all of them have to load first is there.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.is_warm = False
        self._kept: OrderedDict[Hashable, Future[Any]] = OrderedDict()
        self._lock = threading.Lock()
        self._thread = ThreadPoolExecutor(1, "background results")

    def ask(self, question: Hashable, compute: Callable[[], Any]) -> Future[Any]:
        """The result, under way or there; it is begun unless somebody asked before.

        Args:
            question: all that it depends on.
            compute: makes it, without Streamlit's elements.
        """
        with self._lock:
            found = self._kept.get(question)
            if found is None:
                found = self._kept[question] = self._thread.submit(self._run, compute)
                while len(self._kept) > self.most:
                    self._kept.popitem(last=False)[1].cancel()  # nobody finds it any more
            self._kept.move_to_end(question)
            return found

    def found(self, question: Hashable) -> Future[Any] | None:
        """The result if it is there; one that was refused is told once, and then may be asked for again."""
        with self._lock:
            found = self._kept.get(question)
            if found is None or not found.done():
                return None
            if found.exception():
                del self._kept[question]
            else:
                self._kept.move_to_end(question)
            return found

    def _run(self, compute: Callable[[], Any]) -> Any:
        result = compute()
        self.is_warm = True
        return result
