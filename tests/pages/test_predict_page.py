"""The Predict page says what the library computes, and bad input leaves it as it was."""

import hashlib
import io
import socket
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest
from torchvision.models import resnet18

from resnet_explorer import build
from resnet_explorer.common.numbers import minus_sign
from resnet_explorer.common.progress import final_answer
from resnet_explorer.explanation.activations_and_gradients import StagePass, stage_pass
from resnet_explorer.explanation.cam import METHODS, ONE_PASS, PIXELS, Evidence, evidence
from resnet_explorer.explanation.contrast import contrast
from resnet_explorer.explanation.integrated_gradients import integrated_gradients
from resnet_explorer.explanation.multi_pass import MULTI_PASS
from resnet_explorer.explanation.predict import predict, preprocess
from resnet_explorer.explanation.score_cam import score_cam
from resnet_explorer.photos.crop import CENTRE, View
from resnet_explorer.photos.decode import Photo, open_photo
from resnet_explorer.photos.samples import open_sample
from resnet_explorer.weights import bundled, imagenet, user_store
from resnet_explorer.weights.catalogue import find, load
from resnet_explorer.weights.imagenet_files import FILES, File
from tests.http_server import complete, local_server
from tests.pages.bundled_network import CLASSES, SPEC, bundle, network_and_input, random_network
from tests.pages.opened import checkpoint_uploader, component, opened, text


@pytest.fixture(autouse=True)
def small_bundled_network(bundled_file: Path) -> None:
    bundle(random_network())


@pytest.fixture
def page() -> AppTest:
    return opened("predict")


class Expected(NamedTuple):
    """A pass and one of its maps."""

    answer: StagePass
    map: Evidence


def explained(
    photo: Photo | None = None,
    stage: int = 3,
    target: int | None = None,
    view: View = CENTRE,
    method: str = "gradcam",
    negative: bool = False,
) -> Expected:
    """The library's pass and map for what is chosen on the page; the cat unless told."""
    model, tensor = network_and_input(photo=photo, view=view)
    answer = stage_pass(model, tensor, range(4), target)
    return Expected(answer, evidence(answer.outputs[stage], method, negative=negative))


def check_shown(page: AppTest, expected: Expected) -> None:
    """The label, the probability, the five bars, and the map's cells and peak."""
    assert not page.exception
    answer, found = expected
    best = answer.prediction.top(5)
    shown = component(page, "answer")
    assert shown["answer"]["name"] == CLASSES[best[0][0]]
    assert shown["answer"]["probability"] == f"{best[0][1]:.1%}"
    assert [(bar["pick"], bar["name"], bar["share"]) for bar in shown["answer"]["bars"]] == [
        (f"class:{CLASSES[index]}", CLASSES[index], pytest.approx(value)) for index, value in best
    ]
    target, probability = CLASSES[answer.target], answer.prediction.probabilities[answer.target]
    assert [bar["name"] for bar in shown["answer"]["bars"] if bar["chosen"]] in ([target], [])
    assert f"map for {target} at " in shown["evidence"]["alt"]
    height, width = found.map.shape
    sentence = text(page).split(f"**{target}**, {probability:.1%}: evidence ")[1]
    assert f", {height} × {width} cells, up to **{found.peak:.3g}**." in sentence.splitlines()[0]


def colour_bar(page: AppTest) -> tuple[str, str]:
    """The value at the end of the scale, and what it is a scale of."""
    scale = component(page, "answer")["scale"]
    return scale["high"], scale["words"]


def errors(page: AppTest) -> list[str]:
    return [each.value for each in page.error]


def photo_uploader(page: AppTest) -> Any:
    """The uploader in the photo's popover; its key has a number."""
    return next(each for each in page.file_uploader if each.key.startswith("p_upload"))


def upload(page: AppTest, name: str, data: bytes) -> AppTest:
    page.segmented_control(key="p_photo").set_value("upload").run()
    photo_uploader(page).set_value((name, data, "application/octet-stream"))
    return page.run()


def file_of(image: Image.Image, image_format: str) -> bytes:
    stream = io.BytesIO()
    image.save(stream, format=image_format)
    return stream.getvalue()


def test_the_first_view_answers_for_a_sample_that_the_network_can_know(page: AppTest) -> None:
    check_shown(page, explained())
    shown = component(page, "answer")
    assert shown["photo"]["words"] == "Photo: Stefan van der Walt, CC0"
    assert shown["seen"]["words"] == "What it sees\n32 × 32 pixels"
    assert "What the network sees: 32 × 32 pixels." in text(page)
    assert "p_sample" not in page.query_params


