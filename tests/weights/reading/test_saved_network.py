"""The network among all that people save: every public form of keys, prefixes and heads gives its answers."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.utils.prune
from torch import Tensor

from resnet_explorer.model.resnet import ResNet
from resnet_explorer.weights.checkpoint import read_checkpoint
from resnet_explorer.weights.reading.saved_network import find_network
from resnet_explorer.weights.recognition.infer_from_file import recognise_file
from tests.weights.files import SMALL, saved

State = dict[str, Tensor]


def renamed(state: Mapping[str, Tensor], *rules: tuple[str, str]) -> State:
    """The state with each rule's pattern replaced in all names."""
    found = dict(state)
    for pattern, words in rules:
        found = {re.sub(pattern, words, name): value for name, value in found.items()}
    return found


def prefixed(prefix: str, state: Mapping[str, Tensor]) -> State:
    return {prefix + name: value for name, value in state.items()}


def other(state: Mapping[str, Tensor]) -> State:
    """The same network with other values."""
    return {name: value * 0 for name, value in state.items()}


def detectron2(state: Mapping[str, Tensor]) -> State:
    return renamed(
        state,
        (r"^conv1\.", "stem.conv1."),
        (r"^bn1\.", "stem.conv1.norm."),
        (r"^layer1\.", "res2."),
        (r"^layer2\.", "res3."),
        (r"(res.*)\.bn(\d)\.", r"\1.conv\2.norm."),
        (r"downsample\.0", "shortcut"),
        (r"downsample\.1", "shortcut.norm"),
        (r"^fc\.", "linear."),
    )


def transformers(state: Mapping[str, Tensor]) -> State:
    def place(found: re.Match[str]) -> str:
        kind = "convolution" if found[2] == "conv" else "normalization"
        return f"{found[1]}layer.{int(found[3]) - 1}.{kind}."

    found = renamed(
        state,
        (r"^conv1\.", "resnet.embedder.embedder.convolution."),
        (r"^bn1\.", "resnet.embedder.embedder.normalization."),
        (r"^layer1\.(\d+)\.", r"resnet.encoder.stages.0.layers.\1."),
        (r"^layer2\.(\d+)\.", r"resnet.encoder.stages.1.layers.\1."),
        (r"downsample\.0", "shortcut.convolution"),
        (r"downsample\.1", "shortcut.normalization"),
        (r"^fc\.", "classifier.1."),
    )
    return {re.sub(r"^(resnet\.encoder.*\.)(conv|bn)(\d)\.", place, name): v for name, v in found.items()}


def children(state: Mapping[str, Tensor], head: str) -> State:
    """nn.Sequential(*resnet.children())"""
    rules = (
        (r"^conv1\.", "0."),
        (r"^bn1\.", "1."),
        (r"^layer1\.", "4."),
        (r"^layer2\.", "5."),
        (r"^fc\.", head),
    )
    return renamed(state, *rules)


