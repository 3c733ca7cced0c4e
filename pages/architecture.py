from resnet_explorer.ui.app.frame import require_frame

require_frame(__file__)

from resnet_explorer.common.i18n import msg
from resnet_explorer.ui.app.head import head
from resnet_explorer.ui.architecture.network_view import network_view
from resnet_explorer.ui.architecture.path_picture import faces_input
from resnet_explorer.ui.comparison.compare_view import compare_view
from resnet_explorer.ui.comparison.views import other_choice
from resnet_explorer.ui.network.builder import network_controls
from resnet_explorer.ui.widgets.linked_inputs import view_choice

VIEWS = {"network": msg("Network"), "compare": msg("Compare")}

controls = head(__file__)
view = view_choice("arch_show", VIEWS, controls)
with controls:
    if view == "compare":
        other_choice()
    network_controls(has_depth_and_size=view == "network")
    if view == "network":
        faces_input()
if view == "compare":
    compare_view()
else:
    network_view()
