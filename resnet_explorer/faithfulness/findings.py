"""The findings of the tests in words: the numbers first, then what they mean, and no more than they show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from resnet_explorer.common.i18n import t
from resnet_explorer.common.numbers import points_text

if TYPE_CHECKING:
    from resnet_explorer.faithfulness.cascading_randomization import Cascade
    from resnet_explorer.faithfulness.deletion import Deletion
    from resnet_explorer.faithfulness.occlusion import Occlusion
    from resnet_explorer.faithfulness.random_areas import Areas

CLEARLY: Final = 0.95
"""From this share of the random areas on, to cost more than they do is called more than chance."""

HARDLY: Final = 0.005
"""Areas under curves that differ by less say nothing of which is better; nor do probabilities."""

LITTLE: Final = 0.2
"""Below this probability there is hardly anything to take away."""

STRONG: Final = 0.6
WEAK: Final = 0.3
"""Rank correlations from which on maps agree well, and below which they hardly do."""


def deletion_finding(found: Deletion) -> str:
    """Areas, how many random orders they beat, and whether that is more than chance."""
    removed, inserted, random = found.area_removed, found.area_inserted, found.random_areas_removed
    random_inserted = found.random_areas_inserted
    if not random:
        return t("Area while removing **{removed:.3f}**, while inserting **{inserted:.3f}**.").format(
            removed=removed, inserted=inserted
        )
    apart = [*(each - removed for each in random), *(each - inserted for each in random_inserted)]
    if max(map(abs, apart)) < HARDLY:
        return t(
            "Removing leaves an area of **{removed:.3f}**, and so does every random order, to {hardly}. "
            "**It cannot be told:** the probability hardly depends on the order."
        ).format(removed=removed, hardly=HARDLY)
    below = sum(removed < each for each in random)
    above = sum(inserted > each for each in random_inserted)
    numbers = t(
        "Removing leaves an area of **{removed:.3f}**, smaller than with {below} of {count} random orders "
        "({low:.3f} to {high:.3f}); inserting gives **{inserted:.3f}**, larger than with {above} of {count} "
        "({least:.3f} to {most:.3f})."
    ).format(
        removed=removed,
        below=below,
        inserted=inserted,
        above=above,
        count=len(random),
        low=min(random),
        high=max(random),
        least=min(random_inserted),
        most=max(random_inserted),
    )
    return f"{numbers} {_both_ways(below, above, len(random))}{_what_is_left(found)}"


def _what_is_left(found: Deletion) -> str:
    whole, rest = float(found.removed[0]), float(found.removed[-1])
    if rest < whole / 2:
        return ""
    return " " + t(
        "But with everything removed the class still gets {rest:.1%} of {whole:.1%}: try the other baseline."
    ).format(rest=rest, whole=whole)


def _both_ways(removed: int, inserted: int, count: int) -> str:
    if removed == inserted == count:
        return t(
            "**Better than every random order, both ways:** the map puts first what the network goes by."
        )
    if removed == count:
        return t(
            "**Better than every random order at removing only:** the network needs what is hot, "
            "and it needs more than that."
        )
    if inserted == count:
        return t(
            "**Better than every random order at inserting only:** what is hot carries the class, "
            "but the rest does so as well."
        )
    if removed == inserted == 0:
        return t("**Worse than every random order:** other pixels matter more to the network than these.")
    return t("**Not clearly better than a random order.**")


def areas_finding(found: Areas) -> str:
    """The drop, its rank among the random ones, and whether that is more than chance."""
    count = len(found.random)
    numbers = t(
        "Without the hottest {share:.0%} the probability goes from {whole:.1%} to {without:.1%}: "
        "by **{drop} points**."
    ).format(
        share=float(found.mask.mean()),
        whole=found.whole,
        without=found.without,
        drop=points_text(-found.drop),
    )
    if not count:
        return numbers
    rank = t(
        "That is more than with **{beaten} of {count}** areas of the same shape elsewhere "
        "(on average {mean} points)."
    ).format(beaten=found.beaten, count=count, mean=points_text(-float(found.random_drops.mean())))
    if max(abs(found.drop), float(np.abs(found.random_drops).max())) < HARDLY:
        verdict = t("**It cannot be told:** no area of this size costs as much as half a point.")
    elif found.beaten >= CLEARLY * count:
        verdict = t("**The hot area matters more than its size explains.**")
    elif found.beaten >= count / 2:
        verdict = t("**Not clearly more than chance:** many other places cost as much.")
    else:
        verdict = t("**Most other places cost more:** the network depends more on them than on the hot area.")
    return f"{numbers} {rank} {verdict}"


def occlusion_finding(found: Occlusion) -> str:
    """The segment that costs most, and whether the map puts the segments in the same order."""
    drops = found.drops
    numbers = t(
        "Without the piece of {count} that costs most the probability goes from {whole:.1%} to {without:.1%}."
    ).format(count=len(drops), whole=found.whole, without=float(found.without.min()))
    if found.correlation is None:
        return f"{numbers} " + t("Map or drops are the same everywhere: there is no order to compare.")
    rank = t("Map and drops: rank correlation **{rho:.2f}**.").format(rho=found.correlation)
    if found.correlation >= STRONG:
        verdict = t("**They agree:** what the map marks is what the network misses.")
    elif found.correlation >= WEAK:
        verdict = t("**They agree in part.**")
    elif found.correlation > -WEAK:
        verdict = t("**They do not agree:** the map says little about what the network misses.")
    else:
        verdict = t("**They contradict each other:** the network misses most what the map leaves out.")
    return f"{numbers} {rank} {verdict}"


def cascade_finding(found: Cascade) -> str:
    """How alike the map stays when nothing that was learned is left."""
    last = found[-1]
    if last.section != "stem":  # stopped on the way
        return t("As far as it went, the rank correlation with the first map is **{rho}**.").format(
            rho="–" if last.correlation is None else f"{last.correlation:.2f}"
        )
    if last.correlation is None:
        return t("A map is zero everywhere: there is no order to compare.")
    numbers = t(
        "With every weight at random the rank correlation with the first map is **{rho:.2f}**{ssim}."
    ).format(
        rho=last.correlation,
        ssim="" if last.ssim is None else t(", the SSIM **{ssim:.2f}**").format(ssim=last.ssim),
    )
    if last.correlation >= STRONG and last.ssim is not None and last.ssim < STRONG:
        verdict = t(
            "**It looks different, but its order of places stays:** which are hot depends little on what the "
            "network learned."
        )
    elif last.correlation >= STRONG:
        verdict = t(
            "**The map stays alike:** it shows the photo and the architecture more than what the network "
            "learned."
        )
    elif last.correlation >= WEAK:
        verdict = t("**Some of it stays:** part of the map does not depend on what the network learned.")
    elif last.correlation > -WEAK:
        verdict = t("**The map is lost:** it depends on what the network learned, as it should.")
    else:
        verdict = t("**The map turns over:** it depends on what the network learned.")
    return f"{numbers} {verdict}"


def low_probability_warning(probability: float, most_probable: bool = False) -> str | None:
    """A warning where the network hardly believes in the class to begin with.

    Args:
        probability: of the class.
        most_probable: whether it is the one that the network believes in most.
    """
    if probability >= LITTLE:
        return None
    words = t("The network gives this class only {probability:.1%}: there is little to take away.")
    more = "" if most_probable else " " + t("The most probable class tells more.")
    return words.format(probability=probability) + more
