"""`export`: a network as files to take home."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from resnet_explorer.commands import parse
from resnet_explorer.diagram import to_dot
from resnet_explorer.export.model_file import model_file
from resnet_explorer.graph_svg import network_svg
from resnet_explorer.plan import plan
from resnet_explorer.spec import title
from resnet_explorer.tables import layer_rows, to_csv, to_markdown

File = Path | None


def export(
    network: parse.Network,
    size: parse.Size = None,
    model: Annotated[
        File, typer.Option(metavar="FILE", help="One Python file that needs PyTorch only.")
    ] = None,
    onnx: Annotated[File, typer.Option(metavar="FILE", help="ONNX, with initial weights.")] = None,
    seed: Annotated[int, typer.Option(help="Of the initial weights in the ONNX file.")] = 0,
    svg: Annotated[File, typer.Option(metavar="FILE", help="The graph as SVG, equal blocks folded.")] = None,
    dot: Annotated[File, typer.Option(metavar="FILE", help="The graph in Graphviz's DOT.")] = None,
    csv: Annotated[File, typer.Option(metavar="FILE", help="The table of layers as CSV.")] = None,
    markdown: Annotated[File, typer.Option(metavar="FILE", help="The table of layers in Markdown.")] = None,
) -> None:
    """Write a network as code, ONNX, graph or table. Only ONNX loads torch."""
    p = plan(network, parse.size(size) if size else network.natural_size)

    def onnx_bytes() -> bytes:
        from resnet_explorer.export.initial import initial_onnx

        return initial_onnx(network, seed)

    wanted: list[tuple[File, Callable[[], str | bytes]]] = [
        (model, lambda: model_file(network, p.input_size)),
        (onnx, onnx_bytes),
        (svg, lambda: network_svg(p, heading=title(network), standalone=True).svg),
        (dot, lambda: to_dot(p)),
        (csv, lambda: to_csv(layer_rows(p))),
        (markdown, lambda: to_markdown(layer_rows(p))),
    ]
    if not any(path for path, _ in wanted):
        raise typer.BadParameter("nothing to write: name a file, as with --model model.py.")
    for path, make in wanted:
        if path:
            typer.echo(_written(path, make()))


def _written(path: Path, content: str | bytes) -> str:
    data = content.encode() if isinstance(content, str) else content
    try:
        path.write_bytes(data)
    except OSError as error:
        raise ValueError(f"{path} cannot be written: {error.strerror}.") from None
    return f"{path}: {len(data):,} bytes"
