"""Networks at random: every field of a spec, small enough to be built and run in milliseconds."""

from __future__ import annotations

from hypothesis import strategies as st

from resnet_explorer.network.spec import ResNetSpec

input_sizes = st.tuples(st.integers(7, 70), st.integers(7, 70))
"""Height and width: odd, even, small and not square; 7 is the least that a stem without padding takes."""


@st.composite
def specs(draw: st.DrawFn) -> ResNetSpec:
    block = draw(st.sampled_from(["basic", "bottleneck"]))
    groups = draw(st.integers(1, 4))
    if block == "basic":
        width, width_per_group = groups * draw(st.integers(1, 6)), 64
    else:
        width = draw(st.integers(1, 12))
        fewest = -(-64 // width)  # that leaves a group one channel
        width_per_group = draw(st.integers(fewest, fewest + 200))
    return ResNetSpec(
        block,
        tuple(draw(st.lists(st.integers(1, 2), min_size=1, max_size=4))),
        width=width,
        groups=groups,
        width_per_group=width_per_group,
        stem=draw(st.sampled_from(["imagenet", "cifar"])),
        stride_in=draw(st.sampled_from(["3x3", "1x1"])),
        activation=draw(st.sampled_from(["post", "pre"])),
        shortcut=draw(st.sampled_from(["projection", "zero_pad", "projection_all", "none"])),
        norm=draw(st.sampled_from(["batch", "none"])),
        conv_bias=draw(st.booleans()),
        in_channels=draw(st.integers(1, 5)),
        num_classes=draw(st.integers(1, 20)),
        include_top=draw(st.booleans()),
        projection_norm=draw(st.booleans()),
        stem_padding=draw(st.sampled_from([None, 0])),
        stem_pool=draw(st.sampled_from([None, False, True])),
        zero_pad=draw(st.sampled_from(["after", "around"])),
    )
