"""Cut the wire: a guess first, then what the library counts; what is cut stands in the link."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
import torch
from streamlit.testing.v1 import AppTest

from resnet_explorer import ResNetSpec, build
from resnet_explorer.cam import evidence
from resnet_explorer.evaluation import for_evaluation
from resnet_explorer.labs import lesions as module
from resnet_explorer.labs import wiring
from resnet_explorer.labs.lesions import Tally, rewired, tally
from resnet_explorer.labs.measured import photos_of
from resnet_explorer.labs.paths import measured_flow
from resnet_explorer.labs.wire_notebook import wire_notebook
from resnet_explorer.labs.wire_reading import drops_reading, sweep_reading
from resnet_explorer.labs.wire_sweep import drops_of, sweep_of
from resnet_explorer.predictor import preprocess
from resnet_explorer.samples import open_sample
from resnet_explorer.stage_pass import stage_pass
from resnet_explorer.training.paper_recipe import KINDS, network
from resnet_explorer.ui.slow_work import slow_work
from resnet_explorer.weights import Preprocessing, available, bundled, export_bundled, find, load
from tests.notebooks import run
from tests.pages.opened import opened

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
SEEN = Preprocessing(32, 32, (0.49, 0.48, 0.45), (0.25, 0.24, 0.26))
SPEC = ResNetSpec("basic", (2, 2), width=8, stem="cifar", num_classes=10)
GUESSED = {"cw_guess": "depends"}


def keep(spec: ResNetSpec = SPEC, classes: tuple[str, ...] = CLASSES) -> None:
    torch.manual_seed(8)
    model = build(spec).eval()
    with torch.no_grad():
        model.fc.weight *= 20
    export_bundled(model, classes, SEEN, bundled.FILE, {"label": "A network for tests"})
    st.cache_resource.clear()


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A bundled network of random weights, and nothing outside the test's folder."""
    monkeypatch.setattr(bundled, "FILE", tmp_path / "usual.safetensors")
    monkeypatch.setattr(bundled, "STUDY", tmp_path / "study")
    monkeypatch.setenv("RESNET_EXPLORER_HOME", str(tmp_path / "home"))
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
        export_bundled(model, CLASSES, seen, path, {"label": f"{kind.capitalize()} {depth} · a test"})


def counted(chains: list[wiring.Wiring], count: int = 200, key: str = "bundled") -> Tally:
    weights = find(key)
    *_, last = tally(for_evaluation(load(weights)), photos_of(weights, count), chains)
    assert last.answer is not None
    return last.answer


def words(page: AppTest) -> list[str]:
    return [each.value for each in page.markdown]


def charts(page: AppTest) -> list[dict[str, object]]:
    return [json.loads(chart.proto.spec) for chart in page.get("plotly_chart")]


def test_nothing_is_counted_before_a_guess() -> None:
    page = opened("wire")
    assert "### Take one of its 4 blocks out: how many answers are still right?" in words(page)
    assert not charts(page)
    assert "_cw_sweep" not in page.session_state
    page.segmented_control(key="cw_guess").set_value("most").run()
    assert len(charts(page)) == 1
    assert page.query_params["cw_guess"] == "most"


def test_the_sweep_is_the_librarys() -> None:
    blocks = find("bundled").plan.blocks
    chains = wiring.each_skipped(blocks)
    found = counted(list(chains.values()))
    page = opened("wire", **GUESSED)
    reading = sweep_reading(sweep_of("", blocks, chains, found))
    assert any(reading in each.value for each in (*page.success, *page.warning))
    (chart,) = charts(page)
    (bars,) = chart["data"]  # type: ignore[misc]
    assert bars["x"] == ["1.0", "1.1", "2.0", "2.1"]

    page.segmented_control(key="cw_kind").set_value("cut").run()
    cut = counted(list(wiring.each_cut(blocks).values()))
    assert f": {max(cut.scores):.1%} without that of" in page.warning[0].value
    assert page.query_params["cw_kind"] == "cut"


