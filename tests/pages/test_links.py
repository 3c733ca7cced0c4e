"""Any link restores any view of a page; a bad one opens the usual view with a sentence."""

from __future__ import annotations

import pytest

from resnet_explorer.ui.app.page_list import PAGES
from tests.pages.opened import opened


def test_a_link_sets_every_control_and_is_kept() -> None:
    link = {"net": "resnet50", "arch_step": "stage 3", "arch_unit": "FLOPs", "arch_view": "stages"}
    app = opened("architecture", **link)
    assert not app.warning
    assert app.segmented_control(key="arch_step").value == "stage 3"
    assert app.segmented_control(key="arch_view").value == "stages"
    assert {name: app.query_params[name] for name in link} == link


def test_what_is_usual_is_not_in_the_link() -> None:
    app = opened("architecture", arch_unit="MACs")
    assert not app.warning
    assert set(app.query_params) == {"net", "weights", "size"}
    app.segmented_control(key="arch_unit").set_value("FLOPs").run()
    assert app.query_params["arch_unit"] == "FLOPs"
    app.segmented_control(key="arch_unit").set_value("MACs").run()
    assert "arch_unit" not in app.query_params


def test_a_depth_that_was_asked_for_is_in_the_link_with_its_reason() -> None:
    app = opened("architecture", net="resnet50", arch_by="depth", arch_depth="51")
    assert app.number_input(key="arch_depth").value == 51
    assert "51" in app.info[0].value


@pytest.mark.parametrize(
    ("page", "link", "sentence"),
    [
        ("architecture", {"arch_unit": "flops"}, "`arch_unit=flops`: allowed: MACs, FLOPs."),
        ("architecture", {"arch_depth": "x", "arch_by": "depth"}, "allowed: a number from 1 to 6002."),
        ("blocks", {"blk_channels": "5000"}, "`blk_channels=5000`: allowed: a number from 1 to 4096."),
        ("blocks", {"colour": "red"}, "Nothing here is called `colour`."),
        ("predict", {"p_alpha": "2"}, "`p_alpha=2`: allowed: a number from 0 to 1."),
        ("predict", {"p_sample": "x" * 300}, f"`p_sample={'x' * 40}…`"),
    ],
)
def test_a_bad_link_is_told_in_a_sentence(page: str, link: dict[str, str], sentence: str) -> None:
    app = opened(page, **link)
    assert "The link could not be followed to the end." in app.warning[0].value
    assert sentence in app.warning[0].value
    app.run()
    assert not [each for each in app.warning if "link" in each.value], "told once"


def test_a_sample_of_before_is_another_one_now() -> None:
    app = opened("predict", p_sample="horse")
    assert app.selectbox(key="p_sample").value == "cat"
    assert not app.warning


def test_a_link_of_a_moment_ago_does_not_undo_a_click() -> None:
    app = opened("architecture", arch_unit="FLOPs")
    app.segmented_control(key="arch_unit").set_value("MACs").run()
    app.query_params["arch_unit"] = "FLOPs"  # a browser that has not heard yet
    app.run()
    assert app.segmented_control(key="arch_unit").value == "MACs"


def test_a_click_before_the_browser_has_heard_brings_no_old_value_back() -> None:
    app = opened("architecture", arch_step="stage 3")
    app.button(key="_reset").click().run()
    assert app.segmented_control(key="arch_step").value == "conv1"
    app.query_params["arch_step"] = "stage 3"  # what a browser that has not heard sends with the next click
    app.segmented_control(key="arch_step").set_value("stage 3")
    app.segmented_control(key="arch_view").set_value("stages").run()
    assert app.segmented_control(key="arch_step").value == "conv1"
    assert app.segmented_control(key="arch_view").value == "stages"
    app.segmented_control(key="arch_step").set_value("stage 3").run()  # now it has, and a person chose it
    assert app.segmented_control(key="arch_step").value == "stage 3"


def test_a_reset_that_is_clicked_twice_is_undone_all_the_same() -> None:
    app = opened("shortcuts", sc_plain="1")
    for _ in range(2):
        app.button(key="_reset").click().run()
    assert app.toggle(key="sc_plain").value is False
    app.button(key="_undo").click().run()
    assert app.toggle(key="sc_plain").value is True


def test_a_record_that_was_closed_is_not_opened_again_by_the_next_click() -> None:
    app = opened("shortcuts", sc_node="layer2.0")
    before = app.query_params.copy()
    app.button(key="_reset").click().run()
    assert app.selectbox(key="sc_node").value is None
    app.query_params.update(before)
    app.selectbox(key="sc_node").set_value("layer2.0")
    app.toggle(key="sc_layers").set_value(True).run()
    assert app.selectbox(key="sc_node").value is None
    assert app.toggle(key="sc_layers").value


def test_a_network_chosen_in_the_head_is_not_taken_back_by_the_next_click() -> None:
    """The row of depths shows the old one until the browser has heard, and says it with any click."""
    app = opened("architecture", net="resnet18", weights="bundled", size="224")
    before = app.query_params.copy()
    app.selectbox(key="_network_choice").set_value("resnet152").run()
    assert app.query_params["net"] == "resnet152"
    app.query_params.update(before)
    app.segmented_control(key="arch_resnet").set_value("resnet18")
    app.segmented_control(key="arch_step").set_value("stage 3").run()
    assert app.query_params["net"] == "resnet152"
    assert app.segmented_control(key="arch_resnet").value == "resnet152"
    assert app.segmented_control(key="arch_step").value == "stage 3"


def test_who_goes_back_is_not_brought_forward_again() -> None:
    """Each writing of the link is an entry in the browser's history; one more would undo the going back."""
    app = opened("architecture", net="resnet18", size="224")
    app.segmented_control(key="arch_unit").set_value("FLOPs").run()
    app.query_params.clear()
    app.query_params.update({"net": "resnet18", "size": "224"})  # the browser's button
    app.run()
    assert "arch_unit" not in app.query_params
    app.segmented_control(key="arch_step").set_value("stage 3").run()
    assert app.query_params["arch_unit"] == "FLOPs"


def test_the_menus_links_keep_the_network() -> None:
    app = opened("compare", net="resnet152")
    links = {link.proto.page: link.proto.query_string for link in app.get("page_link")}
    assert len(links) == len(PAGES)
    assert set(links.values()) == {"net=resnet152&weights=none&size=224"}


@pytest.mark.slow
def test_a_link_waits_for_the_guess_and_its_mistakes_are_told_at_once() -> None:
    page = opened("gradient", gw_view="factors", gw_depth="8", gw_width="0")
    assert "`gw_width=0`: allowed: a number from 1 to 32." in page.warning[0].value
    assert page.query_params["gw_view"] == "factors"
    page.button(key="_gw_guess_show").click().run()
    assert page.segmented_control(key="gw_view").value == "factors"
    assert page.query_params["gw_view"] == "factors"


@pytest.mark.slow
def test_what_no_control_is_called_is_told_after_the_guess() -> None:
    page = opened("degradation", dg_nothing="1")
    assert not page.warning
    page.button(key="_dg_guess_show").click().run()
    assert "Nothing here is called `dg_nothing`." in page.warning[0].value
    assert "dg_nothing" not in page.query_params
