"""A photo inside a network: computed once per question, for the views of the Feature maps page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from resnet_explorer.feature_numbers import ChannelNumbers, Features
from resnet_explorer.feature_places import Place
from resnet_explorer.sheet import Caption
from resnet_explorer.ui.networks import torch_gate, trained
from resnet_explorer.ui.remembered import remembered
from resnet_explorer.ui.subject import Subject

if TYPE_CHECKING:
    from resnet_explorer.activations import Survey


@dataclass(frozen=True, eq=False)
class Looked:
    """A place of the network on the subject's photo."""

    subject: Subject
    survey: Survey
    place: Place
    features: Features

    @property
    def numbers(self) -> ChannelNumbers:
        """Of the place's channels."""
        return self.survey.numbers[self.place.index]

    def caption(self, method: str) -> Caption:
        """What a picture of it says when it leaves the app."""
        index, probability = self.survey.prediction.top(1)[0]
        return self.subject.caption(index, probability, self.place.words, method)


def survey_of(subject: Subject) -> Survey:
    """All places on the photo in numbers; the last one is kept.

    Raises:
        ValueError: in one sentence, if the network cannot be had or cannot take a photo.
    """

    def ask() -> Survey:
        model = trained(subject.weights)
        from resnet_explorer.activations import survey

        tensor = subject.tensor()
        with torch_gate():
            return survey(model, tensor)

    return remembered("_fm_survey", subject.question, ask)


def look_at(subject: Subject, survey: Survey, place: Place) -> Looked:
    """The features of a place; the last one's are kept.

    Raises:
        ValueError: in one sentence, if the network cannot be had or cannot take a photo.
    """

    def ask() -> Looked:
        model = trained(subject.weights)
        from resnet_explorer.activations import features_at

        tensor = subject.tensor()
        with torch_gate():
            return Looked(subject, survey, place, features_at(model, tensor, place.index))

    return remembered("_fm_looked", (*subject.question, place.index), ask)