def test_a_plain_network_stands_beside() -> None:
    keep_study()
    sweeps = []
    for key in ("study/residual-20", "study/plain-20"):
        blocks = find(key).plan.blocks
        chains = wiring.each_skipped(blocks)
        found = counted(list(chains.values()), key=key)
        sweeps.append(sweep_of(find(key).label, blocks, chains, found))
    residual, plain = sweeps
    assert list(residual.scores) == list(range(9))
    assert list(plain.scores) == [0, 1, 2, 4, 5, 7, 8]  # 2.0 and 3.0 change the shape

    page = opened("wire", **GUESSED, cw_net="study/residual-20")
    (said,) = (each.value for each in (*page.success, *page.warning))
    assert sweep_reading(residual) in said
    assert f"Plain 20 · a test: {sweep_reading(plain)}" in said
    assert any("they differ in the shortcuts alone" in each.value for each in page.caption)
    (chart,) = charts(page)
    first, second = chart["data"]  # type: ignore[misc]
    assert (first["name"], second["name"]) == ("Residual 20 · a test", "Plain 20 · a test")
    assert [place for place, text in enumerate(second["text"]) if text == "✕"] == [3, 6]

    page.toggle(key="cw_twin").set_value(False).run()
    assert page.query_params["cw_twin"] == "0"
    (chart,) = charts(page)
    assert len(chart["data"]) == 1  # type: ignore[arg-type]

    page = opened("wire", **GUESSED, cw_net="study/plain-20", cw_view="drops", cw_draws="1")
    found_drops = [
        drops_of(
            find(key).label,
            find(key).plan.blocks,
            [counted(row, key=key) for row in wiring.random_rows(find(key).plan.blocks, 1, 0)],
        )
        for key in ("study/plain-20", "study/residual-20")
    ]
    assert page.info[0].value == "  \n".join(drops_reading(each, "error") for each in found_drops)
    assert [len(each.rows) for each in found_drops] == [7, 9]

    names = run(wire_notebook("study/residual-20", 200, "", draws=1, seed=0, other="study/plain-20"))
    assert names["sweep"].scores == residual.scores
    assert names["other_sweep"].scores == plain.scores
    assert names["other_drops"].rows == found_drops[0].rows


