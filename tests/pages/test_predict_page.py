"""The Predict page says what the library computes, and bad input leaves it as it was."""

import hashlib
import io
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import streamlit as st
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest
from torchvision.models import resnet18

from resnet_explorer import ResNetSpec, build
from resnet_explorer.cam import METHODS, ONE_PASS, PIXELS, Evidence, evidence
from resnet_explorer.contrast import contrast
from resnet_explorer.crop import CENTRE, View
from resnet_explorer.integrated_gradients import integrated_gradients
from resnet_explorer.photo import Photo, open_photo
from resnet_explorer.predictor import predict, preprocess
from resnet_explorer.samples import open_sample
from resnet_explorer.score_cam import score_cam
from resnet_explorer.stage_pass import StagePass, stage_pass
from resnet_explorer.weights import Preprocessing, bundled, export_bundled, find, imagenet, load, own
from resnet_explorer.weights.imagenet_files import FILES, File
from tests.http_server import complete, local_server
from tests.pages.opened import opened

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
SEEN = Preprocessing(32, 32, (0.49, 0.48, 0.45), (0.25, 0.24, 0.26))
APP = Path(__file__).parents[2] / "app.py"
SPEC = ResNetSpec("basic", (1, 1, 1), width=16, stem="cifar", num_classes=10)


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A bundled network of random weights, empty caches, and nothing outside the test's folder."""
    torch.manual_seed(11)
    file = tmp_path / "cifar10.safetensors"
    export_bundled(build(SPEC).eval(), CLASSES, SEEN, file, {"label": "A network for tests"})
    monkeypatch.setattr(bundled, "FILE", file)
    monkeypatch.setenv("RESNET_EXPLORER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    st.cache_resource.clear()
    yield tmp_path
    st.cache_resource.clear()


@pytest.fixture
def page() -> AppTest:
    app = AppTest.from_file(APP, default_timeout=120).run()
    return app.switch_page("pages/predict.py").run()


class Expected(NamedTuple):
    """A pass and one of its maps."""

    answer: StagePass
    map: Evidence


def asked(
    photo: Photo,
    stage: int = 3,
    target: int | None = None,
    view: View = CENTRE,
    method: str = "gradcam",
    against: bool = False,
) -> Expected:
    """The library's answer to the question that is on the page."""
    weights = find("bundled")
    tensor, _ = preprocess(photo, weights.preprocessing, view)
    answer = stage_pass(load(weights), tensor, range(4), target)
    return Expected(answer, evidence(answer.outputs[stage], method, against=against))


def check_shown(page: AppTest, expected: Expected) -> None:
    """The label, the probability, the five bars, and the peak of the map."""
    assert not page.exception
    answer, found = expected
    best = answer.prediction.top(5)
    assert page.metric[0].value == CLASSES[best[0][0]]
    assert page.metric[0].delta == f"{best[0][1]:.1%}"
    bars = page.get("plotly_chart")[0].proto
    for index, probability in best:
        assert f"{CLASSES[index]} {probability:.1%}" in bars.alt
    assert any(f"<span>{found.peak:.3g}</span>" in each.proto.body for each in page.get("html"))
    target, probability = CLASSES[answer.target], answer.prediction.probabilities[answer.target]
    captions = [each.value for each in page.caption]
    assert f"Overlay for **{target}**, {probability:.1%}" in captions
    assert f"Map: {found.map.shape[0]} × {found.map.shape[1]} cells" in captions


def errors(page: AppTest) -> list[str]:
    return [each.value for each in page.error]


def upload(page: AppTest, name: str, data: bytes) -> AppTest:
    page.segmented_control(key="p_photo").set_value("upload").run()
    page.file_uploader[0].set_value((name, data, "application/octet-stream"))
    return page.run()


def file_of(image: Image.Image, image_format: str) -> bytes:
    stream = io.BytesIO()
    image.save(stream, format=image_format)
    return stream.getvalue()


def test_the_first_view_answers_for_the_espresso(page: AppTest) -> None:
    check_shown(page, asked(open_sample("coffee")))
    assert "Photo: Rachel Michetti, Pikolo Espresso Bar, CC0" in [each.value for each in page.caption]
    assert "What the network sees: 32 × 32 pixels" in [each.value for each in page.caption]


def test_another_class_another_map(page: AppTest) -> None:
    for name in ("truck", "bird"):
        page.selectbox(key="p_class").set_value(name).run()
        check_shown(page, asked(open_sample("coffee"), target=CLASSES.index(name)))


def test_every_stage_has_its_cells(page: AppTest) -> None:
    assert list(page.segmented_control(key="p_stage").options) == ["stem", "stage 1", "stage 2", "stage 3"]
    for stage in range(4):
        page.segmented_control(key="p_stage").set_value(stage).run()
        check_shown(page, asked(open_sample("coffee"), stage))


def test_every_method_and_the_evidence_against(page: AppTest) -> None:
    for method in ONE_PASS:
        page.selectbox(key="p_method").set_value(method).run()
        check_shown(page, asked(open_sample("coffee"), method=method))
        assert any(METHODS[method].claim in each.value for each in page.caption)
    page.selectbox(key="p_method").set_value("hirescam").run()
    page.toggle(key="p_against").set_value(True).run()
    check_shown(page, asked(open_sample("coffee"), method="hirescam", against=True))
    assert any("evidence against the class" in each.proto.body for each in page.get("html"))


def strip(page: AppTest) -> str:
    """The picture of all stages."""
    (picture,) = [
        str(each.proto) for each in page.get("bidi_component") if "Evidence at every stage" in str(each.proto)
    ]
    return picture


def test_the_film_strip_shows_every_stage(page: AppTest) -> None:
    for stage in range(4):
        assert f"up to {asked(open_sample('coffee'), stage).map.peak:.3g}" in strip(page)
    page.selectbox(key="p_class").set_value("truck").run()  # another class: every map follows
    for stage in range(4):
        peak = asked(open_sample("coffee"), stage, CLASSES.index("truck")).map.peak
        assert f"up to {peak:.3g}" in strip(page)


def test_a_cell_of_the_strip_tells_what_it_sees(page: AppTest) -> None:
    found = asked(open_sample("coffee")).map.map
    row, column = divmod(int(found.argmax()), 8)
    said = [each.value for each in page.markdown]
    assert any(said_of.startswith(f"Cell ({row}, {column}) of **stage 3** sees") for said_of in said)
    page.query_params["p_cell"] = "1.0.5"
    page.query_params["p_stage"] = "1"
    page.run()
    value = asked(open_sample("coffee"), 1).map.map[0, 5]
    # three 3 × 3 convolutions by then see 7 pixels, at the upper edge 4 of them
    sentence = "Cell (0, 5) of **stage 1** sees 4 × 7 of the 32 × 32 pixels: 2.73 % of it. Its evidence is"
    assert f"{sentence} **{value:.3g}**. Click another cell." in [each.value for each in page.markdown]
    page.segmented_control(key="p_stage").set_value(2).run()  # the cell was another stage's
    assert "p_cell" not in page.query_params


def test_a_cell_that_is_none_is_told(page: AppTest) -> None:
    page.query_params["p_cell"] = "first"
    page.run()
    assert "`p_cell=first`: allowed: stage.row.column, as in 3.2.5." in page.warning[0].value


def shown_numbers(page: AppTest) -> str:
    """All that stands in bars of colours and in sentences."""
    return "\n".join([each.proto.body for each in page.get("html")] + [each.value for each in page.markdown])


def test_score_cam_is_computed_at_the_chosen_stage_only(page: AppTest) -> None:
    page.selectbox(key="p_method").set_value("scorecam").run()
    page.segmented_control(key="p_stage").set_value(2).run()
    expected = asked(open_sample("coffee"), 2)
    weights = find("bundled")
    tensor, _ = preprocess(open_sample("coffee"), weights.preprocessing)
    *_, last = score_cam(load(weights), tensor, 2, expected.answer.target)
    assert last.answer is not None
    check_shown(page, Expected(expected.answer, Evidence(last.answer, 2)))
    assert "Map: 16 × 16 cells" in [each.value for each in page.caption]
    assert [each.value for each in page.subheader] == ["Where the evidence is", "Closer: stage 2"]
    assert any("for the methods of one pass: Grad-CAM, " in each.value for each in page.caption)
    page.toggle(key="p_against").set_value(True).run()
    assert "Score-CAM weighs by nothing negative: only negative values" in page.info[0].value


def test_integrated_gradients_have_no_stage_and_say_what_they_sum_to(page: AppTest) -> None:
    page.selectbox(key="p_method").set_value("integrated").run()
    assert not page.exception
    weights = find("bundled")
    tensor, _ = preprocess(open_sample("coffee"), weights.preprocessing)
    target = asked(open_sample("coffee")).answer.target
    *_, last = integrated_gradients(load(weights), tensor, target)
    integral = last.answer
    assert integral is not None
    found = Evidence(integral.balance, PIXELS)
    assert f"Map: 32 × 32 pixels, up to {found.peak:.3g}" in [each.value for each in page.caption]
    assert f"sum to **{integral.total:.3f}**" in shown_numbers(page)
    assert f"a difference of **{integral.difference:.3f}**" in shown_numbers(page)
    assert f"<span>≥ {np.percentile(found.map, 99):.3g}</span>" in shown_numbers(page)
    assert "p_stage" not in [each.key for each in page.segmented_control]
    assert any("there is no stage to choose" in each.value for each in page.caption)
    page.toggle(key="p_against").set_value(True).run()
    against = Evidence(integral.balance, PIXELS, against=True)
    assert f"Map: 32 × 32 pixels, up to {against.peak:.3g}" in [each.value for each in page.caption]
    page.selectbox(key="p_method").set_value("gradcam").run()
    assert page.segmented_control(key="p_stage").value == 3


def test_a_change_of_colours_computes_no_slow_map_again(
    page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.selectbox(key="p_method").set_value("scorecam").run()
    before = shown_numbers(page)

    def again(*_: object) -> None:
        raise AssertionError("computed again")

    monkeypatch.setattr("resnet_explorer.score_cam.score_cam", again)
    page.slider(key="p_alpha").set_value(0.7).run()
    page.toggle(key="p_against").set_value(True).run()
    page.toggle(key="p_against").set_value(False).run()
    assert not page.exception
    assert shown_numbers(page) == before


def test_stopped_before_anything_is_known_the_page_stays_whole(
    page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resnet_explorer.ui.ask_evidence.slow_work", lambda *_: (None, False))
    page.selectbox(key="p_method").set_value("integrated").run()
    assert not page.exception
    assert "There is nothing to show before the end" in page.info[0].value
    assert any("for the methods of one pass" in each.value for each in page.caption)


def check_rival(page: AppTest, target: int, rival: int, stage: int = 3, method: str = "gradcam") -> None:
    """The heading, the logits, the cell of the largest difference, and the ends of the scale."""
    assert not page.exception
    weights = find("bundled")
    tensor, _ = preprocess(open_sample("coffee"), weights.preprocessing)
    passes = [stage_pass(load(weights), tensor, range(4), each) for each in (target, rival)]
    held = contrast(passes[0], passes[1], stage, method)
    ours, theirs = CLASSES[target], CLASSES[rival]
    assert page.subheader[-1].value == f"Why {ours} and not {theirs}?"
    words = shown_numbers(page)
    assert (
        f"The logit of **{ours}** is {held.logits[0]:.2f}, that of **{theirs}** {held.logits[1]:.2f}" in words
    )
    row, column = held.largest
    side = ours if held.difference[row, column] > 0 else theirs
    assert f"for **{side}**, is in cell ({row}, {column}):" in words
    assert f"<span>−{held.extent:.3g}</span>" in words
    assert f"<span>{held.extent:.3g}</span>" in words
    assert f"<span>← more for {theirs}</span><span>0</span>" in words
    assert f">more for {ours} →</span>" in words


def test_two_classes_are_held_against_each_other(page: AppTest) -> None:
    first, second, third = (index for index, _ in asked(open_sample("coffee")).answer.prediction.top(3))
    check_rival(page, first, second)
    assert "this method shares out the logit" in shown_numbers(page)
    assert CLASSES[first] not in page.selectbox(key="p_rival").options
    page.selectbox(key="p_rival").set_value(CLASSES[third]).run()
    check_rival(page, first, third)
    page.selectbox(key="p_method").set_value("layercam").run()
    page.segmented_control(key="p_stage").set_value(1).run()
    check_rival(page, first, third, 1, "layercam")
    assert "shares out the logit" not in shown_numbers(page)
    page.selectbox(key="p_class").set_value(CLASSES[third]).run()  # its own rival it cannot be
    check_rival(page, third, first, 1, "layercam")


def test_a_link_names_the_rival() -> None:
    app = AppTest.from_file(APP, default_timeout=120)
    app.query_params.update({"p_class": "cat", "p_rival": "dog", "p_stage": "2"})
    app.switch_page("pages/predict.py").run()
    assert not app.warning
    check_rival(app, CLASSES.index("cat"), CLASSES.index("dog"), 2)


def test_another_sample(page: AppTest) -> None:
    page.selectbox(key="p_sample").set_value("rocket").run()
    check_shown(page, asked(open_sample("rocket")))


def test_moving_the_view(page: AppTest) -> None:
    page.slider(key="p_zoom").set_value(2.0)
    page.slider(key="p_x").set_value(0.0).run()
    check_shown(page, asked(open_sample("coffee"), view=View(2.0, 0.0, 0.5)))


@pytest.mark.parametrize("image_format", ["JPEG", "PNG"])
def test_an_uploaded_photo(page: AppTest, image_format: str) -> None:
    data = file_of(open_sample("coffee").image, image_format)
    upload(page, "coffee.bin", data)
    check_shown(page, asked(open_photo(data, "coffee.bin")))
    assert "coffee.bin: 600 × 400" in [each.value for each in page.caption]


def test_a_bad_file_gets_a_sentence_and_the_result_stays(page: AppTest) -> None:
    good = file_of(open_sample("rocket").image, "JPEG")
    upload(page, "rocket.jpg", good)
    upload(page, "cut.jpg", good[: len(good) // 3])
    assert errors(page) == [
        "cut.jpg is cut off or damaged: it begins as a picture, but cannot be read to its end."
    ]
    check_shown(page, asked(open_photo(good, "rocket.jpg")))
    page.run()
    assert errors(page) == []


def test_the_uploaded_bytes_are_let_go(page: AppTest) -> None:
    upload(page, "rocket.jpg", file_of(open_sample("rocket").image, "JPEG"))
    assert page.file_uploader[0].value is None
    kept = page.session_state["_p_photo"]
    assert max(kept.image.size) <= 1024


KEY = "torchvision/resnet18/IMAGENET1K_V1"


def opened_without_weights() -> AppTest:
    page = opened("predict", net="resnet18", p_sample="rocket")
    assert page.query_params["weights"] == "none"
    return page


def test_without_weights_a_sentence_says_so_and_one_click_leads_to_some() -> None:
    page = opened_without_weights()
    assert [each.value for each in page.info] == [
        "**ResNet-18** is shown without weights, so it cannot say what is on a photo."
    ]
    assert not page.metric
    assert page.button(key="_fetch_page_V1").label == "Fetch ImageNet’s weights V1 (45 MB)"
    assert "`resnet18-f37072fd.pth`" in page.button(key="_fetch_page_V1").proto.help
    bundled_one = page.button(key="_use_bundled")
    assert bundled_one.label == "Use ResNet-8 (basic, 1-1-1, width 16), which knows 10 things"
    bundled_one.click().run()
    assert not page.info
    check_shown(page, asked(open_sample("rocket")))


def test_a_download_without_a_network_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_network(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    page = opened_without_weights()
    monkeypatch.setattr(socket, "create_connection", no_network)
    page.button(key="_fetch_page_V1").click().run()
    (sentence,) = errors(page)
    assert "cannot be reached" in sentence
    assert "put the file resnet18-f37072fd.pth from https://download.pytorch.org" in sentence
    assert page.query_params["weights"] == "none"


@pytest.mark.parametrize("place", ["page", "sidebar"])
def test_imagenet_weights_are_fetched_and_answer(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(13)
    stream = io.BytesIO()
    torch.save(resnet18().state_dict(), stream)
    digest = hashlib.sha256(stream.getvalue()).hexdigest()
    file = File(f"resnet18-{digest[:8]}.pth", 45)
    monkeypatch.setitem(FILES["resnet18"], "IMAGENET1K_V1", file)
    page = opened_without_weights()
    with local_server() as server:
        url = server.serve(file.name, complete(stream.getvalue()))
        monkeypatch.setattr(imagenet, "address", lambda key: url)
        page.button(key=f"_fetch_{place}_V1").click().run()
    assert not page.exception
    assert errors(page) == []
    weights = find("resnet18")
    tensor, _ = preprocess(open_sample("rocket"), weights.preprocessing)
    best = predict(load(weights), tensor).top(1)[0]
    assert page.metric[0].value == weights.classes[best[0]]
    assert page.metric[0].delta == f"{best[1]:.1%}"
    assert (page.query_params["net"], page.query_params["weights"]) == ("resnet18", KEY)
    options = page.selectbox(key="p_class").options
    assert page.segmented_control(key="p_stage").value == 4  # its last, as it has four
    assert len(options) == len(set(options)) == 1001  # two cranes and two maillots, told apart
    assert "What the network sees: 224 × 224 pixels" in [each.value for each in page.caption]


def checkpoint_file(seed: int) -> bytes:
    torch.manual_seed(seed)
    stream = io.BytesIO()
    state = build(SPEC.with_(num_classes=3)).state_dict()
    torch.save({"state_dict": state, "classes": ["rose", "tulip", "daisy"]}, stream)
    return stream.getvalue()


def open_checkpoint(page: AppTest, name: str, content: bytes) -> AppTest:
    page.sidebar.file_uploader[1].set_value((name, content, "application/octet-stream")).run()
    assert not page.exception
    return page


def test_two_checkpoints_of_one_name_are_told_apart(page: AppTest) -> None:
    shown = []
    for seed in (1, 2):
        open_checkpoint(page, "best.pth", checkpoint_file(seed))
        box = page.sidebar.selectbox[0]
        shown.append(box.options[box.index])
    first, second = page.sidebar.selectbox[0].options[-2:]
    assert first != second
    assert shown[0] == "best.pth"
    assert shown[1].startswith("best.pth (")
    page.button(key="_forget").click().run()
    assert page.sidebar.selectbox[0].options[-1] == "best.pth"
    assert page.query_params["weights"] == "none"
    assert "is shown without weights" in page.info[0].value


def test_a_checkpoint_of_ones_own(page: AppTest) -> None:
    page.selectbox(key="p_class").set_value("truck").run()
    open_checkpoint(page, "flowers.pth", checkpoint_file(12))
    assert errors(page) == []
    assert page.metric[0].value in ("rose", "tulip", "daisy")
    assert page.selectbox(key="p_class").options == ["most probable", "rose", "tulip", "daisy"]
    assert page.selectbox(key="p_class").value == "most probable"  # it has no truck
    assert page.query_params["weights"] == page.sidebar.selectbox[0].value == own.kept()[0].key
    assert page.session_state["_spec"] == SPEC.with_(num_classes=3)


def test_a_checkpoint_that_is_none_gets_a_sentence(page: AppTest) -> None:
    open_checkpoint(page, "diary.pth", b"dear diary")
    assert "diary.pth" in errors(page)[0]
    check_shown(page, asked(open_sample("coffee")))


def test_a_checkpoint_without_classes_is_told(page: AppTest) -> None:
    stream = io.BytesIO()
    torch.save(build(SPEC.with_(include_top=False)).state_dict(), stream)
    open_checkpoint(page, "body.pth", stream.getvalue())
    assert page.info[0].value == r"**body.pth** has no fully connected layer, so it knows no classes."
    page.button(key="_use_bundled").click().run()
    check_shown(page, asked(open_sample("coffee")))


def test_an_empty_map_is_explained(page: AppTest, places: Path) -> None:
    model = load(find("bundled"))
    with torch.no_grad():
        model.fc.weight[4] = -1.0
    export_bundled(model, CLASSES, SEEN, bundled.FILE)
    st.cache_resource.clear()
    page.selectbox(key="p_class").set_value("deer").run()
    check_shown(page, asked(open_sample("coffee"), target=4))
    assert "The map is zero everywhere." in page.info[0].value


def test_a_link_opens_with_its_state() -> None:
    app = AppTest.from_file(APP, default_timeout=120)
    app.query_params.update({"p_class": "horse", "p_stage": "2", "p_sample": "astronaut"})
    app.switch_page("pages/predict.py").run()
    assert not app.warning
    check_shown(app, asked(open_sample("astronaut"), 2, CLASSES.index("horse")))


def test_without_a_bundled_file_the_page_says_so(page: AppTest) -> None:
    bundled.FILE.unlink()
    page.run()
    assert not page.exception
    assert "The bundled network is missing" in errors(page)[0]
