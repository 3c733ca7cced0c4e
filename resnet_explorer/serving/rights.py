"""Who may what: one table, for the checks and for the docs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from resnet_explorer.common.i18n import t
from resnet_explorer.common.numbers import bytes_text
from resnet_explorer.network.layers import Plan
from resnet_explorer.network.table_rows import BYTES_PER_NUMBER, activation_bytes
from resnet_explorer.serving.classroom import Classroom, Role

MOST_EPOCHS: Final = 5
MOST_PHOTOS: Final = 1_000
MOST_MEMORY: Final = 16 * 2**30
"""Bytes that a run takes by its plan: ResNet-152 on 32 photos of 224 pixels a step takes 11 GB."""
MOST_WAITING: Final = 10
"""Runs that wait at most in the queue before a student's is refused."""


@dataclass(frozen=True)
class Training:
    """A run that somebody wants to begin.

    Attributes:
        epochs: of it.
        photos: that it learns from.
        own_runs: of the same person that are under way or wait.
        waiting: runs of everybody in the machine's queue.
        memory: bytes that a step of it takes, as `memory_of` estimates them.
    """

    epochs: int
    photos: int
    own_runs: int
    waiting: int
    memory: int = 0


def check_training(role: Role, room: Classroom | None, wanted: Training) -> None:
    """Refuse a run that a student may not begin.

    Raises:
        ValueError: in one sentence that says what would be allowed.
    """
    if role != "student":
        return
    if room is None or not room.can_train:
        raise ValueError(t("Training is for the teacher in this class."))
    if wanted.own_runs:
        raise ValueError(t("One run at a time: yours is still under way; stop it, or wait for its end."))
    if wanted.waiting >= MOST_WAITING:
        raise ValueError(
            t("{waiting} runs wait already; try again when some of them are done.").format(
                waiting=wanted.waiting
            )
        )
    if wanted.epochs > MOST_EPOCHS:
        raise ValueError(
            t("{epochs} epochs are too many for a class; {most_epochs} are allowed.").format(
                epochs=wanted.epochs, most_epochs=MOST_EPOCHS
            )
        )
    if wanted.photos > MOST_PHOTOS:
        raise ValueError(
            t("{photos:,} photos are too many for a class; {most_photos:,} are allowed.").format(
                photos=wanted.photos, most_photos=MOST_PHOTOS
            )
        )

    if wanted.memory > MOST_MEMORY:
        raise ValueError(
            t(
                "This run would take about {taken} of memory; in a class {most} are allowed: a smaller "
                "network, smaller photos, or fewer of them a step."
            ).format(taken=bytes_text(wanted.memory), most=bytes_text(MOST_MEMORY))
        )


def memory_of(step: Plan, photos: int) -> int:
    """Bytes that a step of training takes: values, gradients and Adam's two means; the photos' feature maps.

    Args:
        step: the network, at the size of the photos.
        photos: of a step.
    """
    return 4 * BYTES_PER_NUMBER * step.params + photos * activation_bytes(step)


def check_download(role: Role) -> None:
    """Refuse to fetch a file from the web onto the teacher's machine.

    Raises:
        ValueError: for a student.
    """
    if role == "student":
        raise ValueError(t("In a class the teacher fetches files from the web, before the lesson."))
