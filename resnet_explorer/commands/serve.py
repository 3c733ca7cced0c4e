"""`serve --class`: the app for the network of the room, with a link for students and one for the teacher."""

from __future__ import annotations

import io
import signal
import sys
from typing import Annotated

import typer

from resnet_explorer.common.i18n import msg, t


def serve(
    for_class: Annotated[
        bool, typer.Option("--class", help=msg("For a class: students see what is theirs alone."))
    ] = False,
    port: Annotated[int, typer.Option(min=1, max=65535, help=msg("To listen on."))] = 8501,
    address: Annotated[
        str, typer.Option(help=msg("Of the network card to listen on; all of them unless told."))
    ] = "0.0.0.0",
    processes: Annotated[
        int, typer.Option(min=1, max=64, help=msg("Of the app; more than one stand behind nginx."))
    ] = 1,
    opened: Annotated[
        str,
        typer.Option(
            "--students",
            help=msg("Address that students open, if a proxy's or a container's host's, not this machine's."),
        ),
    ] = "",
    training: Annotated[
        bool, typer.Option("--training", help=msg("Let students train: one small run each, in a queue."))
    ] = False,
) -> None:
    """The command `serve`; arguments as their helps say."""
    if not for_class:
        raise typer.BadParameter(t("without --class: for yourself, it is `streamlit run app.py`."))
    import segno

    from resnet_explorer.common.user_folder import own_home
    from resnet_explorer.serving.addresses import addresses
    from resnet_explorer.serving.class_folder import served_class
    from resnet_explorer.serving.nginx import nginx_program
    from resnet_explorer.ui.serving.server import TEACH, serve_class, serve_class_in_processes, stop_runs

    if processes > 1:
        nginx_program()
    here = addresses() if address == "0.0.0.0" else [address]
    students = [opened.rstrip("/")] if opened else [f"http://{each}:{port}" for each in here or ["localhost"]]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that what the class left is removed then, too
    with served_class(own_home() / "class", students[0], can_train=training) as room:
        typer.echo(t("Students:  ") + t("  or  ").join(students))
        code = io.StringIO()
        segno.make(students[0]).terminal(code, compact=True)
        typer.echo(code.getvalue())
        typer.echo(
            t("Teacher (secret, for your browser alone):  {address}").format(
                address=f"{students[0]}{TEACH}{room.teacher_link}"
            )
        )
        typer.echo(
            t("Students may train, one small run each.")
            if training
            else t("Students may not train (--training).")
        )
        try:
            if processes == 1:
                serve_class(room, port, address)
            else:
                serve_class_in_processes(room, port, address, processes)
        except KeyboardInterrupt:
            typer.echo(t("Stopped."), err=True)
        finally:
            for home in room.folder.glob("*/"):
                stop_runs(home)
