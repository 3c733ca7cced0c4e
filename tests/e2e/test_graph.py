"""What a person does with the graph: search, click boxes and lines, walk by keyboard, unfold, save."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import pytest
from PIL import Image, ImageStat
from playwright.sync_api import FloatRect, Locator, Page, expect

from resnet_explorer.graph.interactive import EXTENT
from resnet_explorer.graph.svg import network_svg
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import preset, title
from tests.e2e.conftest import at_rest, link_lacks, link_says, settle, visit, wait_until


def open_graph(page: Page, app: str, link: str) -> Locator:
    """The Shortcuts page of a link; what is returned is the graph's view."""
    visit(page, f"{app}/shortcuts?{link}", "Shortcuts")
    view = page.locator(".view[data-painted]").first
    expect(view).to_be_visible()
    return view


def part(view: Locator, name: str) -> Locator:
    return view.locator(f'[data-part="{name}"]')


def record(page: Page, words: str) -> Locator:
    """The panel at the side of the graph, when it says that."""
    return page.locator(".panel").filter(has_text=words)


def search(page: Page, text: str, name: str) -> None:
    """Type into the search, and choose the layer of that name from what is offered."""
    box = page.get_by_role("combobox", name="Find a layer")
    box.click()
    box.fill(text)
    page.get_by_role("option").filter(has_text=name).first.click()
    settle(page)


def shown_box(view: Locator) -> list[float]:
    """What of the drawing is in view: x, y, width and height in its own units."""
    return [float(number) for number in (view.locator("svg").get_attribute("viewBox") or "").split()]


def boxes(*parts: Locator) -> list[FloatRect | None]:
    return [each.bounding_box() for each in parts]


def is_in_view(view: Locator, name: str) -> bool:
    outer, inner = view.bounding_box(), part(view, name).bounding_box()
    if not (outer and inner):  # just being drawn anew
        return False
    return (
        outer["x"] <= inner["x"]
        and outer["y"] <= inner["y"]
        and inner["x"] + inner["width"] <= outer["x"] + outer["width"]
        and inner["y"] + inner["height"] <= outer["y"] + outer["height"]
    )


def test_a_layer_that_is_folded_away_is_searched_shown_and_marked(page: Page, app: str) -> None:
    view = open_graph(page, app, "net=resnet152")
    assert part(view, "layer3.20.conv2").count() == 0
    search(page, "layer3.20.conv2", "layer3.20.conv2")
    expect(part(view, "layer3.20.conv2")).to_have_class("node picked")
    wait_until(page, lambda: is_in_view(view, "layer3.20.conv2"))
    expect(record(page, "256 × 14 × 14 → 256 × 14 × 14")).to_contain_text("589,824 parameters")
    for code in ("sc_node=layer3.20.conv2", "sc_unfold=3", "sc_layers=1"):
        link_says(page, code)
    assert part(view, "layer2.5.conv1").count() == 0  # the other stages stay folded


def test_words_apart_find_the_convolutions_of_a_stage(page: Page, app: str) -> None:
    view = open_graph(page, app, "net=resnet18")
    search(page, "layer3 conv", "layer3.0.conv1")
    expect(part(view, "layer3.0.conv1")).to_have_class("node picked")
    wait_until(page, lambda: is_in_view(view, "layer3.0.conv1"))


@pytest.mark.parametrize(("direction", "click_at"), [("LR", (0.5, 0.0)), ("TB", (0.0, 0.5))])
def test_a_shortcut_that_is_clicked_says_why_it_is_dashed(
    page: Page, app: str, direction: str, click_at: tuple[float, float]
) -> None:
    view = open_graph(page, app, f"net=resnet18&sc_dir={direction}")
    arch = at_rest(page, part(view, "layer2.0~shortcut").locator(".skip").bounding_box)
    assert arch
    page.mouse.click(arch["x"] + click_at[0] * arch["width"], arch["y"] + click_at[1] * arch["height"])
    panel = record(page, "shortcut of layer2.0")
    expect(panel).to_contain_text("64 × 56 × 56 → 128 × 28 × 28")
    expect(panel).to_contain_text("dashed: projection, 56 → 28, 64 → 128 channels")
    expect(part(view, "layer2.0~shortcut")).to_have_class("shortcut picked")
    settle(page)
    expect(page).to_have_url(re.compile("sc_node=layer2[.]0(~|%7E)shortcut"))


