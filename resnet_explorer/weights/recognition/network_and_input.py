"""Which network a file’s values belong to, and how it sees photos: by the file, its norms, or a person."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from resnet_explorer.common.i18n import t
from resnet_explorer.common.progress import Tell, silent
from resnet_explorer.network.spec import ResNetSpec
from resnet_explorer.network.spec_code import encode_spec
from resnet_explorer.photos.preprocessing import Preprocessing, read_preprocessing
from resnet_explorer.weights.recognition.infer_spec import assumptions, hold_against
from resnet_explorer.weights.recognition.input_forms import InputForm, input_form
from resnet_explorer.weights.recognition.recognise_by_norms import Evidence, recognise_by_norms
from resnet_explorer.weights.tensors import State

STEM: Final = "conv1.weight"


@dataclass(frozen=True)
class Chosen:
    """What a person says of a file, against what its norms tell.

    Attributes:
        network: a network of the shapes that the file has.
        form: the name of an `InputForm`.
    """

    network: ResNetSpec | None = None
    form: str | None = None

    def digest_of(self, file: str) -> str:
        """The digest of a file that is read so; the file's own where nothing was chosen."""
        if self == NOTHING:
            return file
        said = f"{file} {encode_spec(self.network) if self.network else ''} {self.form}"
        return hashlib.sha256(said.encode()).hexdigest()


NOTHING: Final = Chosen()
"""Nobody chose anything."""


@dataclass(frozen=True)
class NetworkAndInput:
    """A network, its values, and how it sees photos.

    Attributes:
        spec: the network.
        state: its values; where photos came to it with blue first, the stem's are put in the usual order.
        preprocessing: how it sees photos.
        found: what its norms tell, a sentence each.
        assumed: what nothing tells of the network, a sentence each.
        input_assumed: what nothing tells of its input, a sentence at most.
    """

    spec: ResNetSpec
    state: State
    preprocessing: Preprocessing
    found: tuple[str, ...]
    assumed: tuple[str, ...]
    input_assumed: tuple[str, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """All of it."""
        return (*self.found, *self.assumed, *self.input_assumed)


def network_and_input(
    spec: ResNetSpec,
    state: State,
    saved: Preprocessing | None = None,
    chosen: Chosen = NOTHING,
    tell: Tell = silent,
) -> NetworkAndInput:
    """Settle what the shapes of a file leave open.

    Args:
        spec: the most common network of these shapes (`infer_spec.recognise`).
        state: the values, by torchvision's names.
        saved: the preprocessing, if the file says it.
        chosen: what a person says; it goes before all else.
        tell: told what is being found out.

    Raises:
        ValueError: if the network that was chosen has other shapes, or there is no such form.
    """
    form = input_form(chosen.form, spec.in_channels) if chosen.form else None
    if chosen.network:
        hold_against({name: tuple(value.shape) for name, value in state.items()}, chosen.network)
    known = form or (InputForm("", "", saved.mean, saved.std) if saved else None)
    is_known = chosen.network is not None
    spec = chosen.network or spec
    evidence = (
        None if is_known and known else recognise_by_norms(spec, state, known, is_known=is_known, tell=tell)
    )
    spec = chosen.network or (evidence.spec if evidence else spec)
    told = form or (evidence.form if evidence else None)
    preprocessing = _preprocessing(spec, saved, told, evidence)
    return NetworkAndInput(
        spec,
        _usual_order(state, told),
        preprocessing,
        evidence.found if evidence else (),
        tuple(_assumed(spec, evidence, chosen)),
        tuple(_assumed_input(saved, told, preprocessing)),
    )


def saved_preprocessing(content: Mapping[str, Any]) -> Preprocessing | None:
    """What was saved beside the values of how photos are prepared.

    Raises:
        ValueError: if it is not as it must be.
    """
    saved = content.get("preprocessing")
    if not isinstance(saved, Mapping):
        return None
    try:
        return read_preprocessing(saved)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(
            t("The preprocessing in the file is not as it must be: {error}.").format(error=error)
        ) from None


def assumed_preprocessing(spec: ResNetSpec) -> Preprocessing:
    """How most recipes prepare photos for a network: as torchvision does or, for 32 pixels, all of them."""
    from resnet_explorer.weights.imagenet import default_preprocessing

    default = default_preprocessing()
    if spec.stem == "cifar":
        return Preprocessing(32, 32, default.mean, default.std, default.interpolation)
    return default


def _preprocessing(
    spec: ResNetSpec, saved: Preprocessing | None, form: InputForm | None, evidence: Evidence | None
) -> Preprocessing:
    found = saved or assumed_preprocessing(spec)
    if evidence and evidence.side and not saved:
        found = replace(found, resize=evidence.side, crop=evidence.side)
    return replace(found, mean=form.mean, std=form.std) if form else found


def _usual_order(state: State, form: InputForm | None) -> State:
    """The values for photos with red first: exactly the same function of a photo."""
    if form is None or not form.reverses:
        return state
    return {name: value.flip(1).contiguous() if name == STEM else value for name, value in state.items()}


def _assumed(spec: ResNetSpec, evidence: Evidence | None, chosen: Chosen) -> Iterator[str]:
    if evidence:
        yield from evidence.assumed
        if not evidence.found:
            yield from assumptions(spec)
    elif not chosen.network:
        yield t("No norm tells what it saw in training, so that what shapes leave open is assumed: "
                "a stem padded by half its kernel, and what is usual after it.")  # fmt: skip
        yield from assumptions(spec)


def _assumed_input(saved: Preprocessing | None, form: InputForm | None, used: Preprocessing) -> Iterator[str]:
    if saved:
        return
    size = (
        t("{resize} pixels, the middle {crop}").format(resize=used.resize, crop=used.crop)
        if used.resize != used.crop
        else t("{crop} pixels").format(crop=used.crop)
    )
    if form:
        yield t("The file does not say how large photos are: {size} are assumed.").format(size=size)
    else:
        yield t(
            "The file does not say how photos are prepared: {size} and ImageNet's mean are assumed."
        ).format(size=size)
