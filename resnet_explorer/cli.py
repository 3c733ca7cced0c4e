"""The command line: summary, export, predict, weights, train, degradation, serve.

Exit status 0 on success, 2 on bad arguments, 1 on a failure, which is told in one sentence on
stderr. What a command needs is imported when it runs, so that `--help` is there at once.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from resnet_explorer.commands import degradation, export, predict, serve, summary, train, weights
from resnet_explorer.common.i18n import environment_language, speaking, t
from resnet_explorer.common.memory import is_out_of_memory, no_memory

app = typer.Typer(
    help="Take residual networks apart: every shape, every parameter, and what they see.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(summary.summary)
app.command()(export.export)
app.command()(predict.predict)
app.command()(train.train)
app.command()(degradation.degradation)
app.command()(serve.serve)
app.add_typer(weights.app, name="weights")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status.

    Args:
        arguments: what stands behind the program's name; the process's own unless told.
    """
    try:
        with speaking(environment_language()):
            app(args=arguments, prog_name="python -m resnet_explorer")
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(bool(stop.code))
    except (ValueError, OSError, RuntimeError, MemoryError) as error:
        sentence = str(error).splitlines()[0] if str(error) else type(error).__name__
        if is_out_of_memory(error):
            sentence = no_memory()
        print(t("Error: {sentence}").format(sentence=sentence), file=sys.stderr)
        return 1
    return 0
