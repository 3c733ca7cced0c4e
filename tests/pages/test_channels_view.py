"""From the answer back, on Predict: the channels of a class, of the runner-up, and what decides."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from resnet_explorer.common.numbers import fixed_text
from resnet_explorer.explanation.activations_and_gradients import stage_pass
from resnet_explorer.inside.answer import AnswerChannels, answer_channels
from resnet_explorer.photos.crop import CENTRE
from resnet_explorer.photos.samples import open_sample
from resnet_explorer.ui.explanation import predict_view
from resnet_explorer.ui.explanation.channels_view import json_file
from resnet_explorer.ui.photos.viewed_photo import ViewedPhoto
from resnet_explorer.weights.catalogue import find
from resnet_explorer.weights.kinds import Kind
from tests.pages.bundled_network import CLASSES, bundle, network_and_input, random_network
from tests.pages.opened import component, opened, pictures
from tests.pages.opened import text as opened_text
from tests.pages.test_kinds import TABLE


@pytest.fixture(autouse=True)
def small_bundled_network(bundled_file: Path) -> None:
    bundle(random_network())


def library() -> tuple[AnswerChannels, list[int], list[float]]:
    """The channels, the classes in the order of their probability, and the logits."""
    model, tensor = network_and_input()
    passed = stage_pass(model, tensor, [3])
    order = [index for index, _ in passed.prediction.top(10)]
    return answer_channels(model, passed.outputs[-1].features), order, passed.prediction.logits.tolist()


def check(page: AppTest, index: int, other: int) -> None:
    """The sentence, and the sums in the picture."""
    assert not page.exception
    found, _, logits = library()
    said = opened_text(page)
    parts = found.of(index).parts
    words = f"{int((parts > 0).sum())} channels add, {int((parts < 0).sum())} take"
    assert f"**{CLASSES[index]}**: {words}; logit **{fixed_text(logits[index], 3)}**" in said
    lead = found.between(index, other)
    assert f"it leads **{CLASSES[other]}** by **{fixed_text(lead.total, 3)}**" in said
    picture = pictures(page)[0]
    for each in (found.of(index), found.of(other), lead):
        assert f">{fixed_text(each.total, 3)}<" in picture
        for channel in each.strongest(4, 2):
            assert f'data-key="channel:{channel}"' in picture


@pytest.mark.slow
def test_the_most_probable_class_and_the_next() -> None:
    _, order, _ = library()
    page = opened("predict", p_view="channels")
    check(page, order[0], order[1])
    page.selectbox(key="p_class").set_value(CLASSES[order[2]]).run()
    check(page, order[2], order[0])
    page.selectbox(key="p_rival").set_value(CLASSES[order[4]]).run()
    check(page, order[2], order[4])


def test_the_chosen_bar_leads_there_and_the_others_to_their_map(monkeypatch: pytest.MonkeyPatch) -> None:
    _, order, _ = library()
    told: list[Any] = []
    draw = predict_view.show_answer_picture
    monkeypatch.setattr(
        predict_view, "show_answer_picture", lambda *given: (told.append(given[-1]), draw(*given))
    )
    page = opened("predict")
    answer = component(page, "answer")["answer"]
    assert answer["channels"] == {"pick": "channels:", "name": "which channels made it", "chosen": False}
    state: dict[str, str] = {}
    monkeypatch.setattr(st, "session_state", state)
    told[-1](answer["bars"][1]["pick"])
    assert state == {"p_class": CLASSES[order[1]]}
    told[-1](answer["bars"][0]["pick"])
    assert state.pop("p_view") == "channels"
    told[-1](answer["channels"]["pick"])
    assert state["p_view"] == "channels"


def test_what_is_saved_adds_up() -> None:
    model, tensor = network_and_input()
    passed = stage_pass(model, tensor, [3])
    found = answer_channels(model, passed.outputs[-1].features)
    other = passed.prediction.top(2)[1][0]
    viewed = ViewedPhoto(open_sample("cat"), find("bundled"), CENTRE)
    told = json.loads(json_file(found, viewed, passed, other))
    assert (told["target"], told["other"]) == (CLASSES[passed.target], CLASSES[other])
    assert len(told["channels"]) == 64
    for part, bias, logit in (
        ("contribution", "bias", "logit"),
        ("other contribution", "other bias", "other logit"),
    ):
        total = sum(row[part] for row in told["channels"]) + told[bias]
        assert total == pytest.approx(told[logit], abs=1e-4)


def test_of_a_kind_its_likeliest_class_is_shown() -> None:
    _, order, _ = library()
    members = tuple(sorted(order[1:3]))
    bundle(random_network(), TABLE, (Kind("thing", members),))
    page = opened("predict", p_view="channels", p_class="kind:thing")
    check(page, order[1], order[0])
    assert page.info[0].value == (
        "A kind has no logit of its own: its probability is the sum of its classes’. "
        f"Shown is the likeliest of them, **{CLASSES[order[1]]}**."
    )
