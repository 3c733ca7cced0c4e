"""The bars of the likeliest classes."""

from resnet_explorer.explanation.top_k_svg import top_k_svg


def test_bars_say_their_class_and_cut_long_names() -> None:
    svg = top_k_svg([("cat", 0.625), ('"quoted" & <odd> beyond any length', 0.0)], "cat", "ResNet-20")
    assert 'data-key="cat"' in svg
    assert 'width="250"' in svg  # 62.5 % of 400
    assert "&lt;odd&gt;" in svg and "<odd>" not in svg
    assert "beyond any length</text>" not in svg
    assert "beyond any length: 0.00%</title>" in svg
    assert 'aria-label="ResNet-20: cat 62.5%' in svg
