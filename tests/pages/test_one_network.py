"""The network of the session and its weights: in the head, in the link, on pages that need them."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from streamlit.testing.v1 import AppTest

from resnet_explorer import ResNetSpec, build
from resnet_explorer.ui.weights import fetch_button
from resnet_explorer.weights import bundled
from resnet_explorer.weights.checkpoint import read_checkpoint
from resnet_explorer.weights.imagenet_files import SERVER, cache_folder, file_of
from resnet_explorer.weights.user_store import keep, kept
from tests.pages.opened import APP, opened, totals

PHOTO_PAGES = ("predict", "prove", "features", "many", "inside")
V1 = "torchvision/resnet34/IMAGENET1K_V1"


pytestmark = pytest.mark.usefixtures("fresh_server")


def put_there(key: str) -> None:
    """A file where torchvision's would lie: enough to be found."""
    cache_folder().mkdir(parents=True, exist_ok=True)
    (cache_folder() / file_of(key).name).write_bytes(b"")


def of_my_own(label: str, spec: ResNetSpec) -> str:
    """A network of one's own: its key."""
    stream = io.BytesIO()
    torch.save(build(spec).state_dict(), stream)
    return keep(read_checkpoint(stream.getvalue(), label, None)).key


def state(page: AppTest) -> str:
    """What the head says of the weights."""
    labels = [str(each.proto.popover.label) for each in page.get("popover")]
    return next(label.split(":gray[")[1].removesuffix("]]") for label in labels if ":gray[" in label)


def network(page: AppTest) -> tuple[str, str, str]:
    """What the link says: the network, its weights, and, of the page Architecture, the classes."""
    return page.query_params["net"], page.query_params["weights"], totals(page)["output"]


def name(page: AppTest) -> str:
    """The name of the network in the head."""
    box = page.selectbox(key="_network_choice")
    return str(box.options[box.index])


def test_the_default_is_resnet_18_with_the_bundled_weights() -> None:
    page = opened("architecture")
    assert (name(page), state(page)) == ("ResNet-18", "bundled · 184 things")
    assert sum("ResNet-18" in option for option in page.selectbox(key="_network_choice").options) == 3, (
        "and the book's two"
    )
    assert network(page) == ("resnet18", "bundled", "184")
    assert [each.value for each in page.caption if "page" in each.value] == []


@pytest.mark.parametrize(
    ("link", "weights", "words", "classes"),
    [
        ({"net": "resnet18"}, "bundled", "bundled · 184 things", "184"),
        ({"net": "resnet18", "weights": "none"}, "none", "none", "1000"),
        ({"net": "resnet20_cifar"}, "bundled/resnet20", "bundled · 10 things", "10"),
        ({"weights": "bundled/resnet20"}, "bundled/resnet20", "bundled · 10 things", "10"),
        ({"net": "resnet50"}, "none", "ImageNet · can be fetched", "1000"),
        ({"net": "resnet34"}, V1, "ImageNet · on this machine", "1000"),
        ({"weights": "resnet34"}, V1, "ImageNet · on this machine", "1000"),
        ({"net": "plain34"}, "none", "none", "1000"),
        ({"net": "basic.2-2-2-2.num_classes-10"}, "none", "none", "10"),
        ({"net": "basic.2-2-2-2.num_classes-184"}, "bundled", "bundled · 184 things", "184"),
        ({"net": "basic.2-2-2-2.num_classes-184", "weights": "none"}, "none", "none", "184"),
    ],
)
def test_the_state_of_the_weights_in_words(
    link: dict[str, str], weights: str, words: str, classes: str
) -> None:
    put_there(V1)
    page = opened("architecture", **link)
    assert not page.warning
    assert state(page) == words
    assert network(page)[1:] == (weights, classes)
    again = opened("architecture", **{key: page.query_params[key] for key in ("net", "weights")})
    assert (state(again), network(again)) == (state(page), network(page))


@pytest.mark.parametrize(
    ("weights", "sentence"),
    [
        ("mine", "`weights=mine`: these weights are not on this machine."),
        ("yours/0123456789ab", "`weights=yours/0123456789ab`: these weights are not on this machine."),
        ("torchvision/resnet50/IMAGENET1K_V2", "V2`: these weights are not on this machine."),
        ("../../secret", "`weights=../../secret`: these weights are not on this machine."),
        ("bundled", "`weights=bundled`: these weights are not of this network."),
    ],
)
def test_weights_that_cannot_be_had_are_told_in_a_sentence_and_the_network_stays(
    weights: str, sentence: str
) -> None:
    page = opened("architecture", net="resnet50", weights=weights)
    assert sentence in page.warning[0].value
    assert network(page) == ("resnet50", "none", "1000")


