"""A server that is killed without a word: the run goes on, and each page comes back as its link says."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from resnet_explorer.finetune.runs.store import runs
from resnet_explorer.finetune.runs.worker_process import stop
from resnet_explorer.serving.processes import free_ports
from tests.e2e.conftest import class_server, link_says, settle, visit, wait_until
from tests.finetune_colours import kept_colours

LONG = "net=basic.1-1.width-64.stem-cifar&tn_from=none&tn_way=all&tn_epochs=200&tn_batch=4"
"""Minutes: it is not over before it is stopped."""


def test_pages_come_back_to_their_links_and_the_run_goes_on(
    person: Callable[[], Page], temporary_home: Path, tmp_path: Path
) -> None:
    kept_colours(tmp_path, 60)
    (port,) = free_ports(1)
    student, teacher = person(), person()
    with class_server(tmp_path / "first.txt", port) as (address, secret, process):
        teacher.goto(address + secret)
        settle(teacher)
        visit(teacher, f"{address}/train?{LONG}", "Train")
        teacher.get_by_role("button", name="Train", exact=True).click()
        expect(teacher.get_by_text(re.compile(r"Epoch \d+ of 200"))).to_be_visible()
        visit(student, f"{address}/architecture?net=resnet34", "Architecture")
        student.locator(".st-key-picture svg").first.locator("[data-key='stage 3']").click()
        link_says(student, "arch_step=stage+3", "net=resnet34")
        settle(student)
        for each in (student, teacher):
            each.evaluate("window.isOfBefore = true")
        process.kill()
        process.wait(60)
    (run,) = runs()
    assert run.alive, "the run is a process of its own"
    link, epochs = student.url, len(run.log)
    with class_server(tmp_path / "again.txt", port) as (_, again, _):
        assert again == secret
        for each in (student, teacher):
            each.wait_for_function("window.isOfBefore === undefined")
        expect(student.get_by_role("heading", name="Architecture").first).to_be_visible()
        expect(student.locator(".st-key-picture svg").first.locator("[data-key='stage 3']")).to_be_visible()
        settle(student)
        expect(student).to_have_url(link)
        student.locator(".st-key-picture svg").first.locator("[data-key='stage 2']").click()
        link_says(student, "arch_step=stage+2", "net=resnet34")
        # The teacher is the teacher still, and sees his run.
        expect(teacher.get_by_role("button", name="The class", exact=True)).to_be_visible()
        expect(
            teacher.get_by_text(re.compile(r"best \d+\.\d% in epoch|photos to test on are right"))
        ).to_be_visible()
        wait_until(teacher, lambda: len(runs()[0].log) > epochs)
        stop(run.key)
        wait_until(teacher, lambda: not runs()[0].alive)
