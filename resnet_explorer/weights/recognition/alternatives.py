"""Networks whose values have the same names and shapes: what a file of weights cannot tell by its shapes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

from resnet_explorer.common.i18n import t
from resnet_explorer.network.spec import ResNetSpec

Changes = Mapping[str, Any]


@dataclass(frozen=True)
class Question:
    """What shapes leave open.

    Attributes:
        name: of the question, as a field of a spec.
        answers: what may be, by fields of a spec; the most common first.
    """

    name: str
    answers: tuple[Changes, ...]


_PADDING: Final = Question("stem_padding", ({"stem_padding": None}, {"stem_padding": 0}))
_STRIDE: Final = Question("stride_in", ({"stride_in": "3x3"}, {"stride_in": "1x1"}))
_IDENTITY: Final = Question("shortcut", ({"shortcut": "projection"}, {"shortcut": "none"}))


def questions(spec: ResNetSpec) -> tuple[Question, ...]:
    """What the shapes of this network's values leave open."""
    widens = len(spec.depths) > 1 or spec.expansion > 1
    return (
        _PADDING,
        Question("stem_pool", tuple({"stem_pool": pool} for pool in (None, spec.stem == "cifar"))),
        *((_STRIDE,) if spec.block == "bottleneck" and len(spec.depths) > 1 else ()),
        *((_zeros(spec),) if widens and spec.shortcut in ("zero_pad", "none") else ()),
        *((_IDENTITY,) if not widens and spec.shortcut in ("projection", "none") else ()),
    )


def _zeros(spec: ResNetSpec) -> Question:
    """Where option A puts its zeros, or whether it is a plain network, whose field may say anything."""
    unused = spec.zero_pad if spec.shortcut == "none" else ResNetSpec.zero_pad
    return Question(
        "zero_pad",
        (
            {"shortcut": "zero_pad", "zero_pad": "after"},
            {"shortcut": "zero_pad", "zero_pad": "around"},
            {"shortcut": "none", "zero_pad": unused},
        ),
    )


def question_words(question: Question) -> str:
    """What is asked, in a few words."""
    words = {
        "stem_padding": t("the stem’s padding"),
        "stem_pool": t("a max-pool after the stem"),
        "stride_in": t("which convolution of a bottleneck strides"),
        "zero_pad": t("option A’s zeros"),
        "shortcut": t("whether there are shortcuts"),
    }
    return words[question.name]


def answer_of(question: Question, spec: ResNetSpec) -> int:
    """Which of a question's answers this network is."""
    return next(
        number
        for number, answer in enumerate(question.answers)
        if all(getattr(spec, field) == value for field, value in answer.items())
    )


def alternatives(spec: ResNetSpec) -> tuple[ResNetSpec, ...]:
    """All networks of these shapes, the most common first."""
    combined = product(*(question.answers for question in questions(spec)))
    return tuple(
        spec.with_(**{k: v for answer in answers for k, v in answer.items()}) for answers in combined
    )


def what_it_is(spec: ResNetSpec) -> str:
    """What tells this network from the others of its shapes, in words."""
    asked = questions(spec)
    return " · ".join(answer_words(each, each.answers[answer_of(each, spec)], spec) for each in asked)


def answer_words(question: Question, answer: Changes, spec: ResNetSpec) -> str:
    """An answer as people say it: "a stem without padding", "the stride on the 1×1 (v1)"."""
    match question.name, next(iter(answer.values())):
        case "stem_padding", padding:
            return t("a padded stem") if padding is None else t("a stem without padding")
        case "stem_pool", pool:
            pools = (spec.stem == "imagenet") if pool is None else pool
            return t("a max-pool after the stem") if pools else t("no max-pool after the stem")
        case "stride_in", place:
            return t("the stride on the 3×3 (v1.5)") if place == "3x3" else t("the stride on the 1×1 (v1)")
        case _, "none":
            return t("no shortcuts (a plain network)")
        case _, "projection":
            return t("shortcuts")
    if answer["zero_pad"] == "around":
        return t("option A, its zeros half before and half behind the channels")
    return t("option A, its zeros behind the channels")
