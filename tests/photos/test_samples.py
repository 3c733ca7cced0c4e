"""The photos to begin with: there offline, credited, and of things that the bundled network knows."""

from __future__ import annotations

import subprocess
import sys
from importlib.resources import files

import numpy as np
import pytest
from PIL import ImageOps

from resnet_explorer.photos.samples import FORMER, SAMPLES, Sample, open_sample, sample, sample_bytes
from resnet_explorer.weights.catalogue import find

PHOTOS = [each for each in SAMPLES if not each.halves]
THINGS = {"cat": {"tabby cat", "Egyptian cat"}, "coffee": {"espresso"}, "rocket": {"missile"}}
"""What the bundled network may rightly call what is in each photo: of the astronaut it knows nothing."""


@pytest.mark.parametrize("each", PHOTOS, ids=lambda each: each.name)
def test_a_photo_is_a_file_of_scikit_image(each: Sample) -> None:
    assert sample_bytes(each.name) == (files("skimage") / "data" / each.file).read_bytes()


@pytest.mark.parametrize("each", SAMPLES, ids=lambda each: each.name)
def test_a_sample_opens_and_says_whose_it_is(each: Sample) -> None:
    photo = open_sample(each.name)
    assert photo.name == each.file
    assert min(photo.image.size) >= 300
    maker, _, terms = each.credit.rpartition(", ")
    assert maker
    assert terms in {"CC0", "public domain"}


def test_names_and_files_tell_the_samples_apart() -> None:
    assert len({each.name for each in SAMPLES}) == len({each.file for each in SAMPLES}) == len(SAMPLES)
    assert sample("coffee") is SAMPLES[0]


def test_the_pair_is_the_middles_of_both_photos_one_above_the_other() -> None:
    pair = sample("pair")
    assert all(half in THINGS for half in pair.halves)
    picture = np.asarray(open_sample("pair").image)
    assert picture.shape == (600, 600, 3)
    for half, part in zip(pair.halves, np.split(picture, 2), strict=True):
        assert sample(half).credit.removesuffix(", CC0") in pair.credit
        assert (part == np.asarray(ImageOps.fit(open_sample(half).image, (600, 300)))).all()


def test_the_bundled_network_knows_all_but_the_astronaut() -> None:
    assert {each.name for each in PHOTOS} - {"astronaut"} == set(THINGS)
    assert set().union(*THINGS.values()) <= set(find("bundled").classes)


def test_links_of_before_lead_to_samples_that_there_are() -> None:
    names = {each.name for each in SAMPLES}
    assert set(FORMER.values()) <= names
    assert not set(FORMER) & names


def test_an_unknown_sample_names_those_that_there_are() -> None:
    with pytest.raises(ValueError, match="'dog' is no sample photo; there are coffee, cat, pair, rocket"):
        open_sample("dog")


@pytest.mark.slow
def test_all_are_opened_without_importing_scikit_image_or_reaching_the_network() -> None:
    code = (
        "import socket, sys\n"
        "socket.socket = None\n"
        "from resnet_explorer.photos.samples import SAMPLES, open_sample\n"
        "print(sum(open_sample(each.name).image.width > 0 for each in SAMPLES))\n"
        "print([name for name in ('skimage', 'torch', 'streamlit') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [str(len(SAMPLES)), "[]"]
