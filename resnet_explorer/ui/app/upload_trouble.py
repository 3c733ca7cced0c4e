"""Why an upload failed, in a sentence on the page; only the browser knows of one that broke off."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from resnet_explorer.common.i18n import t

_SCRIPT: Final = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")


def script_of_uploads() -> str:
    """JavaScript that tells of an upload that was refused or broke off."""
    words = {
        "broken": t("The file did not come through whole, and nothing of it was kept; please give it again."),
        "close": t("Close"),
    }
    return f"window.uploadWords = {json.dumps(words)};\n{_SCRIPT}"
