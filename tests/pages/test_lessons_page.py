"""Lessons on the pages: every step that ships, back and forth, questions, what is hidden, one's own."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from resnet_explorer.lessons.lesson import Lesson, Question, Step
from resnet_explorer.lessons.read import read_lesson
from resnet_explorer.lessons.store import SHIPPED, find_lesson, keep_lesson
from resnet_explorer.ui.app.page_list import PAGES, STEMS
from tests.pages.opened import opened, pictures, text

OWN = Lesson(
    "Mine",
    10,
    (
        Step("FLOPs", "architecture", (("net", "resnet50"), ("arch_unit", "FLOPs")), "Twice as many."),
        Step(
            "Sixty-four",
            "blocks",
            (("net", "resnet34"), ("blk_channels", "64")),
            "",
            Question("Which?", ("this", "that"), frozenset({1}), "Because."),
        ),
        Step("MACs", "architecture", (("net", "resnet101"),)),
    ),
)


@pytest.fixture
def own(temporary_home: Path) -> AppTest:
    """The first step of a lesson of one's own, by the shortest link."""
    return opened("overview", lesson=keep_lesson(OWN, STEMS), step="1")


def press(page: AppTest, name: str) -> None:
    page.button(key=f"_lesson_{name}").click().run()
    assert not page.exception


def link(page: AppTest) -> dict[str, str]:
    return {name: page.query_params[name] for name in page.query_params}


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_every_step_of_a_lesson_opens_as_its_link_says(temporary_home: Path, name: str) -> None:
    lesson = find_lesson(name, STEMS)
    page = opened("overview", lesson=name, step="1")
    for number, step in enumerate(lesson.steps, start=1):
        if number > 1:
            press(page, "next")
        entry = next(each for each in PAGES if each.stem == step.page)
        assert page.title[0].value == (entry.name if step.page != "overview" else "ResNet Explorer")
        assert not page.warning, "the link is followed to the end"
        assert f"Step {number} of {len(lesson.steps)}" in text(page)
        default = {
            "arch_step",
            "cmp_with",
            "tn_view",
            "tr_view",
        }  # left out of links where they are so anyway
        told = {
            key: value for key, value in step.parameters if key in page.query_params or key not in default
        }
        assert told.items() <= link(page).items()
    assert page.button(key="_lesson_next").disabled


@pytest.mark.slow
def test_a_step_is_itself_however_often_it_is_come_back_to(own: AppTest) -> None:
    first = link(own)
    assert (first["net"], first["arch_unit"], first["step"]) == ("resnet50", "FLOPs", "1")
    own.segmented_control(key="arch_unit").set_value("MACs").run()
    own.selectbox(key="_network_choice").set_value("resnet152").run()
    assert link(own)["net"] == "resnet152"
    press(own, "next")
    second = link(own)
    assert (second["net"], second["blk_channels"]) == ("resnet34", "64")
    own.number_input(key="blk_channels").set_value(128).run()
    own.number_input(key="blk_size").set_value(28).run()
    press(own, "next")
    assert "arch_unit" not in link(own), "what a step does not name is as at first"
    press(own, "back")
    assert link(own) == second
    press(own, "back")
    assert link(own) == first
    assert own.button(key="_lesson_back").disabled


@pytest.mark.slow
def test_a_view_that_was_not_drawn_is_as_at_first_too(own: AppTest) -> None:
    own.segmented_control(key="arch_show").set_value("compare").run()
    own.selectbox(key="cmp_with").set_value("resnet18").run()
    press(own, "next")
    press(own, "back")
    own.segmented_control(key="arch_show").set_value("compare").run()
    assert own.selectbox(key="cmp_with").value != "resnet18"


def test_the_lesson_stays_on_other_pages_until_it_is_left(own: AppTest) -> None:
    own.switch_page("pages/counting.py").run()
    assert link(own)["step"] == "1" and "Step 1 of 3" in text(own)
    press(own, "leave")
    assert "lesson" not in link(own) and "Step 1" not in text(own)


def test_who_leaves_a_lesson_sees_again_what_its_step_hid(temporary_home: Path) -> None:
    page = opened("overview", lesson="residual", step="1")
    assert link(page)["hide"] == "network,photo"
    press(page, "leave")
    assert "hide" not in link(page) and page.title[0].value == "Degradation"


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"lesson": "own-nobody's"}, "this lesson is not kept on this machine"),
        ({"lesson": "paper", "step": "99"}, "`step=99`: allowed: a number from 1 to 10."),
        ({"hide": "<b>"}, "allowed: names of controls, pages and parts, with a comma between."),
        ({"hide": "foot,blk_colour"}, "Nothing here is called `blk_colour`."),
    ],
)
def test_what_is_wrong_in_a_link_is_told(temporary_home: Path, asked: dict[str, str], sentence: str) -> None:
    page = opened("blocks", net="resnet18", **asked)
    assert sentence in page.warning[0].value


