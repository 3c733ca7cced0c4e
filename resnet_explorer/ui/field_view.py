"""Receptive fields: one cell's over a photo, and those of all maps as a table."""

from __future__ import annotations

from typing import Final

import streamlit as st

from resnet_explorer.field_picture import field_svg, fitted
from resnet_explorer.i18n import prose, t
from resnet_explorer.photo import Photo
from resnet_explorer.plan import Plan, shape_text
from resnet_explorer.receptive_field import (
    FieldBox,
    Place,
    Span,
    field_box,
    place_rows,
    places,
    window_rows,
)
from resnet_explorer.samples import FORMER, SAMPLES, sample
from resnet_explorer.tables import Row, to_csv
from resnet_explorer.ui.cell_input import cell_input, pick_cell
from resnet_explorer.ui.linked import linked, one_of
from resnet_explorer.ui.photo_input import own_photo, sample_photo
from resnet_explorer.ui.save import save_button
from resnet_explorer.ui.stage_column import stage_column, with_badges
from resnet_explorer.ui.svg import show_svg

TABLES: Final = {"maps": "After each stage", "layers": "After each layer"}
_OWN: Final = "own"
_OWN_SEEN: Final = "_cv_own_seen"


def field_view(p: Plan, file_name: str) -> None:
    """The picture with its controls, and the table.

    Args:
        p: the plan.
        file_name: what downloads are called, without an ending.
    """
    st.markdown(prose("convolution_field"))
    place = _place_input(p)
    picture, words = st.columns([1.55, 1], gap="large")
    with words:
        cell = cell_input(
            "cv_f",
            (place.shape[1], place.shape[2]),
            (place.shape[1] // 2, place.shape[2] // 2),
            wide=False,
        )
        _numbers(p, place, field_box(p, place.name, *cell), cell)
        photo, credit = _photo_input()
        st.caption(credit)
    image = fitted(photo.image, p.input_size)
    with picture:
        show_svg(
            field_svg(p, place, *cell, image),
            "cv_field",
            on_pick=lambda part: pick_cell("cv_f", part),
            shrink=0.5,
            tallest=800,
        )
        save_button(
            t("Download as SVG"),
            lambda: field_svg(p, place, *cell, image, standalone=True),
            f"{file_name}-{_code(place)}-{cell[0]}-{cell[1]}.svg",
            key="cv_field_save",
        )
    _table(p, file_name)


def _place_input(p: Plan) -> Place:
    there = {_code(place): place for place in places(p)}
    usual = next(code for code in ("stage2", "stage1") if code in there)
    code = linked("cv_map", usual, one_of(there))
    st.segmented_control(
        t("A cell after"),
        list(there),
        required=True,
        format_func=lambda code: there[code].name,
        key="cv_map",
        persist_state="session",
    )
    return there[code]


def _code(place: Place) -> str:
    return place.name.replace(" ", "")


def _photo_input() -> tuple[Photo, str]:
    """The photo of the Predict page, if somebody put one in there, or a sample."""
    own = own_photo()
    titles = {each.name: each.title for each in SAMPLES}
    if own is not None:
        titles = {_OWN: own.name} | titles
        if st.session_state.get(_OWN_SEEN) is not own:  # a new one is what the class wants to see
            st.session_state["cv_photo"] = _OWN
    st.session_state[_OWN_SEEN] = own
    name = linked("cv_photo", next(iter(titles)), one_of(titles, FORMER))
    st.selectbox(
        t("Photo"),
        list(titles),
        format_func=lambda name: titles[name] if name == _OWN else t(titles[name]),
        key="cv_photo",
        persist_state="session",
        help=t("A photo of your own that the Predict page has is used here too."),
    )
    if name == _OWN and own is not None:
        return own, t("Your photo, from the Predict page: {name}").format(name=own.name)
    return sample_photo(name), t("Photo: {credit}").format(credit=sample(name).credit)


def _numbers(p: Plan, place: Place, box: FieldBox, cell: tuple[int, int]) -> None:
    field = place.field
    size, jump, padding = st.columns([1.6, 1, 1.1])
    size.metric(t("Receptive field"), f"{field.size:,}")
    jump.metric(t("Jump"), field.jump)
    padding.metric(t("Padding"), f"{field.padding:,}")
    seen, there = box.rows.size * box.columns.size, p.input_shape[1] * p.input_shape[2]
    st.markdown(
        t("Cell **({row}, {column})** sees rows **{rows}** and columns **{columns}**: {share}.").format(
            row=cell[0],
            column=cell[1],
            rows=_range(box.rows),
            columns=_range(box.columns),
            share=t("**the whole image**")
            if seen == there
            else t("**{part:.3g} %** of the image").format(part=100 * seen / there),
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
    st.markdown(
        t("Its middle is pixel ({y:g}, {x:g}): {row}·{jump} and {column}·{jump}.").format(
            y=y, x=x, row=cell[0], column=cell[1], jump=field.jump
        )
    )


def _inside(span: Span, size: int) -> int:
    """How many pixels of a span are the image's."""
    return min(span.last, size - 1) - max(span.first, 0) + 1


def _range(span: Span) -> str:
    return f"{span.first} to {span.last}".replace("-", "−")


def _table(p: Plan, file_name: str) -> None:
    st.header(t("Size, jump and padding"))
    linked("cv_table", "maps", one_of(TABLES))
    which = st.segmented_control(
        t("Rows"),
        list(TABLES),
        required=True,
        format_func=lambda code: t(TABLES[code]),
        key="cv_table",
        label_visibility="collapsed",
        persist_state="session",
    )
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
            "after": st.column_config.TextColumn(t("after"), pinned=True),
            "map": t("map"),
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