WHOLE: dict[str, Callable[[State], Mapping[str, Any]]] = {
    "Lightning with a weighted loss": lambda s: {
        "state_dict": {**prefixed("model.", s), "criterion.weight": torch.ones(3)}
    },
    "Lightning with metrics": lambda s: {
        "state_dict": {
            **prefixed("net.", s),
            "train_acc.tp": torch.zeros(3),
            "loss_fn.pos_weight": torch.ones(3),
        }
    },
    "mmpretrain": lambda s: {
        "meta": {"epoch": 3},
        "state_dict": renamed(prefixed("backbone.", s), (r"^backbone\.fc", "head.fc")),
    },
    "timm with a module head": lambda s: renamed(s, (r"^fc\.", "head.fc.")),
    "a head of dropout and a layer": lambda s: renamed(s, (r"^fc\.", "fc.1.")),
    "classifier": lambda s: renamed(s, (r"^fc\.", "classifier.")),
    "Cadene's last_linear": lambda s: renamed(s, (r"^fc\.", "last_linear.")),
    "encoder and classifier": lambda s: renamed(prefixed("encoder.", s), (r"^encoder\.fc", "classifier")),
    "model and head in two mappings": lambda s: {
        "backbone": {n: v for n, v in s.items() if not n.startswith("fc.")},
        "head": {n.removeprefix("fc."): v for n, v in s.items() if n.startswith("fc.")},
    },
    "torch.compile around DataParallel": lambda s: {"model": prefixed("_orig_mod.module.", s)},
    "DataParallel around torch.compile": lambda s: {"model": prefixed("module._orig_mod.", s)},
    "a stage compiled": lambda s: renamed(s, (r"^layer1\.", "layer1._orig_mod.")),
    "FSDP": lambda s: prefixed("_fsdp_wrapped_module.", s),
    "transformers": transformers,
    "transformers in Lightning": lambda s: {"state_dict": prefixed("model.", transformers(s))},
    "detectron2": lambda s: {"model": detectron2(s)},
    "detectron2 in a detector": lambda s: {
        "model": {
            **prefixed("backbone.bottom_up.", detectron2(s)),
            "proposal_generator.conv.weight": torch.ones(1),
        }
    },
    "a Sequential of children": lambda s: children(s, "9."),
    "body and head in a Sequential": lambda s: {
        "model": renamed(prefixed("0.", children(s, "fc.")), (r"^0\.fc", "1.2")),
        "opt": {"state": []},
    },
    "params": lambda s: {"params": s},
    "params_ema before params": lambda s: {"params": other(s), "params_ema": s},
    "state_dict_ema before state_dict": lambda s: {
        "state_dict": other(s),
        "state_dict_ema": prefixed("module.", s),
    },
    "timm's ema": lambda s: {"state_dict": other(s), "arch": "resnet", "model_ema": s},
    "Lightning's ema_model": lambda s: {
        "state_dict": {**prefixed("model.", other(s)), **prefixed("ema_model.module.", s)}
    },
    "best_model before model": lambda s: {"model": other(s), "best_model": s},
    "teacher before student": lambda s: {"student": prefixed("module.", other(s)), "teacher": s},
    "model_state": lambda s: {
        "model_state": s,
        "optimizer_state": {"state": {0: {"exp_avg": torch.ones(9)}}},
    },
    "a key of nobody's": lambda s: {"what": {"ever": prefixed("my.net.", s)}},
    "thop's counters": lambda s: {**s, "total_ops": torch.zeros(1), "layer1.0.total_ops": torch.zeros(())},
    "each layer a mapping": lambda s: {
        "conv1": {"weight": s["conv1.weight"]},
        **{n: v for n, v in s.items() if n != "conv1.weight"},
    },
    "arrays of NumPy": lambda s: {n: v.numpy() for n, v in s.items()},
}


@pytest.mark.parametrize("form", WHOLE)
def test_a_whole_classifier_is_found(model: ResNet, photos: Tensor, form: str) -> None:
    content = saved(WHOLE[form](dict(model.state_dict())))
    found = read_checkpoint(content, "net.pth")
    assert found.weights.spec == SMALL == recognise_file(content, "net.pth").spec
    assert torch.equal(found.network()(photos), model(photos))


SELF_SUPERVISED: dict[str, Callable[[State], Mapping[str, Any]]] = {
    "MoCo v1": lambda s: {
        "state_dict": {
            **prefixed("module.encoder_q.", s),
            **prefixed("module.encoder_k.", other(s)),
            "module.queue": torch.ones(3, 16),
            "module.queue_ptr": torch.zeros(1).long(),
        }
    },
    "MoCo v2": lambda s: {
        "state_dict": prefixed(
            "module.encoder_q.", renamed(s, (r"^fc\.", "fc.2.")) | {"fc.0.weight": torch.ones(8, 8)}
        )
    },
    "SimCLR": lambda s: {
        "state_dict": prefixed(
            "backbone.", renamed(s, (r"^fc\.", "fc.2.")) | {"fc.0.weight": torch.ones(8, 8)}
        )
    },
    "SimCLR's encoder and projector": lambda s: {
        **prefixed("encoder.", trunk(s)),
        "projector.0.weight": torch.ones(8, 8),
        "projector.2.weight": torch.ones(4, 8),
    },
    "BYOL": lambda s: {
        **prefixed("online_network.encoder.", trunk(s)),
        **prefixed("target_network.encoder.", other(trunk(s))),
        "predictor.net.0.weight": torch.ones(16, 8),
    },
    "BYOL of one's own": lambda s: {
        **prefixed("online_encoder.net.", s),
        **prefixed("target_encoder.net.", other(s)),
    },
    "DINO": lambda s: {
        "student": {
            **prefixed("module.backbone.", other(trunk(s))),
            "module.head.mlp.0.weight": torch.ones(16, 8),
        },
        "teacher": {
            **prefixed("backbone.", trunk(s)),
            "head.mlp.0.weight": torch.ones(16, 8),
            "head.mlp.2.weight": torch.ones(4, 16),
        },
        "dino_loss": {"center": torch.ones(1, 4)},
    },
    "Barlow Twins": lambda s: {
        "model": {
            **prefixed("module.backbone.", trunk(s)),
            "module.projector.0.weight": torch.ones(16, 8),
            "module.bn.running_mean": torch.ones(16),
        },
    },
    "lightly": lambda s: {"state_dict": prefixed("backbone.", children(trunk(s), ""))},
    "fastai": lambda s: {
        "model": {
            **prefixed("0.", children(trunk(s), "")),
            "1.2.weight": torch.ones(16),
            "1.4.weight": torch.ones(8, 16),
            "1.8.weight": torch.ones(3, 8),
        }
    },
    "a head of two layers": lambda s: {
        **trunk(s),
        "fc.0.weight": torch.ones(8, 8),
        "fc.3.weight": torch.ones(3, 8),
    },
    "fc goes on in fc2": lambda s: {
        **trunk(s),
        "fc.weight": torch.ones(5, 8),
        "fc2.weight": torch.ones(3, 5),
    },
    "the bare backbone": lambda s: {"state_dict": trunk(s)},
}


