from resnet_explorer.ui.app.frame import require_frame

require_frame(__file__)

from resnet_explorer.common.i18n import msg
from resnet_explorer.ui.app.head import head
from resnet_explorer.ui.lessons.lesson_view import show_lesson
from resnet_explorer.ui.lessons.write_view import show_write
from resnet_explorer.ui.widgets.linked_inputs import view_choice

VIEWS = {"follow": msg("Follow"), "write": msg("Write")}

controls = head(__file__)
if view_choice("le_view", VIEWS, controls) == "write":
    show_write(controls)
else:
    show_lesson(controls)
