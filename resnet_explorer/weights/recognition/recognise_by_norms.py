"""What a file's shapes do not tell of its network, told by its batch norms.

Padding of the stem, a max-pool after it, which convolution of a bottleneck strides, where option A puts its
zeros, whether there are shortcuts at all where none has weights, how large photos are and how they are made
into numbers: what may be is built, ordinary photos run through each, and the one is taken whose norms are
nearest to the means and variances that training left in them (`candidate_distances`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

import torch
from torch import Tensor

from resnet_explorer.common.i18n import t
from resnet_explorer.common.progress import Tell, silent
from resnet_explorer.network.spec import ResNetSpec
from resnet_explorer.weights.recognition.alternatives import Question, answer_words, question_words, questions
from resnet_explorer.weights.recognition.average_shortcuts import average_shortcuts
from resnet_explorer.weights.recognition.candidate_distances import (
    LARGE,
    Candidate,
    CandidateDistances,
    Look,
    distance_of,
    is_measurable,
    may_be_dilated,
    sides,
)
from resnet_explorer.weights.recognition.infer_spec import COUNTER
from resnet_explorer.weights.recognition.input_forms import InputForm, input_forms, reversed_form
from resnet_explorer.weights.tensors import State

CLEAR, SURE = 0.05, 0.3
"""By which share of the other's distance a candidate must be nearer in order to be taken: in every batch, or
by the second share on average."""
FAR, FIRST_FAR = 0.15, 1.0
"""The distance of all norms, and of the first, from which on the network was trained on other pictures.

Networks that were trained on photos are at 0.002 to 0.03, random statistics at 0.3 and more."""
FIRST_NEAR, FIRST_LIKE = 0.02, 0.3
"""The distance of the first norm up to which it saw photos with such colours as ours, and up to which a form
is like the nearest: ImageNet's deviation and CIFAR's differ by less than other photos do from ours.

The right form of networks trained on CIFAR is at 0.008 to 0.011; on flowers a wrong one is at 0.05, the right
one at 0.1."""
FEWEST_STEPS: Final = 20
"""Batches after which a norm of torch's momentum, 0.1, has forgotten seven eighths of what it began with."""
_ROUNDS: Final = 3
_MORE: Final = 4
"""Times as many photos where few do not tell: nine of 96 pixels do not say where a bottleneck strides."""

_T = TypeVar("_T")


@dataclass(frozen=True)
class Evidence:
    """What the norms of a file tell.

    Attributes:
        spec: the network, of those that the shapes allow.
        form: how photos are made into numbers; None where the norms do not tell.
        side: of small photos, if the norms say that it was trained on such; None for the usual.
        found: what was taken and by how much it won, a sentence each.
        assumed: what the norms do not tell, a sentence each.
    """

    spec: ResNetSpec
    form: InputForm | None
    side: int | None
    found: tuple[str, ...]
    assumed: tuple[str, ...]


@dataclass(frozen=True)
class _Choice:
    """The nearest of some candidates, and the one after it."""

    best: int
    other: int
    distance: float
    other_distance: float
    is_clear: bool

    @property
    def taken(self) -> int:
        """The best or, where that is not clear, the more common of the two."""
        return self.best if self.is_clear else min(self.best, self.other)


def recognise_by_norms(
    spec: ResNetSpec,
    state: State,
    form: InputForm | None = None,
    *,
    is_known: bool = False,
    tell: Tell = silent,
) -> Evidence | None:
    """Hold the networks of these shapes against ordinary photos.

    Args:
        spec: the most common network of these shapes (`infer_spec.recognise`).
        state: the values, by torchvision's names.
        form: how photos are made into numbers, if that is known.
        is_known: whether the network is known, and only its input is not.
        tell: told what is being found out.

    Returns:
        None where nothing can tell: no norms, norms that saw nothing yet, no photos for such an input, or a
        network too large to be shown some.
    """
    forms = (form,) if form else input_forms(spec.in_channels)
    if spec.norm == "none" or not forms or not _have_seen(state) or not is_measurable(spec):
        return None
    search = _Search(spec, state, () if is_known else questions(spec), tell)
    in_order = [each for each in forms if not each.reverses or form]
    looks, first = search.looks(in_order)
    usual, (spec, look) = spec, search.settled(spec, looks[first.taken if first else 0])
    distance = distance_of(search.distances.of([Candidate(spec, look)])[0]).mean().item()
    if distance > FAR:
        return Evidence(usual, None, None, (), (_far_sentence(distance),))
    order = None
    if len(in_order) < len(forms):
        tell(t("the order of the colours"))
        both = (look, replace(look, form=reversed_form(look.form)))
        order = _choice(search.distances.of([Candidate(spec, each) for each in both]))
        if order.is_clear and order.best:
            spec, look = search.settled(spec, both[1])
    answers = list(search.answers(spec, look))
    if first:
        answers.append((first, [t("photos as {form}").format(form=t(each.form.words)) for each in looks]))
    if order:
        answers.append((order, [t("red, green, blue"), t("blue, green, red")]))
    sentences = [(choice.is_clear, _sentence(choice, words)) for choice, words in answers]
    unlike = (search.averaging_sentence(spec, look), search.dilated_sentence(spec, look))
    sentences += [(False, sentence) for sentence in unlike if sentence]
    is_told = not form and (look.form.reverses or (first is not None and first.distance < FIRST_FAR))
    return Evidence(
        spec,
        look.form if is_told else None,
        look.side if spec.stem == "imagenet" and look.side < LARGE else None,
        tuple(text for is_clear, text in sentences if is_clear),
        tuple(text for is_clear, text in sentences if not is_clear),
    )


