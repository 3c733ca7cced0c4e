"""Datasets: kept whole or not at all, found by a key from a link, never a way out of the folder."""

import hashlib
import io
import os
import re
import struct
import tarfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from resnet_explorer.finetune.dataset import flowers, store
from resnet_explorer.finetune.dataset.flowers import fetch_flowers, kept_flowers, tar_photos
from resnet_explorer.finetune.dataset.store import find_dataset, forget_dataset, keep_files, keep_zip
from resnet_explorer.photos.decode import MAX_BYTES
from tests.http_server import LocalServer, complete, cut_off, local_server, status
from tests.photos.files import file_of, scene, zipped

GIVEN = {
    "trip/train/cats/1.png": b"a cat",
    "trip/train/cats/2.png": b"another",
    "trip/train/dogs/1.png": b"a dog",
    "trip/val/dogs/3.png": b"a third",
    "trip/notes.txt": b"dear diary",
}


@pytest.fixture(autouse=True)
def home(temporary_home: Path) -> Path:
    return temporary_home


def zip_of(files: dict[str, bytes]) -> io.BytesIO:
    return io.BytesIO(zipped(files))


def reads(files: dict[str, bytes]) -> list[tuple[str, Callable[[], bytes]]]:
    return [(name, lambda name=name: files[name]) for name in files]


def kept_files(home: Path) -> list[str]:
    return sorted(str(path.relative_to(home)) for path in home.glob("*/**/*") if path.is_file())


def test_a_zip_becomes_a_dataset_and_is_found_again(home: Path) -> None:
    dataset = keep_zip(zip_of(GIVEN), "My trip.ZIP")
    assert dataset.label == "My trip"
    assert store.datasets() == [dataset]
    assert find_dataset(dataset.key) == dataset
    assert dataset.key.startswith("my-trip-")
    assert dataset.key.isascii()
    photos = dataset.photos()
    assert (photos.classes, photos.split) == (("cats", "dogs"), "given")
    assert [(item.name, item.part) for item in photos.items][-1] == ("My trip/trip/val/dogs/3.png", "val")
    assert photos.items[0].read() == b"a cat"
    assert not any(str(home) in item.name for item in photos.items), "names tell nothing of the machine"
    assert kept_files(home) == [f"photos/My trip-{dataset.key[-8:]}.zip"]


def test_the_same_archive_is_kept_once_and_another_of_its_name_is_told_apart() -> None:
    one = keep_zip(zip_of(GIVEN), "trip.zip")
    assert keep_zip(zip_of(GIVEN), "copy of trip.zip") == one
    other = keep_zip(zip_of(GIVEN | {"trip/train/dogs/2.png": b"more"}), "Trip.zip")
    assert other.label == f"Trip ({other.key[-8:-2]})"
    assert [dataset.label for dataset in store.datasets()] == ["trip", other.label]


def test_two_of_one_name_that_come_at_once_are_told_apart() -> None:
    both_are_written = threading.Barrier(2)

    def write(path: Path, content: bytes) -> str:
        path.write_bytes(content)
        both_are_written.wait(60)
        return hashlib.sha256(content).hexdigest()

    with ThreadPoolExecutor(2) as pool:
        made = pool.map(
            lambda each: store.keep_made(lambda path: write(path, each), "trip"), (b"one", b"two")
        )
    first, other = sorted((dataset.label for dataset in made), key=len)
    assert first == "trip" and re.fullmatch(r"trip \([0-9a-f]{6}\)", other)


def test_what_a_killed_process_left_goes_after_a_day(home: Path) -> None:
    keep_zip(zip_of(GIVEN), "trip.zip")
    old, fresh = home / "photos" / ".coming-old", home / "photos" / ".coming-fresh"
    for folder in (old, fresh):
        folder.mkdir()
        (folder / "dataset.zip").write_bytes(b"half")
    os.utime(old, (time.time() - 2 * 24 * 3600,) * 2)
    keep_zip(zip_of(GIVEN), "trip.zip")
    assert not old.exists() and fresh.is_dir()


