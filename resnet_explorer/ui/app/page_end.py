"""The end of a page before its last line: it waits for a guess, a photo, or work that was stopped.

Streamlit's own `st.stop` ends the whole script, the frame with it: the link would not be written and its
mistakes not be told.
"""

from __future__ import annotations

from typing import NoReturn


class PageEnd(Exception):  # noqa: N818 - no error
    """Nothing more is drawn of this page; the frame catches it."""


def end_page() -> NoReturn:
    """Draw nothing more of this page."""
    raise PageEnd
