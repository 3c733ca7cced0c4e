"""`export`: a network as files to take home."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from resnet_explorer.commands import parse
from resnet_explorer.commands.terminal import named_network
from resnet_explorer.common.i18n import msg, t
from resnet_explorer.common.os_error import FILE_NOT_WRITABLE, os_error_as
from resnet_explorer.export.model_py import model_file
from resnet_explorer.graph.diagram import to_dot
from resnet_explorer.graph.svg import network_svg
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import ResNetSpec, title
from resnet_explorer.network.table_rows import layer_rows, to_csv, to_markdown

if TYPE_CHECKING:
    from resnet_explorer.weights.trained_network import TrainedNetwork

File = Path | None


def export(
    network: Annotated[
        ResNetSpec | None,
        typer.Argument(
            parser=parse.network,
            metavar="NETWORK",
            help=msg(
                "A name (resnet50), or a code as in the app's links (basic.2-2-2-2.stem-cifar); "
                "with --weights, left out."
            ),
        ),
    ] = None,
    weights: Annotated[
        str | None,
        typer.Option(
            parser=parse.model,
            metavar="NAME",
            help=msg("A trained network instead: a line of `weights list`, or a file ({endings})."),
        ),
    ] = None,
    size: parse.Size = None,
    model: Annotated[
        File, typer.Option(metavar="FILE", help=msg("One Python file that needs PyTorch only."))
    ] = None,
    onnx: Annotated[
        File, typer.Option(metavar="FILE", help=msg("ONNX, with initial or trained values."))
    ] = None,
    bundle: Annotated[
        File,
        typer.Option(
            metavar="FILE", help=msg("With --weights: a ZIP whose predict.py runs without this project.")
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help=msg("Of the initial values in the ONNX file."))] = 0,
    svg: Annotated[
        File, typer.Option(metavar="FILE", help=msg("The graph as SVG, equal blocks folded."))
    ] = None,
    dot: Annotated[File, typer.Option(metavar="FILE", help=msg("The graph in Graphviz's DOT."))] = None,
    csv: Annotated[File, typer.Option(metavar="FILE", help=msg("The table of layers as CSV."))] = None,
    markdown: Annotated[
        File, typer.Option(metavar="FILE", help=msg("The table of layers in Markdown."))
    ] = None,
) -> None:
    """The command `export`; arguments as their helps say."""
    if (network is None) == (weights is None):
        raise typer.BadParameter(t("name a network, or a trained one with --weights; one of the two."))
    if bundle and weights is None:
        raise typer.BadParameter(t("--bundle needs trained values; --weights says which."))
    if not any((model, onnx, bundle, svg, dot, csv, markdown)):
        raise typer.BadParameter(t("nothing to write: name a file, as with --model model.py."))
    chosen = named_network(weights) if weights else None
    spec = chosen.weights.spec if chosen else network
    assert spec is not None  # one of the two is there
    default = chosen.weights.plan.input_size if chosen else spec.natural_size
    p = plan(spec, parse.size(size) if size else default)
    wanted: list[tuple[File, Callable[[], str | bytes]]] = [
        (model, lambda: model_file(spec, p.input_size)),
        (onnx, lambda: _onnx(spec, seed, chosen)),
        (bundle, lambda: _bundle(chosen)),
        (svg, lambda: network_svg(p, heading=title(spec), standalone=True).svg),
        (dot, lambda: to_dot(p)),
        (csv, lambda: to_csv(layer_rows(p))),
        (markdown, lambda: to_markdown(layer_rows(p))),
    ]
    for path, make in wanted:
        if path:
            typer.echo(_written(path, make()))


def _onnx(spec: ResNetSpec, seed: int, chosen: TrainedNetwork | None) -> bytes:
    from resnet_explorer.export.onnx import initial_onnx, trained_onnx

    if chosen is None:
        return initial_onnx(spec, seed)
    return trained_onnx(chosen.weights, chosen.network.state_dict())


def _bundle(chosen: TrainedNetwork | None) -> bytes:
    from resnet_explorer.export.bundle import bundle
    from resnet_explorer.weights.description import to_metadata
    from resnet_explorer.weights.tensors import state_file

    assert chosen is not None  # asked for with --weights alone
    network = state_file(chosen.network.state_dict(), to_metadata(chosen.weights))
    return bundle(chosen.weights, network)


def _written(path: Path, content: str | bytes) -> str:
    data = content.encode() if isinstance(content, str) else content
    with os_error_as(FILE_NOT_WRITABLE, path=path):
        path.write_bytes(data)
    return t("{path}: {count:,} bytes").format(path=path, count=len(data))
