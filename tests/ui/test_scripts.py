"""Scripts of ours in Node: when Streamlit calls them, and what old browsers lack."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import resnet_explorer
from resnet_explorer.graph import interactive
from resnet_explorer.ui.app import streamlit_words, upload_trouble
from resnet_explorer.ui.explanation import answer_picture
from resnet_explorer.ui.photos import drop_anywhere
from tests.in_node import played

RELEASED = Path(resnet_explorer.__file__).parent / "ui/widgets/when_released.js"


def script_of(module: ModuleType) -> Path:
    return Path(str(module.__file__)).with_suffix(".js")


UPLOADER = """
const uploader = new Part("input");
document.querySelector = () => uploader;
let uploads = 0;
uploader.addEventListener("change", () => { uploads += 1; });
const drop = () => send(document, "drop", { dataTransfer: { types: ["Files"], files: ["a photo"] } });
"""
GRAPH = """
const parts = ["view", "legend", "tools", "panel", "note"].map((name) => new Part("div", name));
const frame = new Part("div", "graph"), root = place(frame), [view, , , panel] = parts;
frame.append(...parts);
const told = [];
const setTriggerValue = (event, value) => told.push([event, value]);
const data = {
  svg: "<svg/>", width: 10, height: 10, network: "n", direction: "LR", label: "A graph", legend: [],
  words: { close: "Close", "?": "How" }, help: ["Click it"], picked: null, record: null,
};
const show = (more = {}) => draw({ data: { ...data, ...more }, parentElement: root, setTriggerValue });
const box = { dataset: { part: "layer1.0" } };
view.closest = (which) => (which === "[data-part]" ? box : null);
"""


def test_a_dropped_photo_goes_to_the_uploader_once_whatever_theme_was_chosen_meanwhile() -> None:
    """With another theme Streamlit calls the script anew, and lets go of its last call alone."""
    play = UPLOADER + "draw(); const leave = draw(); drop(); leave(); drop(); return uploads;"
    assert played([script_of(drop_anywhere)], play) == 1


def test_who_leaves_late_does_not_take_the_listeners_of_the_next() -> None:
    play = UPLOADER + (
        "const leave = draw(); draw(); leave(); drop();"
        "return [uploads, document.documentElement.dataset.takesDrops];"
    )
    assert played([script_of(drop_anywhere)], play) == [1, "yes"]


def test_a_graph_that_was_drawn_anew_while_its_script_was_loading_is_alive() -> None:
    """Streamlit lets go of the first drawing then, after the second one."""
    play = GRAPH + (
        "const leave = show(); show(); leave();"
        'send(document, "pointerdown", { composedPath: () => [frame] });'
        'return frame.classList.contains("used");'
    )
    assert played([script_of(interactive)], play) is True


def test_a_graph_that_was_left_does_not_answer_a_click_beside_the_next() -> None:
    play = GRAPH + 'show()(); show(); send(view, "click"); return told;'
    assert played([script_of(interactive)], play) == [["picked", "layer1.0"]]


def test_a_graph_follows_no_pointer_that_was_let_go_outside() -> None:
    """A quick one is outside before the graph has heard that it moved."""
    play = (
        GRAPH
        + """
    show();
    const drag = (buttons, isPrimary = true) => {
      send(view, "pointerdown", { button: 0, buttons: 1, clientX: 390, clientY: 200, isPrimary: true });
      send(view, "pointermove", { buttons, clientX: 300, clientY: 200, isPrimary });
      return view.classList.contains("moving");
    };
    return [drag(0), drag(1, false), drag(1)];
    """
    )
    assert played([script_of(interactive)], play) == [False, False, True], "nor another finger"


def test_the_keyboard_stays_in_the_panel_of_a_graph_and_is_in_the_graph_after_it() -> None:
    play = (
        GRAPH
        + """
    const focused = () => document.activeElement.className;
    const record = { title: "layer1.0", facts: ["64 × 56 × 56"], fold: "Unfold" };
    show({ picked: "layer1.0", record });
    panel.querySelector(".unfold").focus();
    show({ picked: "layer1.0", record: { ...record, fold: "Fold" } });
    const there = [focused(), document.activeElement.textContent];
    panel.querySelector(".close").focus();
    show();
    return [...there, focused() === view.className];
    """
    )
    assert played([script_of(interactive)], play) == ["unfold", "Fold", True]


def test_which_button_is_pressed_is_an_attribute_for_browsers_that_have_no_such_property() -> None:
    play = """
    const root = place(new Part("div", "answer-picture"));
    const picture = { src: "data:,", alt: "", words: "crop\\n224 × 224" };
    const option = (pick, chosen) => ({ pick, name: pick, chosen });
    const answer = {
      heading: "", name: "cat", probability: "80 %", words: "",
      bars: [{ ...option("cat", true), share: 0.8 }], hint: "", kind: null,
      channels: option("channels", false),
    };
    const stages = [{ ...option("stage 4", true), picture }];
    const data = { photo: picture, evidence: null, answer, seen: picture, stages, options: [],
                   scale: { css: "", low: "0", high: "1", words: "" } };
    draw({ data, parentElement: root, setTriggerValue() {} });
    const buttons = root.querySelectorAll("[data-pick]");
    return buttons.map((each) => [each.dataset.pick, each.getAttribute("aria-pressed")]);
    """
    pressed = [["cat", "true"], ["channels", "false"], ["stage 4", "true"]]
    assert played([RELEASED, script_of(answer_picture)], play) == pressed


def test_a_name_to_choose_by_a_click_is_no_word_of_streamlits() -> None:
    """Whoever calls a network "Light" finds it under that name, in Chinese too."""
    before = """
    globalThis.Node = { TEXT_NODE: 3, ELEMENT_NODE: 1 };
    globalThis.NodeFilter = { SHOW_TEXT: 4 };
    globalThis.MutationObserver = class { observe() {} disconnect() {} };
    """
    play = """
    const menu = place(), list = place(), name = new Part("p");
    list.setAttribute("data-testid", "stRadio");
    list.append(name);
    const said = [menu, name].map((parentElement) => ({ nodeType: 3, data: "Light", parentElement }));
    const left = [...said];
    document.createTreeWalker = () => ({ nextNode() { return (this.currentNode = left.shift()); } });
    Object.assign(document.body, { nodeType: 1, querySelectorAll: () => [] });
    sayStreamlitWords({ Light: "浅色" });
    return said.map((text) => text.data);
    """
    script = script_of(streamlit_words).read_text(encoding="utf-8")
    assert played([], f"{before}{script}{play}") == ["浅色", "Light"]


def test_why_an_upload_failed_is_heard_in_browsers_that_have_no_such_property() -> None:
    play = """
    const told = document.querySelector(".upload-trouble");
    const close = told.querySelector("button");
    return [told.getAttribute("role"), told.textContent, close.getAttribute("aria-label")];
    """
    before = """
    window.uploadWords = { broken: "It broke off.", close: "Close" };
    globalThis.XMLHttpRequest = class extends EventTarget { open() {} setRequestHeader() {} };
    """
    after = """
    const request = new XMLHttpRequest();
    request.open("PUT", "/_stcore/upload_file/1");
    request.dispatchEvent(new Event("error"));
    """
    script = script_of(upload_trouble)
    text = f"{before}{script.read_text(encoding='utf-8')}{after}"
    assert played([], text + play) == ["alert", "It broke off.×", "Close"]
