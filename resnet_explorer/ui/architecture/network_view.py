"""One network: the path of the feature map, the arithmetic of one step of it, and what lies deeper."""

from __future__ import annotations

import streamlit as st

from resnet_explorer.architecture.feature_path_svg import path_svg
from resnet_explorer.architecture.size_steps import (
    Step,
    arithmetic,
    axes,
    floor_sentence,
    formula,
    lines,
    size_steps,
    skip_sentence,
    step_title,
    unpadded_sentence,
)
from resnet_explorer.architecture.window_strip_svg import strip_svg
from resnet_explorer.common.colours import STAGE_COLOURS
from resnet_explorer.common.html_table import html_table
from resnet_explorer.common.i18n import prose, t
from resnet_explorer.common.text import as_markdown
from resnet_explorer.network.layers import Layer
from resnet_explorer.network.operations import UNITS
from resnet_explorer.network.spec_code import encode_size, encode_spec
from resnet_explorer.network.window import Window
from resnet_explorer.ui.app.head import foot, more_settings, picture
from resnet_explorer.ui.app.url_state import linked, one_of
from resnet_explorer.ui.architecture.additions_strip import additions_strip
from resnet_explorer.ui.architecture.downloads import model_button, take_home
from resnet_explorer.ui.architecture.path_links import choose_answer, choose_channels
from resnet_explorer.ui.architecture.path_picture import path_view
from resnet_explorer.ui.architecture.totals import totals_text
from resnet_explorer.ui.architecture.views import deeper_view
from resnet_explorer.ui.inside.controls import aim_inside
from resnet_explorer.ui.session.background_result import redraw_when_ready
from resnet_explorer.ui.session.network import current_plan
from resnet_explorer.ui.widgets.component import style
from resnet_explorer.ui.widgets.linked_inputs import linked_choice
from resnet_explorer.ui.widgets.save_button import save_button
from resnet_explorer.ui.widgets.svg_view import PLACE, show_svg


def network_view() -> None:
    """Draw the session's network; a click on a box of the picture chooses its step."""
    p = current_plan()
    file_name = f"{encode_spec(p.spec)}-{encode_size(p.input_size)}"
    steps = {step.section: step for step in size_steps(p)}
    section = linked("arch_step", "conv1", one_of(steps))
    unit = linked("arch_unit", "MACs", one_of(UNITS))

    def choose(part: str) -> None:
        if part in steps:
            st.session_state["arch_step"] = part
        else:
            choose_answer(part)

    view = path_view(p)
    note = t("{step}: {formula} · step by step below").format(
        step=section, formula=formula(steps[section].layer)
    )
    strip = additions_strip(p, view) if view.has_answer else None
    path = path_svg(p, section, photo=view.on_path, detail="some" if strip else "all", note=note)
    with picture():
        height = f"calc({PLACE} - {strip.height + 20:.0f}px)" if strip else PLACE
        show_svg(path, "arch_picture", choose, height=height)
        if strip:
            show_svg(strip.svg, "arch_additions", aim_inside, height=f"{strip.height:.0f}px")
    # the shape of a map leaves no room for it in one line
    hint = "" if view.has_answer or not p.spec.include_top else t("Click a box for its arithmetic.") + " "
    with foot(hint + totals_text(p, unit)):
        with more_settings():
            linked_choice(
                "arch_unit", t("Count operations as"), UNITS, default="MACs", help=prose("arch_unit")
            )
            st.caption(prose("arch_memory"))
        if view.has_answer:
            st.button(
                t("Its channels"),
                key="arch_channels",
                help=t("The feature maps of {box}, each channel by itself.").format(box=section),
                on_click=choose_channels,
                args=(p, section, view.channel(section)),
            )
        model_button(p)
        save_button(
            t("SVG"), lambda: path_svg(p, standalone=True, photo=view.on_path), f"{file_name}-path.svg"
        )
    style(__file__)
    st.header(t("The arithmetic, step by step"))
    linked_choice("arch_step", t("Step"), steps, default="conv1", names=t, label_visibility="collapsed")
    _explain(steps[section])
    st.markdown(prose("arch_path"))
    st.header(t("A closer look"))
    deeper_view(p, unit, file_name)
    take_home(p, file_name)
    if view.on_path.words:  # last of all: nothing moves when it comes
        st.markdown(as_markdown(view.on_path.words, 1000) + t("."))
    redraw_when_ready()


def _explain(step: Step) -> None:
    st.markdown(f"### {step_title(step.layer)} &nbsp; `{step.layer.name}`")
    for line, window in axes(step.layer):
        rows = ((row.expression, f"= {row.result}", row.meaning) for row in lines(window))
        st.html(html_table(rows, kind="sums"))
        _floor(step.layer, line, window)
    if unpadded_sentence(step.layer):
        st.markdown(unpadded_sentence(step.layer))
    if skip_sentence(step.layer):
        st.markdown(skip_sentence(step.layer))
    if step.shortcut:
        on_it = t("On the shortcut: {step}").format(step=step_title(step.shortcut))
        st.markdown(f"### {on_it} &nbsp; `{step.shortcut.name}`")
        for line, window in axes(step.shortcut):
            st.html(html_table([[arithmetic(window)]], kind="sum"))
            _floor(step.shortcut, line, window)
        st.markdown(skip_sentence(step.shortcut))


def _floor(layer: Layer, line: str, window: Window) -> None:
    """What the floor leaves unread, in words and as a picture."""
    st.markdown(floor_sentence(window, line))
    filler = "−∞" if layer.kind == "maxpool" else "0"
    strip = strip_svg(window, STAGE_COLOURS[layer.stage], line, filler)
    show_svg(strip, f"arch_strip_{layer.name}_{line}", magnify=1)
