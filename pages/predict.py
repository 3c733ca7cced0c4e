from resnet_explorer.ui.app.frame import require_frame

require_frame(__file__)

from resnet_explorer.common.i18n import msg
from resnet_explorer.ui.app.head import head
from resnet_explorer.ui.explanation.channels_view import show_channels
from resnet_explorer.ui.explanation.predict_view import show_predict
from resnet_explorer.ui.faithfulness.prove_view import show_prove
from resnet_explorer.ui.photos.drop_anywhere import drop_anywhere
from resnet_explorer.ui.widgets.component import style
from resnet_explorer.ui.widgets.linked_inputs import view_choice

VIEWS = {"predict": msg("Predict"), "channels": msg("Its channels"), "prove": msg("Prove it")}

controls = head(__file__)
style(__file__)
with controls:
    drop_anywhere()
view = view_choice("p_view", VIEWS, controls)
if view == "prove":
    show_prove(controls)
elif view == "channels":
    show_channels(controls)
else:
    show_predict(controls)
