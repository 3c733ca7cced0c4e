from resnet_explorer.ui.frame import require_frame

require_frame(__file__)

import streamlit as st

from resnet_explorer.i18n import t
from resnet_explorer.side_by_side import short_names
from resnet_explorer.ui.frame import page_title
from resnet_explorer.ui.page_end import end_page
from resnet_explorer.ui.side_by_side_columns import show_columns, show_how
from resnet_explorer.ui.side_by_side_input import ask, map_input, networks_input, photo_choice, show_square
from resnet_explorer.ui.side_by_side_samples import show_samples
from resnet_explorer.ui.side_by_side_saves import show_saves
from resnet_explorer.ui.side_by_side_scene import Scene
from resnet_explorer.ui.side_by_side_verdict import pair_rows, show_disagreement

page_title(t("Side by side"), t("One photo, several networks: what each says, why, and how long it takes."))
place, asked = photo_choice()
chosen = networks_input()
lookers, back, maps = map_input(chosen)
found, whole = ask(place, lookers, asked, back)
if found is None:
    end_page()
for refusal in found.refusals:
    st.error(refusal)
if not found.answers or found.view is None:
    end_page()
names = short_names([answer.looker.weights for answer in found.answers])
scene = Scene(place.photo, found, names, maps, found.view)
show_square(place, scene.answers[0].looker, scene.view)
show_columns(scene)
show_how(scene)
pairs = pair_rows(scene)
show_saves(scene, pairs)
st.subheader(t("Where they disagree"))
show_disagreement(scene, pairs)
if whole:
    show_samples([answer.looker for answer in scene.answers], names)
