"""A class on one server: two students and the teacher, each in a browser, and what each of them sees."""

from __future__ import annotations

import http.client
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PATIENCE, class_server, link_says, settle, visit
from tests.finetune_colours import QUICK, colours_zip, config_of, done

UPLOADS = "**/_stcore/upload_file/**"


@pytest.fixture
def links(temporary_home: Path, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """A server for a class, with a run of the teacher's on its machine: the address, the teacher's path."""
    done(config_of(colours_zip(tmp_path / "colours.zip"), QUICK, "The teacher's"), "first")
    with class_server(tmp_path / "printed.txt") as (address, secret, _):
        yield address, secret


def test_each_sees_what_is_theirs_and_does_what_they_may(
    links: tuple[str, str], person: Callable[[], Page], tmp_path: Path
) -> None:
    address, secret = links
    student, neighbour, teacher = person(), person(), person()

    visit(student, f"{address}/train?tn_view=photos", "Train")
    student.get_by_role("button", name="Add photos").click()
    chooser = student.get_by_test_id("stPopoverBody").locator("input[type=file]")
    chooser.set_input_files(tmp_path / "colours.zip")
    settle(student)
    dataset = re.search("al_album=([^&]+)", link_says(student, "al_album=colours-"))
    assert dataset
    visit(student, f"{address}/train?tn_view=new&al_album={dataset.group(1)}", "Train")
    student.get_by_role("button", name="Train", exact=True).click()
    expect(student.get_by_text("Training is for the teacher in this class.")).to_be_visible()

    visit(neighbour, f"{address}/train?al_album={dataset.group(1)}", "Train")
    expect(neighbour.get_by_text("No photos are kept here yet")).to_be_visible()
    a_broken_upload_is_told(neighbour, tmp_path / "colours.zip")
    visit(neighbour, f"{address}/runs", "Trust it")
    expect(neighbour.get_by_text("The teacher's")).to_have_count(0)
    expect(neighbour.get_by_role("button", name="The class", exact=True)).to_have_count(0)

    teacher.goto(address + secret)
    expect(teacher).to_have_url(re.compile(rf"^{address}/(\?|$)"))  # the secret leaves the address at once
    cookie = next(each for each in teacher.context.cookies() if each["name"] == "resnet_explorer_teacher")
    assert cookie["httpOnly"] and cookie["value"] not in secret
    settle(teacher)
    teacher.get_by_role("button", name="The class", exact=True).click()
    expect(teacher.get_by_text("Students open")).to_be_visible()
    visit(teacher, f"{address}/runs", "Trust it")
    expect(teacher.get_by_role("combobox", name="Run", exact=True)).to_have_value("The teacher's")

    assert put(address, "900000000") == (
        413,
        "You have 0 B here, this file has 900 MB, and 805 MB are allowed.",
    )
    assert put(address, None)[0] == 411  # who does not say how much comes may not begin
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{address}/teach/{secret[-8:]}", timeout=PATIENCE / 1000)


def a_broken_upload_is_told(page: Page, file: Path) -> None:
    """One sentence, until it is read."""
    page.get_by_role("button", name="Add photos").click()
    page.route(UPLOADS, lambda route: route.abort("connectionreset"))
    page.get_by_test_id("stPopoverBody").locator("input[type=file]").set_input_files(file)
    told = page.locator(".upload-trouble")
    expect(told).to_contain_text("The file did not come through whole")
    told.get_by_role("button", name="Close").click()
    expect(told).to_have_count(0)
    page.unroute(UPLOADS)


def put(address: str, length: str | None) -> tuple[int, str]:
    """Begin an upload that claims a length: the status, and what is said, before a byte of it is sent."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=PATIENCE / 1000)
    connection.putrequest("PUT", "/_stcore/upload_file/00000000-0000-0000-0000-000000000000/a-file")
    if length:
        connection.putheader("Content-Length", length)
    else:
        connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders()
    answer = connection.getresponse()
    return answer.status, answer.read().decode()
