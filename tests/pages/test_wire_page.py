"""Cut the wire: a guess first, then what the library counts; what is cut stands in the link."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import streamlit as st
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from resnet_explorer import ResNetSpec, build
from resnet_explorer.common.progress import final_answer
from resnet_explorer.explanation.activations_and_gradients import stage_pass
from resnet_explorer.explanation.cam import evidence
from resnet_explorer.explanation.predict import preprocess
from resnet_explorer.finetune.dataset.store import keep_files
from resnet_explorer.labs.ablation import ablated_network as module
from resnet_explorer.labs.ablation import ablations
from resnet_explorer.labs.ablation.ablated_network import Tally, ablated_network, tally
from resnet_explorer.labs.ablation.findings import drops_finding, photo_finding, sweep_finding
from resnet_explorer.labs.ablation.paths import photo_gradients
from resnet_explorer.labs.ablation.sweep import drops_of, sweep_of
from resnet_explorer.labs.photos import dataset_photos, photos_of
from resnet_explorer.model.fold_batch_norm import for_evaluation
from resnet_explorer.photos.preprocessing import Preprocessing
from resnet_explorer.photos.samples import SAMPLES, open_sample
from resnet_explorer.training.data import CIFAR10_CLASSES
from resnet_explorer.training.paper_recipe import KINDS, network
from resnet_explorer.ui.session.progress_job import run_with_progress
from resnet_explorer.weights import bundled
from resnet_explorer.weights.bundled import export_bundled
from resnet_explorer.weights.catalogue import available, find, load
from tests.notebooks import run
from tests.pages.opened import charts, opened, pictures, words

SEEN = Preprocessing(32, 32, (0.49, 0.48, 0.45), (0.25, 0.24, 0.26))
SPEC = ResNetSpec("basic", (2, 2), width=8, stem="cifar", num_classes=10)
SHOWN = {"cw_view": "sweep", "cw_guess_shown": "1"}
NOTEBOOK = "ablation/ablation_notebook.py"


def keep(spec: ResNetSpec = SPEC, classes: tuple[str, ...] = CIFAR10_CLASSES) -> None:
    torch.manual_seed(8)
    model = build(spec).eval()
    with torch.no_grad():
        model.fc.weight *= 20
    export_bundled(model, classes, SEEN, bundled.FILE, {"label": "A network for tests"})
    st.cache_resource.clear()


@pytest.fixture(autouse=True)
def places(temporary_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A bundled network of random weights, and nothing outside the test's folder."""
    monkeypatch.setattr(bundled, "FILE", tmp_path / "bundled.safetensors")
    monkeypatch.setattr(bundled, "STUDY", tmp_path / "study")
    keep()
    yield
    st.cache_resource.clear()


def keep_study(depth: int = 20) -> None:
    """A plain and a residual network of the study, of random weights that answer this and that."""
    bundled.STUDY.mkdir()
    for number, kind in enumerate(KINDS):
        torch.manual_seed(number)
        model = build(network(kind, depth)).eval()
        with torch.no_grad():
            model.fc.weight *= 20
        seen = Preprocessing(16, 16, SEEN.mean, SEEN.std)
        path = bundled.STUDY / f"{kind}-{depth}.safetensors"
        export_bundled(model, CIFAR10_CLASSES, seen, path, {"label": f"{kind.capitalize()} {depth} · a test"})


def counted(chains: list[ablations.Chain], count: int = 200, key: str = "bundled") -> Tally:
    weights = find(key)
    return final_answer(tally(for_evaluation(load(weights)), photos_of(weights, count), chains))


@pytest.mark.slow
def test_nothing_is_counted_before_it_is_asked_for() -> None:
    page = opened("wire", cw_view="sweep")
    assert "## Take one of its 4 blocks out: how many answers are still right?" in words(page)
    assert not charts(page)
    assert "_cw_sweep" not in page.session_state
    page.segmented_control(key="cw_guess").set_value("most").run()
    assert not charts(page)  # a guess may be changed until then
    page.button(key="_cw_guess_show").click().run()
    assert len(charts(page)) == 1
    assert "You: Less than half, whichever." in words(page)
    assert page.query_params["cw_guess_shown"] == "1"
    assert "cw_guess" not in page.query_params  # it is nobody else's


@pytest.mark.slow
def test_the_sweep_is_the_librarys() -> None:
    blocks = find("bundled").plan.blocks
    chains = ablations.each_skipped(blocks)
    found = counted(list(chains.values()))
    page = opened("wire", **SHOWN)
    finding = sweep_finding(sweep_of("", blocks, chains, found))
    assert finding in words(page)
    (chart,) = charts(page)
    (bars,) = chart["data"]
    assert bars["x"] == ["1.0", "1.1", "2.0", "2.1"]

    page.segmented_control(key="cw_kind").set_value("cut").run()
    cut = counted(list(ablations.each_cut(blocks).values()))
    assert sweep_finding(sweep_of("", blocks, ablations.each_cut(blocks), cut), cut=True) in words(page)
    assert page.query_params["cw_kind"] == "cut"