@pytest.mark.slow
def test_the_answer_is_told_to_who_answered_and_not_before(own: AppTest) -> None:
    press(own, "next")
    assert "Which?" in text(own) and "Because" not in text(own)
    (show,) = [each for each in own.button if each.label == "Show"]
    assert show.disabled
    own.radio[0].set_value(0).run()
    assert "Because" not in text(own)
    next(each for each in own.button if each.label == "Show").click().run()
    assert own.info[0].value == "It is: **that**. Because."
    assert not {"this", "that", "0", "1"} & set(link(own).values()) - {"1"}, "an answer is in no link"
    next(each for each in own.button if each.label == "Ask again").click().run()
    own.radio[0].set_value(1).run()
    next(each for each in own.button if each.label == "Show").click().run()
    assert own.success[0].value == "**that: so it is.** Because."


def test_a_link_hides_controls_parts_and_pages_and_presents(temporary_home: Path) -> None:
    page = opened("blocks", hide="foot,blk_size,counting")
    styles = "".join(each.proto.body for each in page.get("html"))
    assert ".st-key-foot { display: none; }" in styles and ":is(.st-key-blk_size, " in styles
    assert "--foot: 0px" in styles
    assert "counting" not in [each.proto.page for each in page.get("page_link")]
    assert link(page)["hide"] == "foot,blk_size,counting"
    page.button(key="_reset").click().run()
    assert link(page)["hide"] == "foot,blk_size,counting", "it is the teacher's"
    page.toggle(key="present").set_value(True).run()
    assert link(page)["present"] == "1"
    page.button(key="_present_leave").click().run()
    assert "present" not in link(page)


@pytest.mark.slow
def test_a_view_that_is_added_is_a_step_and_the_lesson_is_kept(temporary_home: Path) -> None:
    page = opened("blocks", net="resnet50", blk_channels="64", hide="photo")
    page.text_input(key="_le_heading").set_value("Sixty-four").run()
    page.text_input(key="_le_words").set_value("Half of *it*.").run()
    page.button(key="_le_add").click().run()
    page.switch_page("pages/lessons.py").run()
    page.segmented_control(key="le_view").set_value("write").run()
    written = page.text_area(key="le_text").value
    (step,) = read_lesson(written, STEMS).steps
    assert (step.heading, step.page, step.words) == ("Sixty-four", "blocks", "Half of *it*.")
    asked = {"net": "resnet50", "weights": "none", "size": "224", "blk_channels": "64", "hide": "photo"}
    assert dict(step.parameters) == asked
    page.text_area(key="le_text").set_value(written.replace("45 minutes", "some time")).run()
    assert page.error[0].value.startswith("Line 3: ") and page.button(key="_le_keep").disabled
    page.text_area(key="le_text").set_value(written).run()
    page.button(key="_le_keep").click().run()
    assert page.selectbox(key="le_lesson").value == "own-my-lesson"
    page.button(key="_le_begin").click().run()
    assert page.title[0].value == "Blocks" and asked.items() <= link(page).items()


@pytest.mark.slow
def test_ones_own_photo_goes_with_the_view_and_is_everybodys(temporary_home: Path) -> None:
    page = opened("blocks", net="resnet34")
    assert "Your photo goes with it" not in text(page)
    page.segmented_control(key="p_photo").set_value("upload").run()
    (uploader,) = [each for each in page.file_uploader if each.key.startswith("p_upload")]
    uploader.set_value(("mine.jpg", striped(), "image/jpeg")).run()
    assert "Your photo goes with it" in text(page)
    page.button(key="_le_add").click().run()
    page.button(key="_le_add").click().run()
    page.switch_page("pages/lessons.py").run()
    page.segmented_control(key="le_view").set_value("write").run()
    assert page.text_area(key="le_text").value.count("![mine.jpg]") == 2
    assert "base64" not in page.text_area(key="le_text").value
    page.button(key="_le_keep").click().run()
    assert not page.error

    student = opened("overview", lesson="own-my-lesson", step="2")
    assert student.title[0].value == "Blocks" and link(student)["p_photo"] == "upload"
    shown = student.session_state["_p_photo"]
    assert shown.name == "mine.jpg" and shown.image.size == (800, 400)
    for x, colour in ((100, (255, 0, 0)), (700, (0, 0, 255))):
        assert shown.image.getpixel((x, 200)) == pytest.approx(colour, abs=20)
    again = opened("blocks", **link(student))
    assert again.session_state["_p_photo"].name == "mine.jpg", "by the handout's link, too"


def striped() -> bytes:
    """A JPEG, red on the left and blue on the right."""
    image = Image.new("RGB", (1000, 500), "red")
    image.paste("blue", (500, 0, 1000, 500))
    file = io.BytesIO()
    image.save(file, format="JPEG")
    return file.getvalue()


def test_a_file_is_kept_or_refused_with_its_line(temporary_home: Path) -> None:
    page = opened("lessons")
    assert "10 steps" in text(page) and "Solid and dashed" in pictures(page)[0]
    (uploader,) = [each for each in page.get("file_uploader") if "Markdown" in each.label]
    uploader.set_value(("my_lesson-2 (1).md", b"# A\n\nlong\n", "text/markdown")).run()
    assert page.error[0].value.startswith("my_lesson-2 (1).md: Line 3: ")
    (uploader,) = [each for each in page.get("file_uploader") if "Markdown" in each.label]
    uploader.set_value(("right.md", b"# A\n\n5 minutes\n\n## B\n\n[x](blocks)\n", "text/markdown")).run()
    assert page.selectbox(key="le_lesson").value == "own-a" and not page.error
    page.button(key="_le_remove").click().run()
    assert page.selectbox(key="le_lesson").value == "paper"