def test_a_folder_becomes_a_dataset_of_its_photos_alone() -> None:
    asked: list[str] = []

    def reader(name: str, content: bytes) -> Callable[[], bytes]:
        return lambda: asked.append(name) or content  # type: ignore[func-returns-value]

    seen: list[tuple[int, int]] = []
    files = GIVEN | {"trip/train/.DS_Store.png": b"litter", "trip/__MACOSX/x/._1.png": b"litter"}
    dataset = keep_files(
        ((name, reader(name, content)) for name, content in files.items()),
        progress=lambda *counts: seen.append(counts),
    )
    assert dataset.label == "trip"
    assert asked == sorted(name for name in GIVEN if name.endswith(".png"))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert [item.read() for item in dataset.photos().items] == [b"a cat", b"another", b"a dog", b"a third"]
    with zipfile.ZipFile(dataset.path) as packed:
        assert {info.compress_type for info in packed.infolist()} == {zipfile.ZIP_STORED}
    assert keep_files(reads(GIVEN)) == dataset


def test_one_folder_is_split_by_share_and_seed() -> None:
    files = {f"{name}/{number}.jpg": b"x" for name in "ab" for number in range(10)}
    dataset = keep_files(reads(files))
    assert dataset.photos(0.3).counts("val") == (3, 3)
    assert dataset.photos(seed=1).part("val") != dataset.photos(seed=2).part("val")


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("../../etc/passwd.zip", "_.._etc_passwd"),
        ("..zip", "photos"),
        ("C:\\Users\\me\\cats.zip", "C__Users_me_cats"),
        ("Ängstliche Löwen \U0001f981.zip", "Ängstliche Löwen \U0001f981"),
        ("long" * 50 + ".zip", "long" * 10),
        ("a\nb\0.zip", "ab"),
    ],
)
def test_no_name_leads_out_of_the_folder(home: Path, name: str, label: str) -> None:
    dataset = keep_zip(zip_of(GIVEN), name)
    assert dataset.label == label
    assert dataset.path.parent == home / "photos"
    assert find_dataset(dataset.key).path == dataset.path
    assert set(dataset.key) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"dear diary", "x.zip is no ZIP archive that can be read."),
        (
            {"notes.txt": b"hello"},
            "No photos are there: folders named after their classes are needed, photos in each.",
        ),
        (
            {"cats/1.png": b"a", "cats/2.png": b"b"},
            "Each class needs a folder of its own, two at least; all photos lie in one, cats.",
        ),
        (
            {"cats/1.png": b"a", "dogs/../../up.png": b"b"},
            "x.zip leads out of its folder, by dogs/../../up.png, and is not kept.",
        ),
        (
            {"cats\\1.png": b"a", "..\\dogs\\1.png": b"b"},
            r"x.zip leads out of its folder, by ..\dogs\1.png, and is not kept.",
        ),
        (
            {"/etc/cats/1.png": b"a", "/etc/dogs/1.png": b"b"},
            "x.zip leads out of its folder, by /etc/cats/1.png, and is not kept.",
        ),
    ],
    ids=["no ZIP", "no photos", "one class", "..", "backslashes", "absolute"],
)
def test_what_cannot_be_a_dataset_gets_one_sentence_and_leaves_nothing(
    home: Path, content: bytes | dict[str, bytes], sentence: str
) -> None:
    with pytest.raises(ValueError) as refusal:
        keep_zip(io.BytesIO(content) if isinstance(content, bytes) else zip_of(content), "x.zip")
    assert str(refusal.value) == sentence
    assert list((home / "photos").iterdir()) == []