@pytest.mark.slow
def test_a_plain_network_stands_beside() -> None:
    keep_study()
    sweeps = []
    for key in ("study/residual-20", "study/plain-20"):
        blocks = find(key).plan.blocks
        chains = ablations.each_skipped(blocks)
        found = counted(list(chains.values()), key=key)
        sweeps.append(sweep_of(find(key).label, blocks, chains, found))
    residual, plain = sweeps
    assert list(residual.scores) == list(range(9))
    assert list(plain.scores) == [0, 1, 2, 4, 5, 7, 8]  # 2.0 and 3.0 change the shape

    page = opened("wire", **SHOWN, cw_net="study/residual-20")
    said = words(page)
    assert sweep_finding(residual) in said
    assert f"Plain 20 · a test: {sweep_finding(plain)}" in said
    assert any("they differ in the shortcuts alone" in each.value for each in page.caption)
    (chart,) = charts(page)
    first, second = chart["data"]
    assert (first["name"], second["name"]) == ("Residual 20 · a test", "Plain 20 · a test")
    assert [place for place, text in enumerate(second["text"]) if text == "✕"] == [3, 6]

    page.toggle(key="cw_twin").set_value(False).run()
    assert page.query_params["cw_twin"] == "0"
    (chart,) = charts(page)
    assert len(chart["data"]) == 1

    page = opened("wire", cw_net="study/plain-20", cw_view="drops", cw_draws="1")
    found_drops = [
        drops_of(
            find(key).label,
            find(key).plan.blocks,
            [counted(row, key=key) for row in ablations.random_rows(find(key).plan.blocks, 1, 0)],
        )
        for key in ("study/plain-20", "study/residual-20")
    ]
    assert all(drops_finding(each, "error") in words(page) for each in found_drops)
    assert [len(each.rows) for each in found_drops] == [7, 9]

    names = run(NOTEBOOK, key="study/residual-20", other_key="study/plain-20", ablation="", draws=1)
    assert names["sweep"].scores == residual.scores
    assert names["other_sweep"].scores == plain.scores
    assert names["other_drops"].rows == found_drops[0].rows


