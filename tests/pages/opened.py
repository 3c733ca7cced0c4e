"""A page of the app as a link opens it, and what is read on it."""

from __future__ import annotations

import json
import re
from typing import Any

from streamlit.testing.v1 import AppTest

from tests.places import APP


def opened(page: str, **link: str) -> AppTest:
    """A page as the very first thing that a session asks for."""
    app = AppTest.from_file(APP, default_timeout=120)
    app.query_params.update(link)
    if page != "overview":  # it is at the root
        app.switch_page(f"pages/{page}.py")
    app.run()
    assert not app.exception
    return app


def words(page: AppTest, kind: str = "markdown") -> str:
    """All texts of a kind, one a line."""
    return "\n".join(each.value for each in page.get(kind))


def text(page: AppTest) -> str:
    """All that the page says in texts, captions, headings and notices, one a line."""
    kinds = ("markdown", "caption", "info", "warning", "error", "success", "subheader")
    return "\n".join(words(page, kind) for kind in kinds)


def pictures(page: AppTest) -> list[str]:
    """The SVGs on the page, in order."""
    found = [json.loads(each.proto.json) for each in page.get("bidi_component") if each.proto.json]
    return [data["svg"] for data in found if "svg" in data]


def component(page: AppTest, part: str) -> dict[str, Any]:
    """What the component that is given that part is given."""
    found = (json.loads(each.proto.json) for each in page.get("bidi_component") if each.proto.json)
    return next(data for data in found if part in data)


def charts(page: AppTest) -> list[dict[str, Any]]:
    """Plotly's figures, as the browser gets them."""
    return [json.loads(chart.proto.spec) for chart in page.get("plotly_chart")]


def popovers(page: AppTest) -> list[str]:
    """What stands on the buttons that open something, in order."""
    return [str(each.proto.popover.label) for each in page.get("popover")]


def checkpoint_uploader(page: AppTest) -> Any:
    """The uploader of checkpoints in the network's popover."""
    return next(each for each in page.file_uploader if "checkpoint (" in each.label)


def totals(page: AppTest) -> dict[str, str]:
    """What the sentence under the path of the feature map says of it, by the word beside the number."""
    assert not page.exception
    sentence = next(each.value for each in page.markdown if "of activations" in each.value)
    numbers = re.findall(r"\*\*([^*]+)\*\* (layers|parameters|MACs|FLOPs|of activations)", sentence)
    found = {word.removeprefix("of "): number for number, word in numbers}
    return found | {"output": sentence.split("output **")[1].split("**")[0]}
