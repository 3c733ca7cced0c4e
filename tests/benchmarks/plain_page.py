"""What a class would get without this project: torchvision's networks and pytorch-grad-cam on a plain page.

Its networks are made once for all sessions; what torchinfo counts is kept, too. It answers one at a time:
pytorch-grad-cam puts hooks on the network, and threads that share one would get each other's maps.
"""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import streamlit as st
import torch
import torchinfo
import torchvision
from PIL import Image
from pytorch_grad_cam import GradCAM
from pytorch_grad_cam.utils.image import show_cam_on_image
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

DEPTHS = (18, 34, 50, 101, 152)
SIDE = 128


@st.cache_resource
def gate() -> threading.Lock:
    return threading.Lock()


@st.cache_resource
def network(depth: int) -> torch.nn.Module:
    torch.manual_seed(0)
    made: torch.nn.Module = getattr(torchvision.models, f"resnet{depth}")(num_classes=184).eval()
    return made


@st.cache_data
def counted(depth: int, size: int) -> tuple[int, int, str]:
    found = torchinfo.summary(network(depth), (1, 3, size, size), verbose=0)
    return found.total_params, found.total_mult_adds, str(found)


def architecture() -> None:
    depth = st.selectbox("Depth", DEPTHS, key="depth")
    size = int(st.query_params.get("size", "224"))
    parameters, operations, table = counted(depth, size)
    st.markdown(f"ResNet-{depth} at {size}: {parameters:,} parameters, {operations:,} MACs")
    if st.selectbox("Show", ("layers", "totals"), key="show") == "layers":
        st.code(table)


def photo() -> None:
    file = st.file_uploader("Photo", key="photo")
    layer = st.selectbox("Layer", (1, 2, 3, 4), index=3, key="layer")
    if file is None:
        return
    image = Image.open(file).convert("RGB").resize((SIDE, SIDE))
    pixels = np.asarray(image, np.float32) / 255
    tensor = torch.from_numpy(pixels).permute(2, 0, 1).unsqueeze(0)
    model: Any = network(18)
    with gate():
        probabilities = model(tensor).softmax(1)[0]
        best = probabilities.topk(5).indices.tolist()
        chosen = st.selectbox("Class", best, key="class")
        with GradCAM(model, [getattr(model, f"layer{layer}")[-1]]) as cam:
            heat = cam(tensor, [ClassifierOutputTarget(chosen)])[0]
    st.markdown(f"{file.name}: class {best[0]}, {float(probabilities[best[0]]):.1%}")
    st.image(show_cam_on_image(pixels, heat, use_rgb=True))


photo() if st.query_params.get("view") == "photo" else architecture()
