"""The graph's first paint in Chromium, beside `st.graphviz_chart` on the same network's DOT.

From the navigation to a warm server, in a new tab whose browser has the files already, until the
drawing is in the page and two frames have been painted after it. Both pages are the same but for
the graph, and both draw anew on each visit.
"""

from __future__ import annotations

import shutil
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import BrowserContext, sync_playwright
from playwright.sync_api import TimeoutError as TooLong

from tests.benchmarks.timing import Row
from tests.e2e.conftest import CHROMIUM_FLAGS, running_app

PAGE = Path(__file__).with_name("graph_page.py")
NETWORKS = ("resnet18", "resnet152", "resnet1202_cifar")
DRAWN = {"ours": ".view[data-painted] .node", "graphviz_chart": "[data-testid=stGraphVizChart] g.node"}
PATIENCE = 120_000
TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def rows(rounds: int = 3) -> Iterator[Row]:
    with running_app(PAGE) as address, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM_FLAGS)
        context = chromium.new_context(viewport={"width": 1440, "height": 1000})
        for tool in DRAWN:  # the browser gets the files of both
            _to_paint(context, address, tool, "resnet18", True)
        for folded in (True, False):
            for name in NETWORKS:
                taken: dict[str, list[float]] = {tool: [] for tool in DRAWN}
                for _ in range(rounds):
                    for tool, times in taken.items():
                        if PATIENCE not in times:  # what took too long once is not waited for again
                            times.append(_to_paint(context, address, tool, name, folded))
                ours, theirs = (statistics.median(taken[tool]) for tool in DRAWN)
                too_long = PATIENCE in taken["graphviz_chart"]
                yield Row(
                    f"first paint of {name}'s graph, {'folded' if folded else 'unfolded'}",
                    ours,
                    "st.graphviz_chart" + (", stopped after two minutes" if too_long else ""),
                    theirs,
                )
        chromium.close()


def _to_paint(context: BrowserContext, address: str, tool: str, name: str, folded: bool) -> float:
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    start = time.perf_counter()
    try:
        page.goto(f"{address}/?tool={tool}&net={name}&folded={int(folded)}")
        page.locator(DRAWN[tool]).first.wait_for(state="attached")
        page.evaluate(TWO_FRAMES)
        return (time.perf_counter() - start) * 1000
    except TooLong:
        return float(PATIENCE)
    finally:
        page.close()
