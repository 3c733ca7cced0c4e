"""Where what belongs to the person who runs the app is kept: networks, photos, runs."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_data_path


def home() -> Path:
    """The user's data folder of this project, or where RESNET_EXPLORER_HOME says."""
    told = os.environ.get("RESNET_EXPLORER_HOME")
    return Path(told) if told else user_data_path("resnet-explorer", appauthor=False)
