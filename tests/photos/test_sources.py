"""All photos in folders and archives are found, and no archive gets more than it may."""

import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from resnet_explorer.photos import zip_archive
from resnet_explorer.photos.decode import MAX_BYTES
from resnet_explorer.photos.sources import Entry, entries_of, entry_of_bytes
from tests.photos.files import noise, zipped


def sentence_of(each: Entry) -> str:
    with pytest.raises(ValueError) as refusal:
        each.read()
    sentence = str(refusal.value)
    assert sentence.startswith(each.name)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence.removeprefix(each.name).strip()


class TestFolders:
    def test_a_folder_is_searched_to_its_end_and_litter_left_out(self, tmp_path: Path) -> None:
        for name in ("b/deep/c.jpg", "a.jpg", ".hidden.jpg", "b/.git/d.jpg", "__MACOSX/e.jpg", "Thumbs.db"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(noise(1))
        (tmp_path / "b" / "more.zip").write_bytes(zipped({"x/f.jpg": noise(2), "x/": b""}))
        found = {each.name.removeprefix(f"{tmp_path}/"): each.read() for each in entries_of(str(tmp_path))}
        assert list(found) == ["a.jpg", "b/deep/c.jpg", "b/more.zip/x/f.jpg"]
        assert found["b/more.zip/x/f.jpg"] == noise(2)

    def test_one_without_a_photo_says_so(self, tmp_path: Path) -> None:
        (tmp_path / "deep").mkdir()
        (tmp_path / "deep" / ".hidden.jpg").write_bytes(noise(1))
        (empty,) = entries_of(str(tmp_path))
        with pytest.raises(ValueError, match=r"^No photo is in "):
            empty.read()

    def test_a_file_is_named_as_given(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        Path("cat.jpg").write_bytes(b"cat")
        assert [each.name for each in entries_of("./cat.jpg")] == ["./cat.jpg"]
        (missing,) = entries_of("dog.jpg")
        assert sentence_of(missing) == "cannot be read: No such file or directory."
        (missing,) = entries_of("dog.zip")
        assert sentence_of(missing) == "cannot be read: No such file or directory."

    def test_a_file_that_is_too_large_is_not_read(self, tmp_path: Path) -> None:
        with (tmp_path / "film.jpg").open("wb") as file:
            file.truncate(3 * 2**30)
        (large,) = entries_of(str(tmp_path / "film.jpg"))
        assert sentence_of(large) == "has 3,072 MB; photos of at most 64 MB are read."


class TestArchives:
    def test_members_are_named_by_the_archive_and_their_place(self) -> None:
        files = {
            "in/cat.jpg": noise(1),
            "__MACOSX/in/._cat.jpg": b"x",
            "in/.DS_Store": b"x",
            "../up.jpg": noise(2),
        }
        found = list(entry_of_bytes("holiday.ZIP", lambda: zipped(files)))
        assert [each.name for each in found] == ["holiday.ZIP/in/cat.jpg", "holiday.ZIP/../up.jpg"]
        assert [each.read() for each in found] == [noise(1), noise(2)]

    @pytest.mark.parametrize(
        "files", [{}, {"in/": b""}, {"in/.DS_Store": b"x"}], ids=["", "folder", "litter"]
    )
    def test_one_without_a_photo_says_so(self, files: dict[str, bytes]) -> None:
        (empty,) = entry_of_bytes("trip.zip", lambda: zipped(files))
        with pytest.raises(ValueError, match=r"^No photo is in trip\.zip\.$"):
            empty.read()

    def test_an_archive_in_an_archive_is_named(self) -> None:
        (inner,) = entry_of_bytes("a.zip", lambda: zipped({"b.zip": zipped({"c.jpg": noise(1)})}))
        assert inner.name == "a.zip/b.zip"
        assert sentence_of(inner) == "is an archive in an archive, which is not opened."

    def test_what_is_no_archive(self) -> None:
        (none,) = entry_of_bytes("a.zip", lambda: b"dear diary")
        assert sentence_of(none) == "is no ZIP archive that can be read."

    @pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
    def test_a_cut_archive(self, share: float) -> None:
        whole = zipped({"a.jpg": noise(1), "b.jpg": noise(2)})
        (none,) = entry_of_bytes("a.zip", lambda: whole[: int(len(whole) * share)])
        assert sentence_of(none) == "is no ZIP archive that can be read."

    def test_a_damaged_member_costs_only_itself(self) -> None:
        packed = bytearray(zipped({"a.jpg": noise(1), "b.jpg": noise(2)}))
        packed[200] ^= 0xFF
        first, second = entry_of_bytes("z.zip", lambda: bytes(packed))
        assert sentence_of(first) == "is damaged in the archive."
        assert second.read() == noise(2)

    def test_a_member_with_a_password(self) -> None:
        packed = bytearray(zipped({"a.jpg": noise(1)}))
        packed[6] |= 1
        packed[packed.index(b"PK\x01\x02") + 8] |= 1
        (locked,) = entry_of_bytes("z.zip", lambda: bytes(packed))
        assert sentence_of(locked) == "is locked with a password; an archive without one is needed."

    def test_a_method_that_unpacks_without_bounds_is_not_read(self) -> None:
        (each,) = entry_of_bytes("z.zip", lambda: zipped({"a.jpg": noise(1)}, zipfile.ZIP_BZIP2))
        assert sentence_of(each) == "is packed by a method that is not read; Store and Deflate are."

    def test_a_bomb_is_refused_before_it_is_unpacked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        packed = declaring(zipped({f"{n}.bmp": bytes(1000) for n in range(20)}), 2**30 - 1)
        monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_, **__: pytest.fail("was unpacked"))
        (bomb,) = entry_of_bytes("42.zip", lambda: packed)
        assert sentence_of(bomb) == (
            "would unpack to 20,480 MB; at most 256 MB of an archive of its size are read."
        )

    def test_a_member_larger_than_a_photo_may_be(self) -> None:
        content = zipped({"a.bmp": bytes(MAX_BYTES + 1)})
        (large,) = entry_of_bytes("z.zip", lambda: content)
        assert sentence_of(large) == "has 64 MB; photos of at most 64 MB are read."

    def test_a_member_that_lies_about_its_size_gives_no_more_than_it_declared(self) -> None:
        packed = declaring(zipped({"a.bmp": bytes(MAX_BYTES)}), 1000)
        (liar,) = entry_of_bytes("z.zip", lambda: packed)
        tracemalloc.start()
        assert sentence_of(liar) == "is damaged in the archive."
        assert tracemalloc.get_traced_memory()[1] < 4 * 2**20
        tracemalloc.stop()

    @pytest.mark.slow
    def test_more_members_than_are_read(self) -> None:
        content = zipped({str(number): b"" for number in range(zip_archive.MAX_MEMBERS + 1)})
        (many,) = entry_of_bytes("z.zip", lambda: content)
        assert sentence_of(many) == "holds more than 50,000 files, the most that are read."

    def test_a_directory_without_end_is_not_read(self) -> None:
        """Ten million members would be gigabytes of records before they could be counted."""
        directory = bytes(zip_archive.MAX_DIRECTORY + 1)
        end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(directory), 0, 0)
        (many,) = entry_of_bytes("z.zip", lambda: directory + end)
        assert sentence_of(many) == "holds more than 50,000 files, the most that are read."

    def test_the_shortest_records_are_counted_before_they_are_parsed(self) -> None:
        """Nine hundred thousand fit into the longest directory, and would be half a gigabyte as objects."""
        records = b"PK\x01\x02".ljust(46, b"\0") * (zip_archive.MAX_DIRECTORY // 46)
        end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(records), 0, 0)
        (many,) = entry_of_bytes("z.zip", lambda: records + end)
        tracemalloc.start()
        assert sentence_of(many) == "holds more than 50,000 files, the most that are read."
        assert tracemalloc.get_traced_memory()[1] < 4 * zip_archive.MAX_DIRECTORY
        tracemalloc.stop()


def declaring(packed: bytes, size: int) -> bytes:
    """The archive with each member's unpacked size replaced, in its header and in the directory."""
    changed = bytearray(packed)
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = changed.find(signature)
        while place >= 0:
            struct.pack_into("<L", changed, place + offset, size)
            place = changed.find(signature, place + 1)
    return bytes(changed)
