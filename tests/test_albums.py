"""Albums of photos: kept whole or not at all, found by a key from a link, never a way out of the folder."""

import hashlib
import io
import os
import struct
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image

from resnet_explorer.finetune import albums, flowers
from resnet_explorer.finetune.albums import find_album, forget_album, keep_files, keep_zip
from resnet_explorer.finetune.flowers import fetch_flowers, kept_flowers, tar_photos
from resnet_explorer.photo import MAX_BYTES
from tests.http_server import LocalServer, complete, cut_off, local_server, status

GIVEN = {
    "trip/train/cats/1.png": b"a cat",
    "trip/train/cats/2.png": b"another",
    "trip/train/dogs/1.png": b"a dog",
    "trip/val/dogs/3.png": b"a third",
    "trip/notes.txt": b"dear diary",
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place for albums that is this test's."""
    monkeypatch.setenv("RESNET_EXPLORER_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def zipped(files: dict[str, bytes]) -> io.BytesIO:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return stream


def reads(files: dict[str, bytes]) -> list[tuple[str, Callable[[], bytes]]]:
    return [(name, lambda name=name: files[name]) for name in files]


def kept_files(home: Path) -> list[str]:
    return sorted(str(path.relative_to(home)) for path in home.rglob("*") if path.is_file())


def test_a_zip_becomes_an_album_and_is_found_again(home: Path) -> None:
    album = keep_zip(zipped(GIVEN), "My trip.ZIP")
    assert album.label == "My trip"
    assert albums.albums() == [album]
    assert find_album(album.key) == album
    assert album.key.startswith("my-trip-")
    assert album.key.isascii()
    photos = album.photos()
    assert (photos.classes, photos.split) == (("cats", "dogs"), "given")
    assert [(item.name, item.part) for item in photos.items][-1] == ("My trip/trip/val/dogs/3.png", "val")
    assert photos.items[0].read() == b"a cat"
    assert not any(str(home) in item.name for item in photos.items), "names tell nothing of the machine"
    assert kept_files(home) == [f"photos/My trip-{album.key[-8:]}.zip"]


def test_the_same_archive_is_kept_once_and_another_of_its_name_is_told_apart() -> None:
    one = keep_zip(zipped(GIVEN), "trip.zip")
    assert keep_zip(zipped(GIVEN), "copy of trip.zip") == one
    other = keep_zip(zipped(GIVEN | {"trip/train/dogs/2.png": b"more"}), "Trip.zip")
    assert other.label == f"Trip ({other.key[-8:-2]})"
    assert [album.label for album in albums.albums()] == ["trip", other.label]


def test_a_folder_becomes_an_album_of_its_photos_alone() -> None:
    asked: list[str] = []

    def reader(name: str, content: bytes) -> Callable[[], bytes]:
        return lambda: asked.append(name) or content  # type: ignore[func-returns-value]

    told: list[tuple[int, int]] = []
    files = GIVEN | {"trip/train/.DS_Store.png": b"litter", "trip/__MACOSX/x/._1.png": b"litter"}
    album = keep_files(
        ((name, reader(name, content)) for name, content in files.items()),
        progress=lambda *counts: told.append(counts),
    )
    assert album.label == "trip"
    assert asked == sorted(name for name in GIVEN if name.endswith(".png"))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert [item.read() for item in album.photos().items] == [b"a cat", b"another", b"a dog", b"a third"]
    with zipfile.ZipFile(album.path) as packed:
        assert {info.compress_type for info in packed.infolist()} == {zipfile.ZIP_STORED}
    assert keep_files(reads(GIVEN)) == album


def test_one_folder_is_split_by_share_and_seed() -> None:
    files = {f"{name}/{number}.jpg": b"x" for name in "ab" for number in range(10)}
    album = keep_files(reads(files), "letters")
    assert album.photos(0.3).counts("val") == (3, 3)
    assert album.photos(seed=1).part("val") != album.photos(seed=2).part("val")


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
    album = keep_zip(zipped(GIVEN), name)
    assert album.label == label
    assert album.path.parent == home / "photos"
    assert find_album(album.key).path == album.path
    assert set(album.key) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"dear diary", "x.zip is no ZIP archive that can be read."),
        (
            zipped({"notes.txt": b"hello"}).getvalue(),
            "No photos are there: folders named after their classes are needed, photos in each.",
        ),
        (
            zipped({"cats/1.png": b"a", "cats/2.png": b"b"}).getvalue(),
            "Each class needs a folder of its own, two at least; all photos lie in one, cats.",
        ),
        (
            zipped({"cats/1.png": b"a", "dogs/../../up.png": b"b"}).getvalue(),
            "x.zip leads out of its folder, by dogs/../../up.png, and is not kept.",
        ),
        (
            zipped({"cats\\1.png": b"a", "..\\dogs\\1.png": b"b"}).getvalue(),
            r"x.zip leads out of its folder, by ..\dogs\1.png, and is not kept.",
        ),
        (
            zipped({"/etc/cats/1.png": b"a", "/etc/dogs/1.png": b"b"}).getvalue(),
            "x.zip leads out of its folder, by /etc/cats/1.png, and is not kept.",
        ),
    ],
    ids=["no ZIP", "no photos", "one class", "..", "backslashes", "absolute"],
)
def test_what_cannot_be_an_album_gets_one_sentence_and_leaves_nothing(
    home: Path, content: bytes, sentence: str
) -> None:
    with pytest.raises(ValueError) as refusal:
        keep_zip(io.BytesIO(content), "x.zip")
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


