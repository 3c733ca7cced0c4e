from resnet_explorer.ui.app.frame import require_frame

require_frame(__file__)

import streamlit as st

from resnet_explorer.common.i18n import msg
from resnet_explorer.features.places import places
from resnet_explorer.network.plan import plan
from resnet_explorer.ui.app.head import foot_places, head, picture
from resnet_explorer.ui.app.refusal import shown_refusal
from resnet_explorer.ui.features.filters import show_filters
from resnet_explorer.ui.features.maps import show_maps
from resnet_explorer.ui.features.place import place_input
from resnet_explorer.ui.features.place_features import features_of, statistics_of
from resnet_explorer.ui.features.screen import Screen
from resnet_explorer.ui.features.sparsity import show_sparsity
from resnet_explorer.ui.photos.viewed_photo import photo_view
from resnet_explorer.ui.widgets.linked_inputs import view_choice

VIEWS = {"maps": msg("Maps"), "filters": msg("Filters"), "sparsity": msg("Zeros")}

controls = head(__file__)
view = view_choice("fm_view", VIEWS, controls)
place = picture()
words, take_home = foot_places()
shown = photo_view(place, words)
viewed = shown.viewed
side = viewed.weights.preprocessing.crop
network = plan(viewed.weights.spec, (side, side))
screen = Screen(shown.room, words, take_home, st.container())
with words, shown_refusal(ends_page=True):
    statistics = statistics_of(viewed)
    if view == "maps":
        with controls:
            chosen = place_input(network)
        show_maps(features_of(viewed, statistics, chosen), network, screen)
    elif view == "filters":
        show_filters(features_of(viewed, statistics, places(network)[0]), screen)
    else:
        show_sparsity(viewed, statistics, places(network), screen)
