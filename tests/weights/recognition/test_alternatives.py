"""Networks of the same shapes: a network is one of its own alternatives, whatever its unused fields say."""

from __future__ import annotations

from hypothesis import example, given, settings

from resnet_explorer import ResNetSpec
from resnet_explorer.weights.recognition.alternatives import alternatives, what_it_is
from resnet_explorer.weights.recognition.infer_spec import state_shapes
from tests.strategies import specs


@settings(deadline=None, max_examples=25)
@example(ResNetSpec("basic", (1, 1), width=8, shortcut="none", zero_pad="around"))
@given(specs())
def test_a_network_is_among_those_of_its_shapes_and_each_is_told_in_words(spec: ResNetSpec) -> None:
    found = alternatives(spec)
    assert spec in found
    assert len({*map(what_it_is, found)}) == len(found)
    assert all(state_shapes(other) == state_shapes(spec) for other in found)