def test_a_bomb_is_not_kept(home: Path) -> None:
    bomb = bytearray(zipped({f"{name}/{n}.bmp": bytes(9) for name in "ab" for n in range(20)}).getvalue())
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

    monkeypatch.setattr("shutil.copyfileobj", full)
    with pytest.raises(ValueError, match=r"^trip could not be kept in .*: No space left on device\.$"):
        keep_zip(zipped(GIVEN), "trip.zip")
    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    with pytest.raises(ValueError, match=r"^trip could not be kept in .*: No space left on device\.$"):
        keep_files(reads(GIVEN))
    assert list((home / "photos").iterdir()) == []


def test_an_album_can_be_forgotten() -> None:
    album = keep_zip(zipped(GIVEN), "trip.zip")
    photos = album.photos()
    forget_album(album.key)
    assert albums.albums() == []
    for key in (album.key, "../../etc/passwd", ""):
        with pytest.raises(ValueError, match="is not kept here"):
            forget_album(key)
    with pytest.raises(ValueError, match=r"^The album trip is not kept here any more\.$"):
        album.photos()
    assert photos.items[0].read() == b"a cat", "who had opened it before reads on"


def test_what_else_lies_in_the_folder_is_passed_over(home: Path) -> None:
    album = keep_zip(zipped(GIVEN), "trip.zip")
    for name in ("diary.txt", "other.zip", "trip-12345.zip", "trip-ABCDEF01.zip"):
        (home / "photos" / name).write_bytes(b"x")
    assert albums.albums() == [album]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(st.text(st.sampled_from("ab./\\ :\x01\n*é<"), min_size=1, max_size=12), max_size=6),
    label=st.text(max_size=60),
)
def test_archives_of_any_names_are_albums_in_the_folder_or_a_sentence(
    home: Path, names: list[str], label: str
) -> None:
    try:
        album = keep_zip(zipped({f"{name}.jpg": name.encode() for name in names}), f"{label}.zip")
    except ValueError as refusal:
        assert str(refusal).endswith(".")
        assert "\n" not in str(refusal)
    else:
        assert find_album(album.key) == album
        assert album.path.resolve().parent == (home / "photos").resolve()
        for item in album.photos().items:
            assert ".." not in item.name.replace("\\", "/").split("/")
            assert item.read()
        forget_album(album.key)
    assert list((home / "photos").iterdir()) == []


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(places=st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=8))
@example(places=[(0.943359375, 0)])  # a file without a name
def test_a_damaged_archive_is_an_album_or_a_sentence(home: Path, places: list[tuple[float, int]]) -> None:
    content = bytearray(zipped(GIVEN).getvalue())
    for share, value in places:
        content[int(share * len(content))] = value
    try:
        album = keep_zip(io.BytesIO(content), "trip.zip")
    except ValueError as refusal:
        assert str(refusal).endswith(".")
    else:
        for item in album.photos().items:
            try:
                item.read()
            except ValueError as refusal:
                assert str(refusal).startswith(item.name)
        forget_album(album.key)
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


def jpeg(seed: int) -> bytes:
    """A picture that no other seed gives."""
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    stream = io.BytesIO()
    Image.fromarray(coarse).resize((40, 30), Image.Resampling.BICUBIC).save(stream, "JPEG")
    return stream.getvalue()


