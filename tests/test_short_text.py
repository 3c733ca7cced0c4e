"""Names that anybody may have written, made fit for a line, for Markdown and for a spreadsheet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_explorer.short_text import as_markdown, for_spreadsheet, on_one_line, shortened


def test_a_long_name_is_cut_and_a_short_one_is_not() -> None:
    assert shortened("golden retriever") == "golden retriever"
    assert shortened("x" * 240) == "x" * 39 + "…"
    assert shortened("a name \n of two lines ") == "a name of two lines"


@given(st.text(max_size=300), st.integers(2, 60))
def test_it_is_never_longer_and_in_one_line(text: str, longest: int) -> None:
    short = shortened(text, longest)
    assert len(short) <= longest
    assert short == short.strip()
    assert "\n" not in short


def test_nothing_in_a_name_is_markdown() -> None:
    assert as_markdown("tabby *cat* ") == r"tabby \*cat\*"
    assert as_markdown("[a](b)") == r"\[a\]\(b\)"
    assert as_markdown("golden retriever") == "golden retriever"


def test_a_name_stays_on_its_line_on_a_terminal() -> None:
    assert on_one_line("two\nlines\x1b[31m.png") == r"two\nlines\x1b[31m.png"
    assert on_one_line("Füße 猫.png") == "Füße 猫.png"
    assert on_one_line("\udcff.png") == r"\udcff.png"


@pytest.mark.parametrize("name", ["=1+2.png", "+a.png", "-a.png", "@a.png", "\ta.png"])
def test_no_name_is_a_formula(name: str) -> None:
    assert for_spreadsheet(name) == f"'{name}"
    assert for_spreadsheet(f"trip/{name}") == f"trip/{name}"
