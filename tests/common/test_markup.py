"""SVG and HTML that the app writes: words of any kind stay words, and numbers are short."""

from __future__ import annotations

from xml.etree import ElementTree

from resnet_explorer.common import svg
from resnet_explorer.common.html_table import Cell, Italic, html_table

NASTY = '<b a="1">&\'</b>'


def test_words_and_attributes_of_a_picture_are_escaped_and_numbers_are_short() -> None:
    picture = svg.document(
        10.0, 20, svg.text(1 / 3, 2.5, NASTY, data_key=NASTY, fill_opacity=None), name=NASTY, standalone=True
    )
    tree = ElementTree.fromstring(picture)
    assert tree.attrib["viewBox"] == "-16 -16 42 52" and tree.attrib["color"] == svg.INK
    title, ground, text = tree
    assert (title.text, text.text, text.attrib["data-key"]) == (NASTY, NASTY, NASTY)
    assert (text.attrib["x"], text.attrib["y"]) == ("0.33", "2.5") and "fill-opacity" not in text.attrib
    assert ground.attrib["fill"] == "#ffffff"


def test_a_picture_is_xml_whatever_control_characters_a_name_has() -> None:
    picture = svg.document(10, 10, svg.text(0, 0, "a\x08b\ud800", data_key="\x00"), name="c\uffff\td")
    title, text = ElementTree.fromstring(picture)
    assert (title.text, text.text, text.attrib["data-key"]) == ("c\ufffd\td", "a\ufffdb\ufffd", "\ufffd")


def test_cells_of_a_table_are_escaped() -> None:
    cell = Cell(((NASTY, Italic(NASTY)), "two"), small=NASTY, hover=NASTY, kind="k", href=NASTY, spans=2)
    table = ElementTree.fromstring(
        html_table([[cell, NASTY]], [NASTY], foot=[["sum"]]).replace("<br>", "<br/>")
    )
    first, second, last = table.iter("td")
    assert (first.attrib["title"], first.attrib["colspan"], second.text) == (NASTY, "2", NASTY)
    assert "".join(first.itertext()) == 2 * NASTY + "two" + NASTY
    assert [each.text for each in first.iter("i")] == [NASTY]
    assert (table.findtext("thead/tr/th"), last.text) == (NASTY, "sum")
