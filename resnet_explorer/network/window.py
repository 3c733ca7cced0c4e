"""The arithmetic of sizes (the floor): at how many places a window stands on a map, what it never reads.

A window of k pixels that moves by s over n pixels, padded by p on both sides, stands at
floor((n + 2p − k) / s) + 1 places (Dumoulin and Visin 2016, relationship 6). Where the division
leaves a remainder, that many columns at the far edge are never read.
"""

from __future__ import annotations

from dataclasses import dataclass

from resnet_explorer.common.i18n import t
from resnet_explorer.network.layers import Layer


def output_size(size: int, kernel: int, stride: int, padding: int) -> int:
    """Pixels that a window leaves of `size` pixels: floor((size + 2·padding − kernel) / stride) + 1.

    Raises:
        ValueError: if the padded input is smaller than the window.
    """
    if size + 2 * padding < kernel:
        raise ValueError(
            t(
                "input_size leaves {size} pixels here, too few for a {kernel}×{kernel} window with "
                "padding {padding}; at least {number} are needed."
            ).format(size=size, kernel=kernel, padding=padding, number=max(1, kernel - 2 * padding))
        )
    # Floored, as torch does: the audit of the module holds both against each other.
    return (size + 2 * padding - kernel) // stride + 1


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
        """Padded pixels at the far edge that no window reads, because the division is floored."""
        return self.room % self.stride

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


def windows(layer: Layer) -> tuple[Window, Window]:
    """The layer's window along the height and along the width."""
    down, across = (
        Window(size, layer.kernel, layer.stride, layer.padding, out)
        for size, out in zip(layer.in_shape[1:], layer.out_shape[1:], strict=True)
    )
    return down, across
