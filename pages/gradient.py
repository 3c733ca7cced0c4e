from resnet_explorer.ui.app.frame import require_frame

require_frame(__file__)

from resnet_explorer.common.i18n import msg, t
from resnet_explorer.ui.app.head import head
from resnet_explorer.ui.labs.depth.gradient import GRADIENT_LAB
from resnet_explorer.ui.labs.depth.orders_lab import show_orders
from resnet_explorer.ui.labs.depth.signal import SIGNAL_LAB
from resnet_explorer.ui.widgets.linked_inputs import linked_choice

LABS = {"gradient": GRADIENT_LAB.show, "signal": SIGNAL_LAB.show, "thousand": show_orders}
NAMES = {"gradient": msg("gradient"), "signal": msg("signal"), "thousand": msg("1,001 layers")}

controls = head(__file__, has_own_networks=True)
with controls:
    chosen = linked_choice(
        "td_lab", t("What goes"), LABS, default="gradient", names=NAMES, label_visibility="collapsed"
    )
LABS[chosen](controls)