def trunk(state: Mapping[str, Tensor]) -> State:
    return {name: value for name, value in state.items() if not name.startswith("fc.")}


@pytest.mark.parametrize("form", SELF_SUPERVISED)
def test_a_network_without_a_classifier_is_told(model: ResNet, photos: Tensor, form: str) -> None:
    found = read_checkpoint(saved(SELF_SUPERVISED[form](dict(model.state_dict()))), "net.pth")
    assert found.weights.spec == SMALL.with_(include_top=False, num_classes=1000)
    assert found.weights.classes == ()
    assert torch.equal(found.state["layer2.0.conv2.weight"], model.layer2[0].conv2.weight)
    notes = " ".join(found.weights.notes)
    assert "It has no fully connected layer, so it has no classes to predict." in notes
    if form not in ("the bare backbone", "lightly", "SimCLR's encoder and projector", "BYOL", "Barlow Twins"):
        assert "was left aside: what is left is the network without classes." in notes


def test_what_is_left_aside_is_listed_and_what_was_taken_said(model: ResNet) -> None:
    state = dict(model.state_dict())
    content = {
        "state_dict": {
            **prefixed("model.", state),
            **prefixed("old.", other(state)),
            "criterion.weight": torch.ones(3),
        },
        "optimizer": {
            "state": {n: {"exp_avg": torch.ones(2), "exp_avg_sq": torch.ones(2)} for n in range(4)}
        },
    }
    notes = read_checkpoint(saved(content)).weights.notes
    assert notes[0] == "It holds 2 networks; that of state_dict.model was taken, and not state_dict.old."
    assert notes[1] == (
        "Left aside, for they are no part of the network: state_dict.old (32 tensors), criterion.weight, "
        "optimizer (8 tensors)."
    )
    assert notes[1] in recognise_file(saved(content), "net.pth").assumed


def test_a_head_without_a_bias_has_zeros(model: ResNet, photos: Tensor) -> None:
    state = {name: value for name, value in model.state_dict().items() if name != "fc.bias"}
    found = read_checkpoint(saved(state))
    torch.testing.assert_close(found.network()(photos), model(photos) - model.fc.bias)
    assert "Its last layer has no bias; zeros, which change nothing, stand for it." in found.weights.notes


@pytest.mark.parametrize(
    "name",
    [
        "conv2.weight",
        "bn2.weight",
        "layer1.0.se.fc1.weight",
        "attnpool.positional_embedding",
        "reduce.weight",
    ],
)
def test_a_part_of_another_network_is_never_left_aside(model: ResNet, name: str) -> None:
    odd = torch.ones(8, 8, 1, 1) if name.startswith(("conv2", "reduce")) else torch.ones(8)
    with pytest.raises(ValueError, match=f"{re.escape(name)} has no place in it"):
        read_checkpoint(saved({**model.state_dict(), name: odd}))


PARAMETRIZED = {
    "pruned": ("weight_orig", "weight_mask"),
    "spectral-normed": ("weight_orig", "weight_u", "weight_v"),
    "weight-normed": ("weight_g", "weight_v"),
    "weight-normed: layer2.0.conv2.parametrizations": (
        "parametrizations.weight.original0",
        "parametrizations.weight.original1",
    ),
    "spectral-normed: layer2.0.conv2.parametrizations": (
        "parametrizations.weight.original",
        "parametrizations.weight.0._u",
    ),
}


