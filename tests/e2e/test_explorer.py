"""What a person does with the app, in a real browser against a real server."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from resnet_explorer.samples import sample_bytes
from tests.e2e.conftest import PATIENCE, choose_network, running_app, settle, visit


def test_a_deep_link_is_the_first_thing_a_fresh_server_is_asked_for(page: Page) -> None:
    with running_app() as address:
        visit(page, f"{address}/shortcuts?net=resnet50&sc_dir=TB", "Shortcuts")
        sidebar = page.get_by_test_id("stSidebar")
        expect(sidebar.get_by_role("link", name="Predict")).to_be_visible()
        expect(sidebar.get_by_role("combobox", name="Network")).to_have_value("ResNet-50")
        expect(page.get_by_text("4 projection shortcuts").first).to_be_visible()
        assert "net=resnet50" in page.url
        assert "sc_dir=TB" in page.url


def test_choosing_resnet_152_shows_its_numbers_on_every_page_and_in_the_link(page: Page, app: str) -> None:
    visit(page, f"{app}/architecture", "Architecture")
    choose_network(page, "ResNet-152")
    expect(page.get_by_text("60,192,808").first).to_be_visible()
    expect(page.get_by_text("224 → 112 → 56 → 28 → 14 → 7 → 1").first).to_be_visible()
    page.get_by_test_id("stSidebar").get_by_role("link", name="Shortcuts").click()
    expect(page.get_by_role("heading", name="Shortcuts").first).to_be_visible()
    expect(page.get_by_text("46 identity shortcuts").first).to_be_visible()
    expect(page).to_have_url(re.compile("net=resnet152"))
    page.reload()
    expect(page.get_by_text("46 identity shortcuts").first).to_be_visible()


def test_the_browsers_back_button_leads_to_the_page_before(page: Page, app: str) -> None:
    visit(page, f"{app}/architecture?net=resnet34&size=224", "Architecture")
    page.get_by_test_id("stMain").get_by_text("FLOPs", exact=True).first.click()
    settle(page)
    assert "arch_unit=FLOPs" in page.url
    page.get_by_test_id("stSidebar").get_by_role("link", name="Counting").click()
    expect(page.get_by_role("heading", name="Counting").first).to_be_visible()
    settle(page)
    page.go_back()
    expect(page.get_by_role("heading", name="Architecture").first).to_be_visible()
    settle(page)
    assert "arch_unit=FLOPs" in page.url


def test_what_was_set_on_a_page_is_no_step_for_the_back_button(page: Page, app: str) -> None:
    """Back within a page would change the address alone: it leads to the page before at once."""
    visit(page, f"{app}/counting?net=resnet34&size=224", "Counting")
    page.get_by_test_id("stSidebar").get_by_role("link", name="Architecture").click()
    expect(page.get_by_role("heading", name="Architecture").first).to_be_visible()
    settle(page)
    for unit in ("FLOPs", "MACs", "FLOPs"):
        page.get_by_test_id("stMain").get_by_text(unit, exact=True).first.click()
        settle(page)
    assert "arch_unit=FLOPs" in page.url
    page.go_back()
    expect(page.get_by_role("heading", name="Counting").first).to_be_visible()
    settle(page)
    page.go_forward()
    expect(page.get_by_role("heading", name="Architecture").first).to_be_visible()
    settle(page)
    assert "arch_unit=FLOPs" in page.url


def test_unfolding_a_stage_shows_every_block_of_it(page: Page, app: str) -> None:
    visit(page, f"{app}/shortcuts?net=resnet152", "Shortcuts")
    expect(page.locator("svg text").filter(has_text="×35")).to_be_visible()
    assert page.get_by_text("layer3.20", exact=True).count() == 0
    page.get_by_role("button", name="3", exact=True).click()
    expect(page.get_by_text("layer3.20", exact=True).first).to_be_attached()
    settle(page)
    assert "sc_unfold=3" in page.url


def test_a_block_that_is_clicked_tells_its_record(page: Page, app: str) -> None:
    visit(page, f"{app}/shortcuts?net=resnet50", "Shortcuts")
    page.locator("svg").get_by_text("layer2.0", exact=True).click()
    expect(page.get_by_test_id("stMarkdown").get_by_text("379,392").first).to_be_visible()


def map_source(page: Page, label: str) -> str:
    """The address of the map on the screen, which is made of its content."""
    picture = page.get_by_role("img", name=f"Grad-CAM map for {label}")
    expect(picture).to_be_visible()
    return picture.get_attribute("src") or ""


def choose_class(page: Page, name: str) -> None:
    box = page.get_by_test_id("stMain").get_by_role("combobox", name="Class")
    box.click()
    box.fill(name)
    page.get_by_role("option", name=name, exact=True).click()
    settle(page)


def upload_photo(page: Page, file: Path) -> None:
    page.get_by_test_id("stMain").get_by_text("Upload", exact=True).first.click()
    page.get_by_test_id("stFileUploader").locator("input[type=file]").set_input_files(file)


@pytest.fixture
def cat_photo(tmp_path: Path) -> Path:
    file = tmp_path / "chelsea.png"
    file.write_bytes(sample_bytes("cat"))
    return file


def test_an_uploaded_photo_is_named_and_its_map_follows_the_class(
    page: Page, app: str, cat_photo: Path
) -> None:
    visit(page, f"{app}/predict", "Predict")
    page.get_by_role("radio", name="Upload").or_(
        page.get_by_role("button", name="Upload", exact=True)
    ).click()
    page.get_by_test_id("stFileUploader").locator("input[type=file]").set_input_files(cat_photo)
    expect(page.get_by_text("chelsea.png: 451 × 300").first).to_be_visible()
    settle(page)
    expect(page.get_by_test_id("stMetric").get_by_text("Most probable")).to_be_visible()
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
    page.get_by_role("radio", name="Upload").or_(
        page.get_by_role("button", name="Upload", exact=True)
    ).click()
    page.get_by_test_id("stFileUploader").locator("input[type=file]").set_input_files(fake)
    expect(page.get_by_test_id("stAlert").get_by_text("holiday.jpg")).to_be_visible()
    settle(page)
    assert page.get_by_role("img", name="Grad-CAM map for").get_attribute("src") == map_before


def test_a_link_to_a_prediction_opens_the_same_view(page: Page, app: str) -> None:
    visit(page, f"{app}/predict", "Predict")
    choose_class(page, "golden retriever")
    page.get_by_role("radio", name="stage 2").click()
    settle(page)
    before = map_source(page, "golden retriever")
    link = page.url
    assert "p_class=golden" in link
    page.goto("about:blank")
    visit(page, link, "Predict")
    assert map_source(page, "golden retriever") == before


def test_a_bad_link_opens_the_default_with_a_sentence(page: Page, app: str) -> None:
    visit(page, f"{app}/architecture?net=resnet51", "Architecture")
    expect(page.get_by_test_id("stAlert").get_by_text("resnet51")).to_be_visible()
    expect(page.get_by_text("11,270,904").first).to_be_visible()


def test_two_people_at_once_each_get_their_own_map(browser: Browser, app: str) -> None:
    pages = {name: browser.new_context().new_page() for name in ("lion", "catamaran")}
    links = {name: f"{app}/predict?p_class={name}" for name in pages}
    alone = {}
    for name, page in pages.items():
        page.set_default_timeout(PATIENCE)
        visit(page, links[name], "Predict")
        alone[name] = map_source(page, name)
    for page in pages.values():
        page.goto("about:blank")
    for name, page in pages.items():  # both are on their way before either is looked at
        page.goto(links[name], wait_until="commit")
    together = {name: map_source(page, name) for name, page in pages.items()}
    assert together == alone
    assert together["lion"] != together["catamaran"]
    for page in pages.values():
        page.context.close()
