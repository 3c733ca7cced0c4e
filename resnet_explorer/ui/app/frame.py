"""The frame around every page: the menu bar, the link.

Streamlit finds `pages/` beside `app.py` and, on a fresh server, would run a page that is asked for
by its address without this frame. So each page begins with `require_frame(__file__)`, which sends
such a visitor through `app.py` and on to the page, with the link's parameters kept.
"""

from __future__ import annotations

import json
import threading
from functools import partial
from pathlib import Path
from typing import Final, NoReturn

import streamlit as st
from streamlit.runtime.scriptrunner import RerunException

from resnet_explorer.common.i18n import language_tag, t
from resnet_explorer.ui.app import url_state
from resnet_explorer.ui.app.goal import follow_goal, leave_for, set_goal
from resnet_explorer.ui.app.menu_bar import menu_bar
from resnet_explorer.ui.app.page_end import PageEnd
from resnet_explorer.ui.app.page_list import OVERVIEW, PAGES, page_called
from resnet_explorer.ui.app.reconnect import script_of_session
from resnet_explorer.ui.app.refusal import sentence_of, tell_refusal
from resnet_explorer.ui.app.streamlit_words import script_of_words
from resnet_explorer.ui.app.upload_trouble import script_of_uploads
from resnet_explorer.ui.lessons import current as lesson
from resnet_explorer.ui.lessons.bar import lesson_words
from resnet_explorer.ui.lessons.follow import tell_open_step
from resnet_explorer.ui.lessons.hidden import apply_hidden, tell_unknown
from resnet_explorer.ui.session import language, network

_HERE: Final = Path(__file__).parent
_MOVED: Final = sorted(
    {f"pages/{file.name}" for file in (_HERE.parents[2] / "pages").glob("*.py")}
    - {page.file for page in PAGES}
)
"""The files that lead old links to where their pages are now."""
_OLD: Final = json.dumps([OVERVIEW.stem, *(Path(file).stem for file in _MOVED)])
_SCRIPT: Final = (_HERE / "browser_history.js").read_text(encoding="utf-8")
_thread = threading.local()


def run_app() -> None:
    """Draw the frame and, inside it, the page that was asked for."""
    st.set_page_config(page_title="ResNet Explorer", page_icon="🧱", layout="wide")
    language.begin()
    chosen = st.navigation(_pages(), position="hidden")
    follow_goal()
    page = page_called(chosen.title)
    url_state.begin(page.stem if page else "")
    network.read_link()
    lesson.read_link()
    st.html(_HERE / "style.css")
    st.html(_HERE / "phone.css")
    script = f"history.old = {_OLD}; document.documentElement.lang = '{language_tag()}';\n{_SCRIPT}"
    scripts = "\n".join((script, script_of_words(), script_of_session(), script_of_uploads()))
    st.html(f"<script>{scripts}</script>", unsafe_allow_javascript=True)
    here = lesson.place()
    apply_hidden(here)
    menu_bar(chosen.title, here)
    if here:
        lesson_words(here)
    tell_open_step(here)
    above = st.container()
    _thread.framed = True
    is_left = is_whole = False
    try:
        chosen.run()
        is_whole = True
    except RerunException:  # for another page or for this one anew, whose run writes the link as a whole
        is_left = True
        raise
    except PageEnd:
        pass
    except (MemoryError, RuntimeError) as error:
        tell_refusal(sentence_of(error))
    finally:
        _thread.framed = False
        if not is_left:
            network.write_link()
            language.check_link()
            lesson.write_link()
            if is_whole:
                tell_unknown(url_state.defaults())
            complaints = url_state.end(chosen.title, is_whole=is_whole)
            if complaints:
                above.warning(t("The link could not be followed to the end.") + " " + " ".join(complaints))


def _pages() -> list[st.Page]:
    """The pages that are listed and, behind them, those that lead old links on."""
    first = st.Page(OVERVIEW.file, title=OVERVIEW.name, url_path="start", default=True)
    # It is at the root, and Streamlit would not find it by its name.
    by_name = st.Page(partial(moved_to, OVERVIEW.stem), title=OVERVIEW.name, url_path=OVERVIEW.stem)
    listed = [st.Page(page.file, title=page.name) for page in PAGES if page is not OVERVIEW]
    return [first, *listed, by_name, *map(st.Page, _MOVED)]


def require_frame(page_file: str) -> None:
    """Send a visitor who came to a page without the frame through `app.py`."""
    if getattr(_thread, "framed", False):
        return
    set_goal(f"pages/{Path(page_file).name}", st.query_params.to_dict())
    st.switch_page("app.py")


def moved_to(stem: str, **link: str) -> NoReturn:
    """Lead an old link to where its page is now, with all that it asks for.

    Args:
        stem: of the file of the page that it became a part of.
        link: what that page is asked for besides.
    """
    leave_for(f"pages/{stem}.py", st.query_params.to_dict() | link)
