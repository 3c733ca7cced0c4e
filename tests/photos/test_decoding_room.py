"""Ten pictures of a hundred megapixels at once, in a hundred kilobytes each, do not fill the memory."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from resnet_explorer.photos import decode
from resnet_explorer.photos.decoding_room import DecodingRoom
from tests.photos.files import file_of


def test_no_more_is_decoded_at_once_than_there_is_room_for() -> None:
    room, taken, seen = DecodingRoom(10), [0], []
    lock = threading.Lock()

    def work(pixels: int) -> None:
        with room.taking(pixels):
            with lock:
                taken[0] += pixels
                seen.append(taken[0])
            threading.Event().wait(0.005)
            with lock:
                taken[0] -= pixels

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, [6, 6, 3, 3, 3, 25, 6, 1, 1, 9]))
    assert max(pixels for pixels in seen if pixels != 25) <= 10
    assert 25 in seen, "one that is too large for it has it alone"


def test_room_is_given_back_whatever_happens() -> None:
    room = DecodingRoom(10)
    with pytest.raises(OSError, match="damaged"), room.taking(25):
        raise OSError("damaged")
    with room.taking(10):
        pass


@pytest.mark.parametrize(
    ("image_format", "options", "pixels"),
    [
        ("PNG", {}, 4100 * 3075),
        ("JPEG", {}, 2050 * 1538),  # made smaller while it is decoded
        ("JPEG", {"progressive": True}, 4100 * 3075),
    ],
)
def test_a_photo_takes_room_for_what_is_held(
    monkeypatch: pytest.MonkeyPatch, image_format: str, options: dict[str, object], pixels: int
) -> None:
    asked: list[int] = []
    room = DecodingRoom(1)
    monkeypatch.setattr(decode, "_room", room)
    monkeypatch.setattr(room, "taking", lambda each: (asked.append(each), DecodingRoom.taking(room, each))[1])
    decode.open_photo(file_of(Image.new("RGB", (4100, 3075)), image_format, **options), "large")
    assert asked == [pixels]
