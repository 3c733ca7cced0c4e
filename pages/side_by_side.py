from resnet_explorer.ui.app.frame import require_frame

require_frame(__file__)

from resnet_explorer.common.i18n import msg
from resnet_explorer.ui.app.head import head
from resnet_explorer.ui.batch.many_view import many_view
from resnet_explorer.ui.side_by_side.one_photo_view import one_photo_view
from resnet_explorer.ui.widgets.linked_inputs import view_choice

VIEWS = {"one": msg("One photo"), "many": msg("Many photos")}

controls = head(__file__)
if view_choice("sb_view", VIEWS, controls) == "one":
    one_photo_view(controls)
else:
    many_view(controls)