FLOWERS = {f"flower_photos/{'daisy' if n < 5 else 'roses'}/{n}.jpg": jpeg(n) for n in range(10)}
TGZ = taped(FLOWERS | {"flower_photos/LICENSE.txt": b"CC-BY"})
SHA256 = hashlib.sha256(TGZ).hexdigest()


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

    def test_the_archive_becomes_an_album_and_goes(self, server: LocalServer, home: Path) -> None:
        url = server.serve("flower_photos.tgz", complete(TGZ))
        told: list[tuple[int, int]] = []
        album = fetch_flowers(lambda *counts: told.append(counts), url, SHA256)
        assert (album.label, album.key) == ("flower_photos", f"flower_photos-{SHA256[:8]}")
        assert told[-1] == (len(TGZ), len(TGZ))
        photos = album.photos()
        assert photos.classes == ("daisy", "roses")
        assert (photos.counts("train"), photos.counts("val")) == ((4, 4), (1, 1))
        assert {item.name: item.read() for item in photos.items} == {
            f"flower_photos/{name}": content for name, content in FLOWERS.items()
        }
        assert kept_files(home) == [f"photos/flower_photos-{SHA256[:8]}.zip"]
        assert fetch_flowers(url=url, sha256=SHA256) == album
        assert len(server.asked) == 1, "the second time nothing is asked"

    def test_an_upload_of_the_same_name_is_told_apart(self, server: LocalServer) -> None:
        mine = keep_zip(zipped(GIVEN), "flower_photos.zip")
        assert kept_flowers() is None
        url = server.serve("flower_photos.tgz", complete(TGZ))
        album = fetch_flowers(url=url, sha256=SHA256)
        assert album.label == f"flower_photos ({SHA256[:6]})"
        assert albums.albums() == [mine, album]
        assert albums.kept_of(SHA256) == album

    def test_another_file_than_the_published(self, server: LocalServer, home: Path) -> None:
        url = server.serve("flower_photos.tgz", complete(TGZ[:-1] + b"!"))
        assert "not the published file" in self.refusal(url, home)

    def test_a_download_that_breaks_off(self, server: LocalServer, home: Path) -> None:
        url = server.serve("flower_photos.tgz", cut_off(TGZ, 100))
        assert f"broke off after 100 of {len(TGZ):,} bytes" in self.refusal(url, home)

    def test_no_network_and_no_such_file(self, server: LocalServer, home: Path) -> None:
        assert "404" in self.refusal(server.serve("gone/flower_photos.tgz", status(404)), home)
        assert "cannot be reached" in self.refusal("http://127.0.0.1:1/flower_photos.tgz", home)

    def test_put_there_by_hand_it_needs_no_network_and_stays(self, home: Path) -> None:
        by_hand = home / "downloads" / "flower_photos.tgz"
        by_hand.parent.mkdir(parents=True)
        by_hand.write_bytes(TGZ)
        album = fetch_flowers(url="http://127.0.0.1:1/flower_photos.tgz", sha256=SHA256)
        assert len(album.photos().items) == 10
        assert by_hand.read_bytes() == TGZ

    def test_a_damaged_one_put_there_by_hand_is_named(self, home: Path) -> None:
        by_hand = home / "downloads" / "flower_photos.tgz"
        by_hand.parent.mkdir(parents=True)
        by_hand.write_bytes(TGZ[:-10])
        with pytest.raises(ValueError, match=r"flower_photos\.tgz in .* is damaged \(its sha256 begins with"):
            fetch_flowers(url="http://127.0.0.1:1/flower_photos.tgz", sha256=SHA256)

    def test_links_are_passed_over(self, tmp_path: Path) -> None:
        archive = tmp_path / "x.tgz"
        link, hard = tarfile.SYMTYPE, tarfile.LNKTYPE
        archive.write_bytes(
            taped(
                {"a/1.jpg": (link, "/etc/passwd"), "a/2.jpg": b"2", "a/3.jpg": (hard, "a/2.jpg"), "a/4": b""}
            )
        )
        assert list(tar_photos(archive)) == [("a/2.jpg", b"2")]

    @pytest.mark.parametrize("name", ["../up/1.jpg", "/etc/1.jpg", "a/../../1.jpg"])
    def test_a_way_out_is_refused(self, tmp_path: Path, name: str) -> None:
        archive = tmp_path / "x.tgz"
        archive.write_bytes(taped({"a/1.jpg": b"1", name: b"2"}))
        with pytest.raises(
            ValueError, match=r"^x\.tgz leads out of its folder, by .*1\.jpg, and is not kept"
        ):
            list(tar_photos(archive))

    def test_too_much_is_refused_before_it_is_unpacked(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        archive = tmp_path / "x.tgz"
        archive.write_bytes(taped({"a/1.jpg": b"1", "a/2.jpg": bytes(5000)}))
        monkeypatch.setattr(flowers, "MAX_BYTES", 4999)
        with pytest.raises(
            ValueError, match=r"^x\.tgz holds a/2\.jpg, which is larger than photos are read\.$"
        ):
            list(tar_photos(archive))
        monkeypatch.setattr(flowers, "MAX_UNPACKED", 5000)
        with pytest.raises(ValueError, match=r"^x\.tgz holds more than is read\.$"):
            list(tar_photos(archive))

    @pytest.mark.parametrize("content", [b"dear diary", TGZ[: len(TGZ) // 2], b""])
    def test_what_is_no_such_archive(self, tmp_path: Path, content: bytes) -> None:
        archive = tmp_path / "x.tgz"
        archive.write_bytes(content)
        with pytest.raises(ValueError, match=r"^x\.tgz is damaged: "):
            list(tar_photos(archive))
