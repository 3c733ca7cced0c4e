"""The Convolution page: the window's place, numbers by hand, receptive fields, and links to each."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from resnet_explorer.photos.samples import SAMPLES, sample_bytes
from tests.pages.opened import APP, opened, pictures


def words(at: AppTest) -> str:
    return "\n".join([each.value for each in at.markdown] + [each.proto.body for each in at.get("html")])


def metrics(at: AppTest) -> list[str]:
    return [metric.value for metric in at.metric]


def test_the_first_view_is_the_corner_window_of_the_stem() -> None:
    at = opened("convolution")
    assert at.selectbox(key="cv_layer").value == "conv1"
    assert "0·2 = 0 to 0 + 7 − 1 = 6" in words(at)
    assert "**33 of 49** values under the window are padding." in words(at)
    assert "column 229 is never read (only padding)" in words(at)
    assert "column **229** of the padded input is never read" in words(at)
    assert "At 225 instead of 224" in words(at)


@pytest.mark.slow
def test_the_window_moves_by_slider_and_by_step() -> None:
    at = opened("convolution")
    at.slider(key="cv_row").set_value(111).run()
    assert "111·2 = 222 to 222 + 7 − 1 = 228" in words(at)
    assert at.query_params["cv_row"] == "111"
    at.slider(key="cv_col").set_value(111).run()
    at.button(key="cv_step1").click().run()  # after the last cell comes the first
    assert (at.slider(key="cv_row").value, at.slider(key="cv_col").value) == (0, 0)
    at.button(key="cv_step-1").click().run()
    assert (at.slider(key="cv_row").value, at.slider(key="cv_col").value) == (111, 111)
    at.slider(key="cv_col").set_value(5).run()
    at.button(key="cv_step1").click().run()
    assert at.slider(key="cv_col").value == 6


def test_a_projection_reads_a_quarter_of_its_map() -> None:
    at = opened("convolution", net="resnet50", cv_layer="layer2.0.downsample.0")
    assert "it reads 784 of 3,136 (25 %)" in words(at)
    v1 = opened("convolution", net="bottleneck.3-4-6-3.stride_in-1x1", cv_layer="layer2.0.conv1")
    assert "it reads 784 of 3,136 (25 %)" in words(v1)


def test_free_numbers_and_a_window_that_does_not_fit() -> None:
    at = opened("convolution", cv_from="free")
    assert "8 + 2·1 − 3 = 7; 7 / 2 = 3.5 → ⌊3.5⌋ = 3, + 1 = 4" in words(at)
    at.number_input(key="cv_n").set_value(9).run()
    assert "the last that there is" in words(at)
    at.number_input(key="cv_k").set_value(11)
    at.number_input(key="cv_n").set_value(3).run()
    assert "A 11×11 window does not fit on 3 pixels" in at.warning[0].value
    assert "9 + 2·1 − 3" in words(at)  # what was on the screen stays


def test_another_network_with_fewer_layers_takes_its_own_first() -> None:
    at = opened("convolution", net="resnet50", cv_layer="layer3.5.conv2", cv_row="13")
    at.selectbox(key="_network_choice").set_value("resnet20_cifar").run()
    assert not at.exception
    assert at.selectbox(key="cv_layer").value == "conv1"
    assert "32 + 2·1 − 3 = 31, + 1 = 32" in words(at)


def test_a_map_of_one_cell_has_no_slider() -> None:
    at = opened("convolution", net="resnet18", size="32", cv_layer="layer4.1.conv2")
    assert not any((one.key or "").startswith("cv_row") for one in at.slider)
    assert "**8 of 9** values under the window are padding." in words(at)


def test_by_hand_the_first_view_is_the_guides_example() -> None:
    at = opened("convolution", cv_view="toy", cv_trow="2", cv_tcol="2")
    assert "= 14" in words(at)
    assert "2 · 0 + 2 · 1 + 3 · 2" in words(at)


def test_by_hand_numbers_stand_in_the_link() -> None:
    at = opened("convolution", cv_view="toy", cv_in="1,2_3,-4", cv_ker="0.5", cv_trow="1", cv_tcol="1")
    assert "(−4) · 0.5" in words(at)
    assert "= −2" in words(at)
    assert at.query_params["cv_in"] == "1,2_3,-4"
    at.number_input(key="cv_in_side").set_value(3).run()
    assert at.query_params["cv_in"] == "1,2,0_3,-4,0_0,0,0"
    at.number_input(key="cv_tpad").set_value(2).run()
    assert at.slider(key="cv_trow").max == 6


def test_by_hand_a_kernel_that_does_not_fit_leaves_the_picture() -> None:
    at = opened("convolution", cv_view="toy")
    at.number_input(key="cv_in_side").set_value(2).run()
    assert at.warning[0].value.startswith("A 3×3 kernel does not fit on the padded input of 2×2")
    at.number_input(key="cv_tpad").set_value(1).run()
    assert not at.warning


@pytest.mark.parametrize(
    ("net", "size", "place", "numbers"),
    [
        ("resnet18", "224", "stage4", ["435", "32", "217"]),
        ("resnet50", "224", "stage4", ["427", "32", "213"]),
        ("bottleneck.3-4-6-3.stride_in-1x1", "224", "stage4", ["483", "32", "241"]),
        ("resnet18", "225", "maxpool", ["11", "4", "5"]),
        ("resnet20_cifar", "32", "stage3", ["81", "4", "40"]),
        ("resnet152", "224", "stage4", ["1,451", "32", "725"]),
    ],
)
def test_receptive_fields_of_the_network_on_the_screen(
    net: str, size: str, place: str, numbers: list[str]
) -> None:
    assert metrics(opened("convolution", net=net, size=size, cv_view="field", cv_map=place)) == numbers


def test_what_a_cell_sees_in_words() -> None:
    at = opened("convolution", cv_view="field", cv_map="stage4", cv_frow="0", cv_fcol="6")
    assert (
        "Cell **(0, 6)** sees rows **0 to 217** and columns **0 to 223**: **97.3 %** of the image."
        in words(at)
    )
    assert "rows −217 to 217, columns −25 to 409: **74 %** of it is padding" in words(at)
    assert "Its middle is pixel (0, 192): 0·32 and 6·32." in words(at)


def test_without_padding_in_the_stem_the_middle_of_the_first_cell_is_not_the_first_pixel() -> None:
    link = {"net": "resnet18_d2l_unpadded", "cv_view": "field", "cv_map": "stage1"}
    said = words(opened("convolution", **link, cv_frow="0", cv_fcol="10"))
    assert "Its middle is pixel (3, 43): 3 + 0·4 and 3 + 10·4." in said


def test_the_table_by_layer_ends_at_the_last_addition() -> None:
    at = opened("convolution", net="resnet18", cv_view="field")
    assert list(at.dataframe[0].value["receptive field"]) == [7, 11, 43, 99, 211, 435]
    at.segmented_control(key="cv_table").set_value("layers").run()
    assert at.dataframe[0].value["after"].iloc[-1] == "layer4.1.add"
    assert at.dataframe[0].value["receptive field"].iloc[-1] == 435


@pytest.mark.slow
def test_the_photo_of_the_session_is_seen_by_the_cell() -> None:
    at = AppTest.from_file(APP, default_timeout=120)
    at.switch_page("pages/predict.py").run()
    at.segmented_control(key="p_photo").set_value("upload").run()
    photo = sample_bytes("rocket")
    at.file_uploader(key="p_upload_0").set_value(("launch.jpg", photo, "image/jpeg")).run()
    at.switch_page("pages/convolution.py").run()
    at.segmented_control(key="cv_view").set_value("field").run()
    own = pictures(at)[0]
    at.segmented_control(key="p_photo").set_value("sample").run()
    assert pictures(at)[0] != own


@pytest.mark.parametrize(
    ("former", "name"), [("rocket", "rocket"), ("horse", "cat"), ("own", None), ("x", None)]
)
def test_a_photo_that_a_link_of_before_names_for_this_page_is_the_sessions(
    former: str, name: str | None
) -> None:
    at = opened("convolution", cv_view="field", cv_photo=former)
    assert not at.warning
    assert "cv_photo" not in at.query_params
    assert at.session_state["p_sample"] == (name or SAMPLES[0].name)


@pytest.mark.parametrize(
    "link",
    [
        {"cv_layer": "layer2.0.conv1", "cv_row": "27", "cv_col": "3"},
        {"cv_from": "free", "cv_n": "17", "cv_k": "5", "cv_s": "3", "cv_p": "2", "cv_col": "4"},
        {"cv_view": "toy", "cv_tstride": "2", "cv_tpad": "1", "cv_ker": "1,0_0,1", "cv_tcol": "1"},
        {"cv_view": "field", "cv_map": "stage3", "cv_frow": "3", "p_sample": "rocket", "cv_table": "layers"},
    ],
)
def test_a_link_opens_the_view_that_it_was_made_from(link: dict[str, str]) -> None:
    at = opened("convolution", **link)
    assert not at.warning
    assert {name: at.query_params[name] for name in link} == link


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ({"cv_row": "112"}, "`cv_row=112`: allowed: a number from 0 to 111."),
        ({"cv_layer": "layer9"}, "`cv_layer=layer9`"),
        ({"cv_view": "toy", "cv_in": "1,2_3"}, "as many rows as columns are allowed, at most 7"),
        ({"cv_view": "toy", "cv_ker": "1,nan_3,4"}, "of numbers from −99 to 99"),
    ],
)
def test_a_bad_link_is_told_in_a_sentence(link: dict[str, str], sentence: str) -> None:
    assert sentence in opened("convolution", **link).warning[0].value
