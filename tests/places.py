"""Where the project and its app are."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
APP = str(ROOT / "app.py")