def test_a_line_that_is_clicked_says_what_flows_and_a_link_opens_it_again(page: Page, app: str) -> None:
    view = open_graph(page, app, "net=resnet50")
    line = at_rest(page, part(view, "maxpool~in").bounding_box)
    assert line
    page.mouse.click(line["x"] + line["width"] / 2, line["y"] + line["height"] / 2)
    expect(record(page, "conv1 → maxpool")).to_contain_text("802,816 numbers")
    settle(page)
    link = link_says(page, "sc_node=")
    page.goto("about:blank")
    visit(page, link, "Shortcuts")
    expect(part(page.locator(".view").first, "maxpool~in")).to_have_class("line picked")
    expect(record(page, "conv1 → maxpool")).to_be_visible()


def test_a_double_click_unfolds_and_folds_a_stage_and_nothing_jumps(page: Page, app: str) -> None:
    view = open_graph(page, app, "net=resnet152")
    folded = part(view, "layer3.1").locator("rect").first
    before = at_rest(page, folded.bounding_box)
    folded.dblclick(force=True)  # its text lies over it
    expect(part(view, "layer3.20")).to_be_attached()
    settle(page)
    after = at_rest(page, part(view, "layer3.1").locator("rect").first.bounding_box)
    assert before and after
    for start, length in (("x", "width"), ("y", "height")):
        middle = before[start] + before[length] / 2
        assert middle == pytest.approx(after[start] + after[length] / 2, abs=12)
    link_says(page, "sc_unfold=3")
    part(view, "layer3.1").locator("rect").first.dblclick(force=True)
    expect(part(view, "layer3.20")).to_have_count(0)


def test_the_button_under_the_record_unfolds_the_stage(page: Page, app: str) -> None:
    view = open_graph(page, app, "net=resnet34&sc_node=layer2.1")
    page.get_by_role("button", name="Unfold stage 2").click()
    expect(part(view, "layer2.3")).to_be_attached()
    expect(page.get_by_role("button", name="Fold stage 2", exact=True)).to_be_visible()


def test_a_mark_leaves_the_zoom_as_it_is(page: Page, app: str) -> None:
    view = open_graph(page, app, "net=resnet50")
    whole = at_rest(page, lambda: shown_box(view))
    page.get_by_role("button", name="Larger").click()
    wait_until(page, lambda: shown_box(view) != whole)
    before = at_rest(page, lambda: shown_box(view))
    part(view, "layer1.0").locator("rect").first.click(force=True)
    expect(record(page, "layer1.0")).to_contain_text("75,008 parameters")
    settle(page)
    assert shown_box(view) == before


@pytest.mark.parametrize(
    ("direction", "on", "back", "over", "under"),
    [
        ("LR", "ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown"),
        ("TB", "ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight"),
    ],
)
def test_the_keyboard_walks_along_the_data_reads_records_unfolds_and_zooms(
    page: Page, app: str, direction: str, on: str, back: str, over: str, under: str
) -> None:
    view = open_graph(page, app, f"net=resnet18&sc_dir={direction}")
    view.focus()
    focused = view.locator("[data-part]:focus")
    for name in ("input", "conv1", "maxpool", "layer1.0", "layer1.0.add", "layer2.0"):
        page.keyboard.press(on)
        expect(focused).to_have_attribute("data-part", name)
    expect(focused).to_have_attribute("aria-label", "layer2.0 → 128 × 28 × 28")
    page.keyboard.press(over)
    expect(focused).to_have_attribute("data-part", "layer2.0~shortcut")
    page.keyboard.press("Enter")
    expect(record(page, "shortcut of layer2.0")).to_contain_text("8,448 parameters")
    for name in ("layer2.0", "layer2.0~in"):  # back to the box, and on to the line into it
        page.keyboard.press(under)
        expect(focused).to_have_attribute("data-part", name)
    page.keyboard.press(back)
    expect(focused).to_have_attribute("data-part", "layer1.0.add")
    page.keyboard.press(back)
    page.keyboard.press("Enter")
    expect(record(page, "layer1.0 – 1.1")).to_be_visible()
    settle(page)
    page.keyboard.press("u")
    expect(part(view, "layer1.1")).to_be_attached()
    expect(focused).to_have_attribute("data-part", "layer1.0")  # the walk goes on where it was
    settle(page)
    before = at_rest(page, lambda: shown_box(view))
    page.keyboard.press("+")
    wait_until(page, lambda: shown_box(view)[2] == pytest.approx(before[2] / 1.3, abs=0.1))
    left = shown_box(view)[0]
    page.keyboard.press("Shift+ArrowRight")
    wait_until(page, lambda: shown_box(view)[0] > left)
    page.keyboard.press("Escape")
    settle(page)
    link_lacks(page, "sc_node")


