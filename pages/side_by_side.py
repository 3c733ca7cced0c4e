from resnet_explorer.ui.app.frame import require_frame

require_frame(__file__)

from resnet_explorer.common.i18n import msg, t
from resnet_explorer.ui.app.head import head
from resnet_explorer.ui.batch.many_view import many_view
from resnet_explorer.ui.side_by_side.one_photo_view import one_photo_view
from resnet_explorer.ui.widgets.linked_inputs import linked_choice

VIEWS = {"one": msg("One photo"), "many": msg("Many photos")}

controls = head(__file__)
view = linked_choice(
    "sb_view", t("View"), VIEWS, default="one", names=VIEWS, at=controls, label_visibility="collapsed"
)
if view == "one":
    one_photo_view(controls)
else:
    many_view(controls)
