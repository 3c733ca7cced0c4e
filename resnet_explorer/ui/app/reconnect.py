"""A page comes back by itself when its server was started again.

What tells whether a session still lives is a file that the server keeps as long as the session.
"""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Final

import streamlit as st
from streamlit import runtime

_SCRIPT: Final = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
_TOKEN: Final = "_file_of_session"


def script_of_session() -> str:
    """JavaScript that loads the page anew when it is connected again and this session is gone."""
    if not runtime.exists():  # nobody is connected
        return ""
    token = st.session_state.setdefault(_TOKEN, secrets.token_hex())
    files = runtime.get_instance().media_file_mgr
    address = files.add(token.encode(), "text/plain", _TOKEN)
    return f"window.fileOfSession = {json.dumps(address)};\n{_SCRIPT}"
