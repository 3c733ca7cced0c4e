"""The networks that come with the explorer, and the form in which they are stored."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from resnet_explorer.common.i18n import msg, t
from resnet_explorer.common.text import unknown
from resnet_explorer.photos.preprocessing import Preprocessing
from resnet_explorer.weights.description import Weights, from_file, from_metadata, to_metadata

if TYPE_CHECKING:
    from resnet_explorer.model.resnet import ResNet
    from resnet_explorer.weights.calibration import Calibration
    from resnet_explorer.weights.kinds import Kind

KEY: Final = "bundled"
PREFIX: Final = "bundled/"
FILE: Final = Path(__file__).parent / "bundled_files" / "resnet18.safetensors"
"""The default. Other safetensors files in its folder are bundled too, as "bundled/" and their name."""
STUDY: Final = Path(__file__).parent.parent / "labs" / "degradation" / "study_files"
"""The networks of the study of degradation, as "study/" and their name: for the laboratories alone."""
STUDY_PREFIX: Final = "study/"
_LABELS: Final = (
    msg("ResNet-18 · 184 things"),
    msg("CIFAR-10, ResNet-20, 14 epochs"),
    msg("Plain 20 · 32 px, 10 epochs"),
    msg("Plain 56 · 32 px, 10 epochs"),
    msg("Residual 20 · 32 px, 10 epochs"),
    msg("Residual 56 · 32 px, 10 epochs"),
)
"""What the files that ship call their networks."""


def all_keys() -> list[str]:
    """The keys of all bundled networks: the default, whether its file is there or not, and the others."""
    others = sorted(path.stem for path in FILE.parent.glob("*.safetensors") if path.name != FILE.name)
    return [KEY, *(PREFIX + name for name in others)]


def study_keys() -> list[str]:
    """The keys of the study's networks, which are in no list of networks to choose from."""
    return sorted(STUDY_PREFIX + path.stem for path in STUDY.glob("*.safetensors"))


def path_of(key: str) -> Path:
    """The file of a bundled network, or of one of the study.

    Raises:
        ValueError: for a key of none; it may come from a link, and must not lead out of the folder.
    """
    if key == KEY:
        return FILE
    for prefix, folder in ((STUDY_PREFIX, STUDY), (PREFIX, FILE.parent)):
        path = folder / f"{key.removeprefix(prefix)}.safetensors"
        if key == prefix + path.stem and path != FILE and path.is_file():
            return path
    raise unknown(msg("{name!r} is no bundled network; there are {listed}."), key, all_keys())


def described() -> list[Weights]:
    """The bundled networks, the default first; a file that is none is passed over."""
    found = []
    for key in all_keys():
        with suppress(ValueError):
            found.append(describe(path_of(key), key))
    return found


def describe(path: Path | None = None, key: str = KEY) -> Weights:
    """A bundled network, from the header of its file; the default unless told.

    Raises:
        ValueError: if the file is not there, or is no such file.
    """
    path = path or FILE
    if not path.is_file():
        raise ValueError(
            t("The bundled network is missing: there is no file {name} in {parent}.").format(
                name=path.name, parent=path.parent
            )
        )
    found = from_file(path, key, "bundled")
    return found if t(found.label) == found.label else replace(found, label=t(found.label))


def load(path: Path | None = None) -> ResNet:
    """A bundled network, to predict with; the default unless told.

    Raises:
        ValueError: if the file is not there or is damaged.
    """
    from resnet_explorer.weights.tensors import network_of, read_state

    path = path or FILE
    return network_of(describe(path).spec, read_state(path))


def export_bundled(
    model: ResNet,
    classes: tuple[str, ...],
    preprocessing: Preprocessing,
    path: Path,
    extra_metadata: Mapping[str, str] | None = None,
    calibration: Calibration | None = None,
    kinds: tuple[Kind, ...] = (),
) -> Weights:
    """Write a trained network as safetensors, kernels in float16, with all that is needed to use it.

    Args:
        model: the network.
        classes: a name for each of its outputs.
        preprocessing: what it was trained to see.
        path: the file.
        extra_metadata: more to say of it, text by name; "label" is what people read in a list.
        calibration: how far its probabilities can be believed.
        kinds: of its classes.

    Raises:
        ValueError: if the classes do not fit, or the file cannot be written.
    """
    from resnet_explorer.weights.tensors import halved, write_state

    described = Weights(
        KEY, path.stem, model.spec, classes, preprocessing, "bundled", calibration=calibration, kinds=kinds
    )
    metadata = to_metadata(described) | dict(extra_metadata or {})
    weights = from_metadata(metadata, KEY, "bundled")
    write_state(path, halved(model.state_dict()), metadata)
    return weights
