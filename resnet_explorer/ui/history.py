"""The browser's Back leads to the page before, however much was set on this one."""

from __future__ import annotations

from typing import Final

import streamlit as st

_SCRIPT: Final = """
<script>
  // Streamlit makes an entry of every link it writes, and Back among the entries of one page changes the
  // address alone, not the controls. So a link of the page that is open takes the place of the last one.
  if (!history.addEntry) {
    history.addEntry = history.pushState;
    history.pushState = function (state, title, url) {
      const isSamePage = new URL(url ?? "", location.href).pathname === location.pathname;
      return (isSamePage ? this.replaceState : this.addEntry).call(this, state, title, url);
    };
  }
</script>
"""


def one_entry_a_page() -> None:
    """Put the script into the page; it does its work once, before the first link is written."""
    st.html(_SCRIPT, unsafe_allow_javascript=True)