@pytest.mark.slow
def test_a_sample_that_somebody_chose_stays_with_another_network(page: AppTest) -> None:
    page.selectbox(key="p_sample").set_value("coffee").run()
    check_shown(page, explained(open_sample("coffee")))
    assert page.query_params["p_sample"] == "coffee"
    open_checkpoint(page, "flowers.pth", checkpoint_file(12))
    assert page.selectbox(key="p_sample").value == "coffee"


@pytest.mark.slow
def test_where_no_sample_is_known_the_first_one_greets(page: AppTest) -> None:
    open_checkpoint(page, "flowers.pth", checkpoint_file(12))
    assert page.selectbox(key="p_sample").value == "coffee"


@pytest.mark.slow
def test_the_stages_are_on_one_scale_or_each_on_its_own(page: AppTest) -> None:
    peaks = [explained(stage=stage).map.peak for stage in range(4)]
    small = component(page, "answer")["stages"]
    assert [each["picture"]["words"] for each in small] == [f"up to {peak:.3g}" for peak in peaks]
    assert [each["pick"] for each in small if each["chosen"]] == ["stage:3"]
    assert colour_bar(page)[0] == f"{max(peaks):.3g}"
    own = opened("predict", p_scale="own", p_stage="1")
    assert colour_bar(own)[0] == f"{peaks[1]:.3g}"
    options = component(own, "answer")["options"]
    assert [(each["name"], each["chosen"]) for each in options] == [
        ("One scale", False),
        ("Each its own", True),
    ]
    assert component(own, "answer")["stages"][0]["picture"]["src"] != small[0]["picture"]["src"]


@pytest.mark.slow
def test_another_class_another_map(page: AppTest) -> None:
    for name in ("truck", "bird"):
        page.selectbox(key="p_class").set_value(name).run()
        check_shown(page, explained(target=CLASSES.index(name)))


@pytest.mark.slow
def test_every_stage_has_its_cells(page: AppTest) -> None:
    assert list(page.segmented_control(key="p_stage").options) == ["stem", "stage 1", "stage 2", "stage 3"]
    for stage in range(4):
        page.segmented_control(key="p_stage").set_value(stage).run()
        check_shown(page, explained(stage=stage))


@pytest.mark.slow
def test_every_method_and_the_evidence_against(page: AppTest) -> None:
    for method in ONE_PASS:
        page.selectbox(key="p_method").set_value(method).run()
        check_shown(page, explained(method=method))
        assert METHODS[method].claim in text(page)
    page.selectbox(key="p_method").set_value("hirescam").run()
    page.toggle(key="p_against").set_value(True).run()
    check_shown(page, explained(method="hirescam", negative=True))
    assert colour_bar(page)[1] == "evidence against the class"


def strip(page: AppTest) -> str:
    """The picture of all stages."""
    (picture,) = [
        str(each.proto) for each in page.get("bidi_component") if "Evidence at every stage" in str(each.proto)
    ]
    return picture


@pytest.mark.slow
def test_the_film_strip_shows_every_stage(page: AppTest) -> None:
    for stage in range(4):
        assert f"up to {explained(stage=stage).map.peak:.3g}" in strip(page)
    page.selectbox(key="p_class").set_value("truck").run()  # another class: every map follows
    for stage in range(4):
        peak = explained(stage=stage, target=CLASSES.index("truck")).map.peak
        assert f"up to {peak:.3g}" in strip(page)


@pytest.mark.slow
def test_a_cell_of_the_strip_tells_what_it_sees(page: AppTest) -> None:
    found = explained().map.map
    row, column = divmod(int(found.argmax()), 8)
    said = [each.value for each in page.markdown]
    assert any(said_of.startswith(f"Cell ({row}, {column}) of **stage 3** sees") for said_of in said)
    page.query_params["p_cell"] = "1.0.5"
    page.query_params["p_stage"] = "1"
    page.run()
    value = explained(stage=1).map.map[0, 5]
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