@pytest.mark.slow
def test_a_sweep_that_was_stopped_tells_of_what_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first network's sweep is done, the other's is not begun: one is drawn, and one is named."""
    keep_study()
    stopped = run_with_progress

    def only_the_first(key: str, *rest: object) -> tuple[object, bool]:
        return (None, False) if key == "_cw_twin_sweep" else stopped(key, *rest)

    monkeypatch.setattr("resnet_explorer.ui.labs.ablation.sweeps.run_with_progress", only_the_first)
    page = opened("wire", **SHOWN, cw_net="study/residual-20")
    assert len(charts(page)[0]["data"]) == 1
    (told,) = (each.value for each in page.caption if "▼" in each.value)
    assert told.startswith("Residual 20 · a test, 200 photos. ▼")


@pytest.mark.slow
def test_a_network_that_only_guesses_has_nothing_to_lose() -> None:
    blocks = find("bundled").plan.blocks
    assert counted(list(ablations.each_skipped(blocks).values())).whole < 0.15  # random weights, 10 classes
    page = opened("wire", **SHOWN)
    assert "Whole, it does hardly better than guessing: it has nothing to lose." in words(page)


@pytest.mark.slow
def test_a_click_from_few_blocks_to_many() -> None:
    keep_study(56)
    page = opened("wire", **SHOWN)
    page.button(key="cw_deeper").click().run()
    assert page.query_params["cw_net"] == "study/residual-56"
    assert "**Take one of its 27 blocks out: how many answers are still right?**" in words(page)
    assert [len(trace["x"]) for trace in charts(page)[0]["data"]] == [27, 27]


def test_the_studys_networks_are_on_this_page_alone() -> None:
    keep_study()
    labels = opened("wire").selectbox(key="cw_net").options
    assert labels == ["A network for tests", "Plain 20 · a test", "Residual 20 · a test"]
    assert not any("Residual 20" in entry.label for entry in available())


def test_a_network_of_other_blocks_stands_alone() -> None:
    keep_study()
    page = opened("wire", **SHOWN, cw_net="bundled")
    assert not [each for each in page.toggle if each.key.startswith("cw_")]
    assert len(charts(page)[0]["data"]) == 1


def scores(page: AppTest) -> str:
    """What stands beside the chain."""
    (found,) = (each for each in pictures(page) if "photos: " in each or " squares: " in each)
    return found


@pytest.mark.slow
def test_an_ablation_from_the_link_and_mended() -> None:
    weights = find("bundled")
    blocks = weights.plan.blocks
    ablation = ablations.read("c1.0,s2.1,x1.0-1.1", blocks)
    found = counted([ablation.chain(4)], 500)
    page = opened("wire", cw_cut="c1.0,s2.1,x1.0-1.1", cw_photos="500")
    assert not page.warning
    assert f"Accuracy, 500 photos: {found.whole:.1%} → {found.scores[0]:.1%}" in scores(page)

    model = for_evaluation(load(weights))
    tensor, _ = preprocess(open_sample("cat"), SEEN)
    before = stage_pass(model, tensor, [2])
    after = stage_pass(ablated_network(model, ablation.chain(4)), tensor, [2], before.target)
    pair = page.session_state["_cw_pair"][1]
    assert torch.allclose(pair.after.prediction.logits, after.prediction.logits, atol=1e-5)
    assert torch.allclose(pair.maps[1].map, evidence(after.outputs[0]).map, atol=1e-6)
    assert pair.before.target == pair.after.target == before.target
    peak = max(evidence(each.outputs[0]).peak for each in (before, after))
    assert any(f"<span>{peak:.3g}</span>" in each.proto.body for each in page.get("html"))

    page.button(key="cw_mend").click().run()
    assert "cw_cut" not in page.query_params
    assert f'Accuracy, 500 photos: {found.whole:.1%}"' in scores(page)
    first, chance = pair.before.prediction.top(1)[0]
    assert f"Whole, it says **{CIFAR10_CLASSES[first]}** ({chance:.1%})." in words(page)


def test_what_cannot_be_cut_is_told() -> None:
    page = opened("wire", cw_view="hand", cw_cut="x1.0-2.1")
    assert "1.0, 2.1 cannot change places" in page.warning[0].value.replace("\\", "")  # shown as text
    assert not page.error


@pytest.mark.slow
def test_several_at_random() -> None:
    rows = ablations.random_rows(find("bundled").plan.blocks, 3, 9)
    page = opened("wire", cw_view="drops", cw_draws="3", cw_seed="9")
    found = page.session_state["_cw_drops"][1].step.answer
    assert [row.scores for row in found] == [counted(row).scores for row in rows]
    assert len(charts(page)) == 1


@pytest.mark.slow
def test_paths_and_their_gradients() -> None:
    weights = find("bundled")
    expected = final_answer(photo_gradients(for_evaluation(load(weights)), photos_of(weights, 200), 2, 4))
    page = opened("wire", cw_view="paths", cw_draws="2", cw_seed="4")
    assert "4 blocks are 16 paths" in [each.value for each in page.subheader]
    flow, _ = charts(page)
    found = page.session_state["_cw_flow"][1].step.answer
    assert found.means == pytest.approx(expected.means, rel=1e-4)
    assert len(flow["data"]) == 3


def test_a_rerun_counts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened("wire", **SHOWN)
    before = charts(page)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked again")

    monkeypatch.setattr(module, "predictions", refuse)
    monkeypatch.setattr(module, "run_block", refuse)
    page.run()
    assert not page.exception
    assert charts(page) == before


@pytest.mark.slow
def test_other_classes_are_held_against_the_whole_network() -> None:
    keep(SPEC.with_(num_classes=3), ("daisy", "rose", "tulip"))
    page = opened("wire", cw_cut="s1.1")
    found = counted([ablations.WHOLE.with_skipped(1).chain(4)])
    assert found.right is None
    assert found.photos == 30
    said = f"Same answer as uncut, 30 squares: 100.0% → {found.scores[0]:.1%}"
    assert said in scores(page)
    page.segmented_control(key="cw_view").set_value("sweep").run()
    assert "## Take one of its 4 blocks out: how many answers stay the same?" in words(page)


@pytest.mark.slow
def test_the_networks_answer_before_and_after_stands_in_the_sentence() -> None:
    keep(SPEC.with_(num_classes=3), ("daisy", "rose", "tulip"))
    weights = find("bundled")
    model, names = for_evaluation(load(weights)), weights.classes
    tensor, _ = preprocess(open_sample(SAMPLES[0].name), SEEN)
    cut = ablated_network(model, ablations.WHOLE.with_skipped(3).chain(4))
    with torch.no_grad():
        before, after = (each(tensor)[0].softmax(0) for each in (model, cut))
    first, now = int(before.argmax()), int(after.argmax())
    said = photo_finding(
        "Without block 2.1",
        (names[first], float(before[first])),
        (names[now], float(after[now])),
        float(after[first]),
    )
    assert said in words(opened("wire", cw_cut="s2.1"))


@pytest.mark.slow
def test_the_network_of_the_head_is_cut_where_it_can_be_and_another_one_where_it_cannot() -> None:
    keep_study()
    assert opened("wire").selectbox(key="cw_net").value == "bundled"
    assert opened("wire", net="resnet50", weights="none").selectbox(key="cw_net").value == "study/residual-20"


@pytest.mark.slow
def test_a_plain_network_collapses_beside_it() -> None:
    keep_study()
    plain = find("study/plain-20").plan.blocks
    each = counted(list(ablations.each_skipped(plain).values()), key="study/plain-20")
    average = sum(each.scores) / len(each.scores)
    said = f"Accuracy of Plain 20, a block out: {each.whole:.1%} → {average:.1%}"
    assert said in scores(opened("wire", cw_cut="s1.1"))

    ablation = ablations.read("s2.1", plain)
    alike = counted([ablation.chain(9)], key="study/plain-20")
    page = opened("wire", cw_net="study/residual-20", cw_cut="s2.1")
    assert f"Accuracy of Plain 20, cut alike: {alike.whole:.1%} → {alike.scores[0]:.1%}" in scores(page)


@pytest.mark.slow
def test_beside_a_network_held_against_itself_the_plain_one_is_held_against_itself() -> None:
    keep(SPEC.with_(num_classes=3), ("daisy", "rose", "tulip"))
    keep_study()
    weights = find("study/plain-20")
    chains = list(ablations.each_skipped(weights.plan.blocks).values())
    photos = replace(photos_of(weights, 200), labels=None)
    each = final_answer(tally(for_evaluation(load(weights)), photos, chains))
    page = opened("wire", cw_cut="s1.1")
    average = sum(each.scores) / len(each.scores)
    assert f"The same, of Plain 20, a block out: 100.0% → {average:.1%}" in scores(page)
    assert "Accuracy" not in scores(page)
    assert any("Plain 20 stands beside it held against itself" in told.value for told in page.caption)


def test_photos_of_ones_own_are_shown_to_both(tmp_path: Path) -> None:
    keep(SPEC.with_(num_classes=3), ("daisy", "rose", "tulip"))
    for number in range(4):
        file = tmp_path / "mine" / "ab"[number % 2] / f"{number}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (40, 40), (60 * number, 90, 200 - 50 * number)).save(file)
    files = sorted((tmp_path / "mine").rglob("*.png"))
    dataset = keep_files((str(file.relative_to(tmp_path)), file.read_bytes) for file in files)
    weights = find("bundled")
    chain = ablations.WHOLE.with_skipped(1).chain(4)
    photos = dataset_photos(weights, dataset)
    found = final_answer(tally(for_evaluation(load(weights)), photos, [chain]))
    page = opened("wire", cw_cut="s1.1", cw_on=dataset.key)
    assert f"Same answer as uncut, 4 photos: 100.0% → {found.scores[0]:.1%}" in scores(page)
    assert page.query_params["cw_on"] == dataset.key


@pytest.mark.slow
@pytest.mark.parametrize(
    "changes",
    [
        {"shortcut": "none"},
        {"activation": "pre", "in_channels": 1},
        {"norm": "none", "conv_bias": True, "shortcut": "zero_pad"},
    ],
)
def test_other_networks_are_cut_too(changes: dict[str, object]) -> None:
    keep(SPEC.with_(**changes))
    for view in ("sweep", "hand", "drops", "paths"):
        link = {"cw_cut": "s1.1"} if view == "hand" else {}
        page = opened("wire", cw_view=view, cw_draws="1", **link)
        assert not page.error
        assert not any("link" in each.value for each in page.warning)
    if changes.get("shortcut") == "none":
        assert "one path, through all of its 4 blocks" in words(page)


def test_without_a_network_the_page_says_so() -> None:
    bundled.FILE.unlink()
    st.cache_resource.clear()
    assert "No trained network is on this machine" in opened("wire").error[0].value


@pytest.mark.slow
def test_the_notebook_finds_the_pages_numbers() -> None:
    blocks = find("bundled").plan.blocks
    names = run(NOTEBOOK, ["counterpart"], key="bundled", ablation="c1.0,s2.1", draws=2, seed=3)
    assert (
        list(names["sweep"].scores.values()) == counted(list(ablations.each_skipped(blocks).values())).scores
    )
    ablation = ablations.read("c1.0,s2.1", blocks)
    assert names["score"] == counted([ablation.chain(4)]).scores[0]
    assert names["drops"].rows == [counted(row).scores for row in ablations.random_rows(blocks, 2, 3)]
    assert names["gradients"].norms.shape == (5, 2)
