"""The arithmetic of the sizes, on the numbers that a reader would work out on paper."""

import pytest

from resnet_explorer.architecture.size_steps import (
    arithmetic,
    axes,
    floor_sentence,
    formula,
    lines,
    size_steps,
    skip_sentence,
    step_title,
    unpadded_sentence,
)
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import preset
from resnet_explorer.network.window import Window, output_size, windows


def window(size: int, kernel: int, stride: int, padding: int) -> Window:
    return Window(size, kernel, stride, padding, output_size(size, kernel, stride, padding))


def test_the_stem_at_224_as_it_is_worked_out_on_the_board() -> None:
    stem = window(224, 7, 2, 3)
    assert arithmetic(stem) == "224 + 2·3 − 7 = 223; 223 / 2 = 111.5 → ⌊111.5⌋ = 111, + 1 = 112"
    assert [(line.expression, line.result) for line in lines(stem)] == [
        ("224 + 2·3 − 7", "223"),
        ("223 / 2", "111.5"),
        ("⌊111.5⌋", "111"),
        ("111 + 1", "112"),
    ]
    assert floor_sentence(stem) == (
        "The padded input is 230 columns (0 to 229). The last window starts at column 222 and ends at 228: "
        "the last column (229) is never read, and it held only padding."
    )


def test_at_225_the_division_comes_out_even_and_no_floor_is_shown() -> None:
    stem = window(225, 7, 2, 3)
    assert arithmetic(stem) == "225 + 2·3 − 7 = 224; 224 / 2 = 112, + 1 = 113"
    assert not any("⌊" in line.expression for line in lines(stem))
    assert floor_sentence(stem, "row") == (
        "The padded input is 231 rows (0 to 230), and the last window starts at row 224 and ends at 230: "
        "nothing is left over, so the floor changes nothing."
    )


def test_the_max_pool_leaves_a_column_too() -> None:
    pool = window(112, 3, 2, 1)
    assert arithmetic(pool).endswith("111 / 2 = 55.5 → ⌊55.5⌋ = 55, + 1 = 56")
    assert "starts at column 110 and ends at 112: the last column (113) is never read" in floor_sentence(pool)


def test_the_whole_arithmetic_in_one_formula_is_on_the_first_screen() -> None:
    conv1, *_, last = size_steps(plan(preset("resnet50")))
    assert formula(conv1.layer) == "⌊(224 + 2·3 − 7) / 2⌋ + 1 = 112"
    assert formula(last.layer) == "⌊(14 + 2·1 − 3) / 2⌋ + 1 = 7"
    (small, *_) = size_steps(plan(preset("resnet20_cifar"), (32, 48)))
    assert formula(small.layer) == "32 + 2·1 − 3 + 1 = 32, 48 + 2·1 − 3 + 1 = 48"


def test_without_padding_a_column_of_the_map_itself_is_lost() -> None:
    shortcut = window(56, 1, 2, 0)
    assert floor_sentence(shortcut) == (
        "The input is 56 columns (0 to 55). The last window stands at column 54: "
        "the last column (55) is never read, though it is a column of the map itself."
    )


def test_with_a_large_stride_several_columns_are_lost() -> None:
    wide = window(10, 3, 4, 0)  # places 0 and 4: columns 0 to 6 of 0 to 9
    assert "the last 3 columns (7 to 9) are never read" in floor_sentence(wide)
    assert "3 of them belong to the map itself" in floor_sentence(wide)


def test_stride_one_needs_no_division() -> None:
    assert arithmetic(window(32, 3, 1, 1)) == "32 + 2·1 − 3 = 31, + 1 = 32"


@pytest.mark.parametrize("size", range(1, 40))
@pytest.mark.parametrize(("kernel", "stride", "padding"), [(7, 2, 3), (3, 2, 1), (1, 2, 0), (3, 1, 1)])
def test_what_is_said_to_be_unread_is_what_sliding_the_window_leaves(
    size: int, kernel: int, stride: int, padding: int
) -> None:
    shown = window(size, kernel, stride, padding)
    starts = [start for start in range(0, shown.padded, stride) if start + kernel <= shown.padded]
    assert shown.out == len(starts)
    assert shown.last_start == starts[-1]
    assert shown.last_end == starts[-1] + kernel - 1
    assert shown.unread == shown.padded - 1 - shown.last_end


def test_the_steps_of_resnet50_and_their_shortcuts() -> None:
    steps = size_steps(plan(preset("resnet50")))
    assert [step.section for step in steps] == ["conv1", "maxpool", "stage 2", "stage 3", "stage 4"]
    assert step_title(steps[0].layer) == "7×7 convolution, stride 2, padding 3: 224 → 112"
    assert steps[2].layer.name == "layer2.0.conv2"
    assert steps[2].shortcut is not None
    assert steps[2].shortcut.name == "layer2.0.downsample.0"
    assert skip_sentence(steps[2].shortcut) == (
        "A 1×1 window that moves by 2 jumps over the pixels between: it reads 784 of 3,136 (25 %)."
    )
    assert skip_sentence(steps[0].layer) == ""


def test_in_v1_the_main_path_strides_on_its_first_1x1() -> None:
    steps = size_steps(plan(preset("resnet50").with_(stride_in="1x1")))
    assert [step.layer.name for step in steps[2:]] == ["layer2.0.conv1", "layer3.0.conv1", "layer4.0.conv1"]


def test_a_plain_network_has_steps_without_shortcuts_and_option_a_subsamples() -> None:
    assert all(step.shortcut is None for step in size_steps(plan(preset("plain34"))))
    cifar = size_steps(plan(preset("resnet20_cifar"), (32, 32)))
    assert [step.section for step in cifar] == ["conv1", "stage 2", "stage 3"]
    assert cifar[1].shortcut is not None
    assert step_title(cifar[1].shortcut) == "1×1 subsampling, stride 2, padding 0: 32 → 16"


def test_rows_and_columns_are_told_apart_only_where_they_differ() -> None:
    square, oblong = (plan(preset("resnet18"), size) for size in ((224, 224), (225, 400)))
    assert [name for name, _ in axes(size_steps(square)[0].layer)] == ["column"]
    assert [(name, w.size) for name, w in axes(size_steps(oblong)[0].layer)] == [
        ("row", 225),
        ("column", 400),
    ]


@pytest.mark.parametrize("name", ["resnet18", "resnet152", "resnet56_cifar", "resnet200_preact"])
@pytest.mark.parametrize("size", [(1, 1), (32, 32), (97, 211)])
def test_every_window_ends_at_the_size_that_the_plan_has(name: str, size: tuple[int, int]) -> None:
    for step in size_steps(plan(preset(name), size)):
        for layer in filter(None, (step.layer, step.shortcut)):
            for w in windows(layer):
                assert lines(w)[-1].result == str(w.out)
                assert w.out == (w.room // w.stride) + 1


def test_why_the_lessons_stem_gives_109_and_the_books_112() -> None:
    conv1 = plan(preset("resnet18_d2l_unpadded")).layers[0]
    assert unpadded_sentence(conv1) == (
        "This stem has no padding, so 224 gives 109 = ⌊(224 − 7) / 2⌋ + 1; "
        "in the book 3 zeros stand on each side, and 224 gives 112 = ⌊(224 + 2·3 − 7) / 2⌋ + 1."
    )
    assert unpadded_sentence(plan(preset("resnet18_d2l")).layers[0]) == ""