@pytest.mark.slow
def test_score_cam_is_computed_at_the_chosen_stage_only(page: AppTest) -> None:
    page.selectbox(key="p_method").set_value("scorecam").run()
    page.segmented_control(key="p_stage").set_value(2).run()
    expected = explained(stage=2)
    model, tensor = network_and_input()
    last = final_answer(score_cam(model, tensor, 2, expected.answer.target))
    check_shown(page, Expected(expected.answer, Evidence(last, 2)))
    assert "at stage 2, 16 × 16 cells" in text(page)
    assert [each["picture"]["words"] for each in component(page, "answer")["stages"]] == [
        "compute it",
        "compute it",
        f"up to {last.relu().max():.3g}",
        "compute it",
    ]
    assert any("for the methods of one pass: Grad-CAM, " in each.value for each in page.caption)
    page.toggle(key="p_against").set_value(True).run()
    assert "Score-CAM weighs by nothing negative: only negative values" in page.info[0].value


@pytest.mark.slow
def test_integrated_gradients_have_no_stage_and_say_what_they_sum_to(page: AppTest) -> None:
    page.selectbox(key="p_method").set_value("integrated").run()
    assert not page.exception
    weights = find("bundled")
    tensor, _ = preprocess(open_sample("cat"), weights.preprocessing)
    target = explained().answer.target
    *_, last = integrated_gradients(load(weights), tensor, target)
    integral = last.answer
    assert integral is not None
    found = Evidence(integral.signed_map, PIXELS)
    assert f"32 × 32 pixels, up to **{found.peak:.3g}**" in text(page)
    total, difference = (minus_sign(f"{each:.3f}") for each in (integral.total, integral.difference))
    assert f"sum to **{total}**" in shown_numbers(page)
    assert f"a difference of **{difference}**" in shown_numbers(page)
    assert colour_bar(page)[0] == f"≥ {np.percentile(found.map, 99):.3g}"
    assert component(page, "answer")["stages"] == []
    assert "p_stage" not in [each.key for each in page.segmented_control]
    assert any("there is no stage to choose" in each.value for each in page.caption)
    page.toggle(key="p_against").set_value(True).run()
    negative = Evidence(integral.signed_map, PIXELS, negative=True)
    assert f"32 × 32 pixels, up to **{negative.peak:.3g}**" in text(page)
    page.selectbox(key="p_method").set_value("gradcam").run()
    assert page.segmented_control(key="p_stage").value == 3


