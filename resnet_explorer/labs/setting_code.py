"""A setting as the Python that makes it, for notebooks."""

from __future__ import annotations

from resnet_explorer.labs.setting import Setting


def setting_code(setting: Setting) -> str:
    """The two lines that import and make it."""
    return f"from resnet_explorer.labs.setting import Setting\n\nsetting = {setting!r}"