def test_two_files_of_one_name_are_refused(home: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed, pytest.warns(UserWarning, match="Duplicate"):
        for name in ("a/1.png", "b/1.png", "b/1.png"):
            packed.writestr(name, name.encode())
    with pytest.raises(
        ValueError, match=r"^x\.zip holds two files of one name, b/1\.png, and is not kept\.$"
    ):
        keep_zip(stream, "x.zip")
    assert list((home / "photos").iterdir()) == []


def test_two_photos_whose_names_differ_in_what_nobody_sees_are_refused(home: Path) -> None:
    def never() -> bytes:
        raise AssertionError("read before it was refused")

    files = ["a/1.png", "a/1\u200d.png", "b/1.png"]
    with pytest.raises(
        ValueError, match=r"^The folder holds two files of one name, a/1\.png, and is not kept"
    ):
        keep_files([(name, never) for name in files])


def test_a_bomb_is_not_kept(home: Path) -> None:
    bomb = bytearray(zipped({f"{name}/{n}.bmp": bytes(9) for name in "ab" for n in range(20)}))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = bomb.find(signature)
        while place >= 0:
            struct.pack_into("<L", bomb, place + offset, 2**30)
            place = bomb.find(signature, place + 1)
    with pytest.raises(ValueError, match=r"^x\.zip would unpack to 40,960 MB; at most 256 MB"):
        keep_zip(io.BytesIO(bytes(bomb)), "x.zip")
    assert list((home / "photos").iterdir()) == []


def test_a_folder_without_classes_is_refused_before_anything_is_read(home: Path) -> None:
    def never() -> bytes:
        raise AssertionError("was read")

    with pytest.raises(ValueError, match="Each class needs a folder of its own"):
        keep_files([("trip/a.png", never), ("trip/b.png", never)])
    with pytest.raises(ValueError, match=r"^The folder leads out of its folder, by \.\./b/1\.png, and"):
        keep_files([("a/1.png", never), ("../b/1.png", never)])
    assert not home.exists()


def test_a_file_too_large_for_a_photo_is_refused(home: Path) -> None:
    with pytest.raises(ValueError, match=r"^b/1\.png has 64 MB; photos of at most 64 MB are read\.$"):
        keep_files(reads({"a/1.png": b"x", "b/1.png": bytes(MAX_BYTES + 1)}))
    assert list((home / "photos").iterdir()) == []


def test_a_full_disk_gets_a_sentence_and_leaves_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    sentence = r"^trip could not be kept in .*: No space left on device\.$"
    monkeypatch.setattr("shutil.copyfileobj", full)
    with pytest.raises(ValueError, match=sentence):
        keep_zip(zip_of(GIVEN), "trip.zip")
    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    with pytest.raises(ValueError, match=sentence):
        keep_files(reads(GIVEN))
    assert list((home / "photos").iterdir()) == []


def test_a_dataset_can_be_forgotten() -> None:
    dataset = keep_zip(zip_of(GIVEN), "trip.zip")
    photos = dataset.photos()
    forget_dataset(dataset.key)
    assert store.datasets() == []
    for key in (dataset.key, "../../etc/passwd", ""):
        with pytest.raises(ValueError, match="is not kept here"):
            forget_dataset(key)
    with pytest.raises(ValueError, match=r"^The dataset trip is not kept here any more\.$"):
        dataset.photos()
    assert photos.items[0].read() == b"a cat", "who had opened it before reads on"


def test_what_else_lies_in_the_folder_is_passed_over(home: Path) -> None:
    dataset = keep_zip(zip_of(GIVEN), "trip.zip")
    for name in ("diary.txt", "other.zip", "trip-12345.zip", "trip-ABCDEF01.zip"):
        (home / "photos" / name).write_bytes(b"x")
    assert store.datasets() == [dataset]


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(st.text(st.sampled_from("ab./\\ :\x01\n*é<"), min_size=1, max_size=12), max_size=6),
    label=st.text(max_size=60),
)
def test_archives_of_any_names_are_datasets_in_the_folder_or_a_sentence(
    home: Path, names: list[str], label: str
) -> None:
    try:
        dataset = keep_zip(zip_of({f"{name}.jpg": name.encode() for name in names}), f"{label}.zip")
    except ValueError as refusal:
        assert str(refusal).endswith(".")
        assert "\n" not in str(refusal)
    else:
        assert find_dataset(dataset.key) == dataset
        assert dataset.path.resolve().parent == (home / "photos").resolve()
        for item in dataset.photos().items:
            assert ".." not in item.name.replace("\\", "/").split("/")
            assert item.read()
        forget_dataset(dataset.key)
    assert list((home / "photos").iterdir()) == []


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(places=st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=8))
@example(places=[(0.943359375, 0)])  # a file without a name
def test_a_damaged_archive_is_a_dataset_or_a_sentence(home: Path, places: list[tuple[float, int]]) -> None:
    content = bytearray(zipped(GIVEN))
    for share, value in places:
        content[int(share * len(content))] = value
    try:
        dataset = keep_zip(io.BytesIO(content), "trip.zip")
    except ValueError as refusal:
        assert str(refusal).endswith(".")
    else:
        for item in dataset.photos().items:
            try:
                item.read()
            except ValueError as refusal:
                assert str(refusal).startswith(item.name)
        forget_dataset(dataset.key)
    assert list((home / "photos").iterdir()) == []


