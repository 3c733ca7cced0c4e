"""Numbers as people read them, each form by its name, all with a true minus sign."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeGuard

from resnet_explorer.common.i18n import t

NEGLIGIBLE: Final = 5e-9
"""What is smaller is written as 0 where a text has few digits: rounding left it over."""
_RAISED: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def check_whole(name: str, value: object, largest: int) -> None:
    """Refuse what is no whole number from 1 on, or too large.

    Raises:
        ValueError: in one sentence.
    """
    if not is_whole(value) or not 1 <= value <= largest:
        raise ValueError(
            t("{name} is {value!r}; a whole number from 1 to {largest:,} is allowed.").format(
                name=name, value=value, largest=largest
            )
        )


def is_whole(value: object) -> TypeGuard[int]:
    """Whether it is a whole number; True and False, which Python counts among them, are none."""
    return isinstance(value, int) and not isinstance(value, bool)


def minus_sign(text: str) -> str:
    """A number's text with a true minus sign in place of the hyphen."""
    return text.replace("-", "−")


def with_minus_signs(sentence: str) -> str:
    """A sentence whose negative numbers have true minus signs; hyphens within words and ranges stay."""
    return re.sub(r"(?<![\w-])-(?=\d)", "−", sentence)


def bracketed(text: str) -> str:
    """A number's text, in brackets if it is negative, as it stands in a sum or a product: "(−3)"."""
    return f"({text})" if text.startswith("−") else text


def signed_text(number: int, write: Callable[[int], str] = "{:,}".format) -> str:
    """A difference with its sign: "+17", "−4", and "0"; `write` makes the text of its amount."""
    return f"{'+' if number > 0 else '−' if number < 0 else ''}{write(abs(number))}"


def points_text(change: float) -> str:
    """A change of a share in points of a hundred, with its sign: 0.393 is "+39.3", −0.014 "−1.4"."""
    points = round(100 * change, 1) + 0.0  # no −0.0
    return minus_sign(f"{points:+.1f}")


def span_text(first: int, last: int) -> str:
    """Whole numbers in a row: "2 to 5", or "2" alone."""
    return minus_sign(t("{first} to {last}").format(first=first, last=last) if last > first else str(first))


def fixed_text(value: float, digits: int = 2) -> str:
    """So many digits behind the point, always: "−1.23", "0.50", and no "−0.00"."""
    text = f"{value:.{digits}f}"
    return minus_sign(text) if float(text) else f"{0:.{digits}f}"


def adding_digits(sums: Iterable[Sequence[float]], least: int = 2, most: int = 6) -> int | None:
    """The fewest digits behind the point at which each sum, as it is written, is that of its terms.

    Returns:
        The digits; None where a last digit is out by rounding at all of them.
    """
    kept = [tuple(terms) for terms in sums]
    for digits in range(least, most + 1):
        if all(_adds_up(terms, digits) for terms in kept):
            return digits
    return None


def _adds_up(terms: Sequence[float], digits: int) -> bool:
    """Compared in units of the last digit, which are whole."""
    *written, total = (round(round(each, digits) * 10**digits) for each in (*terms, sum(terms)))
    return bool(sum(written) == total)


def decimal_text(value: float) -> str:
    """At most three digits behind the point: "3", "0.5", "0.333"."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else minus_sign(text)


def significant_text(value: float) -> str:
    """Four significant digits, or the whole part of what is larger: "0.3333", "−12,346", "0.000888"."""
    value = float(value)
    if abs(value) < NEGLIGIBLE:
        return "0"
    if abs(value) >= 9999.5:  # which four digits would round to "1e+04"
        return minus_sign(f"{value:,.0f}")
    return minus_sign(f"{value:.4g}" if abs(value) >= 1e-3 else f"{value:.3g}")


def compact_text(value: float) -> str:
    """All digits if they are few ("12.25"), else three of them ("4.57e8"): what fits into a small cell."""
    value = float(value)
    if abs(value) < NEGLIGIBLE:
        return "0"
    text = f"{value:.10g}"
    if "e" in text or len(text.replace(".", "")) > 6:
        if abs(value) < 0.01 or abs(value) >= 99_999.5:
            mantissa, exponent = f"{value:.1e}".split("e")
            text = f"{mantissa}e{int(exponent)}"
        else:
            text = f"{value:.0f}" if abs(value) >= 999.5 else f"{value:.3g}"
    return minus_sign(text)


def scientific_text(value: float) -> str:
    """Any size, powers of ten where it must be: "3,770", "0.0041", "3.1 × 10⁻¹²"; 0, inf and nan in words."""
    if math.isnan(value):
        return t("not a number")
    if math.isinf(value):
        return t("infinite")
    if value == 0:
        return t("exactly 0")
    if 0.001 <= abs(value) < 10_000:
        digits = max(0, 2 - math.floor(math.log10(abs(value))))
        return minus_sign(f"{value:,.{min(digits, 4)}f}")
    mantissa, exponent = f"{value:.1e}".split("e")
    return minus_sign(f"{mantissa} × 10{str(int(exponent)).translate(_RAISED)}")


def count_text(count: float) -> str:
    """A count as people say it: 4089184256 → "4.09 G", 25557032 → "25.6 M", 640 → "640"."""
    for size, letter in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        # 999,999 would be "1e+03 k": what rounds up to the next letter is written with it.
        if count >= size * 0.9995:
            whole = len(str(int(float(f"{count / size:.3g}"))))  # 9.996 is written as 10.0
            return f"{count / size:.{max(0, 3 - whole)}f} {letter}"
    return f"{count:,.0f}"


def bytes_text(count: int) -> str:
    """Bytes as "87.3 MB", in powers of 1000."""
    return count_text(count) + "B" if count >= 1000 else f"{count} B"