def test_a_sweep_that_was_stopped_tells_of_what_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first network's sweep is done, the other's is not begun: one is drawn, and one is named."""
    keep_study()
    stopped = slow_work

    def only_the_first(key: str, *rest: object) -> tuple[object, bool]:
        return (None, False) if key == "_cw_twin_sweep" else stopped(key, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("resnet_explorer.ui.lab_wire_sweeps.slow_work", only_the_first)
    page = opened("wire", **GUESSED, cw_net="study/residual-20")
    assert len(charts(page)[0]["data"]) == 1  # type: ignore[arg-type]
    (told,) = (each.value for each in page.caption if "▼" in each.value)
    assert told.startswith("Residual 20 · a test, 200 photos. ▼")


def test_a_network_that_only_guesses_has_nothing_to_lose() -> None:
    blocks = find("bundled").plan.blocks
    assert counted(list(wiring.each_skipped(blocks).values())).whole < 0.15  # random weights, 10 classes
    page = opened("wire", **GUESSED)
    assert "Whole, it does hardly better than guessing: it has nothing to lose." in page.warning[0].value


def test_a_click_from_few_blocks_to_many() -> None:
    keep_study(56)
    page = opened("wire", **GUESSED)
    page.button(key="cw_deeper").click().run()
    assert page.query_params["cw_net"] == "study/residual-56"
    assert "### Take one of its 27 blocks out: how many answers are still right?" in words(page)
    assert [len(trace["x"]) for trace in charts(page)[0]["data"]] == [27, 27]  # type: ignore[attr-defined]


def test_the_studys_networks_are_on_this_page_alone() -> None:
    keep_study()
    labels = opened("wire").selectbox(key="cw_net").options
    assert labels == ["A network for tests", "Plain 20 · a test", "Residual 20 · a test"]
    assert not any("Residual 20" in entry.label for entry in available())


def test_a_network_of_other_blocks_stands_alone() -> None:
    keep_study()
    page = opened("wire", **GUESSED, cw_net="bundled")
    assert not page.toggle
    assert len(charts(page)[0]["data"]) == 1  # type: ignore[arg-type]


def test_by_hand_from_the_link_and_mended() -> None:
    weights = find("bundled")
    blocks = weights.plan.blocks
    lesions = wiring.read("c1.0,s2.1,x1.0-1.1", blocks)
    found = counted([lesions.wiring(4)], 500)
    link = {"cw_view": "hand", "cw_cut": "c1.0,s2.1,x1.0-1.1", "cw_photos": "500"}
    page = opened("wire", **GUESSED, **link)
    assert not page.warning
    said = f"### Accuracy on 500 photos: **{found.whole:.1%} → {found.scores[0]:.1%}**"
    assert said in words(page)

    model = for_evaluation(load(weights))
    tensor, _ = preprocess(open_sample("coffee"), SEEN)
    before = stage_pass(model, tensor, [2])
    after = stage_pass(rewired(model, lesions.wiring(4)), tensor, [2], before.target)
    pair = page.session_state["_cw_pair"][1]
    assert torch.allclose(pair.after.prediction.logits, after.prediction.logits, atol=1e-5)
    assert torch.allclose(pair.maps[1].map, evidence(after.outputs[0]).map, atol=1e-6)
    assert pair.before.target == pair.after.target == before.target
    peak = max(evidence(each.outputs[0]).peak for each in (before, after))
    assert any(f"<span>{peak:.3g}</span>" in each.proto.body for each in page.get("html"))

    page.button(key="cw_mend").click().run()
    assert "cw_cut" not in page.query_params
    assert "Nothing is cut yet" in page.info[0].value


def test_what_cannot_be_cut_is_told() -> None:
    page = opened("wire", **GUESSED, cw_view="hand", cw_cut="x1.0-2.1")
    assert "1.0, 2.1 cannot change places" in page.warning[0].value
    assert not page.error


def test_several_at_random() -> None:
    rows = wiring.random_rows(find("bundled").plan.blocks, 3, 9)
    page = opened("wire", **GUESSED, cw_view="drops", cw_draws="3", cw_seed="9")
    found = page.session_state["_cw_drops"][1].step.answer
    assert [row.scores for row in found] == [counted(row).scores for row in rows]
    assert len(charts(page)) == 1


def test_paths_and_their_gradients() -> None:
    weights = find("bundled")
    *_, last = measured_flow(for_evaluation(load(weights)), photos_of(weights, 200), 2, 4)
    assert last.answer is not None
    page = opened("wire", **GUESSED, cw_view="paths", cw_draws="2", cw_seed="4")
    assert "4 blocks are 16 paths" in [each.value for each in page.subheader]
    _, flow = charts(page)
    found = page.session_state["_cw_flow"][1].step.answer
    assert found.means == pytest.approx(last.answer.means, rel=1e-4)
    assert len(flow["data"]) == 3  # type: ignore[arg-type]


def test_a_rerun_counts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened("wire", **GUESSED)
    before = charts(page)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked again")

    monkeypatch.setattr(module, "answers", refuse)
    monkeypatch.setattr(module, "run_block", refuse)
    page.segmented_control(key="cw_guess").set_value("little").run()
    assert not page.exception
    assert charts(page) == before


def test_other_classes_are_held_against_the_whole_network() -> None:
    keep(SPEC.with_(num_classes=3), ("daisy", "rose", "tulip"))
    page = opened("wire", **GUESSED, cw_view="hand", cw_cut="s1.1")
    assert "### Take one of its 4 blocks out: how many answers stay the same?" in words(page)
    found = counted([wiring.WHOLE.with_skipped(1).wiring(4)])
    assert found.right is None
    assert found.photos == 30
    said = f"### Same answer as the whole network on 30 photos: **100.0% → {found.scores[0]:.1%}**"
    assert said in words(page)


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
        page = opened("wire", **GUESSED, cw_view=view, cw_draws="1", **link)
        assert not page.error
        assert not any("link" in each.value for each in page.warning)
    if changes.get("shortcut") == "none":
        assert "one path, through all of its 4 blocks" in page.info[0].value


def test_without_a_network_the_page_says_so() -> None:
    bundled.FILE.unlink()
    st.cache_resource.clear()
    assert "No trained network is on this machine" in opened("wire").error[0].value


def test_the_notebook_finds_the_pages_numbers() -> None:
    blocks = find("bundled").plan.blocks
    names = run(wire_notebook("bundled", 200, "c1.0,s2.1", draws=2, seed=3))
    assert list(names["sweep"].scores.values()) == counted(list(wiring.each_skipped(blocks).values())).scores
    lesions = wiring.read("c1.0,s2.1", blocks)
    assert names["by_hand"] == counted([lesions.wiring(4)]).scores[0]
    assert names["drops"].rows == [counted(row).scores for row in wiring.random_rows(blocks, 2, 3)]
    assert names["flow"].norms.shape == (5, 2)
