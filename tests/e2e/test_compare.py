"""Comparing two networks, as a teacher does it."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import at_rest, choose_network, link_says, settle, visit


def choose_b(page: Page, name: str) -> None:
    box = page.get_by_test_id("stMain").get_by_role("combobox", name="Network B")
    box.click()
    box.fill(f"B: {name}")
    page.get_by_role("option", name=f"B: {name}", exact=True).click()
    settle(page)


def sentence(page: Page) -> Locator:
    return page.locator(".st-key-foot").get_by_test_id("stMarkdown").first


def click_point(page: Page, name: str, version: str) -> None:
    """Click the marker of a network's weights in the plot."""
    plot = page.locator(".js-plotly-plot")
    plot.evaluate("plot => plot.scrollIntoView({ block: 'center' })")
    at_rest(page, plot.bounding_box)
    place = plot.evaluate(
        """(plot, [name, version]) => {
          const number = plot.data.findIndex((trace) => trace.name === 'weights ' + version);
          const trace = plot.data[number];
          const at = trace.customdata.findIndex((row) => row[0] === name);
          const axes = plot._fullLayout, box = plot.getBoundingClientRect();
          return {
            x: box.x + axes.xaxis._offset + axes.xaxis.d2p(trace.x[at]),
            y: box.y + axes.yaxis._offset + axes.yaxis.d2p(trace.y[at]),
          };
        }""",
        [name, version],
    )
    page.mouse.move(place["x"], place["y"])
    expect(plot.locator(".hoverlayer .hovertext")).to_be_visible()  # Plotly takes clicks on what it hovers
    page.mouse.click(place["x"], place["y"])
    settle(page)


def test_choosing_b_is_told_in_a_sentence_and_the_link_opens_the_same(page: Page, app: str) -> None:
    visit(page, f"{app}/compare?net=resnet50", "Architecture")
    expect(sentence(page)).to_have_text("+17 identity blocks in stage 3; nothing else.")
    choose_b(page, "ResNet-152")
    expect(sentence(page)).to_have_text("+4 identity blocks in stage 2, +30 in stage 3; nothing else.")
    page.get_by_role("button", name="Swap").click()
    expect(sentence(page)).to_have_text("−4 identity blocks in stage 2, −30 in stage 3; nothing else.")
    settle(page)
    link = link_says(page, "net=resnet152", "cmp_with=resnet50")
    page.goto("about:blank")
    visit(page, link, "Architecture")
    expect(sentence(page)).to_have_text("−4 identity blocks in stage 2, −30 in stage 3; nothing else.")
    expect(page).to_have_url(link)


def test_a_click_on_a_point_chooses_its_network(page: Page, app: str) -> None:
    visit(page, f"{app}/compare?net=resnet50", "Architecture")
    plot = page.locator(".js-plotly-plot")
    expect(plot.get_by_text("A · ResNet-50", exact=True).first).to_be_visible()
    settle(page)
    click_point(page, "wide_resnet50_2", "V1")
    expect(sentence(page)).to_have_text(re.compile("^Width per group 128 instead of 64 .*; nothing else.$"))
    link_says(page, "cmp_with=wide_resnet50_2")
    expect(plot.get_by_text("B · Wide ResNet-50 2", exact=True).first).to_be_visible()
    choose_b(page, "ResNet-34")
    expect(sentence(page)).to_have_text(re.compile("^Basic blocks"))
    # The same point again, which the browser takes for the end of its selection.
    click_point(page, "wide_resnet50_2", "V1")
    expect(sentence(page)).to_have_text(re.compile("^Width per group"))
    page.locator(".st-key-cmp_click").get_by_text("A", exact=True).click()
    link_says(page, "cmp_click=A")
    settle(page)
    click_point(page, "resnet152", "V2")
    link_says(page, "net=resnet152", "cmp_click=A")
    choose_network(page, "ResNet-50")
    expect(sentence(page)).to_have_text(re.compile("^Width per group"))
