"""Our scripts, run in the Node that Playwright brings, on as much of a page as they touch (`page.mjs`)."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright._impl._driver import compute_driver_executable

_PAGE = Path(__file__).with_name("page.mjs")


def played(scripts: Sequence[Path], play: str) -> Any:
    """What a play returns.

    Args:
        scripts: read as one module, as a component's are; its default export is `draw` in the play.
        play: the body of an asynchronous function, which knows `draw`, `Part`, `place` and `send`.
    """
    with TemporaryDirectory() as folder:
        script, file = Path(folder, "script.mjs"), Path(folder, "play.mjs")
        script.write_text("\n".join(each.read_text(encoding="utf-8") for each in scripts), encoding="utf-8")
        file.write_text(
            f'import {{ Part, place, send }} from "{_PAGE.as_uri()}";\n'
            'const { default: draw } = await import("./script.mjs");\n'
            f"const told = await (async () => {{\n{play}\n}})();\n"
            "console.log(JSON.stringify(told));\n"
            "process.exit();",
            encoding="utf-8",
        )
        done = subprocess.run(
            [str(compute_driver_executable()[0]), str(file)], capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
