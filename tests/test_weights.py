"""Trained networks: what goes into a file comes out of it, and nothing in a file ever runs."""

from __future__ import annotations

import hashlib
import io
import json
import pickle
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
import torchvision
from torch import Tensor

from resnet_explorer.module import ResNet, build
from resnet_explorer.photos.tile import SIDE
from resnet_explorer.spec import TORCHVISION_NAMES, ResNetSpec, preset
from resnet_explorer.weights import (
    Preprocessing,
    available,
    bundled,
    export_bundled,
    find,
    load,
    own,
    reader,
    tensors,
)
from resnet_explorer.weights import checkpoint as checkpoints
from resnet_explorer.weights.catalogue import versions
from resnet_explorer.weights.checkpoint import json_classes, read_checkpoint
from resnet_explorer.weights.download import file_name
from resnet_explorer.weights.imagenet import address, categories
from resnet_explorer.weights.imagenet import load as load_imagenet
from resnet_explorer.weights.imagenet_files import cache_folder, file_of
from tests.http_server import LocalServer, complete, cut_off, local_server

ROOT = Path(__file__).resolve().parent.parent
SMALL = ResNetSpec("basic", (1, 1), width=4, stem="cifar", num_classes=3)
THREE = ("cat", "dog", "fox")
SQUARE = Preprocessing(36, 32, (0.1, 0.2, 0.3), (0.4, 0.5, 0.6), "bicubic")


@pytest.fixture
def model() -> ResNet:
    """A small network whose norms have seen something."""
    torch.manual_seed(0)
    network = build(SMALL)
    network(torch.randn(8, 3, 32, 32))
    return network.eval()