@pytest.mark.parametrize("weights", ["mine", "[b](http://c) **d**", "A" * 3000])
def test_the_sentence_is_the_same_without_a_network_in_the_link_and_what_it_repeats_is_text(
    weights: str,
) -> None:
    page = opened("architecture", weights=weights)
    shown = f"{weights[:40]}{'…' if len(weights) > 40 else ''}"
    assert page.warning[0].value.endswith(f" `weights={shown}`: these weights are not on this machine.")
    assert network(page)[:2] == ("resnet18", "bundled")


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ({"p_from": "bundled", "p_weights": "bundled/resnet20"}, "bundled/resnet20"),
        ({"p_weights": V1, "p_from": "torchvision"}, V1),
        ({"tn_start": "bundled/resnet20"}, "bundled/resnet20"),
        ({"p_weights": "yours/0123456789ab", "p_from": "yours"}, "bundled"),
        ({"p_weights": "nothing", "al_size": "usual", "tn_from": "torchvision"}, "bundled"),
    ],
)
def test_links_of_before_are_understood_or_dropped(link: dict[str, str], found: str) -> None:
    put_there(V1)
    page = opened("overview", **link)
    assert not page.warning
    assert page.query_params["weights"] == found
    assert not page.query_params.keys() & link.keys()


def test_yours_of_before_is_the_first_of_ones_own() -> None:
    key = of_my_own("mine.pth", ResNetSpec("basic", (1,), width=8, stem="cifar", num_classes=3))
    assert opened("overview", p_from="yours").query_params["weights"] == key


@pytest.mark.slow
def test_other_weights_of_the_same_architecture_are_a_click_away() -> None:
    mine = of_my_own("mine.pth", ResNetSpec("basic", (2, 2, 2, 2), num_classes=3))
    of_my_own("another.pth", ResNetSpec("basic", (1,), width=8, num_classes=3))
    put_there("torchvision/resnet18/IMAGENET1K_V1")
    page = opened("architecture")
    choice = page.radio(key="_weights_choice")
    assert len(choice.options) == 4, "bundled, mine, ImageNet's, none"
    for key, classes, words in (
        ("none", "1000", "none"),
        (mine, "3", "yours"),
        ("torchvision/resnet18/IMAGENET1K_V1", "1000", "ImageNet · on this machine"),
        ("bundled", "184", "bundled · 184 things"),
    ):
        page.radio(key="_weights_choice").set_value(key).run()
        assert network(page)[1:] == (key, classes)
        assert state(page) == words
        assert name(page) == ("mine.pth" if key == mine else "ResNet-18")
        assert page.query_params["net"] == ("basic.2-2-2-2.num_classes-3" if key == mine else "resnet18")


def test_networks_of_ones_own_are_listed_after_the_presets() -> None:
    spec = ResNetSpec("basic", (1, 1), width=8, stem="cifar", num_classes=3)
    key = of_my_own("mine.pth", spec)
    page = opened("architecture")
    assert page.selectbox(key="_network_choice").options[-1] == "mine.pth"
    page.selectbox(key="_network_choice").set_value(key).run()
    assert state(page) == "yours"
    assert network(page)[1:] == (key, "3")
    assert page.query_params["size"] == "32"
    page.button(key="_forget").click().run()
    assert not page.exception
    assert network(page)[1:] == ("none", "3"), "the network stays, its weights are gone"


def test_a_preset_by_name_takes_the_best_weights_that_are_here() -> None:
    page = opened("architecture")
    page.segmented_control(key="arch_resnet").set_value("resnet34").run()
    assert network(page) == ("resnet34", "none", "1000")
    page.segmented_control(key="arch_resnet").set_value("resnet18").run()
    assert network(page) == ("resnet18", "bundled", "184")
    assert page.segmented_control(key="arch_resnet").value == "resnet18"
    put_there(V1)
    page.selectbox(key="_network_choice").set_value("resnet34").run()
    assert network(page) == ("resnet34", V1, "1000")


@pytest.mark.slow
def test_what_is_edited_never_bounces_back() -> None:
    page = opened("architecture", arch_by="free")
    assert page.number_input(key="arch_num_classes").value == 184
    page.number_input(key="arch_num_classes").set_value(1000).run()
    assert network(page) == ("resnet18", "none", "1000")
    page.run()
    assert network(page) == ("resnet18", "none", "1000")
    page.number_input(key="arch_num_classes").set_value(10).run()
    assert name(page) == "ResNet-18 · 10 classes"
    page.number_input(key="arch_num_classes").set_value(184).run()
    assert network(page) == ("resnet18", "bundled", "184")


