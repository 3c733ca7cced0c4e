"""The Side by side page: each network as it answers alone, agreement judged fairly, bad files told."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
import torch
from streamlit.testing.v1 import AppTest

from resnet_explorer import ResNetSpec, build
from resnet_explorer.common.progress import Step
from resnet_explorer.explanation.predict import predict, preprocess
from resnet_explorer.photos.crop import CENTRE
from resnet_explorer.photos.preprocessing import Preprocessing
from resnet_explorer.photos.samples import SAMPLES, open_sample
from resnet_explorer.side_by_side.predictions import whole_square
from resnet_explorer.ui.session.loaded_networks import stored_bytes
from resnet_explorer.weights import bundled, user_store
from resnet_explorer.weights.bundled import export_bundled
from resnet_explorer.weights.catalogue import find, load
from resnet_explorer.weights.checkpoint import Checkpoint
from resnet_explorer.weights.description import Weights
from resnet_explorer.weights.user_store import keep
from tests.pages.opened import opened, pictures

pytestmark = pytest.mark.slow


TEN = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
FLOWERS = ("rose", "tulip", "daisy")
SMALL = Preprocessing(32, 32, (0.49, 0.48, 0.45), (0.25, 0.24, 0.26))
LARGE = Preprocessing(73, 64, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
THREE_STAGES = ResNetSpec("basic", (1, 1, 1), width=16, stem="cifar", num_classes=10)
FOUR_STAGES = ResNetSpec("basic", (1, 1, 1, 1), width=16, num_classes=10)
GREY = ResNetSpec("basic", (1, 1), width=8, stem="cifar", in_channels=1, num_classes=3, activation="pre")
FLOWER_KEY = "yours/00000000000f"
ALL = ["bundled", "bundled/larger", FLOWER_KEY]


def keep_own(key: str, label: str, spec: ResNetSpec, classes: tuple[str, ...]) -> None:
    model = build(spec).eval()
    keep(Checkpoint(Weights(key, label, spec, classes, SMALL, "yours"), model.state_dict()))


@pytest.fixture(autouse=True)
def places(temporary_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Two bundled networks of random weights, of three stages and of four; nothing outside the folder."""
    torch.manual_seed(17)
    monkeypatch.setattr(bundled, "FILE", tmp_path / "usual.safetensors")
    export_bundled(build(THREE_STAGES).eval(), TEN, SMALL, bundled.FILE, {"label": "The usual one"})
    larger = build(FOUR_STAGES).eval()
    with torch.no_grad():
        larger.fc.weight *= 20  # surer of itself than random weights are
    export_bundled(larger, TEN, LARGE, tmp_path / "larger.safetensors", {"label": "A larger one"})
    st.cache_resource.clear()
    yield tmp_path
    st.cache_resource.clear()


SHIPPED = bundled.FILE
"""The bundled network itself, before a test puts another in its place."""


@pytest.fixture
def flowers(places: Path) -> None:
    keep_own(FLOWER_KEY, "flowers.pth", GREY, FLOWERS)


def probabilities(key: str, photo: str = "cat") -> np.ndarray:
    """What a network says of the largest square in the centre, asked alone."""
    weights = find(key)
    seen = whole_square(weights.preprocessing)
    tensor, _ = preprocess(open_sample(photo), seen, CENTRE, weights.spec.in_channels)
    return predict(load(weights), tensor).logits.double().softmax(0).numpy()


def drawn(page: AppTest) -> str:
    """All that the page has in HTML, and its picture."""
    return "\n".join([each.proto.body for each in page.get("html")] + pictures(page))


def maps(page: AppTest) -> list[str]:
    """What the picture says of each map: stage, cells and class."""
    found = re.findall(r">([^<>]* cells,) <tspan[^>]*>(for [^<]*)</tspan>", pictures(page)[-1])
    return [f"{cells} {label}" for cells, label in found]


def headings(page: AppTest) -> list[str]:
    return [each.value.removeprefix("#### ") for each in page.markdown if each.value.startswith("#### ")]


def test_two_networks_stand_side_by_side_and_their_distance_is_right() -> None:
    page = opened("side_by_side")
    assert page.multiselect(key="sb_nets").value == ["bundled", "bundled/larger"]
    html = drawn(page)
    for words in (
        "8 weighted layers",
        "10 weighted layers",
        "32 × 32 pixels",
        "64 × 64 pixels",
        "ms a pass",
    ):
        assert words in html
    one, other = probabilities("bundled"), probabilities("bundled/larger")
    for each in (one, other):
        for index in np.argsort(-each)[:5]:
            assert f"{TEN[index]}: {each[index]:.2%}</title>" in html
    assert f"{np.abs(one - other).sum() / 2:.3f}" in html
    first, second = (TEN[int(each.argmax())] for each in (one, other))
    assert first != second, "the seed makes them disagree"
    assert headings(page) == [
        f"ResNet-8 says {first} ({one.max():.1%}), ResNet-10 says {second} ({other.max():.1%})."
    ]
    widest = TEN[int(np.abs(one - other).argmax())]
    assert html.index(f">{widest}</th>") < min(
        html.index(f">{name}</th>") for name in TEN if name != widest and f">{name}</th>" in html
    )
    captions = " ".join(each.value for each in page.caption)
    assert "once to warm up and then 7 times over" in captions.replace("\n", " ")


