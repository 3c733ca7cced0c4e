"""Kinds of the things that a network knows: "a dog" where it cannot say which dog."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from resnet_explorer.common.i18n import t
from resnet_explorer.weights.reading.safetensors_header import parse_json, printable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

FILE: Final = Path(__file__).parent / "bundled_files" / "resnet18_kinds.json"
"""The kinds of the bundled network's classes, by WordNet's hypernyms (`training/wordnet_kinds.py`)."""
HALF: Final = 0.5
"""The probability from which on something is likelier than everything else together."""
MOST: Final = 1000


@dataclass(frozen=True)
class Kind:
    """Classes that have one name together.

    Attributes:
        name: what people say, in the singular and without an article.
        members: the indices of its classes.
    """

    name: str
    members: tuple[int, ...]


@dataclass(frozen=True)
class KindAnswer:
    """A kind, and how likely it is.

    Attributes:
        kind: the kind.
        probability: of its members together.
        members: as (index, probability), the likeliest first.
    """

    kind: Kind
    probability: float
    members: tuple[tuple[int, float], ...]


def likeliest_kind(
    probabilities: NDArray[np.floating[Any]] | Tensor, kinds: Iterable[Kind], threshold: float = HALF
) -> KindAnswer | None:
    """The kind that is likely where no class alone is.

    Of the kinds that reach the threshold, the one of fewest classes, for it says most: "animal" is likely
    wherever "dog" is. Of two as small, the likelier one.

    Args:
        probabilities: (classes,), their sum 1.
        kinds: to choose from.
        threshold: the probability that a class or a kind must reach to be likely.

    Returns:
        None where a class is likely, and where no kind is.
    """
    values: list[float] = probabilities.tolist()
    if max(values) >= threshold:
        return None
    summed = ((kind, sum(values[index] for index in kind.members)) for kind in kinds)
    likely = [(len(kind.members), -total, kind) for kind, total in summed if total >= threshold]
    if not likely:
        return None
    _, negative, kind = min(likely, key=lambda found: found[:2])
    members = sorted(((index, values[index]) for index in kind.members), key=lambda pair: -pair[1])
    return KindAnswer(kind, min(-negative, 1.0), tuple(members))


def bundled_kinds(ids: Sequence[str]) -> tuple[Kind, ...]:
    """The kinds of the bundled network, for classes in the order of these WordNet ids.

    Raises:
        ValueError: if a kind has a member that is not among them.
    """
    places = {each: index for index, each in enumerate(ids)}
    found = parse_json(FILE.read_text(encoding="utf-8"))["kinds"]
    missing = sorted({member for kind in found for member in kind["members"]} - set(places))
    if missing:
        raise ValueError(
            t("{name} has members that are no class: {listed}.").format(
                name=FILE.name, listed=", ".join(missing[:5])
            )
        )
    return tuple(Kind(kind["name"], tuple(places[each] for each in kind["members"])) for kind in found)


def to_json(kinds: Iterable[Kind]) -> list[dict[str, Any]]:
    """Kinds as they stand in a file's metadata."""
    return [{"name": kind.name, "members": list(kind.members)} for kind in kinds]


def from_json(value: Any, classes: int) -> tuple[Kind, ...]:
    """Kinds from a file of unknown origin.

    Args:
        value: what `to_json` gives.
        classes: how many the network knows.

    Raises:
        ValueError: if it is no list of kinds, or a member is no class.
    """
    if not isinstance(value, list) or len(value) > MOST:
        raise ValueError(t("kinds must be a list of at most {most}").format(most=MOST))
    kinds = tuple(_kind(each, classes) for each in value)
    if len({kind.name for kind in kinds}) < len(kinds):
        raise ValueError(t("two kinds have one name"))
    return kinds


def _kind(value: Any, classes: int) -> Kind:
    name = printable(value.get("name", "")).strip() if isinstance(value, dict) else ""
    members = value.get("members") if name else None
    if not isinstance(members, list) or not members:
        raise ValueError(t("a kind needs a name and members"))
    for each in members:
        if type(each) is not int or not 0 <= each < classes:
            raise ValueError(
                t("the kind {name} has a member that is none of the {classes} classes").format(
                    name=name, classes=classes
                )
            )
    if len(set(members)) < len(members):
        raise ValueError(t("the kind {name} has a member twice").format(name=name))
    return Kind(name, tuple(members))
