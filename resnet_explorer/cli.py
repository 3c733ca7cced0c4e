"""The command line: summary, export, predict, weights, train, degradation, serve.

Exit status 0 on success, 2 on bad arguments, 1 on a failure, which is told in one sentence on
stderr. What a command needs is imported when it runs, so that `--help` is there at once.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from resnet_explorer.commands import degradation, export, predict, serve, summary, train, weights
from resnet_explorer.commands.spoken import Command, Group, refusal, typer_speaks
from resnet_explorer.common.i18n import environment_language, msg, speaking, t
from resnet_explorer.common.memory import is_out_of_memory, no_memory

app = typer.Typer(
    help=msg("Take residual networks apart: every shape, every parameter, and what they see."),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    cls=Group,
)
app.command(
    help=msg("Shapes, parameters and multiply–accumulates of a network. Loads no torch."), cls=Command
)(summary.summary)
app.command(
    help=msg(
        "Write a network as code, ONNX, bundle, graph or table. Only ONNX and trained values load torch."
    ),
    cls=Command,
)(export.export)
app.command(help=msg("Name the likeliest classes of photos."), cls=Command)(predict.predict)
app.command(
    help=msg(
        "Train a network: small images from scratch, measured and with a card; or photos, with --strategy."
    ),
    cls=Command,
)(train.train)
app.command(
    help=msg("Train plain and residual networks on CIFAR-10 by one recipe (He et al. 2015, section 4.2)."),
    cls=Command,
)(degradation.degradation)
app.command(
    help=msg("Serve the app in the network of the room. For you alone, it is `streamlit run app.py`."),
    cls=Command,
)(serve.serve)
app.add_typer(weights.app, name="weights")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status.

    Args:
        arguments: what stands behind the program's name; the process's own unless told.
    """
    with speaking(environment_language()), typer_speaks():
        try:
            status = app(args=arguments, prog_name="python -m resnet_explorer", standalone_mode=False)
        except typer.TyperException as error:
            print(refusal(error), file=sys.stderr)
            return error.exit_code
        except (ValueError, OSError, RuntimeError, MemoryError) as error:
            sentence = str(error).splitlines()[0] if str(error) else type(error).__name__
            if is_out_of_memory(error):
                sentence = no_memory()
            print(t("Error: {sentence}").format(sentence=sentence), file=sys.stderr)
            return 1
    return status or 0
