"""The arithmetic of every step that changes the size, and what the floor leaves unread.

A window of k pixels that moves by s over n pixels, padded by p on both sides, stands at
floor((n + 2p − k) / s) + 1 places (Dumoulin and Visin 2016, relationship 6). Where the division
leaves a remainder, that many columns at the far edge are never read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from resnet_explorer.plan import Layer, Plan, size_text, unread_pixels


@dataclass(frozen=True)
class Window:
    """One window along one axis: `size` pixels in, `out` places where the window stands."""

    size: int
    kernel: int
    stride: int
    padding: int
    out: int

    @property
    def padded(self) -> int:
        """Pixels with the padding of both sides."""
        return self.size + 2 * self.padding

    @property
    def room(self) -> int:
        """How far the window can move from its first place."""
        return self.padded - self.kernel

    @property
    def last_start(self) -> int:
        """Index in the padded input at which the last window begins."""
        return (self.out - 1) * self.stride

    @property
    def last_end(self) -> int:
        """Index in the padded input of the last pixel that is read."""
        return self.last_start + self.kernel - 1

    @property
    def unread(self) -> int:
        """Pixels at the far edge that no window reads."""
        return unread_pixels(self.size, self.kernel, self.stride, self.padding)

    def under(self, place: int) -> range:
        """Pixels under the window at a place (0-based), numbered as in the map: i·s − p and k − 1 more.

        Padding has the numbers below 0 and from `size` on.
        """
        start = place * self.stride - self.padding
        return range(start, start + self.kernel)

    def is_read(self, pixel: int) -> bool:
        """Whether any window reads a pixel, numbered as in the map."""
        padded = pixel + self.padding
        return 0 <= padded <= self.last_end and padded % self.stride < self.kernel

    @property
    def read(self) -> int:
        """Pixels of the map itself that some window reads."""
        return sum(map(self.is_read, range(self.size)))


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
        main = [layer for layer in strided if not layer.role.startswith("downsample")]
        if main:
            shortcut = next((layer for layer in strided if layer not in main), None)
            steps.append(Step(stage.name, main[0], shortcut))
    return tuple(steps)


def windows(layer: Layer) -> tuple[Window, Window]:
    """The layer's window along the height and along the width."""
    down, across = (
        Window(size, layer.kernel, layer.stride, layer.padding, out)
        for size, out in zip(layer.in_shape[1:], layer.out_shape[1:], strict=True)
    )
    return down, across


def lines(window: Window) -> tuple[Line, ...]:
    """The arithmetic line by line, the floor on a line of its own where it bites."""
    found = [
        Line(
            f"{window.size} + 2·{window.padding} − {window.kernel}",
            str(window.room),
            "pixels + padding on both sides − window: its room to move",
        )
    ]
    quotient, rest = divmod(window.room, window.stride)
    if window.stride > 1:
        exact = f"{window.room / window.stride:g}"
        found.append(Line(f"{window.room} / {window.stride}", exact, f"moves of {window.stride} pixels"))
        if rest:
            found.append(Line(f"⌊{exact}⌋", str(quotient), "the floor: only whole moves count"))
    found.append(Line(f"{quotient} + 1", str(window.out), "and the place where it stood at first"))
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


def floor_sentence(window: Window, line: str = "column") -> str:
    """Which pixels at the far edge are never read.

    Args:
        window: the window along one axis.
        line: what a pixel of this axis stands for, "column" or "row".
    """
    padded = "padded input" if window.padding else "input"
    last = window.padded - 1
    span = f"The {padded} is {window.padded} {line}s (0 to {last})"
    place = (
        f"starts at {line} {window.last_start} and ends at {window.last_end}"
        if window.kernel > 1
        else f"stands at {line} {window.last_start}"
    )
    if not window.unread:
        return f"{span}, and the last window {place}: nothing is left over, so the floor changes nothing."
    if window.unread == 1:
        lost = f"the last {line} ({last}) is never read"
    else:
        lost = f"the last {window.unread} {line}s ({window.last_end + 1} to {last}) are never read"
    return f"{span}. The last window {place}: {lost}, {_what_is_lost(window, line)}."


def skip_sentence(layer: Layer) -> str:
    """How much of its input a window reads that is smaller than its stride; "" for any other."""
    if layer.kernel >= layer.stride:
        return ""
    down, across = windows(layer)
    read, there = down.read * across.read, down.size * across.size
    return (
        f"A {layer.kernel}×{layer.kernel} window that moves by {layer.stride} jumps over the pixels between: "
        f"it reads {read:,} of {there:,} ({100 * read / there:.3g} %)."
    )


def step_title(layer: Layer) -> str:
    """What the step is, as "7×7 convolution, stride 2, padding 3: 224 → 112"."""
    words = {"conv": "convolution", "maxpool": "max-pool", "zero_pad": "subsampling"}
    before, after = size_text(layer.in_shape[1:]), size_text(layer.out_shape[1:])
    return (
        f"{layer.kernel}×{layer.kernel} {words[layer.kind]}, stride {layer.stride}, "
        f"padding {layer.padding}: {before} → {after}"
    )


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
        return "and it held only padding" if one else "and they held only padding"
    return (
        f"though it is a {line} of the map itself" if one else f"and {real} of them belong to the map itself"
    )
