"""Many photos get the answers that each would get alone, and no archive gets more than it may."""

import base64
import csv
import io
import json
import struct
import threading
import tracemalloc
import zipfile
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from resnet_explorer import ResNetSpec, build, preset
from resnet_explorer.many import archive, classify
from resnet_explorer.many.answers import (
    Answer,
    Found,
    Unread,
    as_csv,
    as_json,
    chosen,
    counts,
)
from resnet_explorer.many.cam_sheets import SheetNames
from resnet_explorer.many.classify import batch_size, classified, looks
from resnet_explorer.many.copies import copies_of
from resnet_explorer.many.entries import Entry, entries_of, entry_of_bytes
from resnet_explorer.module import ResNet
from resnet_explorer.photo import MAX_BYTES, open_photo
from resnet_explorer.predictor import first_view, predict, preprocess
from resnet_explorer.samples import SAMPLES, open_sample, sample_bytes
from resnet_explorer.weights import Preprocessing

SPEC = ResNetSpec("basic", (1, 1), width=8, stem="cifar", num_classes=10)
SUREST = Preprocessing(32, 32, (0.5, 0.5, 0.5), (0.25, 0.25, 0.25), look="surest")
CENTRE_224 = Preprocessing(256, 224, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


@pytest.fixture(scope="module")
def network() -> ResNet:
    torch.manual_seed(5)
    return build(SPEC).eval().requires_grad_(False)


def jpeg(number: int, size: tuple[int, int] = (120, 80)) -> bytes:
    """A photo of noise, another for each number."""
    pixels = np.random.default_rng(number).integers(0, 256, (*size[::-1], 3), dtype=np.uint8)
    return file_of(Image.fromarray(pixels))


def file_of(image: Image.Image, image_format: str = "JPEG") -> bytes:
    stream = io.BytesIO()
    image.save(stream, format=image_format)
    return stream.getvalue()


def entry(name: str, data: bytes) -> Entry:
    return Entry(name, lambda: data)


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return stream.getvalue()


def sentence_of(each: Entry) -> str:
    with pytest.raises(ValueError) as refusal:
        each.read()
    sentence = str(refusal.value)
    assert sentence.startswith(each.name)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence.removeprefix(each.name).strip()


class TestAnswers:
    @pytest.mark.parametrize("preprocessing", [SUREST, CENTRE_224], ids=["surest", "centre"])
    def test_each_photo_has_the_answer_that_it_has_alone(
        self, network: ResNet, preprocessing: Preprocessing
    ) -> None:
        files = {each.file: sample_bytes(each.name) for each in SAMPLES}
        files |= {f"{number}.jpg": jpeg(number, (150, 60 + number)) for number in range(40)}
        step = list(
            classified([entry(name, data) for name, data in files.items()], network, preprocessing, top=10)
        )[-1]
        assert (step.done, step.total) == (len(files), len(files))
        assert [each.name for each in step.answer.answers] == list(files)
        for name, answer in zip(files, step.answer.answers, strict=True):
            photo = open_photo(files[name], name)
            view = first_view(network, photo, preprocessing)
            tensor, _ = preprocess(photo, preprocessing, view)
            alone = predict(network, tensor).top(10)
            assert [index for index, _ in answer.best] == [index for index, _ in alone]
            assert [p for _, p in answer.best] == pytest.approx([p for _, p in alone], abs=1e-6)

    def test_where_it_looked_is_told(self, network: ResNet) -> None:
        (batch,) = looks([entry("cat", sample_bytes("cat"))], network, SUREST, lambda photo: photo)
        assert batch[0].view == first_view(network, open_sample("cat"), SUREST)
        assert batch[0].kept.image.size == open_sample("cat").image.size

    def test_a_network_of_one_channel_gets_grey(self) -> None:
        grey = build(SPEC.with_(in_channels=1)).eval()
        (step,) = classified([entry("cat", sample_bytes("cat"))], grey, SUREST, top=3)
        tensor, _ = preprocess(open_sample("cat"), SUREST, first_view(grey, open_sample("cat"), SUREST), 1)
        expected = predict(grey, tensor).top(3)
        for (index, probability), (other, alone) in zip(step.answer.answers[0].best, expected, strict=True):
            assert (index, probability) == (other, pytest.approx(alone, abs=1e-6))

    def test_what_cannot_be_read_is_named_and_the_rest_is_done(self, network: ResNet) -> None:
        files = [entry("a.jpg", jpeg(1)), entry("b.jpg", b"dear diary"), entry("c.jpg", jpeg(2)[:300])]
        *_, step = classified([*files, entry("d.jpg", jpeg(3))], network, SUREST)
        assert [each.name for each in step.answer.answers] == ["a.jpg", "d.jpg"]
        assert [each.name for each in step.answer.unread] == ["b.jpg", "c.jpg"]
        assert step.answer.unread[0].sentence.startswith("b.jpg is no picture")

    def test_only_files_that_cannot_be_read_are_an_answer_too(self, network: ResNet) -> None:
        *_, step = classified([entry("a.txt", b"a")], network, SUREST)
        assert (step.answer.answers, [each.name for each in step.answer.unread]) == ([], ["a.txt"])
        assert list(classified([], network, SUREST)) == []

    def test_no_more_photos_are_read_ahead_than_a_batch_and_the_threads(self, network: ResNet) -> None:
        read: list[int] = []
        lock = threading.Lock()

        def reader(number: int) -> bytes:
            with lock:
                read.append(number)
            return jpeg(number)

        entries = [Entry(str(number), lambda number=number: reader(number)) for number in range(200)]
        size = batch_size(SPEC, 32, 3)
        answers = looks(entries, network, SUREST, lambda photo: None)
        assert [len(batch) for batch in islice(answers, 2)] == [size, size]
        assert len(read) <= 3 * size + classify.THREADS
        answers.close()
        assert len(read) < len(entries)

    def test_a_network_without_classes_is_refused_before_anything_is_read(self) -> None:
        bare = build(SPEC.with_(include_top=False)).eval()
        entries = [Entry("a", lambda: pytest.fail("was read"))]
        with pytest.raises(ValueError, match="knows no classes"):
            next(classified(entries, bare, SUREST))

    def test_a_pass_is_as_large_as_a_fraction_of_a_second_allows(self) -> None:
        assert batch_size(preset("resnet50"), 224) == 4, "of 4.09 G each"
        assert batch_size(preset("resnet152"), 224) == 1
        assert batch_size(SPEC, 32, 3) == 32


class TestTables:
    ANSWERS = (
        Answer("a", ((1, 0.9), (0, 0.1))),
        Answer("b", ((0, 0.6), (1, 0.4))),
        Answer("c, d", ((1, 0.7), (0, 0.3))),
    )

    def test_counts_orders_and_classes(self) -> None:
        assert counts(self.ANSWERS) == [(1, 2), (0, 1)]
        assert [each.name for each in chosen(self.ANSWERS, None, "given")] == ["a", "b", "c, d"]
        assert [each.name for each in chosen(self.ANSWERS, None, "unsure")] == ["b", "c, d", "a"]
        assert [each.name for each in chosen(self.ANSWERS, 1, "sure")] == ["a", "c, d"]

    def test_csv_is_that_of_the_command_line(self) -> None:
        rows = list(csv.DictReader(io.StringIO(as_csv(self.ANSWERS, ("cat", "dog")))))
        assert len(rows) == 6
        assert rows[4] == {"photo": "c, d", "rank": "1", "label": "dog", "probability": "0.700000"}

    def test_json_names_what_could_not_be_read(self) -> None:
        found = Found(list(self.ANSWERS), [Unread("e", "e is empty.")])
        content = json.loads(as_json(found, ("cat", "dog"), "ResNet-18", "pets"))
        assert content["photos"][1]["answers"][0] == {"label": "cat", "probability": 0.6}
        assert content["unread"] == [{"photo": "e", "sentence": "e is empty."}]
        assert (content["network"], content["weights"]) == ("ResNet-18", "pets")

    @pytest.mark.parametrize(
        ("size", "copy", "thumbnail"),
        [
            ((1600, 1200), (512, 384), (96, 72)),
            ((20_000, 1), (512, 1), (96, 1)),
            ((40, 50), (40, 50), (40, 50)),
        ],
    )
    def test_only_small_copies_are_kept(
        self, size: tuple[int, int], copy: tuple[int, int], thumbnail: tuple[int, int]
    ) -> None:
        photo = open_photo(file_of(Image.new("RGB", size, (200, 30, 30)), "PNG"), "red")
        copies = copies_of(photo)
        assert open_photo(copies.photo, "copy").image.size == copy
        kind, _, content = copies.thumbnail.partition(",")
        assert kind == "data:image/jpeg;base64"
        small = open_photo(base64.b64decode(content), "thumbnail").image
        assert small.size == thumbnail
        assert np.abs(np.subtract(small.getpixel((0, 0)), (200, 30, 30))).max() <= 3


class TestFolders:
    def test_a_folder_is_searched_to_its_end_and_litter_left_out(self, tmp_path: Path) -> None:
        for name in ("b/deep/c.jpg", "a.jpg", ".hidden.jpg", "b/.git/d.jpg", "__MACOSX/e.jpg", "Thumbs.db"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(jpeg(1))
        (tmp_path / "b" / "more.zip").write_bytes(zipped({"x/f.jpg": jpeg(2), "x/": b""}))
        found = {each.name.removeprefix(f"{tmp_path}/"): each.read() for each in entries_of(str(tmp_path))}
        assert list(found) == ["a.jpg", "b/deep/c.jpg", "b/more.zip/x/f.jpg"]
        assert found["b/more.zip/x/f.jpg"] == jpeg(2)

    def test_one_without_a_photo_says_so(self, tmp_path: Path) -> None:
        (tmp_path / "deep").mkdir()
        (tmp_path / "deep" / ".hidden.jpg").write_bytes(jpeg(1))
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

    def test_sheets_stay_in_their_folder_under_names_of_their_own(self, tmp_path: Path) -> None:
        names = SheetNames(tmp_path, [str(tmp_path / "dog-cam.png")])
        written = [
            names.for_photo(name).relative_to(tmp_path).as_posix()
            for name in (
                "a/cat.jpg",
                "b/CAT.png",
                "dog.jpg",
                "../../etc/passwd",
                "..",
                "z.zip/..\\..\\x:y.png",
            )
        ]
        assert written == ["cat-cam.png", "CAT-2-cam.png", "dog-2-cam.png", "passwd-cam.png", "photo-cam.png",
                           "x_y-cam.png"]  # fmt: skip
        assert len(names.for_photo("long" * 500).name) < 100


class TestArchives:
    def test_members_are_named_by_the_archive_and_their_place(self) -> None:
        files = {
            "in/cat.jpg": jpeg(1),
            "__MACOSX/in/._cat.jpg": b"x",
            "in/.DS_Store": b"x",
            "../up.jpg": jpeg(2),
        }
        found = list(entry_of_bytes("holiday.ZIP", lambda: zipped(files)))
        assert [each.name for each in found] == ["holiday.ZIP/in/cat.jpg", "holiday.ZIP/../up.jpg"]
        assert [each.read() for each in found] == [jpeg(1), jpeg(2)]

    @pytest.mark.parametrize(
        "files", [{}, {"in/": b""}, {"in/.DS_Store": b"x"}], ids=["", "folder", "litter"]
    )
    def test_one_without_a_photo_says_so(self, files: dict[str, bytes]) -> None:
        (empty,) = entry_of_bytes("trip.zip", lambda: zipped(files))
        with pytest.raises(ValueError, match=r"^No photo is in trip\.zip\.$"):
            empty.read()

    def test_an_archive_in_an_archive_is_named(self) -> None:
        (inner,) = entry_of_bytes("a.zip", lambda: zipped({"b.zip": zipped({"c.jpg": jpeg(1)})}))
        assert inner.name == "a.zip/b.zip"
        assert sentence_of(inner) == "is an archive in an archive, which is not opened."

    def test_what_is_no_archive(self) -> None:
        (none,) = entry_of_bytes("a.zip", lambda: b"dear diary")
        assert sentence_of(none) == "is no ZIP archive that can be read."

    @pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
    def test_a_cut_archive(self, share: float) -> None:
        whole = zipped({"a.jpg": jpeg(1), "b.jpg": jpeg(2)})
        (none,) = entry_of_bytes("a.zip", lambda: whole[: int(len(whole) * share)])
        assert sentence_of(none) == "is no ZIP archive that can be read."

    def test_a_damaged_member_costs_only_itself(self) -> None:
        packed = bytearray(zipped({"a.jpg": jpeg(1), "b.jpg": jpeg(2)}))
        packed[200] ^= 0xFF
        first, second = entry_of_bytes("z.zip", lambda: bytes(packed))
        assert sentence_of(first) == "is damaged in the archive."
        assert second.read() == jpeg(2)

    def test_a_member_with_a_password(self) -> None:
        packed = bytearray(zipped({"a.jpg": jpeg(1)}))
        packed[6] |= 1
        packed[packed.index(b"PK\x01\x02") + 8] |= 1
        (locked,) = entry_of_bytes("z.zip", lambda: bytes(packed))
        assert sentence_of(locked) == "is locked with a password; an archive without one is needed."

    def test_a_method_that_unpacks_without_bounds_is_not_read(self) -> None:
        (each,) = entry_of_bytes("z.zip", lambda: zipped({"a.jpg": jpeg(1)}, zipfile.ZIP_BZIP2))
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

    def test_more_members_than_are_read(self) -> None:
        content = zipped({str(number): b"" for number in range(archive.MAX_MEMBERS + 1)})
        (many,) = entry_of_bytes("z.zip", lambda: content)
        assert sentence_of(many) == "holds more than 50,000 files, the most that are read."

    def test_a_directory_without_end_is_not_read(self) -> None:
        """Ten million members would be gigabytes of records before they could be counted."""
        directory = bytes(archive.MAX_DIRECTORY + 1)
        end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(directory), 0, 0)
        (many,) = entry_of_bytes("z.zip", lambda: directory + end)
        assert sentence_of(many) == "holds more than 50,000 files, the most that are read."

    def test_the_shortest_records_are_counted_before_they_are_parsed(self) -> None:
        """Nine hundred thousand fit into the longest directory, and would be half a gigabyte as objects."""
        records = b"PK\x01\x02".ljust(46, b"\0") * (archive.MAX_DIRECTORY // 46)
        end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(records), 0, 0)
        (many,) = entry_of_bytes("z.zip", lambda: records + end)
        tracemalloc.start()
        assert sentence_of(many) == "holds more than 50,000 files, the most that are read."
        assert tracemalloc.get_traced_memory()[1] < 4 * archive.MAX_DIRECTORY
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
