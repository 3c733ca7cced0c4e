from resnet_explorer.ui.app.frame import moved_to, require_frame

require_frame(__file__)

moved_to("predict", p_view="prove")
