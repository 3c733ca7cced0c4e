"""The bars of the counts."""

from resnet_explorer.batch.counts_svg import counts_svg


def test_rows_tell_their_class_and_the_others_are_counted() -> None:
    svg = counts_svg([(2, 12), (0, 6), (1, 1)], ("cat", "<dog>", "ship"), 0, most=2)
    assert [svg.index(f'data-key="{index}"') > 0 for index in (2, 0)] == [True, True]
    assert 'data-key="1"' not in svg and "and 1 more class</text>" in svg
    assert 'width="180"' in svg, "half as long as the longest"
    assert 'aria-label="ship 12, cat 6"' in svg
    assert "more class" not in counts_svg([(1, 1)], ("cat", "<dog>"), None, most=2)
    assert "<dog>" not in counts_svg([(1, 1)], ("cat", "<dog>"), None, most=2)