@pytest.fixture
def photos() -> Tensor:
    return torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place for networks of one's own that is this test's."""
    monkeypatch.setenv("RESNET_EXPLORER_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "weights"


def saved(content: object) -> bytes:
    file = io.BytesIO()
    torch.save(content, file)
    return file.getvalue()


class TestBundled:
    def test_what_is_exported_comes_back(self, model: ResNet, photos: Tensor, tmp_path: Path) -> None:
        path = tmp_path / "deep" / "net.safetensors"
        more = {"label": "three animals", "test accuracy": "91.3 %"}
        exported = export_bundled(model, THREE, SQUARE, path, more)
        assert bundled.describe(path) == exported
        assert (exported.spec, exported.classes, exported.preprocessing) == (SMALL, THREE, SQUARE)
        assert (exported.key, exported.label, exported.source) == ("bundled", "three animals", "bundled")
        again = bundled.load(path)
        assert not again.training
        assert not any(parameter.requires_grad for parameter in again.parameters())
        assert {value.dtype for value in again.parameters()} == {torch.float32}
        # float16 keeps 11 bits: a relative 2⁻¹¹ a weight, and its logits stay as near.
        torch.testing.assert_close(again(photos), model(photos), rtol=5e-3, atol=5e-3)
        assert [file.name for file in path.parent.iterdir()] == ["net.safetensors"]

    def test_kernels_take_two_bytes_and_norms_four(self, model: ResNet, tmp_path: Path) -> None:
        export_bundled(model, THREE, SQUARE, tmp_path / "net.safetensors")
        stored = safetensors.torch.load_file(tmp_path / "net.safetensors")
        assert {t.dtype for t in stored.values() if t.ndim > 1} == {torch.float16}
        assert {t.dtype for t in stored.values() if t.ndim == 1} == {torch.float32}
        for name, value in stored.items():
            if value.ndim == 1:
                assert torch.equal(value, model.state_dict()[name]), name

    def test_a_value_too_large_for_float16_is_refused(self, model: ResNet, tmp_path: Path) -> None:
        with torch.no_grad():
            model.fc.weight[0, 0] = 70_000
        with pytest.raises(ValueError, match=r"fc\.weight holds values that float16 cannot"):
            export_bundled(model, THREE, SQUARE, tmp_path / "net.safetensors")
        assert not list(tmp_path.iterdir())

    def test_classes_must_fit(self, model: ResNet, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="names 2 classes for 3 outputs"):
            export_bundled(model, ("cat", "dog"), SQUARE, tmp_path / "net.safetensors")

    def test_a_missing_file_is_told_and_left_out_of_the_list(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(bundled, "FILE", tmp_path / "usual.safetensors")
        assert "bundled" not in {entry.key for entry in available()}
        with pytest.raises(ValueError, match=r"missing: there is no file usual\.safetensors in "):
            find("bundled")

    def test_other_files_in_its_folder_are_bundled_too(
        self, model: ResNet, photos: Tensor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Path
    ) -> None:
        monkeypatch.setattr(bundled, "FILE", tmp_path / "usual.safetensors")
        export_bundled(model, THREE, SQUARE, bundled.FILE, {"label": "the usual"})
        wider = build(SMALL.with_(width=16)).eval()
        export_bundled(wider, THREE, SQUARE, tmp_path / "another.safetensors", {"label": "another"})
        (tmp_path / "broken.safetensors").write_bytes(b"no such file")
        listed = [(entry.key, entry.label) for entry in available() if entry.source == "bundled"]
        assert listed == [("bundled", "the usual"), ("bundled/another", "another")]
        found = find("bundled/another")
        assert (found.key, found.spec.width, found.source) == ("bundled/another", 16, "bundled")
        torch.testing.assert_close(load(found)(photos), wider(photos), rtol=5e-3, atol=5e-3)
        assert find("bundled").spec == SMALL
        with pytest.raises(ValueError, match=r"broken\.safetensors is no safetensors file"):
            find("bundled/broken")
        bundled.FILE.unlink()
        assert next(iter(available())).key == "bundled/another"

    def test_a_file_that_was_written_anew_is_read_anew(
        self, model: ResNet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(bundled, "FILE", tmp_path / "usual.safetensors")
        for label in ("the first", "the other"):
            export_bundled(model, THREE, SQUARE, bundled.FILE, {"label": label})
            assert find("bundled").label == label
            assert find("bundled") is find("bundled"), "not read again"

    @pytest.mark.parametrize(
        "name",
        [
            *("bundled/nothing", "bundled/../resnet18", "bundled/", "bundled/resnet18", "study/./plain-20"),
            *("study/../../bundled/resnet18", "study//etc/passwd", "study/plain-20\0", "study/"),
        ],
    )
    def test_no_bundled_network_of_that_name(self, name: str) -> None:
        with pytest.raises(ValueError, match="no trained network; there are bundled, "):
            find(name)
        with pytest.raises(ValueError, match="is no bundled network; there are bundled"):
            bundled.path_of(name)

    def test_a_damaged_file_is_told(self, model: ResNet, tmp_path: Path) -> None:
        path = tmp_path / "net.safetensors"
        export_bundled(model, THREE, SQUARE, path)
        path.write_bytes(path.read_bytes()[:-100])
        with pytest.raises(ValueError, match=r"net\.safetensors cannot be read"):
            bundled.load(path)
        path.write_bytes(b"no such file")
        with pytest.raises(ValueError, match=r"net\.safetensors is no safetensors file"):
            bundled.describe(path)

    def test_text_from_a_file_is_printable(self, model: ResNet, tmp_path: Path) -> None:
        path = tmp_path / "net.safetensors"
        classes = ("\x1b[31mcat\n", "d" * 900, "fox")
        found = export_bundled(model, classes, SQUARE, path, {"label": "two\nlines"})
        assert found.classes == ("[31mcat", "d" * 200, "fox")
        assert found.label == "twolines"

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"spec": "resnet19"}, "no preset"),
            ({"classes": "[" * 100_000}, "nested too deeply"),
            ({"classes": "7"}, "not iterable"),
            ({"preprocessing": "{}"}, "'mean'"),
            (
                {"preprocessing": '{"resize": 32, "crop": 64, "mean": [0, 0, 0], "std": [1, 1, 1]}'},
                "crop ≤ resize",
            ),
            ({"preprocessing": '{"resize": 32, "crop": 32, "mean": [0, 0, NaN], "std": [1, 1, 1]}'}, "needs"),
        ],
    )
    def test_metadata_that_make_no_sense(
        self, model: ResNet, tmp_path: Path, change: dict[str, str], words: str
    ) -> None:
        with pytest.raises(ValueError, match=f"does not describe a trained network: .*{words}"):
            export_bundled(model, THREE, SQUARE, tmp_path / "net.safetensors", change)
        assert not list(tmp_path.iterdir())

    def test_the_real_file(self) -> None:
        assert bundled.FILE.stat().st_size <= 24_000_000
        weights, model = find("bundled"), load(find("bundled"))
        assert weights.spec == preset("resnet18").with_(num_classes=184)
        assert weights.plan.params == sum(each.numel() for each in model.parameters()) == 11_270_904
        assert len(set(weights.classes)) == 184
        assert {"tench", "tabby cat", "espresso"} < set(weights.classes)
        assert (weights.preprocessing.crop, weights.preprocessing.tile) == (128, SIDE)
        assert weights.calibration is not None
        assert sum(each.count for each in weights.calibration.bins) == 6_775, "half of the test photos"
        assert weights.calibration.expected_error < 0.02
        (dog,) = (kind for kind in weights.kinds if kind.name == "dog")
        assert {"Chihuahua", "golden retriever", "dalmatian"} < {weights.classes[i] for i in dog.members}
        assert available()[0] == weights.entry
        theirs = torchvision.models.resnet18(num_classes=184).eval()
        theirs.load_state_dict(model.state_dict())
        photo = torch.randn(1, 3, 224, 224, generator=torch.Generator().manual_seed(1))
        with torch.inference_mode():
            torch.testing.assert_close(model(photo), theirs(photo), rtol=1e-4, atol=1e-4)


class TestImageNet:
    def test_versions_are_torchvisions(self) -> None:
        for name in TORCHVISION_NAMES:
            published = torchvision.models.get_model_weights(name)
            assert set(versions(name)) == {version.name for version in published}
            assert published[versions(name)[0]] == published.DEFAULT, "the default comes first"

    @pytest.mark.parametrize(
        "entry", [e for e in available() if e.source == "torchvision"], ids=lambda e: e.key
    )
    def test_everything_is_read_from_torchvision(self, entry: Any) -> None:
        weights = find(entry.key)
        published = torchvision.models.get_model_weights(entry.key.split("/")[1])[entry.key.split("/")[2]]
        transforms = published.transforms()
        assert weights.entry == entry
        assert list(weights.classes) == published.meta["categories"]
        assert [weights.preprocessing.crop] == transforms.crop_size
        assert [weights.preprocessing.resize] == transforms.resize_size
        assert list(weights.preprocessing.mean) == transforms.mean
        assert weights.preprocessing.interpolation == transforms.interpolation.value == "bilinear"
        assert address(entry.key) == published.url
        file = file_of(entry.key)
        assert (file.name, file.megabytes) == (file_name(published.url), published.meta["_file_size"])

    @pytest.mark.parametrize("moved", ["TORCH_HOME", "XDG_CACHE_HOME", None])
    def test_the_cache_lies_where_torch_says(
        self, moved: str | None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("TORCH_HOME", "XDG_CACHE_HOME"):
            monkeypatch.delenv(name, raising=False)
        if moved:
            monkeypatch.setenv(moved, "~/moved")
        assert cache_folder() == Path(torch.hub.get_dir()) / "checkpoints"

    def test_a_name_alone_means_the_best(self) -> None:
        assert find("resnet50").key == "torchvision/resnet50/IMAGENET1K_V2"
        assert find("resnet50").preprocessing.resize == 232
        assert find("resnet50/IMAGENET1K_V1").preprocessing.resize == 256
        assert find("resnet18").label == "ResNet-18 · ImageNet V1"

    @pytest.mark.parametrize("name", ["resnet19", "resnet18/IMAGENET1K_V2", "torchvision/", "", "../x"])
    def test_a_wrong_name_says_what_there_is(self, name: str) -> None:
        with pytest.raises(ValueError, match=r"no trained network; there are bundled, .*resnet18, resnet34"):
            find(name)

    @pytest.fixture
    def server(self) -> Iterator[LocalServer]:
        with local_server() as running:
            yield running

    def test_from_an_address_to_the_same_logits(
        self, server: LocalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TORCH_HOME", str(tmp_path))
        torch.manual_seed(0)
        theirs = torchvision.models.resnet18().eval()
        content = saved(theirs.state_dict())
        name = f"resnet18-{hashlib.sha256(content).hexdigest()[:8]}.pth"
        url = server.serve(name, cut_off(content, 1_000_000))
        key = "torchvision/resnet18/IMAGENET1K_V1"
        with pytest.raises(ValueError, match="broke off after 1,000,000 of"):
            load_imagenet(key, url=url)
        assert not list((tmp_path / "hub" / "checkpoints").iterdir())
        server.serve(name, complete(content))
        ours = load_imagenet(key, url=url)
        assert cache_folder() == tmp_path / "hub" / "checkpoints"
        assert [file.name for file in cache_folder().iterdir()] == [name]
        photo = torch.randn(1, 3, 64, 64)
        assert torch.equal(ours(photo), theirs(photo))
        assert torch.equal(load_imagenet(key, url=url)(photo), theirs(photo))
        assert server.asked == [f"/{name}"] * 2, "the third time it comes from the cache"

    def test_another_network_under_a_right_hash_is_told(
        self, server: LocalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TORCH_HOME", str(tmp_path))
        content = saved(build(SMALL).state_dict())
        name = f"resnet18-{hashlib.sha256(content).hexdigest()[:8]}.pth"
        with pytest.raises(ValueError, match="do not fit the network"):
            load_imagenet("torchvision/resnet18/IMAGENET1K_V1", url=server.serve(name, complete(content)))


def with_prefix(prefix: str) -> Callable[[dict[str, Tensor]], dict[str, Any]]:
    return lambda state: {prefix + name: value for name, value in state.items()}


WRAPPINGS: dict[str, Callable[[dict[str, Tensor]], dict[str, Any]]] = {
    "bare": dict,
    "state_dict": lambda state: {"state_dict": state, "epoch": 3, "best": 0.5},
    "model": lambda state: {"model": state, "optimizer": {"state": {}, "param_groups": []}},
    "model_state_dict": lambda state: {"model_state_dict": state, "loss": torch.tensor(0.5)},
    "DataParallel": with_prefix("module."),
    "Lightning": lambda state: {"state_dict": with_prefix("model.")(state), "hyper_parameters": {"lr": 0.1}},
    "backbone": with_prefix("backbone."),
    "two prefixes": with_prefix("module.backbone."),
    "compiled": with_prefix("_orig_mod."),
    "EMA": lambda state: {
        "model": {name: value * 0 for name, value in state.items()},
        "model_ema": {"n_averaged": torch.tensor(9), **with_prefix("module.")(state)},
    },
    "this library's run": lambda state: {
        "epoch": 1,
        "model": {name: value * 0 for name, value in state.items()},
        "average": state,
        "optimizer": {"state": {}},
    },
    "kuangliu's pytorch-cifar": lambda state: {
        "net": {
            "module." + name.replace("fc.", "linear.").replace(".downsample.", ".shortcut."): value
            for name, value in state.items()
        },
        "acc": 95.1,
        "epoch": 199,
    },
    "double": lambda state: {name: v.double() for name, v in state.items()},
}


class TestYourOwn:
    @pytest.mark.parametrize("wrapping", WRAPPINGS)
    def test_what_people_save_is_unwrapped(self, model: ResNet, photos: Tensor, wrapping: str) -> None:
        content = saved(WRAPPINGS[wrapping](dict(model.state_dict())))
        found = read_checkpoint(content, "net.pth")
        assert found.weights.spec == SMALL
        assert found.weights.classes == ("class 0", "class 1", "class 2")
        assert found.weights.key == "yours/" + hashlib.sha256(content).hexdigest()[:12]
        assert torch.equal(found.network()(photos), model(photos))
        assert any("average" in note for note in found.weights.notes) == (
            wrapping in ("EMA", "this library's run")
        )

    def test_old_formats(self, model: ResNet, photos: Tensor, tmp_path: Path) -> None:
        torch.save(model.state_dict(), tmp_path / "old.pth", _use_new_zipfile_serialization=False)
        safetensors.torch.save_file(model.state_dict(), tmp_path / "net.safetensors")
        for name in ("old.pth", "net.safetensors"):
            found = read_checkpoint(tmp_path / name)
            assert found.weights.label == name
            assert torch.equal(found.network()(photos), model(photos))

    def test_torchvision_networks_are_recognised_and_named(self) -> None:
        found = read_checkpoint(saved(torchvision.models.resnet18().state_dict()), "r18.pth")
        assert found.weights.spec == preset("resnet18")
        assert found.weights.classes == categories()
        assert found.weights.classes[207] == "golden retriever"
        assert any("ImageNet's class names are assumed" in note for note in found.weights.notes)
        assert (found.weights.preprocessing.resize, found.weights.preprocessing.crop) == (256, 224)

    @pytest.mark.parametrize(
        "names",
        [
            {"classes": list(THREE)},
            {"idx_to_class": {0: "cat", 1: "dog", 2: "fox"}},
            {"class_to_idx": {"dog": 1, "cat": 0, "fox": 2}},
        ],
    )
    def test_class_names_saved_beside_the_values(self, model: ResNet, names: dict[str, Any]) -> None:
        assert read_checkpoint(saved({"model": model.state_dict(), **names})).weights.classes == THREE

    def test_class_names_in_a_file_of_their_own(self, model: ResNet) -> None:
        content = saved(model.state_dict())
        named = read_checkpoint(content, class_indices='{"2": "fox", "0": "cat", "1": "dog"}')
        assert named.weights.classes == THREE
        with pytest.raises(ValueError, match="2 classes are named, and the network has 3 outputs"):
            read_checkpoint(content, class_indices='["cat", "dog"]')

    @pytest.mark.parametrize("text", ["", "no", "3", '{"0": "a", "2": "b"}', '{"a": "b"}', b"\xff\xfe"])
    def test_class_names_that_are_none(self, text: str | bytes) -> None:
        with pytest.raises(ValueError, match="The class names are no JSON like"):
            json_classes(text)

    def test_an_exported_file_says_all_of_itself(self, model: ResNet, photos: Tensor, tmp_path: Path) -> None:
        path = tmp_path / "net.safetensors"
        export_bundled(model, THREE, SQUARE, path, {"label": "animals"})
        found = read_checkpoint(path)
        assert (found.weights.classes, found.weights.preprocessing) == (THREE, SQUARE)
        assert found.weights.label == "animals"
        torch.testing.assert_close(found.network()(photos), model(photos), rtol=5e-3, atol=5e-3)

    def test_kept_found_loaded_and_forgotten(self, model: ResNet, photos: Tensor, home: Path) -> None:
        weights = own.keep(read_checkpoint(saved(model.state_dict()), "mine.pth", json.dumps(THREE)))
        assert [entry.label for entry in available() if entry.source == "yours"] == ["mine.pth"]
        assert find(weights.key) == weights
        assert torch.equal(load(weights)(photos), model(photos))
        (home / "notes.safetensors").write_text("not one")
        assert own.kept() == [weights]
        own.forget(weights.key)
        with pytest.raises(ValueError, match="is not kept here"):
            find(weights.key)

    def test_two_files_of_one_name_have_two_labels(self, model: ResNet, home: Path) -> None:
        first, again = (
            own.keep(read_checkpoint(saved({"model": model.state_dict(), "epoch": n}), "net.pth"))
            for n in (1, 2)
        )
        assert first.label == "net.pth"
        assert again.label == f"net.pth ({again.key[6:12]})"
        assert {entry.label for entry in available() if entry.source == "yours"} == {first.label, again.label}

    @pytest.mark.parametrize("key", ["yours/../../x", "yours/", "yours/abc", "yours//etc/passwd"])
    def test_a_key_never_leads_out_of_the_folder(self, home: Path, key: str) -> None:
        with pytest.raises(ValueError, match="is no key"):
            find(key)

    def test_a_folder_that_cannot_be_written(
        self, model: ResNet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "file").touch()
        monkeypatch.setenv("RESNET_EXPLORER_HOME", str(tmp_path / "file"))
        with pytest.raises(ValueError, match="could not be written"):
            own.keep(read_checkpoint(saved(model.state_dict())))

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
    def test_a_full_disk(self, model: ResNet, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tensors, "whole_or_nothing", lambda _: nullcontext(Path("/dev/full")))
        with pytest.raises(ValueError, match=r"could not be written into .*: No space left on device\.$"):
            own.keep(read_checkpoint(saved(model.state_dict())))
        assert own.kept() == []


class Payload:
    """A pickle that writes a file when it is opened."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.write_text, (self.trace, "it ran")


