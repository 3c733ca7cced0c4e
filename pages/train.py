from resnet_explorer.ui.app.frame import require_frame

require_frame(__file__)

from resnet_explorer.common.i18n import msg
from resnet_explorer.ui.app.head import head
from resnet_explorer.ui.app.refusal import show_kept_refusal, shown_refusal
from resnet_explorer.ui.finetune.dataset.dataset_view import show_photos
from resnet_explorer.ui.finetune.training.live import show_live, take_up_cut_off_runs
from resnet_explorer.ui.finetune.training.new_run import show_new_run
from resnet_explorer.ui.finetune.training.settings_input import take_over
from resnet_explorer.ui.widgets.linked_inputs import view_choice

NAMES = {"photos": msg("Your photos"), "new": msg("A new run"), "live": msg("Progress")}
VIEWS = {"photos": show_photos, "new": show_new_run, "live": show_live}

with shown_refusal():
    take_up_cut_off_runs()
take_over()
controls = head(__file__)
view = view_choice("tn_view", NAMES, controls, default="new")
show_kept_refusal()
with shown_refusal():
    VIEWS[view](controls)