def test_the_samples_are_a_matrix_with_disagreements_marked() -> None:
    page = opened("side_by_side")
    html = next(each.proto.body for each in page.get("html") if "<img" in each.proto.body)
    marks = 0
    for sample in SAMPLES:
        both = [probabilities(key, sample.name) for key in ("bundled", "bundled/larger")]
        names = [TEN[int(each.argmax())] for each in both]
        marks += 2 * (names[0] != names[1])
        for name, each in zip(names, both, strict=True):
            assert f"{name}<small" in html
            assert f"{each.max():.1%}</small>" in html
        assert sample.title in html
    assert marks
    assert html.count("≠ ") == marks
    page.toggle(key="sb_samples").set_value(False).run()
    assert page.query_params["sb_samples"] == "0"
    assert not [each for each in page.get("html") if "<img" in each.proto.body]


def test_other_classes_stand_beside_and_are_not_judged(flowers: None) -> None:
    page = opened("side_by_side")
    assert page.multiselect(key="sb_nets").value == ALL
    assert len(headings(page)) == 1  # of the two that know the same ten
    (excluded,) = [each.value for each in page.markdown if each.value.startswith("Not compared")]
    assert excluded.endswith("knows the same classes: ResNet-6.")
    assert "daisy" in drawn(page)
    page.multiselect(key="sb_nets").set_value(["bundled", FLOWER_KEY]).run()
    assert not page.exception
    assert headings(page) == []
    assert "no two of these do" in page.info[0].value
    page.multiselect(key="sb_nets").set_value([FLOWER_KEY]).run()
    assert "One network alone agrees with itself" in page.info[0].value
    page.multiselect(key="sb_nets").set_value(["bundled", FLOWER_KEY]).run()
    assert page.query_params["sb_nets"] == f"bundled,{FLOWER_KEY}"


def test_the_class_is_the_labs_and_maps_follow_where_it_is_known(flowers: None) -> None:
    page = opened("side_by_side", p_class="horse")
    assert not page.warning
    told = maps(page)
    assert [text.partition("cells, for ")[2] for text in told[:2]] == ["horse"] * 2
    assert told[2].partition("cells, for ")[2] in FLOWERS
    assert [text.partition(" cells")[0] for text in told] == [
        "stage 3, 8 × 8",
        "stage 4, 2 × 2",
        "stage 2, 16 × 16",
    ]
    assert (
        "ship" in page.selectbox(key="p_class").options and "tulip" in page.selectbox(key="p_class").options
    )


def test_the_two_that_ship_stand_beside_each_other_and_know_other_things(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bundled, "FILE", SHIPPED)
    page = opened("side_by_side", sb_samples="0")
    assert not page.exception
    assert page.multiselect(key="sb_nets").value == ["bundled", "bundled/resnet20"]
    html = drawn(page)
    assert "18 weighted layers" in html and "128 × 128 pixels" in html
    assert "20 weighted layers" in html and "32 × 32 pixels" in html
    assert headings(page) == []
    assert "no two of these do" in page.info[0].value


def test_stages_count_from_the_end(flowers: None) -> None:
    page = opened("side_by_side", sb_stage="1")
    assert [text.partition(",")[0] for text in maps(page)] == ["stage 2", "stage 3", "stage 1"]
    two = ["last stage", "one before"]
    assert list(page.segmented_control(key="sb_stage").options) == two, "flowers have two"
    page.multiselect(key="sb_nets").set_value(["bundled"]).run()
    assert list(page.segmented_control(key="sb_stage").options) == [*two, "two before"]


def test_nothing_is_computed_when_nothing_changed() -> None:
    page = opened("side_by_side")
    times = page.session_state["_sb_times"]
    work = page.session_state["sb_work"]
    page.selectbox(key="p_map").set_value("magma").run()
    assert page.session_state["sb_work"] is work
    page.selectbox(key="p_class").set_value("ship").run()  # other maps, but no other times
    assert page.session_state["sb_work"] is not work
    assert page.session_state["_sb_times"] == times


def test_after_stop_what_is_known_is_shown() -> None:
    page = opened("side_by_side")
    work = page.session_state["sb_work"][1]
    work.stopped = True
    work.step = Step(1, 17, replace(work.step.answer, predictions=work.step.answer.predictions[:1], times={}))
    page.run()
    assert not page.exception
    assert [each.value for each in page.warning] == ["The networks predict: stopped at 1 / 17."]
    assert "8 weighted layers" in drawn(page)
    assert "10 weighted layers" not in drawn(page)
    assert "ms a pass" not in drawn(page)
    assert page.button(key="sb_work_go_on").label == "Go on"


