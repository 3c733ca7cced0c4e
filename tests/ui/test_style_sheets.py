"""Our style sheets: words that can be read in both themes, and rules that older browsers take."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from resnet_explorer.ui.lessons import hidden
from tests.contrast import READABLE, faded_contrast
from tests.places import ROOT

SHEETS = {
    str(file.relative_to(ROOT)): file.read_text(encoding="utf-8")
    for folder in ("resnet_explorer", "pages")
    for file in sorted((ROOT / folder).rglob("*.css"))
}
SHEETS["what a presented picture hides"] = hidden._PRESENTED
every_sheet = pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS.keys())


def rules(sheet: str) -> Iterator[tuple[list[str], str]]:
    """Each rule: its selectors, and what it says; those within a media query, too."""
    for selectors, said in re.findall(
        r"([^{}]+)\{([^{}]*)\}", re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    ):
        alone = selectors
        while alone != (
            alone := re.sub(r"\([^()]*\)", lambda found: found[0][1:-1].replace(",", ";"), alone)
        ):
            pass
        yield [each.strip() for each in alone.split(",")], said


def test_there_are_sheets() -> None:
    assert len(SHEETS) > 12 and len(list(rules(SHEETS["resnet_explorer/ui/app/style.css"]))) > 60


@every_sheet
def test_faded_words_are_read_in_both_themes(sheet: str) -> None:
    for selectors, said in rules(sheet):
        for opacity in re.findall(r"(?<![\w-])opacity:\s*([\d.]+)", said):
            if not any(":disabled" in each for each in selectors):
                assert faded_contrast(float(opacity)) >= READABLE, (selectors, opacity)


def test_what_is_small_in_a_faded_cell_is_read_in_both_themes() -> None:
    said = {
        selector: text
        for all_, text in rules(SHEETS["resnet_explorer/ui/comparison/views.css"])
        for selector in all_
    }
    cell, small = (
        float(re.findall(r"(?<![\w-])opacity:\s*([\d.]+)", said[each])[0])
        for each in (".compared td", ".compared td small")
    )
    assert faded_contrast(cell * small) >= READABLE


@every_sheet
def test_a_sign_that_is_not_read_out_is_seen_where_that_cannot_be_said(sheet: str) -> None:
    """Safari takes `content: "‹" / ""` since 17.4, Firefox since 128: before, there was no sign at all."""
    for selectors, said in rules(sheet):
        for whole, sign in re.findall(r'(content:\s*("[^"]*") /)', said):
            assert re.search(rf"content:\s*{re.escape(sign)};.*{re.escape(whole)}", said), selectors


@every_sheet
def test_where_a_browser_knows_no_has_only_what_needs_it_is_left_out(sheet: str) -> None:
    """Firefox takes `:has()` since 121, and leaves a rule out if one of its selectors is none to it."""
    for selectors, _ in rules(sheet):
        needs = {":has" in each for each in selectors}
        assert len(needs) == 1, selectors


def test_what_is_fixed_to_the_window_is_not_on_paper() -> None:
    sheet = SHEETS["resnet_explorer/ui/app/style.css"]
    (paper,) = re.findall(r"@media print \{(.*?)\n\}", sheet, flags=re.DOTALL)
    hidden_there = {each for selectors, said in rules(paper) if "display: none" in said for each in selectors}
    fixed = {each for selectors, said in rules(sheet) if "position: fixed" in said for each in selectors}
    assert len(fixed) > 3
    assert fixed - hidden_there == {".st-key-dropped"}, "which is outside of the window"


def test_an_uploader_that_is_not_seen_is_not_reached_by_keyboard() -> None:
    said = dict(_by_selector(SHEETS["resnet_explorer/ui/app/style.css"]))
    assert "visibility: hidden" in said[".st-key-dropped"]


def test_a_part_of_a_picture_that_has_the_keyboard_looks_as_under_the_pointer() -> None:
    """Not every browser draws the outline of a part of an SVG."""
    told = [
        each
        for each, _ in _by_selector(SHEETS["resnet_explorer/ui/widgets/svg_view.css"])
        if ":hover" in each
    ]
    assert len(told) == 3
    assert all(":focus-visible" in each for each in told)


def _by_selector(sheet: str) -> Iterator[tuple[str, str]]:
    return ((each, said) for selectors, said in rules(sheet) for each in selectors)
