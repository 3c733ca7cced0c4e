"""torchvision's weights: names, preprocessing and files as torchvision has them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
import torchvision

from resnet_explorer.model.resnet import build
from resnet_explorer.network.spec import TORCHVISION_NAMES
from resnet_explorer.weights.catalogue import available, find, versions
from resnet_explorer.weights.download import file_name
from resnet_explorer.weights.imagenet import address
from resnet_explorer.weights.imagenet import load as load_imagenet
from resnet_explorer.weights.imagenet_files import SERVER, cache_folder, file_of
from tests.http_server import LocalServer, complete, cut_off, local_server
from tests.weights.files import SMALL, saved


def test_versions_are_torchvisions() -> None:
    for name in TORCHVISION_NAMES:
        published = torchvision.models.get_model_weights(name)
        assert set(versions(name)) == {version.name for version in published}
        assert published[versions(name)[0]] == published.DEFAULT, "the default comes first"


@pytest.mark.parametrize("entry", [e for e in available() if e.source == "torchvision"], ids=lambda e: e.key)
def test_everything_is_read_from_torchvision(entry: Any) -> None:
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
    assert published.url.startswith(f"{SERVER}/")
    file = file_of(entry.key)
    assert (file.name, file.megabytes) == (file_name(published.url), published.meta["_file_size"])


@pytest.mark.parametrize("moved", ["TORCH_HOME", "XDG_CACHE_HOME", None])
def test_the_cache_lies_where_torch_says(moved: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TORCH_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    if moved:
        monkeypatch.setenv(moved, "~/moved")
    assert cache_folder() == Path(torch.hub.get_dir()) / "checkpoints"


def test_a_name_alone_means_the_best() -> None:
    assert find("resnet50").key == "torchvision/resnet50/IMAGENET1K_V2"
    assert find("resnet50").preprocessing.resize == 232
    assert find("resnet50/IMAGENET1K_V1").preprocessing.resize == 256
    assert find("resnet18").label == "ResNet-18 · ImageNet V1"


@pytest.mark.parametrize("name", ["resnet19", "resnet18/IMAGENET1K_V2", "torchvision/", "", "../x"])
def test_a_wrong_name_says_what_there_is(name: str) -> None:
    with pytest.raises(ValueError, match=r"no trained network; there are bundled, .*resnet18, resnet34"):
        find(name)


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with local_server() as running:
        yield running


@pytest.mark.slow
def test_from_an_address_to_the_same_logits(
    server: LocalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
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
    server: LocalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    content = saved(build(SMALL).state_dict())
    name = f"resnet18-{hashlib.sha256(content).hexdigest()[:8]}.pth"
    with pytest.raises(ValueError, match="do not fit the network"):
        load_imagenet("torchvision/resnet18/IMAGENET1K_V1", url=server.serve(name, complete(content)))
