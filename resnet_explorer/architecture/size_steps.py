"""The arithmetic of every step that changes the size, and what the floor leaves unread, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from resnet_explorer.common.i18n import nt, t
from resnet_explorer.common.numbers import span_text
from resnet_explorer.network.layers import Layer, Plan, size_text
from resnet_explorer.network.window import Window, output_size, windows


@dataclass(frozen=True)
class Step:
    """A place on the path where windows set the size.

    Attributes:
        section: "conv1", "maxpool", "stage 2" and so on.
        layer: the layer on the main path whose window it is.
        shortcut: the layer on the shortcut that has to arrive at the same size, if there is one.
    """

    section: str
    layer: Layer
    shortcut: Layer | None = None


@dataclass(frozen=True)
class Line:
    """One line of the arithmetic: "224 + 2·3 − 7", "223", and what it means."""

    expression: str
    result: str
    meaning: str


def size_steps(plan: Plan) -> tuple[Step, ...]:
    """The steps in the order of the data: the stem always, then whatever has a stride."""
    stem = {layer.name: layer for layer in plan.stem.layers}
    steps = [Step(name, stem[name]) for name in ("conv1", "maxpool") if name in stem]
    for stage in plan.stages:
        strided = [layer for layer in stage.layers if layer.stride > 1]
        main = [layer for layer in strided if not layer.on_shortcut]
        if main:
            shortcut = next((layer for layer in strided if layer not in main), None)
            steps.append(Step(stage.name, main[0], shortcut))
    return tuple(steps)


def lines(window: Window) -> tuple[Line, ...]:
    """The arithmetic line by line, the floor on a line of its own where it bites."""
    found = [
        Line(
            f"{window.size} + 2·{window.padding} − {window.kernel}",
            str(window.room),
            t("pixels + padding on both sides − window: its room to move"),
        )
    ]
    quotient, rest = divmod(window.room, window.stride)
    if window.stride > 1:
        exact = f"{window.room / window.stride:g}"
        found.append(
            Line(
                f"{window.room} / {window.stride}",
                exact,
                t("moves of {stride} pixels").format(stride=window.stride),
            )
        )
        if rest:
            found.append(Line(f"⌊{exact}⌋", str(quotient), t("the floor: only whole moves count")))
    found.append(Line(f"{quotient} + 1", str(window.out), t("and the place where it stood at first")))
    return tuple(found)


def arithmetic(window: Window) -> str:
    """The arithmetic in one line: "224 + 2·3 − 7 = 223; 223 / 2 = 111.5 → ⌊111.5⌋ = 111, + 1 = 112"."""
    quotient, rest = divmod(window.room, window.stride)
    text = f"{window.size} + 2·{window.padding} − {window.kernel} = {window.room}"
    if window.stride > 1:
        exact = f"{window.room / window.stride:g}"
        text += f"; {window.room} / {window.stride} = {exact}"
        if rest:
            text += f" → ⌊{exact}⌋ = {quotient}"
    return f"{text}, + 1 = {window.out}"


def formula(layer: Layer) -> str:
    """The whole of it: "⌊(224 + 2·3 − 7) / 2⌋ + 1 = 112"; twice where rows and columns differ."""
    return ", ".join(map(_formula, dict.fromkeys(windows(layer))))


def _formula(window: Window) -> str:
    moves = f"{window.size} + 2·{window.padding} − {window.kernel}"
    if window.stride > 1:
        moves = f"⌊({moves}) / {window.stride}⌋"
    return f"{moves} + 1 = {window.out}"


def floor_sentence(window: Window, line: str = "column") -> str:
    """Which pixels at the far edge are never read.

    Args:
        window: the window along one axis.
        line: what a pixel of this axis stands for, "column" or "row".
    """
    is_row, last = line == "row", window.padded - 1
    one, many = (t("row"), t("rows")) if is_row else (t("column"), t("columns"))
    whole = (
        t("The padded input is {count} {lines} (0 to {last})")
        if window.padding
        else t("The input is {count} {lines} (0 to {last})")
    )
    span = whole.format(count=window.padded, lines=many, last=last)
    stands = (
        t("starts at {line} {start} and ends at {end}")
        if window.kernel > 1
        else t("stands at {line} {start}")
    )
    place = stands.format(line=one, start=window.last_start, end=window.last_end)
    if not window.unread:
        return t(
            "{span}, and the last window {place}: nothing is left over, so the floor changes nothing."
        ).format(span=span, place=place)
    words = nt(
        "the last {line} ({which}) is never read",
        "the last {count} {lines} ({which}) are never read",
        window.unread,
    )
    which = span_text(window.last_end + 1, last)
    lost = words.format(line=one, lines=many, count=window.unread, which=which)
    return t("{span}. The last window {place}: {lost}, {what}.").format(
        span=span, place=place, lost=lost, what=_what_is_lost(window, one)
    )


def skip_sentence(layer: Layer) -> str:
    """How much of its input a window reads that is smaller than its stride; "" for any other."""
    if layer.kernel >= layer.stride:
        return ""
    down, across = windows(layer)
    read, there = down.read * across.read, down.size * across.size
    return t(
        "A {kernel}×{kernel} window that moves by {stride} jumps over the pixels between: "
        "it reads {read:,} of {there:,} ({part:.3g} %)."
    ).format(kernel=layer.kernel, stride=layer.stride, read=read, there=there, part=100 * read / there)


def step_title(layer: Layer) -> str:
    """What the step is, as "7×7 convolution, stride 2, padding 3: 224 → 112"."""
    words = {"conv": t("convolution"), "maxpool": t("max-pool"), "zero_pad": t("subsampling")}
    before, after = size_text(layer.in_shape[1:]), size_text(layer.out_shape[1:])
    return t("{kernel}×{kernel} {what}, stride {stride}, padding {padding}: {before} → {after}").format(
        kernel=layer.kernel,
        what=words[layer.kind],
        stride=layer.stride,
        padding=layer.padding,
        before=before,
        after=after,
    )


def unpadded_sentence(layer: Layer) -> str:
    """Why a stem without padding leaves fewer pixels than the book’s; "" for one with padding."""
    if layer.name != "conv1" or layer.padding:
        return ""
    window, padding = windows(layer)[1], layer.kernel // 2
    k, s = layer.kernel, layer.stride
    book = output_size(window.size, k, s, padding)
    return t(
        "This stem has no padding, so {size} gives {out} = ⌊({size} − {k}) / {s}⌋ + 1; "
        "in the book {padding} zeros stand on each side, and {size} gives "
        "{book} = ⌊({size} + 2·{padding} − {k}) / {s}⌋ + 1."
    ).format(size=window.size, out=window.out, k=k, s=s, padding=padding, book=book)


def axes(layer: Layer) -> Iterator[tuple[str, Window]]:
    """The windows to explain: one for a square map, else ("row", …) and ("column", …)."""
    down, across = windows(layer)
    if down != across:
        yield "row", down
    yield "column", across


def _what_is_lost(window: Window, line: str) -> str:
    real = max(0, window.unread - window.padding)
    one = window.unread == 1
    if real == 0:
        return t("and it held only padding") if one else t("and they held only padding")
    words = (
        t("though it is a {line} of the map itself")
        if one
        else t("and {real} of them belong to the map itself")
    )
    return words.format(line=line, real=real)
