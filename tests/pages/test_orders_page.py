"""A thousand layers on the page, by shallower ones: a guess, both orders at the start, the first steps."""

from __future__ import annotations

import pytest

from resnet_explorer.common.progress import final_answer
from resnet_explorer.labs.depth.orders import OrdersConfig, orders_finding, steadier
from resnet_explorer.labs.depth.orders_run import measure_orders, train_orders
from tests.pages.opened import charts, opened, words

pytestmark = pytest.mark.slow


SMALL = {"td_lab": "thousand", "tl_depth": "29", "tl_width": "1", "tl_count": "2", "tl_steps": "2"}
CONFIG = OrdersConfig(29, 1, 2, steps=2)


def test_a_guess_and_then_both_orders_at_the_start() -> None:
    page = opened("gradient", **SMALL)
    assert "## 29 layers, all with shortcuts: which order leaves the gradient nearer to its size?" in words(
        page
    )
    assert not charts(page)
    found = final_answer(measure_orders(CONFIG))
    page.segmented_control(key="tl_guess").set_value(steadier(found)).run()
    page.button(key="_tl_guess_show").click().run()
    assert ": so it is.** " + orders_finding(found) in words(page)
    names = [note["text"] for note in charts(page)[0]["layout"]["annotations"]]
    assert any("post-activation: ×" in name for name in names)
    page.segmented_control(key="tl_view").set_value("signal").run()
    assert page.query_params["tl_view"] == "signal"
    assert len(charts(page)) == 1


def test_the_first_steps_are_trained_once_asked() -> None:
    page = opened("gradient", **SMALL, tl_guess_shown="1", tl_view="training")
    assert all(not trace["x"] for trace in charts(page)[0]["data"])
    page.button(key="tl_go").click().run()
    for _ in range(60):
        if "_tl_training_stop" not in [button.key for button in page.button]:
            break
        page.run()
    post, pre = final_answer(train_orders(CONFIG))
    drawn = [trace["y"] for trace in charts(page)[0]["data"]]
    assert drawn == [pytest.approx(list(post)), pytest.approx(list(pre))]
    assert f"In 2 steps the loss was **{min(post):.1f} to {max(post):.1f}** post-activated" in words(page)
    ends = [
        (note["text"].split("</span> ")[1], note["x"]) for note in charts(page)[0]["layout"]["annotations"]
    ]
    assert ends == [("post-activation", 2), ("pre-activation", 2)]