def taped(members: dict[str, bytes | tuple[bytes, str]]) -> bytes:
    """A tar archive, compressed; a pair is a link of that type and its goal."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as packed:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            if isinstance(content, tuple):
                info.type, info.linkname = content
                packed.addfile(info)
            else:
                info.size = len(content)
                packed.addfile(info, io.BytesIO(content))
    return stream.getvalue()


FLOWERS = {
    f"flower_photos/{'daisy' if n < 5 else 'roses'}/{n}.jpg": file_of(scene(n, (40, 30))) for n in range(10)
}
TGZ = taped(FLOWERS | {"flower_photos/LICENSE.txt": b"CC-BY"})
SHA256 = hashlib.sha256(TGZ).hexdigest()
NOWHERE = "http://127.0.0.1:1/flower_photos.tgz"


class TestFlowers:
    @pytest.fixture
    def server(self) -> Iterator[LocalServer]:
        with local_server() as running:
            yield running

    def refusal(self, url: str, home: Path) -> str:
        with pytest.raises(ValueError) as caught:
            fetch_flowers(url=url, sha256=SHA256)
        message = str(caught.value)
        assert message.endswith(f"; put the file flower_photos.tgz from {url} into {home / 'downloads'}.")
        assert message.count(". ") == 0, "one sentence"
        assert kept_files(home) == []
        return message

    def test_the_archive_becomes_a_dataset_and_goes(self, server: LocalServer, home: Path) -> None:
        url = server.serve("flower_photos.tgz", complete(TGZ))
        seen: list[tuple[int, int]] = []
        dataset = fetch_flowers(lambda *counts: seen.append(counts), url, SHA256)
        assert (dataset.label, dataset.key) == ("flower_photos", f"flower_photos-{SHA256[:8]}")
        assert seen[-1] == (len(TGZ), len(TGZ))
        photos = dataset.photos()
        assert photos.classes == ("daisy", "roses")
        assert (photos.counts("train"), photos.counts("val")) == ((4, 4), (1, 1))
        assert {item.name: item.read() for item in photos.items} == {
            f"flower_photos/{name}": content for name, content in FLOWERS.items()
        }
        assert kept_files(home) == [f"photos/flower_photos-{SHA256[:8]}.zip"]
        assert fetch_flowers(url=url, sha256=SHA256) == dataset
        assert len(server.asked) == 1, "the second time nothing is asked"

    def test_an_upload_of_the_same_name_is_told_apart(self, server: LocalServer) -> None:
        mine = keep_zip(zip_of(GIVEN), "flower_photos.zip")
        assert kept_flowers() is None
        url = server.serve("flower_photos.tgz", complete(TGZ))
        dataset = fetch_flowers(url=url, sha256=SHA256)
        assert dataset.label == f"flower_photos ({SHA256[:6]})"
        assert store.datasets() == [mine, dataset]
        assert store.kept_of(SHA256) == dataset

    def test_another_file_than_the_published(self, server: LocalServer, home: Path) -> None:
        url = server.serve("flower_photos.tgz", complete(TGZ[:-1] + b"!"))
        assert "not the published file" in self.refusal(url, home)

    def test_a_download_that_breaks_off(self, server: LocalServer, home: Path) -> None:
        url = server.serve("flower_photos.tgz", cut_off(TGZ, 100))
        assert f"broke off after 100 of {len(TGZ):,} bytes" in self.refusal(url, home)

    def test_no_network_and_no_such_file(self, server: LocalServer, home: Path) -> None:
        assert "404" in self.refusal(server.serve("gone/flower_photos.tgz", status(404)), home)
        assert "cannot be reached" in self.refusal(NOWHERE, home)

    def put_by_hand(self, home: Path, content: bytes) -> Path:
        path = home / "downloads" / "flower_photos.tgz"
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
        return path

    def test_put_there_by_hand_it_needs_no_network_and_stays(self, home: Path) -> None:
        path = self.put_by_hand(home, TGZ)
        assert len(fetch_flowers(url=NOWHERE, sha256=SHA256).photos().items) == 10
        assert path.read_bytes() == TGZ

    def test_a_damaged_one_put_there_by_hand_is_named(self, home: Path) -> None:
        self.put_by_hand(home, TGZ[:-10])
        with pytest.raises(ValueError, match=r"flower_photos\.tgz in .* is damaged \(its sha256 begins with"):
            fetch_flowers(url=NOWHERE, sha256=SHA256)

    def test_links_are_passed_over(self, tmp_path: Path) -> None:
        link, hard = (tarfile.SYMTYPE, "/etc/passwd"), (tarfile.LNKTYPE, "a/2.jpg")
        members = {"a/1.jpg": link, "a/2.jpg": b"2", "a/3.jpg": hard, "a/4": b""}
        assert self.listed(tmp_path, taped(members)) == [("a/2.jpg", b"2")]

    def listed(self, folder: Path, content: bytes) -> list[tuple[str, bytes]]:
        path = folder / "x.tgz"
        path.write_bytes(content)
        return list(tar_photos(path))

    @pytest.mark.parametrize("name", ["../up/1.jpg", "/etc/1.jpg", "a/../../1.jpg"])
    def test_a_way_out_is_refused(self, tmp_path: Path, name: str) -> None:
        sentence = r"^x\.tgz leads out of its folder, by .*1\.jpg, and is not kept"
        with pytest.raises(ValueError, match=sentence):
            self.listed(tmp_path, taped({"a/1.jpg": b"1", name: b"2"}))

    def test_too_much_is_refused_before_it_is_unpacked(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        content = taped({"a/1.jpg": b"1", "a/2.jpg": bytes(5000)})
        monkeypatch.setattr(flowers, "MAX_BYTES", 4999)
        sentence = r"^x\.tgz holds a/2\.jpg, which is larger than photos are read\.$"
        with pytest.raises(ValueError, match=sentence):
            self.listed(tmp_path, content)
        monkeypatch.setattr(flowers, "MAX_UNPACKED", 5000)
        with pytest.raises(ValueError, match=r"^x\.tgz holds more than is read\.$"):
            self.listed(tmp_path, content)

    @pytest.mark.parametrize("content", [b"dear diary", TGZ[: len(TGZ) // 2], b""])
    def test_what_is_no_such_archive(self, tmp_path: Path, content: bytes) -> None:
        with pytest.raises(ValueError, match=r"^x\.tgz is damaged: "):
            self.listed(tmp_path, content)
