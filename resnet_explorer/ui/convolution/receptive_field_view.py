"""Receptive fields: one cell's over a photo, and those of all maps as a table."""

from __future__ import annotations

import streamlit as st
from PIL import Image
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.common.i18n import prose, t
from resnet_explorer.common.numbers import minus_sign
from resnet_explorer.convolution.receptive_field_svg import LARGEST_PHOTO, field_svg, fitted
from resnet_explorer.network.layers import Plan, shape_text
from resnet_explorer.network.receptive_field import (
    FieldBox,
    Place,
    Span,
    field_box,
    place_rows,
    places,
    window_rows,
)
from resnet_explorer.network.table_rows import Row, to_csv
from resnet_explorer.photos.crop import CENTRE, crop_box
from resnet_explorer.photos.samples import FORMER, SAMPLES
from resnet_explorer.ui.app.head import foot_places, picture, steps_and_settings
from resnet_explorer.ui.app.url_state import asked_for
from resnet_explorer.ui.photos.photo_input import current_photo, current_view
from resnet_explorer.ui.widgets.cell_input import cell_input, pick_cell
from resnet_explorer.ui.widgets.linked_inputs import linked_choice, linked_select
from resnet_explorer.ui.widgets.save_button import save_button
from resnet_explorer.ui.widgets.stage_column import stage_column, with_badges
from resnet_explorer.ui.widgets.svg_view import PLACE, show_svg


def take_former_photo() -> None:
    """Follow a link of before, when this page had a photo of its own: it is the session's now."""
    asked = asked_for("cv_photo")
    name = FORMER.get(asked, asked) if asked else None
    if name in {each.name for each in SAMPLES}:
        st.session_state["p_photo"], st.session_state["p_sample"] = "sample", name


def field_view(p: Plan, file_name: str, controls: DeltaGenerator) -> None:
    """The picture with its sentence, and the table.

    Args:
        p: the plan.
        file_name: what downloads are called, without an ending.
        controls: the room for the choice of the map.
    """
    place = _place_input(p, controls)
    shown, (said, take_home) = picture(), foot_places()
    with take_home:
        steps, settings = steps_and_settings()
    with settings:
        shape = place.shape[1], place.shape[2]
        cell = cell_input("cv_f", shape, (shape[0] // 2, shape[1] // 2), steps=steps)
    image = _image(p)
    with shown:
        seen, words = st.columns([1.6, 1], gap="medium")
    with seen:
        show_svg(
            field_svg(p, place, *cell, image),
            "cv_field",
            on_pick=lambda part: pick_cell("cv_f", part),
            height=PLACE,
        )
    box = field_box(p, place.name, *cell)
    with words:
        _numbers(p, place, box, cell)
    said.markdown(
        t("**Click a dot**: a cell of {place}, with its middle there. It sees {sees}.").format(
            place=place.name, sees=_share(p, box)
        )
    )
    save_button(
        t("SVG"),
        lambda: field_svg(p, place, *cell, image, standalone=True),
        f"{file_name}-{_code(place)}-{cell[0]}-{cell[1]}.svg",
        key="cv_field_save",
        place=take_home,
    )
    _table(p, file_name)
    st.markdown(prose("convolution_field"))


def _place_input(p: Plan, controls: DeltaGenerator) -> Place:
    there = {_code(place): place for place in places(p)}
    default = next(code for code in ("stage2", "stage1") if code in there)
    chosen = linked_select(
        "cv_map",
        t("A cell after"),
        there,
        default=default,
        names=lambda code: t("after {place}").format(place=there[code].name),
        at=controls,
        width=190,
        label_visibility="collapsed",
    )
    return there[chosen]


def _image(p: Plan) -> Image.Image:
    """What the network sees of the session's photo."""
    photo, view = current_photo().image, current_view()
    if view != CENTRE:
        photo = photo.crop(crop_box(photo.size, LARGEST_PHOTO, LARGEST_PHOTO, view))
    return fitted(photo, p.input_size)


def _code(place: Place) -> str:
    return place.name.replace(" ", "")


def _numbers(p: Plan, place: Place, box: FieldBox, cell: tuple[int, int]) -> None:
    field = place.field
    size, jump, padding = st.columns([1.6, 1, 1.1])
    size.metric(t("Receptive field"), f"{field.size:,}")
    jump.metric(t("Jump"), field.jump)
    padding.metric(t("Padding"), f"{field.padding:,}")
    st.markdown(
        t("Cell **({row}, {column})** sees rows **{rows}** and columns **{columns}**: {share}.").format(
            row=cell[0],
            column=cell[1],
            rows=_range(box.rows),
            columns=_range(box.columns),
            share=_share(p, box),
        )
    )
    reach = box.reach_rows.size * box.reach_columns.size
    inside = _inside(box.reach_rows, p.input_shape[1]) * _inside(box.reach_columns, p.input_shape[2])
    if inside < reach:
        st.markdown(
            t(
                "Its receptive field is rows {rows}, columns {columns}: **{part:.0f} %** of it is padding."
            ).format(
                rows=_range(box.reach_rows),
                columns=_range(box.reach_columns),
                part=100 * (reach - inside) / reach,
            )
        )
    y, x = (field.centre + index * field.jump for index in cell)
    words = t("Its middle is pixel ({y:g}, {x:g}): {row}·{jump} and {column}·{jump}.")
    if field.centre:  # without padding the first window has its middle further in
        words = t(
            "Its middle is pixel ({y:g}, {x:g}): {centre:g} + {row}·{jump} and {centre:g} + {column}·{jump}."
        )
    st.markdown(words.format(y=y, x=x, centre=field.centre, row=cell[0], column=cell[1], jump=field.jump))


def _share(p: Plan, box: FieldBox) -> str:
    seen, there = box.rows.size * box.columns.size, p.input_shape[1] * p.input_shape[2]
    if seen == there:
        return t("**the whole image**")
    return t("**{part:.3g} %** of the image").format(part=100 * seen / there)


def _inside(span: Span, size: int) -> int:
    """How many pixels of a span are the image's."""
    return min(span.last, size - 1) - max(span.first, 0) + 1


def _range(span: Span) -> str:
    return minus_sign(t("{first} to {last}").format(first=span.first, last=span.last))


def _table(p: Plan, file_name: str) -> None:
    st.header(t("Size, jump and padding"))
    names = {"maps": t("After each stage"), "layers": t("After each layer")}
    which = linked_choice("cv_table", t("Rows"), names, default="maps", label_visibility="collapsed")
    rows = place_rows(p) if which == "maps" else window_rows(p)
    _show(rows, shape_text(p.input_size))
    save_button(
        t("Download as CSV"),
        lambda: to_csv(rows),
        f"{file_name}-receptive-fields-{which}.csv",
        key="cv_table_save",
    )
    st.markdown(prose("convolution_recurrence"))


def _show(rows: list[Row], image: str) -> None:
    st.dataframe(
        with_badges(rows),
        hide_index=True,
        column_config={
            "stage": stage_column(),
            "after": st.column_config.TextColumn(t("place"), pinned=True),
            "map": t("feature map"),
            "receptive field": st.column_config.NumberColumn(t("receptive field"), format="localized"),
            "jump": t("jump"),
            "padding": st.column_config.NumberColumn(t("padding"), format="localized"),
            "middle cell sees": st.column_config.ProgressColumn(
                t("middle cell sees, % of {image}").format(image=image),
                format="%.3g",
                min_value=0,
                max_value=100,
            ),
            "window": t("window"),
        },
        height=520 if len(rows) > 10 else "content",
    )
