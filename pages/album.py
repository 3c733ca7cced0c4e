from resnet_explorer.ui.frame import page_title, require_frame
from resnet_explorer.ui.pages import ALBUM

require_frame(__file__)
page_title(ALBUM.name)
