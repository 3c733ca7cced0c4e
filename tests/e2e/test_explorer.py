"""What a person does with the app, in a real browser against a real server."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from resnet_explorer.photos.samples import sample_bytes
from tests.e2e.conftest import (
    choose_network,
    close_popover,
    link_lacks,
    link_says,
    open_from_menu,
    running_app,
    settle,
    visit,
)


def test_a_deep_link_is_the_first_thing_a_fresh_server_is_asked_for(page: Page) -> None:
    with running_app() as address:
        visit(page, f"{address}/shortcuts?net=resnet50&sc_dir=TB", "Shortcuts")
        expect(page.locator(".st-key-menu").get_by_role("button", name="The photo lab")).to_be_visible()
        expect(page.locator(".st-key-_network")).to_contain_text("ResNet-50")
        expect(page.get_by_text("4 projection shortcuts").first).to_be_visible()
        link_says(page, "net=resnet50", "sc_dir=TB")


def test_choosing_resnet_152_shows_its_numbers_on_every_page_and_in_the_link(page: Page, app: str) -> None:
    visit(page, f"{app}/architecture", "Architecture")
    choose_network(page, "ResNet-152")
    expect(page.get_by_text("60,192,808").first).to_be_visible()
    expect(page.get_by_role("group", name="224 → 112 → 56 → 28 → 14 → 7 → 1").first).to_be_visible()
    open_from_menu(page, "The network", "Shortcuts")
    expect(page.get_by_role("heading", name="Shortcuts").first).to_be_visible()
    expect(page.get_by_text("46 identity shortcuts").first).to_be_visible()
    expect(page).to_have_url(re.compile("net=resnet152"))
    page.reload()
    expect(page.get_by_text("46 identity shortcuts").first).to_be_visible()


def test_the_browsers_back_button_leads_to_the_page_before(page: Page, app: str) -> None:
    visit(page, f"{app}/architecture?net=resnet34&size=224", "Architecture")
    page.locator(".st-key-more_settings button").first.click()
    page.get_by_role("radio", name="FLOPs").click()
    settle(page)
    link_says(page, "arch_unit=FLOPs")
    open_from_menu(page, "The network", "Counting")
    expect(page.get_by_role("heading", name="Counting").first).to_be_visible()
    settle(page)
    page.go_back()
    expect(page.get_by_role("heading", name="Architecture").first).to_be_visible()
    settle(page)
    link_says(page, "arch_unit=FLOPs")


def test_what_was_set_on_a_page_is_no_step_for_the_back_button(page: Page, app: str) -> None:
    """Back within a page would change the address alone: it leads to the page before at once."""
    visit(page, f"{app}/counting?net=resnet34&size=224", "Counting")
    open_from_menu(page, "The network", "Architecture")
    expect(page.get_by_role("heading", name="Architecture").first).to_be_visible()
    settle(page)
    page.locator(".st-key-more_settings button").first.click()
    for unit, check in (("FLOPs", link_says), ("MACs", link_lacks), ("FLOPs", link_says)):
        page.get_by_role("radio", name=unit).click()
        check(page, "arch_unit=FLOPs")
    settle(page)
    page.go_back()
    expect(page.get_by_role("heading", name="Counting").first).to_be_visible()
    settle(page)
    page.go_forward()
    expect(page.get_by_role("heading", name="Architecture").first).to_be_visible()
    settle(page)
    link_says(page, "arch_unit=FLOPs")


def test_back_leads_to_the_page_before_an_old_link(page: Page, app: str) -> None:
    visit(page, f"{app}/counting", "Counting")
    visit(page, f"{app}/compare", "Architecture")
    expect(page).to_have_url(re.compile(r"/architecture\?.*arch_show=compare"))
    page.go_back()
    expect(page.get_by_role("heading", name="Counting").first).to_be_visible()


def test_back_passes_over_an_old_link_that_became_an_entry(page: Page, app: str) -> None:
    visit(page, f"{app}/counting", "Counting")
    # As on a slow machine, where the page leads on and writes its link before the script is there that
    # replaces entries; it marks the last one.
    page.wait_for_function("() => history.addEntry !== undefined")
    page.evaluate("history.addEntry(null, '', '/compare')")
    page.evaluate("history.addEntry(null, '', '/architecture?arch_show=compare')")
    page.evaluate("history.addEntry({isDrawn: true}, '', '/architecture?net=resnet18&arch_show=compare')")
    page.go_back()
    expect(page).to_have_url(re.compile(r"/counting"))
    expect(page.get_by_role("heading", name="Counting").first).to_be_visible()


def test_the_overview_is_found_by_its_name_too(page: Page, app: str) -> None:
    visit(page, f"{app}/overview?net=resnet50", "ResNet Explorer")
    expect(page.locator(".st-key-_network")).to_contain_text("ResNet-50")
    expect(page).to_have_url(re.compile(rf"{app}/\?"))
    assert page.get_by_role("dialog").count() == 0


def test_a_box_that_is_clicked_shows_its_arithmetic(page: Page, app: str) -> None:
    visit(page, f"{app}/architecture?net=resnet50", "Architecture")
    page.locator(".st-key-picture svg").get_by_text("stage 3", exact=True).click()
    expect(page.get_by_text("stride 2, padding 1: 28 → 14").first).to_be_visible()
    settle(page)
    link_says(page, "arch_step=stage+3")


def test_what_is_behind_the_buttons_of_the_head_changes_nothing_before_it_is_touched(
    page: Page, app: str
) -> None:
    visit(page, f"{app}/architecture?net=resnet50&size=224&arch_by=free", "Architecture")
    page.locator(".st-key-picture svg").get_by_text("stage 3", exact=True).click()
    settle(page)
    page.locator(".st-key-arch_builder button").first.click()
    expect(page.get_by_role("spinbutton", name="Blocks, stage 3")).to_have_value("6")
    close_popover(page)
    page.locator(".st-key-arch_input button").first.click()
    expect(page.get_by_role("spinbutton", name="Height")).to_have_value("224")
    close_popover(page)
    page.get_by_role("radio", name="101").click()
    settle(page)
    link_says(page, "net=resnet101", "size=224")
    expect(page.locator(".st-key-foot").get_by_text("44,549,160")).to_be_visible()


def test_unfolding_a_stage_shows_every_block_of_it(page: Page, app: str) -> None:
    visit(page, f"{app}/shortcuts?net=resnet152", "Shortcuts")
    expect(page.locator("svg text").filter(has_text="×35")).to_be_visible()
    assert page.get_by_text("layer3.20", exact=True).count() == 0
    page.locator('[data-fold="layer3.1"]').click()
    expect(page.get_by_text("layer3.20", exact=True).first).to_be_attached()
    settle(page)
    link_says(page, "sc_unfold=3")


def test_a_block_that_is_clicked_tells_its_record(page: Page, app: str) -> None:
    visit(page, f"{app}/shortcuts?net=resnet50", "Shortcuts")
    page.locator("svg").get_by_text("layer2.0", exact=True).click()
    expect(page.locator(".panel").filter(has_text="layer2.0")).to_contain_text("379,392 parameters")


def map_source(page: Page, label: str) -> str:
    """The address of the map on the screen, which is made of its content."""
    picture = page.get_by_role("img", name=f"Grad-CAM map for {label}")
    expect(picture).to_be_visible()
    return picture.get_attribute("src") or ""


def choose_class(page: Page, name: str) -> None:
    page.locator(".st-key-more_settings button").first.click()
    box = page.get_by_role("combobox", name="Class", exact=True)
    box.click()
    box.fill(name)
    page.get_by_role("option", name=name, exact=True).click()
    settle(page)
    close_popover(page)


def upload_photo(page: Page, file: Path) -> None:
    page.locator(".st-key-_photo button").first.click()
    choices = page.get_by_role("dialog")  # the page has another uploader, for what is dropped on it
    choices.get_by_role("radio", name="Upload").click()
    choices.get_by_test_id("stFileUploader").locator("input[type=file]").set_input_files(file)


@pytest.fixture
def cat_photo(tmp_path: Path) -> Path:
    file = tmp_path / "chelsea.png"
    file.write_bytes(sample_bytes("cat"))
    return file


def test_an_uploaded_photo_is_named_and_its_map_follows_the_class(
    page: Page, app: str, cat_photo: Path
) -> None:
    visit(page, f"{app}/predict", "Predict")
    upload_photo(page, cat_photo)
    expect(page.get_by_text("chelsea.png: 451 × 300").first).to_be_visible()
    settle(page)
    close_popover(page)
    expect(page.locator(".answer .heading")).to_have_text(re.compile("Most probable|Unsure"))
    choose_class(page, "catamaran")
    ship = map_source(page, "catamaran")
    choose_class(page, "tabby cat")
    assert map_source(page, "tabby cat") != ship
    expect(page).to_have_url(re.compile("p_class=tabby.+cat"))


def test_a_file_that_is_no_picture_gets_a_sentence_and_the_photo_stays(
    page: Page, app: str, tmp_path: Path
) -> None:
    fake = tmp_path / "holiday.jpg"
    fake.write_bytes(b"this is no picture")
    visit(page, f"{app}/predict", "Predict")
    map_before = page.get_by_role("img", name="Grad-CAM map for").get_attribute("src")
    upload_photo(page, fake)
    expect(page.get_by_test_id("stAlert").get_by_text("holiday.jpg")).to_be_visible()
    settle(page)
    assert page.get_by_role("img", name="Grad-CAM map for").get_attribute("src") == map_before


def test_a_link_to_a_prediction_opens_the_same_view(page: Page, app: str) -> None:
    visit(page, f"{app}/predict", "Predict")
    choose_class(page, "golden retriever")
    page.locator(".st-key-more_settings button").first.click()
    page.get_by_role("radio", name="stage 2").click()
    settle(page)
    before = map_source(page, "golden retriever at stage 2")
    link = link_says(page, "p_class=golden", "p_stage=2")
    page.goto("about:blank")
    visit(page, link, "Predict")
    assert map_source(page, "golden retriever at stage 2") == before


def test_a_bad_link_opens_the_default_with_a_sentence(page: Page, app: str) -> None:
    visit(page, f"{app}/architecture?net=resnet51", "Architecture")
    expect(page.get_by_test_id("stAlert").get_by_text("resnet51")).to_be_visible()
    expect(page.get_by_text("11,270,904").first).to_be_visible()


def test_two_people_at_once_each_get_their_own_map(person: Callable[[], Page], app: str) -> None:
    pages = {name: person() for name in ("lion", "catamaran")}
    links = {name: f"{app}/predict?p_class={name}" for name in pages}
    alone = {}
    for name, page in pages.items():
        visit(page, links[name], "Predict")
        alone[name] = map_source(page, name)
    for page in pages.values():
        page.goto("about:blank")
    for name, page in pages.items():  # both are on their way before either is looked at
        page.goto(links[name], wait_until="commit")
    together = {name: map_source(page, name) for name, page in pages.items()}
    assert together == alone
    assert together["lion"] != together["catamaran"]


def test_a_checkpoint_that_is_none_gets_a_sentence_where_it_was_given_until_all_is_closed(
    page: Page, app: str, tmp_path: Path
) -> None:
    fake = tmp_path / "diary.pth"
    fake.write_bytes(b"dear diary")
    page.set_viewport_size({"width": 1280, "height": 600})
    visit(page, f"{app}/predict", "Predict")
    button = page.locator(".st-key-_network button").first
    button.click()
    upload = page.get_by_role("dialog").get_by_test_id("stFileUploader").last
    upload.scroll_into_view_if_needed()
    upload.locator("input[type=file]").set_input_files(fake)
    sentence = page.get_by_test_id("stAlert").get_by_text("diary.pth")
    expect(sentence).to_be_in_viewport()
    settle(page)
    expect(sentence).to_be_in_viewport()
    button.click()
    expect(sentence).to_have_count(0)
    settle(page)
    button.click()
    expect(upload).to_be_attached()
    settle(page)
    expect(sentence).to_have_count(0)