@pytest.mark.slow
def test_a_change_of_colours_computes_no_slow_map_again(
    page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.selectbox(key="p_method").set_value("scorecam").run()
    before = shown_numbers(page)

    def again(*_: object) -> None:
        raise AssertionError("computed again")

    monkeypatch.setitem(MULTI_PASS, "scorecam", again)
    page.slider(key="p_alpha").set_value(0.7).run()
    page.toggle(key="p_against").set_value(True).run()
    page.toggle(key="p_against").set_value(False).run()
    assert not page.exception
    assert shown_numbers(page) == before


def test_stopped_before_anything_is_known_the_page_stays_whole(
    page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "resnet_explorer.ui.explanation.compute_map.run_with_progress", lambda *_: (None, False)
    )
    page.selectbox(key="p_method").set_value("integrated").run()
    assert not page.exception
    assert "There is nothing to show before the end" in text(page)
    assert component(page, "answer")["evidence"] is None
    assert any("for the methods of one pass" in each.value for each in page.caption)


def check_contrast(
    page: AppTest, target: int, contrast_class: int, stage: int = 3, method: str = "gradcam"
) -> None:
    """The heading, the logits, the cell of the largest difference, and the ends of the scale."""
    assert not page.exception
    model, tensor = network_and_input()
    passes = [stage_pass(model, tensor, range(4), each) for each in (target, contrast_class)]
    compared = contrast(passes[0], passes[1], stage, method)
    ours, theirs = CLASSES[target], CLASSES[contrast_class]
    assert page.subheader[-1].value == f"Why {ours} and not {theirs}?"
    words = shown_numbers(page)
    logits = [minus_sign(f"{each:.2f}") for each in compared.logits]
    assert f"The logit of **{ours}** is {logits[0]}, that of **{theirs}** {logits[1]}" in words
    row, column = compared.largest
    side = ours if compared.difference[row, column] > 0 else theirs
    assert f"for **{side}**, is in cell ({row}, {column}):" in words
    assert f"<span>−{compared.extent:.3g}</span>" in words
    assert f"<span>{compared.extent:.3g}</span>" in words
    assert f"<span>← more for {theirs}</span><span>0</span>" in words
    assert f">more for {ours} →</span>" in words


@pytest.mark.slow
def test_two_classes_are_compared(page: AppTest) -> None:
    first, second, third = (index for index, _ in explained().answer.prediction.top(3))
    check_contrast(page, first, second)
    assert "this method shares out the logit" in shown_numbers(page)
    assert CLASSES[first] not in page.selectbox(key="p_rival").options
    page.selectbox(key="p_rival").set_value(CLASSES[third]).run()
    check_contrast(page, first, third)
    page.selectbox(key="p_method").set_value("layercam").run()
    page.segmented_control(key="p_stage").set_value(1).run()
    check_contrast(page, first, third, 1, "layercam")
    assert "shares out the logit" not in shown_numbers(page)
    page.selectbox(key="p_class").set_value(CLASSES[third]).run()  # its own contrast class it cannot be
    check_contrast(page, third, first, 1, "layercam")


def test_a_link_names_the_contrast_class() -> None:
    app = opened("predict", p_class="cat", p_rival="dog", p_stage="2")
    assert not app.warning
    check_contrast(app, CLASSES.index("cat"), CLASSES.index("dog"), 2)


def test_another_sample(page: AppTest) -> None:
    page.selectbox(key="p_sample").set_value("rocket").run()
    check_shown(page, explained(open_sample("rocket")))


@pytest.mark.slow
def test_moving_the_view(page: AppTest) -> None:
    page.slider(key="p_zoom").set_value(2.0)
    page.slider(key="p_x").set_value(0.0).run()
    check_shown(page, explained(view=View(2.0, 0.0, 0.5)))


@pytest.mark.slow
@pytest.mark.parametrize("image_format", ["JPEG", "PNG"])
def test_an_uploaded_photo(page: AppTest, image_format: str) -> None:
    data = file_of(open_sample("coffee").image, image_format)
    upload(page, "coffee.bin", data)
    check_shown(page, explained(open_photo(data, "coffee.bin")))
    assert component(page, "answer")["photo"]["words"] == "coffee.bin: 600 × 400"


@pytest.mark.slow
def test_a_bad_file_gets_a_sentence_and_the_result_stays(page: AppTest) -> None:
    good = file_of(open_sample("rocket").image, "JPEG")
    upload(page, "rocket.jpg", good)
    upload(page, "cut.jpg", good[: len(good) // 3])
    assert errors(page) == [
        "cut.jpg is cut off or damaged: it begins as a picture, but cannot be read to its end."
    ]
    check_shown(page, explained(open_photo(good, "rocket.jpg")))
    page.run()
    assert errors(page) == []


@pytest.mark.slow
def test_the_uploaded_bytes_are_let_go(page: AppTest) -> None:
    upload(page, "rocket.jpg", file_of(open_sample("rocket").image, "JPEG"))
    assert photo_uploader(page).value is None
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
    assert "answer" not in str([each.proto.json for each in page.get("bidi_component")])
    assert page.button(key="_fetch_page_V1").label == "Fetch ImageNet’s weights V1 (45 MB)"
    assert "`resnet18-f37072fd.pth`" in page.button(key="_fetch_page_V1").proto.help
    bundled_one = page.button(key="_use_bundled")
    assert bundled_one.label == "Use ResNet-8 (basic, 1-1-1, width 16), which knows 10 things"
    bundled_one.click().run()
    assert not page.info
    check_shown(page, explained(open_sample("rocket")))


def test_a_download_without_a_network_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_network(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    page = opened_without_weights()
    monkeypatch.setattr(socket, "create_connection", no_network)
    page.button(key="_fetch_page_V1").click().run()
    (sentence,) = errors(page)
    assert "cannot be reached" in sentence
    assert "put the file resnet18-f37072fd.pth from https\\://download.pytorch.org" in sentence
    assert page.query_params["weights"] == "none"


@pytest.mark.slow
@pytest.mark.parametrize("place", ["page", "head"])
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
    said = component(page, "answer")["answer"]
    assert (said["name"], said["probability"]) == (weights.classes[best[0]], f"{best[1]:.1%}")
    assert (page.query_params["net"], page.query_params["weights"]) == ("resnet18", KEY)
    options = page.selectbox(key="p_class").options
    assert page.segmented_control(key="p_stage").value == 4  # its last, as it has four
    assert len(options) == len(set(options)) == 1001  # two cranes and two maillots, told apart
    assert "What the network sees: 224 × 224 pixels." in text(page)


def checkpoint_file(seed: int) -> bytes:
    torch.manual_seed(seed)
    stream = io.BytesIO()
    state = build(SPEC.with_(num_classes=3)).state_dict()
    torch.save({"state_dict": state, "classes": ["rose", "tulip", "daisy"]}, stream)
    return stream.getvalue()


def open_checkpoint(page: AppTest, name: str, content: bytes) -> AppTest:
    checkpoint_uploader(page).set_value((name, content, "application/octet-stream")).run()
    assert not page.exception
    return page


@pytest.mark.slow
def test_two_checkpoints_of_one_name_are_told_apart(page: AppTest) -> None:
    shown = []
    for seed in (1, 2):
        open_checkpoint(page, "best.pth", checkpoint_file(seed))
        box = page.selectbox(key="_network_choice")
        shown.append(box.options[box.index])
    first, second = page.selectbox(key="_network_choice").options[-2:]
    assert first != second
    assert shown[0] == "best.pth"
    assert shown[1].startswith("best.pth (")
    page.button(key="_forget").click().run()
    assert page.selectbox(key="_network_choice").options[-1] == "best.pth"
    assert page.query_params["weights"] == "none"
    assert "is shown without weights" in page.info[0].value


@pytest.mark.slow
def test_a_checkpoint_of_ones_own(page: AppTest) -> None:
    page.selectbox(key="p_class").set_value("truck").run()
    open_checkpoint(page, "flowers.pth", checkpoint_file(12))
    assert errors(page) == []
    assert component(page, "answer")["answer"]["name"] in ("rose", "tulip", "daisy")
    assert page.selectbox(key="p_class").options == ["most probable", "rose", "tulip", "daisy"]
    assert page.selectbox(key="p_class").value == "most probable"  # it has no truck
    assert (
        page.query_params["weights"]
        == page.selectbox(key="_network_choice").value
        == user_store.kept()[0].key
    )
    assert page.session_state["_spec"] == SPEC.with_(num_classes=3)


@pytest.mark.slow
def test_a_checkpoint_that_is_none_gets_a_sentence(page: AppTest) -> None:
    open_checkpoint(page, "diary.pth", b"dear diary")
    assert "diary.pth" in errors(page)[0]
    check_shown(page, explained())


@pytest.mark.slow
def test_a_checkpoint_without_classes_is_told(page: AppTest) -> None:
    stream = io.BytesIO()
    torch.save(build(SPEC.with_(include_top=False)).state_dict(), stream)
    open_checkpoint(page, "body.pth", stream.getvalue())
    assert page.info[0].value == r"**body.pth** has no fully connected layer, so it knows no classes."
    page.button(key="_use_bundled").click().run()
    check_shown(page, explained())


@pytest.mark.slow
def test_an_empty_map_is_explained(page: AppTest) -> None:
    model = load(find("bundled"))
    with torch.no_grad():
        model.fc.weight[4] = -1.0
    bundle(model)
    page.selectbox(key="p_class").set_value("deer").run()
    check_shown(page, explained(target=4))
    assert "The map is zero everywhere." in page.info[0].value


def test_a_link_opens_with_its_state() -> None:
    app = opened("predict", p_class="horse", p_stage="2", p_sample="astronaut")
    assert not app.warning
    check_shown(app, explained(open_sample("astronaut"), 2, CLASSES.index("horse")))


def test_without_a_bundled_file_the_page_says_so(page: AppTest) -> None:
    bundled.FILE.unlink()
    page.run()
    assert not page.exception
    assert "The bundled network is missing" in errors(page)[0]


@pytest.mark.slow
def test_the_name_of_a_bad_file_is_text_and_no_markup(page: AppTest) -> None:
    upload(page, "![](http:a.example) www.a.example.png", b"no picture")
    assert errors(page)[0].startswith(r"!\[\](http:a.example) www\.a.example.png")


@pytest.mark.slow
def test_a_file_that_is_dropped_is_an_upload_and_a_bad_one_gets_a_sentence(page: AppTest) -> None:
    good = file_of(open_sample("rocket").image, "JPEG")
    for name, data in (("rocket.jpg", good), ("cut.jpg", good[: len(good) // 3])):
        dropped = next(each for each in page.file_uploader if each.key.startswith("p_dropped"))
        dropped.set_value((name, data, "application/octet-stream")).run()
        check_shown(page, explained(open_photo(good, "rocket.jpg")))
        assert page.segmented_control(key="p_photo").value == "upload"
    assert [each.value for each in page.toast] == [
        "cut.jpg is cut off or damaged: it begins as a picture, but cannot be read to its end."
    ]