@pytest.mark.parametrize("page_name", PHOTO_PAGES)
def test_without_weights_a_photo_page_says_so_in_a_sentence(page_name: str) -> None:
    page = opened(page_name, net="resnet50")
    assert not page.error
    (sentence,) = [each.value for each in page.info]
    assert sentence == "**ResNet-50** is shown without weights, so it cannot say what is on a photo."
    assert page.button(key="_fetch_page_V2").label == "Fetch ImageNet’s weights V2 (98 MB)"
    assert page.button(key="_use_bundled").label == "Use ResNet-18, which knows 184 things"


@pytest.mark.parametrize("page_name", PHOTO_PAGES)
def test_without_the_bundled_file_a_photo_page_says_so(
    page_name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundled, "FILE", tmp_path / "resnet18.safetensors")
    page = opened(page_name)
    assert [each.value for each in page.error] == [
        f"The bundled network is missing: there is no file resnet18.safetensors in {tmp_path}."
    ]
    assert (name(page), state(page)) == ("ResNet-18", "not on this machine")
    assert "Use ResNet-18" not in " ".join(button.label for button in page.button)


def test_weights_that_are_here_but_not_chosen_are_a_click_away() -> None:
    put_there(V1)
    page = opened("predict", net="resnet34", weights="none")
    page.button(key="_use_published").click().run()
    assert page.query_params["weights"] == V1
    assert "is damaged" in page.error[0].value, "the empty file of this test"


@pytest.mark.parametrize("page_name", [*PHOTO_PAGES, "train", "album"])
def test_no_page_has_a_network_of_its_own(page_name: str) -> None:
    page = opened(page_name, net="resnet50")
    controls = [*page.selectbox, *page.segmented_control, *page.radio]
    assert not {control.key for control in controls} & {
        "p_from",
        "p_weights",
        "tn_from",
        "tn_start",
        "al_size",
    }
    assert [each.key for each in page.selectbox if each.label == "Network"] == ["_network_choice"]


@pytest.mark.slow
def test_the_head_loads_no_torch_whatever_the_weights() -> None:
    put_there(V1)
    script = f"""
import sys
from streamlit.testing.v1 import AppTest
for weights in ("bundled", {V1!r}, "none"):
    page = AppTest.from_file({APP!r}, default_timeout=60)
    page.query_params["weights"] = weights
    page.switch_page("pages/architecture.py").run()
    print(len(page.exception), page.query_params["weights"])
page = AppTest.from_file({APP!r}, default_timeout=60)
page.query_params["net"] = "resnet50"
page.switch_page("pages/predict.py").run()
print(page.info[0].value[:13], sorted({{"torch", "torchvision"}} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["0 bundled", f"0 {V1}", "0 none", "**ResNet-50** []"]


@pytest.mark.parametrize("is_there", [True, False])
def test_the_head_says_that_nothing_can_be_fetched_before_it_offers_to_when_it_is_opened(
    is_there: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def answer(url: str) -> bool:
        asked.append(url)
        return is_there

    monkeypatch.setattr(fetch_button, "is_reachable", answer)
    fetch_button.is_offered_by.clear()
    page = opened("overview", net="resnet50")
    assert not asked, "nobody waits for it at first"
    page.session_state["_network"] = True
    page.run()
    page.run()
    assert asked == [SERVER], "once a minute at most"
    told = "**No network connection here now**: download.pytorch.org does not answer."
    assert (told in [each.value for each in page.markdown]) != is_there
    assert any("Fetch ImageNet’s weights V2" in each.label for each in page.button)
    fetch_button.is_offered_by.clear()


def test_a_long_name_of_ones_own_network_is_cut_in_the_head() -> None:
    name = "a name that is much longer than the head has room for.pth"
    key = of_my_own(name, ResNetSpec("basic", (1,), width=8, stem="cifar", num_classes=3))
    page = opened("overview", weights=key)
    labels = [str(each.proto.popover.label) for each in page.get("popover")]
    (label,) = [each for each in labels if each.startswith("a name")]
    assert "…" in label and len(label.partition(" :small")[0]) <= 20
    assert page.selectbox(key="_network_choice").options[-1] == name


@pytest.mark.slow
def test_a_network_of_ones_own_is_read_as_another_of_its_shapes() -> None:
    spec = ResNetSpec("basic", (1, 1), width=4, stem="cifar", num_classes=3, shortcut="zero_pad")
    page = opened("architecture", weights=of_my_own("mine.pth", spec))
    around = spec.with_(zero_pad="around")
    page.selectbox(key="_read_as_network").set_value(around).run()
    assert page.query_params["net"].endswith(".zero_pad-around")
    assert [weights.spec for weights in kept()] == [around]
    page.selectbox(key="_read_as_form").set_value("0-1").run()
    page.button(key="_swap_colours").click().run()
    (weights,) = kept()
    assert (weights.spec, weights.preprocessing.mean) == (around, (0.0, 0.0, 0.0))
    assert page.query_params["weights"] == weights.key
    assert not page.exception