@pytest.mark.parametrize("layer", ["layer2.0.conv2", "conv1"])
@pytest.mark.parametrize("words", PARAMETRIZED)
def test_weights_that_are_not_themselves_yet(model: ResNet, words: str, layer: str) -> None:
    state = {name: value for name, value in model.state_dict().items() if name != f"{layer}.weight"}
    state |= {f"{layer}.{part}": torch.ones(4, 4, 3, 3) for part in PARAMETRIZED[words]}
    kind = words.partition(":")[0]
    with pytest.raises(
        ValueError, match=rf"^net\.pth: Its weights are {kind}: module\.{layer}\..* before saving"
    ):
        read_checkpoint(saved({"state_dict": prefixed("module.", state)}), "net.pth")


def test_torchs_own_pruning_and_norms_are_named() -> None:
    layers = torch.nn.Sequential(*(torch.nn.Conv2d(3, 3, 3) for _ in range(4)))
    torch.nn.utils.prune.l1_unstructured(layers[0], "weight", 0.5)
    torch.nn.utils.parametrizations.weight_norm(layers[1])
    torch.nn.utils.parametrizations.spectral_norm(layers[2])
    for number, kind in enumerate(("pruned", "weight-normed", "spectral-normed")):
        with pytest.raises(ValueError, match=f"Its weights are {kind}: "):
            find_network(layers[number].state_dict(prefix="conv1."))


@pytest.mark.parametrize("form", ["R-50.pkl", "net.pth"])
def test_caffe2s_names_are_told_as_such(form: str) -> None:
    """As the model zoo of the first Detectron has them: arrays in a plain pickle, below "blobs"."""
    arrays = {"conv1_w": np.ones((64, 3, 7, 7), "f4"), "res_conv1_bn_s": np.ones(64, "f4")}
    arrays |= {"res2_0_branch2a_w": np.ones((64, 64, 1, 1), "f4"), "res2_0_branch2a_bn_s": np.ones(64, "f4")}
    tensors = {name: torch.from_numpy(array) for name, array in arrays.items()}
    content = pickle.dumps({"blobs": arrays}, 2) if form == "R-50.pkl" else saved({"blobs": tensors})
    for read in (read_checkpoint, recognise_file):
        with pytest.raises(
            ValueError,
            match=rf"^{form}: Its weights are Caffe2's, .* \(blobs\.res2_0_branch2a_w\).* into Detectron2",
        ):
            read(content, form)


VALUES: dict[str, tuple[str, Callable[[Tensor], Tensor], str]] = {
    "NaN": ("fc.weight", lambda t: t * np.nan, r"holds values that are no numbers \(NaN\)"),
    "infinite": ("layer1.0.bn1.weight", lambda t: t / 0, "holds infinite values"),
    "beyond float32": ("conv1.weight", lambda t: t.double() + 1e300, "holds infinite values"),
    "negative variance": ("bn1.running_var", lambda t: -t - 1, "holds a negative variance"),
    "int8": ("layer2.0.conv2.weight", lambda t: t.to(torch.int8), "holds int8 and not numbers with a point"),
    "bool": ("conv1.weight", lambda t: t > 0, "holds bool and not"),
}


@pytest.mark.parametrize("kind", VALUES)
def test_values_that_cannot_be_are_refused_by_their_tensor(model: ResNet, kind: str) -> None:
    name, change, words = VALUES[kind]
    state = dict(model.state_dict())
    state[name] = change(state[name])
    content = saved({"state_dict": prefixed("module.", state)})
    for read in (read_checkpoint, recognise_file):
        with pytest.raises(ValueError, match=rf"^net\.pth: module\.{name} {words}"):
            read(content, "net.pth")


def test_the_keys_that_are_there_are_said_where_no_network_is() -> None:
    with pytest.raises(ValueError, match=r"features\.0\.weight\..* The file's keys are state, note\.$"):
        read_checkpoint(saved({"state": {"features.0.weight": torch.ones(2)}, "note": "x"}))
    with pytest.raises(ValueError, match=r"There are no tensors in it, .*; its keys are epoch, note"):
        read_checkpoint(saved({"epoch": 3, "note": "x"}))
