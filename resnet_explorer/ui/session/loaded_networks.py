"""Trained networks for the pages: loaded once for all sessions, and used by one at a time."""

from __future__ import annotations

import atexit
import gc
import importlib
import sys
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import streamlit as st

from resnet_explorer.common.sized_cache import SizedCache
from resnet_explorer.network.plan import plan
from resnet_explorer.network.table_rows import BYTES_PER_NUMBER
from resnet_explorer.serving.gate import Gate
from resnet_explorer.ui.session.cached_result import cached_result
from resnet_explorer.weights import catalogue, user_store

if TYPE_CHECKING:
    from resnet_explorer.model.resnet import ResNet
    from resnet_explorer.weights.description import Weights

ROOM: Final = 2**30
"""Bytes of values that the networks kept in memory may take together: four of ResNet-152's."""


@st.cache_resource(show_spinner=False)
def torch_gate() -> Gate:
    """What a session holds while torch works for it: `with torch_gate():` for a single pass."""
    return Gate()


@st.cache_resource(show_spinner=False)
def warm_up(module: str = "resnet_explorer.explanation.cam") -> bool:
    """Import what loads torch, once, and exempt it from garbage collection.

    Streamlit collects garbage after every run; with torch's objects in sight that takes 200 ms.
    """
    importlib.import_module("plotly.graph_objects")
    importlib.import_module(module)
    _exempt(len(sys.modules))
    return True


@lru_cache(maxsize=1)
def _exempt(loaded: int) -> None:
    """Exempt what is there from garbage collection, once for each number of modules that are loaded."""
    del loaded
    gc.unfreeze()  # the sessions of then were exempt with it, and what a lesson had would never go
    gc.collect()
    gc.freeze()
    atexit.register(gc.unfreeze)  # else libraries that look for leaks at the end complain of all of it


def trained(chosen: Weights) -> ResNet:
    """The network with its trained values, ready to look at photos (`model.fold_batch_norm`).

    It is shared by all sessions, and not to be changed.

    Raises:
        ValueError: in one sentence, if it cannot be had.
    """
    warm_up()
    return _cache().get(chosen.key, stored_bytes(chosen), lambda: _trained(chosen.key))


def photo_networks() -> list[Weights]:
    """Those on this machine that can classify a photo now: of colour or grey, and with a head."""
    entries = catalogue.on_this_machine()
    # A file that comes again with names for its classes has the key and the label of before.
    question = (*entries, *user_store.kept())
    found = cached_result(
        "_photo_networks", question, lambda: [catalogue.find(entry.key) for entry in entries]
    )
    return [each for each in found if each.spec.include_top and each.spec.in_channels in (1, 3)]


def stored_bytes(chosen: Weights) -> int:
    """Memory that the network's values take, in float32."""
    return BYTES_PER_NUMBER * plan(chosen.spec).params


def as_stored(chosen: Weights) -> ResNet:
    """The network with its values as they stand in the file, for those who look at the values themselves.

    Raises:
        ValueError: in one sentence, if it cannot be had.
    """
    warm_up()
    return _as_stored(chosen.key)


@st.cache_resource(show_spinner=False)
def _cache() -> SizedCache[ResNet]:
    return SizedCache(ROOM)


def _trained(key: str) -> ResNet:
    import torch

    from resnet_explorer.model.fold_batch_norm import for_evaluation

    found = catalogue.find(key)
    network = for_evaluation(catalogue.load(found))
    side = found.preprocessing.crop
    with torch.inference_mode():  # the first pass is the slowest: nobody's, so that times shown are true
        network(torch.zeros(1, found.spec.in_channels, side, side))
    return network


@st.cache_resource(show_spinner=False, max_entries=1)
def _as_stored(key: str) -> ResNet:
    return catalogue.load(catalogue.find(key))
