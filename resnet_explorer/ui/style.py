"""Type and space that the theme's settings cannot say: sizes for the last row of a classroom."""

from __future__ import annotations

from typing import Final

import streamlit as st

_CSS: Final = """
<style>
  .block-container { max-width: 1400px; padding: 3.2rem 3rem 6rem; }
  .lead { font-size: 1.35rem; line-height: 1.5; opacity: 0.75; margin: -0.6rem 0 1.2rem; }
  /* Streamlit's own Stop leaves half a page behind; ours, beside the work, goes on from where it was. */
  [data-testid="stStatusWidget"] button { display: none; }
  [data-testid="stMetricValue"] { font-variant-numeric: tabular-nums; }
</style>
"""


def apply_style() -> None:
    """Put the style into the page."""
    st.html(_CSS)
