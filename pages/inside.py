from resnet_explorer.ui.app.frame import require_frame

require_frame(__file__)

from resnet_explorer.ui.app.head import head
from resnet_explorer.ui.inside.arithmetic_view import arithmetic_view
from resnet_explorer.ui.inside.block_view import show_block
from resnet_explorer.ui.inside.controls import source_input
from resnet_explorer.ui.inside.tensor_view import show_tensor

controls = head(__file__)
source = source_input(controls)
if source == "photo":
    show_block(controls)
elif source == "arithmetic":
    arithmetic_view(controls)
else:
    show_tensor(controls)