def test_a_network_beside_itself_agrees(places: Path) -> None:
    (places / "twin.safetensors").write_bytes(bundled.FILE.read_bytes())
    page = opened("side_by_side", sb_nets="bundled,bundled/twin")
    assert headings(page)[0].startswith("Both say ")
    assert "ResNet-8 A" in drawn(page) and "ResNet-8 B" in drawn(page)
    assert "0.000" in drawn(page) and "1.00" in drawn(page)
    assert "They give every class the same probability." in [each.value for each in page.markdown]


def test_only_networks_that_can_answer_a_photo_are_offered(flowers: None) -> None:
    keep_own("yours/00000000000a", "five channels", replace(GREY, in_channels=5), FLOWERS)
    keep_own("yours/00000000000b", "no top", replace(GREY, include_top=False), ())
    page = opened("side_by_side")
    offered = page.multiselect(key="sb_nets").options
    assert [each.rpartition(" · ")[2] for each in offered] == ["The usual one", "A larger one", "flowers.pth"]


def test_a_damaged_file_is_told_and_the_others_stay(flowers: None) -> None:
    file = user_store.folder() / "00000000000f.safetensors"
    file.write_bytes(file.read_bytes()[:-100])
    page = opened("side_by_side")
    (sentence,) = [each.value for each in page.error]
    assert sentence.startswith("flowers.pth: ") and "cannot be read" in sentence
    assert len(headings(page)) == 1


def test_no_network_and_none_chosen(places: Path) -> None:
    page = opened("side_by_side")
    page.multiselect(key="sb_nets").set_value([]).run()
    assert not page.exception
    assert page.info[0].value == "Choose at least one network."
    for file in places.glob("*.safetensors"):
        file.unlink()
    page.run()
    assert not page.exception
    assert "No trained network is on this machine." in page.error[0].value
    assert "weights download resnet50" in page.error[0].value


def test_one_network_says_how_to_get_more(places: Path) -> None:
    (places / "larger.safetensors").unlink()
    page = opened("side_by_side")
    assert any("One trained network is on this machine." in each.value for each in page.caption)
    assert "8 weighted layers" in drawn(page)


def test_more_than_fit_into_memory_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    both = sum(stored_bytes(find(key)) for key in ("bundled", "bundled/larger"))
    monkeypatch.setattr("resnet_explorer.ui.side_by_side.controls.ROOM", both - 1)
    page = opened("side_by_side")
    assert page.multiselect(key="sb_nets").value == ["bundled"]  # the usual choice is one that fits
    page.multiselect(key="sb_nets").set_value(["bundled", "bundled/larger"]).run()
    assert page.error[0].value.startswith("Together these networks take ")


def test_a_link_with_too_many_or_unknown_networks_is_told(places: Path) -> None:
    for number in range(6):
        (places / f"copy{number}.safetensors").write_bytes(bundled.FILE.read_bytes())
    names = ",".join(["bundled", *(f"bundled/copy{number}" for number in range(6))])
    page = opened("side_by_side", sb_nets=names)
    assert "at most 6 networks at once." in page.warning[0].value
    assert len(page.multiselect(key="sb_nets").value) == 4
    page = opened("side_by_side", sb_nets="resnet50")
    assert "`sb_nets=resnet50`" in page.warning[0].value
    page = opened("side_by_side", sb_nets="resnet50,bundled/copy3,bundled")
    assert page.warning[0].value.endswith(" The network `resnet50` is not on this machine.")
    assert page.multiselect(key="sb_nets").value == ["bundled", "bundled/copy3"]
    assert page.query_params["sb_nets"] == "bundled,bundled/copy3"


def test_classes_in_another_order_are_compared_by_name(places: Path) -> None:
    turned = load(find("bundled"))
    with torch.no_grad():
        for each in (turned.fc.weight, turned.fc.bias):
            each.copy_(each.flip(0))
    export_bundled(turned, TEN[::-1], SMALL, places / "turned.safetensors", {"label": "Turned"})
    page = opened("side_by_side", sb_nets="bundled,bundled/turned", sb_samples="0")
    assert headings(page)[0].startswith("Both say ")
    assert "They give every class the same probability." in [each.value for each in page.markdown]


def test_a_long_name_is_cut_and_whole_on_hovering(places: Path) -> None:
    long = tuple(f"{name} " + "x" * 240 for name in TEN)
    torch.manual_seed(3)
    export_bundled(build(THREE_STAGES).eval(), long, SMALL, places / "long.safetensors", {"label": "Long"})
    page = opened("side_by_side", sb_nets="bundled/long")
    html = next(each.proto.body for each in page.get("html") if "<img" in each.proto.body)
    shown = re.sub(r'title="[^"]*"', "", html)
    assert "xxx…" in shown
    assert "x" * 41 not in shown
    told = maps(page)
    assert told and all(text.endswith("x…") and len(text) < 90 for text in told)


def test_a_method_of_more_than_one_pass_is_replaced_with_a_word() -> None:
    page = opened("side_by_side", p_method="scorecam")
    assert not page.exception
    assert "Score-CAM asks for more than one pass" in page.info[0].value
