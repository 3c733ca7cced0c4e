from resnet_explorer.ui.app.frame import require_frame

require_frame(__file__)

from resnet_explorer.common.i18n import msg
from resnet_explorer.network.spec_code import encode_size, encode_spec
from resnet_explorer.ui.app.head import head
from resnet_explorer.ui.convolution.receptive_field_view import field_view, take_former_photo
from resnet_explorer.ui.convolution.window_view import window_view
from resnet_explorer.ui.convolution.worked_example_view import worked_example_view
from resnet_explorer.ui.session.network import current_plan, current_size
from resnet_explorer.ui.widgets.component import style
from resnet_explorer.ui.widgets.linked_inputs import view_choice

VIEWS = {"layer": msg("Window"), "toy": msg("By hand"), "field": msg("Receptive field")}

take_former_photo()
controls = head(__file__)
view = view_choice("cv_view", VIEWS, controls)
style(__file__)
shown = current_plan()
if view == "layer":
    window_view(shown, controls)
elif view == "toy":
    worked_example_view(controls)
else:
    field_view(shown, f"{encode_spec(shown.spec)}-{encode_size(current_size())}", controls)