class _Search:
    """For the network and the look that are nearest to a file's norms."""

    def __init__(self, spec: ResNetSpec, state: State, asked: Sequence[Question], tell: Tell) -> None:
        self.distances = CandidateDistances(spec, state)
        self._closely = CandidateDistances(spec, state, _MORE)
        self._sides, self._asked, self._tell = sides(spec), asked, tell

    def looks(self, forms: Sequence[InputForm]) -> tuple[list[Look], _Choice | None]:
        """For each form the look that the first norm is nearest to: the size of photos, and whether black
        was around them; and which form is the nearest, None of one."""
        self._tell(t("how photos became numbers"))
        looks = [Look(forms[0], side) for side in self._sides]
        looks += [replace(look, bordered=True) for look in looks if look.side < LARGE]
        found = torch.stack([self.distances.first(look, forms) for look in looks])  # looks, forms, batches
        nearest = found.mean(dim=2).argmin(dim=0).tolist()
        best = [replace(looks[place], form=form) for place, form in zip(nearest, forms, strict=True)]
        if len(forms) == 1:
            return best, None
        return best, _choice_of_form([found[place, number] for number, place in enumerate(nearest)])

    def settled(self, spec: ResNetSpec, look: Look) -> tuple[ResNetSpec, Look]:
        """The nearest network and size of photos: question by question, until no answer changes another."""
        for _ in range(_ROUNDS):
            before = (spec, look)
            looks = self._sizes(look)
            self._tell(t("how large photos were"))
            look = _taken(looks, self.distances.of([Candidate(spec, each) for each in looks]))
            for question in self._asked:
                candidates = _candidates(spec, question)
                self._tell(question_words(question))
                spec = _taken(candidates, self._answers_to([Candidate(each, look) for each in candidates]))
            if (spec, look) == before:
                break
        return spec, look

    def answers(self, spec: ResNetSpec, look: Look) -> Iterator[tuple[_Choice, list[str]]]:
        """How each question was answered, with the words of its candidates."""
        looks = self._sizes(look)
        if len(looks) > 1:
            words = [
                t("large photos") if each.side >= LARGE else t("photos of {0} × {0}").format(each.side)
                for each in looks
            ]
            yield _choice(self.distances.of([Candidate(spec, each) for each in looks])), words
        for question in self._asked:
            candidates = _candidates(spec, question)
            words = [answer_words(question, answer, spec) for answer in question.answers]
            yield _choice(self._answers_to([Candidate(each, look) for each in candidates])), words

    def _answers_to(self, candidates: Sequence[Candidate]) -> list[Tensor]:
        """The distances of a question's candidates; of more photos where few do not tell."""
        found = self.distances.of(candidates)
        tells = len(candidates) == 1 or _choice(found).is_clear
        return found if tells else self._closely.of(candidates)

    def averaging_sentence(self, spec: ResNetSpec, look: Look) -> str:
        """That its shortcuts average, which no network here does; "" for one that skips, or has none."""
        if len(spec.depths) < 2 or spec.shortcut == "none":
            return ""
        self._tell(t("whether shortcuts average"))
        here = Candidate(spec, look)
        for distances in (self.distances, self._closely):
            choice = _choice([*distances.of([here]), distances.changed(here, average_shortcuts)])
            if choice.is_clear:
                break
        if not (choice.is_clear and choice.best):
            return ""
        return t(
            "Its norms are nearer to a network whose shortcuts average 2 × 2 pixels ({distance:.2g}, and "
            "{farther:.2g} where they skip every second one): such a one cannot be built here, and what "
            "comes out differs."
        ).format(distance=choice.distance, farther=choice.other_distance)

    def dilated_sentence(self, spec: ResNetSpec, look: Look) -> str:
        """That it was dilated, which no network here can be; "" for one that was not, or that has an fc.

        (Backbones for segmentation are saved without it; to look at every network would take too long.)
        """
        stages = len(spec.depths)
        if not may_be_dilated(spec):
            return ""
        self._tell(t("whether it was dilated"))
        found = [
            self.distances.dilated(Candidate(spec, look), first) for first in (stages, stages - 1, stages - 2)
        ]
        choice, without = _choice(found), distance_of(found[0]).mean().item()
        if not (choice.is_clear and choice.best):
            return ""
        return t(
            "Its norms are nearer to a network with dilation instead of strides at its end ({distance:.2g}, "
            "with strides {farther:.2g}): such a one cannot be built here, and what comes out differs."
        ).format(distance=choice.distance, farther=without)

    def _sizes(self, look: Look) -> list[Look]:
        return [replace(look, side=side, bordered=look.bordered and side < LARGE) for side in self._sides]


