"""Values that are not a network's own yet, told by the names of tensors, with what makes them so."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from resnet_explorer.common.i18n import msg, t

_KINDS: Final = (
    (
        r"(.*)res2_0_branch2a_w$",
        "",
        msg(
            "Caffe2's, by the names of the first Detectron ({part}res2_0_branch2a_w): each norm is a "
            "scale and a shift, without means and variances; loaded into Detectron2 and saved with "
            "torch.save(model.state_dict(), path), they have names that are read here"
        ),
    ),
    (
        r"(.+\.)weight_mask$",
        "weight_orig",
        msg(
            "pruned: {part}weight_orig and {part}weight_mask stand for one weight; "
            'torch.nn.utils.prune.remove(layer, "weight") before saving makes it'
        ),
    ),
    (
        r"(.+\.)weight_u$",
        "weight_orig",
        msg(
            "spectral-normed: {part}weight_orig and {part}weight_u stand for one weight; "
            "torch.nn.utils.remove_spectral_norm(layer) before saving makes it"
        ),
    ),
    (
        r"(.+\.)parametrizations\.weight\.0\._u$",
        "",
        msg(
            "spectral-normed: {part}parametrizations.weight stands for one weight; "
            'torch.nn.utils.parametrize.remove_parametrizations(layer, "weight") before saving makes it'
        ),
    ),
    (
        r"(.+\.)weight_g$",
        "weight_v",
        msg(
            "weight-normed: {part}weight_g and {part}weight_v stand for one weight; "
            "torch.nn.utils.remove_weight_norm(layer) before saving makes it"
        ),
    ),
    (
        r"(.+\.)parametrizations\.weight\.original1$",
        "",
        msg(
            "weight-normed: {part}parametrizations.weight stands for one weight; "
            'torch.nn.utils.parametrize.remove_parametrizations(layer, "weight") before saving makes it'
        ),
    ),
    (
        r"(.+\.)parametrizations\.(\w+\.)*original\d*$",
        "",
        msg(
            "parametrized: {part}parametrizations stands for one weight; "
            'torch.nn.utils.parametrize.remove_parametrizations(layer, "weight") before saving makes it'
        ),
    ),
    (
        r"(.+\.)lora_A(\.|$)",
        "",
        msg("of LoRA: {part}lora_A is added to a weight; it has to be merged before saving"),
    ),
    (
        r"(.+\.)_packed_params",
        "",
        msg("quantized: {part}_packed_params holds small integers; the network of before is needed"),
    ),
)


def misfit(names: Collection[str]) -> str:
    """What stands in the way of reading weights, in one sentence; empty if nothing does."""
    known = set(names)
    for pattern, beside, words in _KINDS:
        for name in names:
            found = re.match(pattern, name)
            if found and (not beside or found[1] + beside in known):
                return t("Its weights are {what}.").format(what=t(words).format(part=found[1]))
    norms = [name for name in names if re.search(r"(^|\.)bn1\.weight$", name)]
    if norms and not any(name.endswith("running_mean") for name in names):
        part = norms[0].removesuffix("weight")
        return t(
            "This is no residual network that is known here: there is no {part}running_mean beside "
            "{norms}, so its norms are group, layer or instance norms, or batch norms that keep no "
            "statistics; batch norms that keep them are needed."
        ).format(part=part, norms=norms[0])
    return ""
