"""Names that anybody may have written, made fit for a line, for Markdown and for a spreadsheet."""

import html
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from resnet_explorer.common.i18n import speaking
from resnet_explorer.common.text import (
    as_markdown,
    enumerated,
    for_spreadsheet,
    headed,
    letters,
    named,
    on_one_line,
    sentence_as_markdown,
    shortened,
    spreadsheet_file,
)


def test_a_long_name_is_cut_and_a_short_one_is_not() -> None:
    assert shortened("golden retriever") == "golden retriever"
    assert shortened("x" * 240) == "x" * 39 + "…"
    assert shortened("a name \n of two lines ") == "a name of two lines"


def test_a_han_sign_takes_the_room_of_two_letters() -> None:
    assert letters("虎斑猫 tabby cat") == 16
    assert shortened("虎斑猫 tabby cat", 16) == "虎斑猫 tabby cat"
    assert shortened("虎斑猫 tabby cat", 12) == "虎斑猫 tabb…"
    assert shortened("虎斑猫", 5) == "虎斑…"
    assert shortened("虎斑猫", 4) == "虎…"


@given(st.text(max_size=300), st.integers(2, 60))
def test_it_is_never_longer_and_in_one_line(text: str, longest: int) -> None:
    short = shortened(text, longest)
    assert len(short) <= letters(short) <= longest
    assert short == short.strip()
    assert "\n" not in short


def test_nothing_in_a_name_is_markdown() -> None:
    assert as_markdown("tabby *cat* ") == r"tabby \*cat\*"
    assert as_markdown("[a](b)") == r"\[a\]\(b\)"
    assert as_markdown("golden retriever") == "golden retriever"


@pytest.mark.parametrize("escaped", [as_markdown, sentence_as_markdown])
@given(st.text(st.sampled_from("aZ1 *_`[]()<>!#+-.=~$|:&;\\\n/@"), min_size=1, max_size=30))
@example("![](http://a.example/p.png)")
@example("<http://a.example>")
@example("&amp;")
@example("2. of a list")
def test_whatever_a_text_says_markdown_shows_it_as_it_is(escaped: Callable[[str], str], text: str) -> None:
    shown = MarkdownIt("commonmark").enable("strikethrough").render(escaped(text))
    words = html.escape(shortened(text, 300), quote=True)
    assert shown.strip() == (f"<p>{words}</p>" if words else "")


def test_addresses_and_directives_are_no_links() -> None:
    assert sentence_as_markdown("www.a.example: no") == r"www\.a.example: no"
    assert sentence_as_markdown("see https://a.example") == r"see https\://a.example"
    assert sentence_as_markdown(":red[no] :cat: a@b.example") == r"\:red\[no\] \:cat: a\@b.example"
    assert sentence_as_markdown("snake_case.png is no picture: it is text") == (
        "snake_case.png is no picture: it is text"
    )
    assert as_markdown("www.a.example") == r"www\.a.example"
    assert as_markdown("WwW.a.example") == r"WwW\.a.example"


def test_a_name_stays_on_its_line_on_a_terminal() -> None:
    assert on_one_line("two\nlines\x1b[31m.png") == r"two\nlines\x1b[31m.png"
    assert on_one_line("Füße 猫.png") == "Füße 猫.png"
    assert on_one_line("\udcff.png") == r"\udcff.png"


@pytest.mark.parametrize("name", ["=1+2.png", "+a.png", "-a.png", "@a.png", "\ta.png"])
def test_no_name_is_a_formula(name: str) -> None:
    assert for_spreadsheet(name) == f"'{name}"
    assert for_spreadsheet(f"trip/{name}") == f"trip/{name}"


def test_a_table_with_more_than_ascii_is_marked_as_utf_8() -> None:
    assert spreadsheet_file("photo,rank\ncat.jpg,1\n") == "photo,rank\ncat.jpg,1\n"
    table = "photo,rank\n猫.jpg,1\n"
    assert spreadsheet_file(table).encode().startswith(b"\xef\xbb\xbfphoto")
    assert spreadsheet_file(table).encode().decode("utf-8-sig") == table


def test_each_language_has_its_own_marks_between_words() -> None:
    cats = ["tabby", "lion", "lynx"]
    assert enumerated(cats) == "tabby, lion, lynx"
    assert enumerated([]) == ""
    assert (named("x", "y"), headed("x", "y")) == ("x: y", "**x.** y")
    with speaking("zh"):
        assert enumerated(cats) == "tabby、lion、lynx"
        assert (named("x", "y"), headed("x", "y")) == ("x：y", "**x。** y")