class TestHostileFiles:
    def test_a_pickle_that_would_run_code_is_refused_and_never_runs(self, tmp_path: Path) -> None:
        trace = tmp_path / "trace"
        pickle.loads(pickle.dumps(Payload(trace)))
        assert trace.read_text() == "it ran", "the payload is live"
        trace.unlink()
        hostile = [
            saved({"conv1.weight": Payload(trace)}),
            saved({"model": build(SMALL).state_dict(), "note": Payload(trace)}),
            pickle.dumps({"conv1.weight": Payload(trace)}, protocol=2),
        ]
        for content in hostile:
            with pytest.raises(
                ValueError, match=r"^bad\.pth holds more than tensors .*; save the tensors alone"
            ):
                read_checkpoint(content, "bad.pth")
        assert not trace.exists()

    def test_a_whole_model_is_refused_with_the_way_out(self) -> None:
        with pytest.raises(ValueError, match=r"torch\.save\(model\.state_dict\(\), path\)"):
            read_checkpoint(saved(torchvision.models.resnet18()), "whole.pth")

    @pytest.mark.parametrize(
        "content", [b"", b"\x80", b"PK\x03\x04", b"hello" * 99, b"\x10\0\0\0\0\0\0\0{", b"\xff" * 8 + b"{}"]
    )
    def test_what_is_no_checkpoint(self, content: bytes) -> None:
        with pytest.raises(ValueError, match=r"^net\.pth is damaged"):
            read_checkpoint(content, "net.pth")

    @pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.999])
    @pytest.mark.parametrize("form", ["zip", "legacy", "safetensors"])
    def test_a_file_that_is_cut_off(self, model: ResNet, tmp_path: Path, part: float, form: str) -> None:
        path = tmp_path / "net.pth"
        if form == "safetensors":
            safetensors.torch.save_file(model.state_dict(), path)
        else:
            torch.save(model.state_dict(), path, _use_new_zipfile_serialization=form == "zip")
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * part)])
        with pytest.raises(ValueError, match=r"^net\.pth is damaged"):
            read_checkpoint(path)

    def test_too_large_is_refused_before_it_is_read(self, tmp_path: Path) -> None:
        path = tmp_path / "huge.pth"
        with path.open("wb") as file:
            file.truncate(reader.MAX_BYTES + 1)
        with pytest.raises(ValueError, match=r"huge\.pth has 536,870,913 bytes; up to 536,870,912 are read"):
            read_checkpoint(path)

    def test_the_app_takes_uploads_as_large(self) -> None:
        config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
        assert config["server"]["maxUploadSize"] * 2**20 == reader.MAX_BYTES

    def test_a_bomb_is_refused_unopened(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(reader, "MAX_BYTES", 5_000_000)
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("x/data/0", bytes(6_000_000))
        assert len(file.getvalue()) < 10_000
        with pytest.raises(ValueError, match="would unpack to 6,000,000 bytes; up to 5,000,000 are read"):
            read_checkpoint(file.getvalue(), "bomb.pth")

    def test_shapes_beyond_the_bytes_are_refused(self) -> None:
        with pytest.raises(ValueError, match="claims 40,000,000,000 bytes"):
            read_checkpoint(saved({"conv1.weight": torch.zeros(1).expand(10**10)}))
        with pytest.raises(ValueError, match="not a plain array"):
            read_checkpoint(saved({"conv1.weight": torch.zeros(2, 2).to_sparse()}))

    def test_a_mapping_that_holds_itself_is_refused(self) -> None:
        endless: dict[str, Any] = {}
        endless["model"] = endless
        with pytest.raises(ValueError, match="nested more than 20 levels deep"):
            read_checkpoint(saved(endless))

    @pytest.mark.parametrize("content", [[1, 2], torch.zeros(3), "text"])
    def test_no_state_dict_in_it(self, content: object) -> None:
        with pytest.raises(ValueError, match="and a state_dict is needed"):
            read_checkpoint(saved(content))

    def test_another_network_is_named_by_its_tensor(self) -> None:
        vgg = {"features.0.weight": torch.zeros(4, 3, 3, 3), "classifier.0.weight": torch.zeros(2, 4)}
        with pytest.raises(ValueError, match=r"^vgg\.pth: .* there is features\.0\.weight\.$"):
            read_checkpoint(saved(vgg), "vgg.pth")

    @pytest.mark.parametrize(
        "content",
        [{}, {"model": {}}, {1: torch.zeros(2)}, {"state_dict": {3: torch.zeros(1)}}, {"a": {"b": {}}}],
    )
    def test_odd_contents_get_a_sentence(self, content: dict[Any, Any]) -> None:
        with pytest.raises(ValueError, match="no residual network"):
            read_checkpoint(saved(content))


def test_the_list_needs_no_torch() -> None:
    code = "import sys, resnet_explorer.weights as w; w.available(); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_unwrapping_keeps_names_that_have_no_common_prefix() -> None:
    state, _ = checkpoints.unwrap({"a.conv1.weight": torch.zeros(1), "b.weight": torch.zeros(1)})
    assert list(state) == ["a.conv1.weight", "b.weight"]
