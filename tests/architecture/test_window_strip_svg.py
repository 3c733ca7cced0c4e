"""The far edge of a map: the right columns, the right windows, and the unread one crossed out."""

from xml.etree import ElementTree

from resnet_explorer.architecture.window_strip_svg import strip_svg
from resnet_explorer.common.colours import UNREAD
from resnet_explorer.network.window import Window, output_size


def strip(size: int, kernel: int, stride: int, padding: int, filler: str = "0") -> tuple[list[str], int]:
    """The texts in the picture, and how many cells are framed as unread."""
    window = Window(size, kernel, stride, padding, output_size(size, kernel, stride, padding))
    svg = strip_svg(window, "#2b8cd6", filler=filler)
    texts = [text.text or "" for text in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]
    return texts, svg.count(f'stroke="{UNREAD}" stroke-width="3"/>')


def test_the_stem_at_224_never_reads_column_229() -> None:
    texts, unread = strip(224, 7, 2, 3)
    assert [text for text in texts if text.isdigit() and text != "0"] == [str(n) for n in range(218, 230)]
    assert [text for text in texts if text.startswith("window")] == ["window 110", "window 111", "window 112"]
    assert texts.count("0") == 2  # padding that is read: columns 227 and 228
    assert unread == 1


def test_at_225_all_is_read() -> None:
    texts, unread = strip(225, 7, 2, 3)
    assert unread == 0
    assert texts.count("0") == 3


def test_a_max_pool_pads_with_minus_infinity() -> None:
    texts, unread = strip(113, 3, 2, 1, filler="−∞")
    assert texts.count("−∞") == 1
    assert unread == 0


def test_a_map_that_fits_is_shown_whole() -> None:
    texts, _ = strip(3, 3, 1, 1)
    assert "…" not in texts
    assert texts.count("0") == 2 + 1  # padding on both sides, and the column's own number 0