def _taken(candidates: Sequence[_T], distances: Sequence[Tensor]) -> _T:
    """The nearest; where another is as near, the most common."""
    return candidates[_choice(distances).taken] if len(candidates) > 1 else candidates[0]


def _candidates(spec: ResNetSpec, question: Question) -> list[ResNetSpec]:
    return [spec.with_(**answer) for answer in question.answers]


def _choice(distances: Sequence[Tensor]) -> _Choice:
    """The nearest of the candidates, and whether that is clear (`CLEAR`, `SURE`).

    Norms that are the same in all, for what comes before them is, say nothing and are not counted.

    Args:
        distances: (batches, norms) of each; of fewer batches where it was far behind.
    """
    fewest = min(map(len, distances))
    first = torch.stack([each[:fewest] for each in distances])
    differing = (first != first[0]).any(dim=0).any(dim=0)
    if differing.any():
        distances = [each[:, differing] for each in distances]
    by_batch = [distance_of(each) for each in distances]
    means = [each.mean().item() for each in by_batch]
    best, other = sorted(range(len(means)), key=means.__getitem__)[:2]
    shared = min(len(by_batch[best]), len(by_batch[other]))
    agree = bool((by_batch[best][:shared] < by_batch[other][:shared]).all())
    is_clear = means[best] < (1 - (CLEAR if agree else SURE)) * means[other]
    return _Choice(best, other, means[best], means[other], is_clear)


def _choice_of_form(distances: Sequence[Tensor]) -> _Choice:
    """The nearest form; of several that are alike (`FIRST_NEAR`, `FIRST_LIKE`) the most common.

    Args:
        distances: (batches,) of the first norm with each form, the most common first.
    """
    choice = _choice([each.unsqueeze(1) for each in distances])
    if choice.distance >= FIRST_FAR:
        return replace(choice, is_clear=False)
    means = [each.mean().item() for each in distances]
    alike = [number for number, mean in enumerate(means) if number != choice.best and mean < FIRST_LIKE]
    if choice.distance < FIRST_NEAR or not alike:
        return choice
    common = alike[0]
    return replace(choice, other=common, other_distance=means[common], is_clear=False)


def _sentence(choice: _Choice, words: Sequence[str]) -> str:
    """What was taken, and by how much it won; or that nothing tells."""
    best, other = words[choice.best], words[choice.other]
    if choice.is_clear:
        sentence = t("{best}: {distance:.2g} from the norms, and {farther:.2g} with {other}.")
        text = sentence.format(
            best=best, other=other, distance=choice.distance, farther=choice.other_distance
        )
        return text[0].upper() + text[1:]
    sentence = t(
        "Nothing tells {best} from {other} ({distance:.2g} and {farther:.2g} from the norms): "
        "{taken} is assumed."
    )
    return sentence.format(
        best=best,
        other=other,
        distance=choice.distance,
        farther=choice.other_distance,
        taken=words[choice.taken],
    )


def _far_sentence(distance: float) -> str:
    return t(
        "The norms are {distance:.2g} from all that ordinary photos give: it was trained on other pictures, "
        "and nothing is told by them."
    ).format(distance=distance)


def _have_seen(state: State) -> bool:
    """Whether the running statistics are those of photos, and no longer those that they begin with."""
    means = [value for name, value in state.items() if name.endswith(".running_mean")]
    counts = [float(value) for name, value in state.items() if name.endswith(COUNTER)]
    # This library keeps no counters, so that torch fills in 0 for what has seen a million photos.
    return any(bool(value.any()) for value in means) and not 0 < max(counts, default=0) < FEWEST_STEPS