def test_the_wheel_scrolls_the_page_until_the_graph_is_used(page: Page, app: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 600})
    view = open_graph(page, app, "net=resnet152")
    whole = at_rest(page, lambda: shown_box(view))
    frame = at_rest(page, view.bounding_box)
    assert frame
    page.mouse.move(frame["x"] + 300, frame["y"] + 200)
    page.mouse.wheel(0, 100)
    wait_until(page, lambda: view.bounding_box() != frame)
    scrolled = at_rest(page, view.bounding_box)
    assert scrolled and scrolled["y"] < frame["y"]
    assert shown_box(view) == whole
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    wait_until(page, lambda: shown_box(view)[2] < whole[2])
    page.keyboard.up("Control")
    page.mouse.click(frame["x"] + 300, scrolled["y"] + 150)
    before = at_rest(page, lambda: shown_box(view))
    page.mouse.wheel(0, -100)
    wait_until(page, lambda: shown_box(view)[2] < before[2])
    after = at_rest(page, view.bounding_box)
    assert after and after["y"] == scrolled["y"]


def test_the_whole_network_is_seen_and_a_sign_unfolds_a_stage(page: Page, app: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 600})
    view = open_graph(page, app, "net=resnet152")
    wait_until(
        page, lambda: all(is_in_view(view, each) for each in ("input", "layer2.0~shortcut", "layer3.1", "fc"))
    )
    view.locator('[data-fold="layer3.1"]').click()
    expect(part(view, "layer3.20")).to_be_attached()
    wait_until(page, lambda: all(is_in_view(view, name) for name in ("input", "layer3.20", "fc")))


def test_the_panel_stands_beside_what_it_is_about_in_full_screen_too(page: Page, app: str) -> None:
    view = open_graph(page, app, "net=resnet50")
    page.get_by_role("button", name="Full screen").click()
    page.wait_for_function("() => document.fullscreenElement")
    at_rest(page, view.bounding_box)
    for name, words in (("fc", "2,049,000 parameters"), ("conv1", "9,408 parameters")):
        part(view, name).locator("rect").first.click(force=True)
        panel = record(page, words)
        expect(panel).to_be_visible()
        box, about = at_rest(page, partial(boxes, panel, part(view, name)))
        assert box and about
        assert about["x"] + about["width"] < box["x"] or about["x"] > box["x"] + box["width"]
    page.get_by_role("button", name="Close").click()
    expect(page.locator(".panel")).to_be_hidden()
    page.get_by_role("button", name="How the graph is used").click()
    expect(record(page, "Drag: move")).to_be_visible()


def test_the_graph_is_saved_as_png_at_twice_its_size(page: Page, app: str, tmp_path: Path) -> None:
    open_graph(page, app, "net=resnet18&weights=none")
    with page.expect_download() as download:
        page.get_by_role("button", name="PNG").click()
    file = tmp_path / "graph.png"
    download.value.save_as(file)
    assert download.value.suggested_filename == "resnet18.png"
    spec = preset("resnet18")
    drawn = network_svg(plan(spec), extent=EXTENT["LR"], heading=title(spec), standalone=True)
    with Image.open(file) as picture:
        assert picture.size == (round(2 * drawn.width), round(2 * drawn.height))
        pixels = picture.convert("RGB")
        assert pixels.getpixel((0, 0)) == (255, 255, 255)  # paper
        assert len(pixels.getcolors(1 << 24) or ()) > 100
        assert min(ImageStat.Stat(pixels).stddev) > 10
        assert pixels.crop((0, 0, 400, 60)).getextrema() != ((255, 255),) * 3  # the heading


def test_resnet1202_unfolded_is_on_the_screen_and_answers(page: Page, app: str) -> None:
    view = open_graph(page, app, "net=resnet1202_cifar&sc_unfold=1,2,3")
    expect(view.locator(".node")).to_have_count(1204)
    page.get_by_role("button", name="Larger").click()
    search(page, "layer3.150", "layer3.150 ·")
    expect(part(view, "layer3.150")).to_have_class("node picked")
    wait_until(page, lambda: is_in_view(view, "layer3.150"))
