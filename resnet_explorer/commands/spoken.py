"""`--help` and refusals of the command line, in its language.

What a command says of itself is marked by `msg` where it stands, and translated here when the command is
made. Of Typer's own words some go through Python's gettext, which is led to our catalogue; the others are
replaced.
"""

from __future__ import annotations

import gettext
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import typer
from typer.core import TyperCommand, TyperGroup

from resnet_explorer.common.i18n import DOMAIN, LOCALE, language, msg, t
from resnet_explorer.common.text import letters
from resnet_explorer.common.text_lines import wrapped
from resnet_explorer.weights.reading.checkpoint_name import endings_text

_BY_GETTEXT: Final = (
    msg("Arguments"),
    msg("Options"),
    msg("Commands"),
    msg("default: {default}"),
    msg("required"),
    msg("Missing command."),
    msg("No such command {name!r}."),
)
"""Words that Typer itself looks up."""
_REFUSALS: Final = {
    r"Missing (?:argument|option|parameter) (?P<what>\S+?)\.": msg("Missing argument {what}."),
    r"Invalid value for (?P<what>.+?): (?P<why>.+)": msg("Invalid value for {what}: {why}"),
    r"Invalid value: (?P<why>.+)": msg("Invalid value: {why}"),
    r"No such option: (?P<what>\S+)": msg("No such option: {what}"),
    r"No such option: (?P<what>\S+) \(Possible options: (?P<listed>.+)\)": msg(
        "No such option: {what} (Possible options: {listed})"
    ),
    r"Option (?P<what>\S+) requires an argument\.": msg("Option {what} requires an argument."),
    r"Option (?P<what>\S+) does not take a value\.": msg("Option {what} does not take a value."),
    r"Got unexpected extra argument\(s\) \((?P<what>.+)\)": msg("Got unexpected extra argument(s) ({what})"),
    r"(?P<told>.+)\. Did you mean (?P<listed>.+)\?": msg("{told}. Did you mean {listed}?"),
    r"Input should be a valid integer.*": msg("a whole number is needed."),
    r"Input should be a valid number.*": msg("a number is needed."),
    r"Input should be greater than or equal to (?P<least>\S+)": msg(
        "Input should be greater than or equal to {least}"
    ),
    r"Input should be less than or equal to (?P<most>\S+)": msg(
        "Input should be less than or equal to {most}"
    ),
    r"Value error, (?P<what>.+) is not one of (?P<listed>.+)\.": msg("{what} is not one of {listed}."),
    r"[Ff]ile (?P<what>.+) does not exist\.": msg("{what} does not exist."),
}
"""Typer's sentences that say what is wrong, and what is said for them."""


class _Cells:
    """How wide a text is at a terminal, for `wrapped`."""

    def getlength(self, text: str) -> float:
        """In cells: a Han sign has two."""
        return letters(text)


class _Formatter(typer.Context.formatter_class):  # type: ignore[misc, valid-type]
    """Lines that are no wider than the terminal, broken between Han signs, too."""

    def write_text(self, text: str) -> None:
        super().write_text(_as_it_stands(text, self.width - self.current_indent))

    def write_dl(self, rows: Sequence[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        first = min(max(len(name) for name, _ in rows), col_max) + col_spacing
        lines = [(name, _as_it_stands(text, self.width - first - 2)) for name, text in rows]
        super().write_dl(lines, col_max, col_spacing)


if TYPE_CHECKING:
    _Base = TyperCommand
else:
    _Base = object  # of commands and of groups


class _Context(typer.Context):
    formatter_class = _Formatter


class _Spoken(_Base):
    """What commands and groups of them do alike."""

    context_class = _Context

    def __init__(self, *arguments: Any, **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self.help = _said(self.help)
        for parameter in self.params:
            parameter.help = _said(parameter.help)  # type: ignore[attr-defined]

    def format_usage(self, context: Any, formatter: Any) -> None:
        pieces = " ".join(self.collect_usage_pieces(context))
        formatter.write_usage(context.command_path, pieces, prefix=t("Usage: "))

    def get_help_option(self, context: Any) -> Any:
        option = super().get_help_option(context)
        if option:
            option.help = t("Show this message and exit.")
        return option

    def get_short_help_str(self, limit: int = 45) -> str:
        """The first sentence as a whole: the list of commands has as many lines as it needs."""
        return re.split(r"(?<=\.)\s(?=[A-Z])|(?<=。)", self.help or "")[0]


class Command(_Spoken, TyperCommand):
    """A command whose help is in the language of now."""


class Group(_Spoken, TyperGroup):
    """Commands under one name."""


@contextmanager
def typer_speaks() -> Iterator[None]:
    """Lead what Typer looks up to our catalogue, in the language of now."""
    gettext.bindtextdomain(DOMAIN, str(LOCALE))
    domain, before = gettext.textdomain(), os.environ.get("LANGUAGE")
    gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = language()  # what gettext asks first
    try:
        yield
    finally:
        gettext.textdomain(domain)
        if before is None:
            del os.environ["LANGUAGE"]
        else:
            os.environ["LANGUAGE"] = before


def refusal(error: typer.TyperException) -> str:
    """What is wrong with the arguments, below how the command is used."""
    context, told = getattr(error, "ctx", None), error.format_message()
    if context is None:
        return t("Error: {sentence}").format(sentence=_told(told))
    if told == context.get_help():  # of a command that says how it is used, where nothing is asked
        return told
    hint = t("Try '{command} --help' for help.").format(command=context.command_path)
    return f"{context.get_usage()}\n{hint}\n\n" + t("Error: {sentence}").format(sentence=_told(told))


def _told(sentence: str) -> str:
    """The sentence in the language of now; as it is where it is none of Typer's."""
    for pattern, words in _REFUSALS.items():
        found = re.fullmatch(pattern, sentence, re.DOTALL)
        if found:
            parts = found.groupdict()
            return t(words).format(**parts | ({"why": _told(parts["why"])} if "why" in parts else {}))
    return sentence


def _said(text: str | None) -> str:
    """A help in the language of now, with the app's own lists in it; the braces of JSON stay."""
    return t(text).replace("{endings}", endings_text()) if text else ""


def _as_it_stands(text: str, width: int) -> str:
    """A text in lines of so many cells, as Click leaves them."""
    return "\b\n" + "\n".join(wrapped(text, _Cells(), width))
