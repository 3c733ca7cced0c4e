"""The names of classes as people save them: in the checkpoint, beside it, or in a file that is given."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from resnet_explorer.common.i18n import msg, t
from resnet_explorer.common.numbers import is_whole
from resnet_explorer.common.regular_file import check_length
from resnet_explorer.weights.reading.safetensors_header import printable

_TO_INDEX: Final = ("class_to_idx", "class_to_index", "label2id", "label_to_idx")
"""Keys under which a name leads to an index, whatever the names are: digits too."""
_NAMED: Final = (
    *("classes", "class_names", "classnames", "categories", "idx_to_class", "index_to_class", "id2label"),
    *("idx_to_label", "class_indices", "labels", "label_names", "CLASSES", "vocab"),
)
_TO_NAME: Final = ("cat_to_name", "folder_to_name")
_BESIDE: Final = (
    *("class_indices.json", "class_to_idx.json", "idx_to_class.json", "class_names.json", "classes.json"),
    *("labels.json", "imagenet_class_index.json", "classes.txt", "class_names.txt", "labels.txt"),
)
_FOLDERS_BESIDE: Final = "cat_to_name.json"
MAX_BYTES: Final = 2**20
"""Of a file of names that nobody gave."""
MOST_GIVEN: Final = 16 * MAX_BYTES
"""Of one that somebody gave; a browser need not keep to what the page says."""

_FORMS: Final = msg(
    'The class names are no JSON like {"0": "daisy", "1": "rose"} or ["daisy", "rose"], from 0 without gaps, '
    "and no text of one name a line."
)


@dataclass(frozen=True)
class ClassNames:
    """Names, one for each output, what is said of where they came from, and whether they are of folders."""

    names: tuple[str, ...]
    notes: tuple[str, ...] = ()
    are_folders: bool = False


def given_names(text: bytes | str, content: Mapping[Any, Any]) -> ClassNames:
    """The class names of a file that was given, joined with the folders that the checkpoint knows.

    Args:
        text: the file: JSON or a name a line.
        content: what the checkpoint holds.

    Raises:
        ValueError: in one sentence, if it is neither, or has a name twice or missing.
    """
    check_length(len(text), t("The file of class names"), MOST_GIVEN)
    try:
        return _joined(_value_of(text), _folders(content))
    except RecursionError:
        raise ValueError(t(_FORMS)) from None


def names_in(content: Mapping[Any, Any], outputs: int) -> ClassNames | None:
    """Class names that were saved beside the values; None if there are none.

    Args:
        content: what the checkpoint holds.
        outputs: of the network; names deeper inside count only if there are as many.

    Raises:
        ValueError: in one sentence, if what says names has gaps, or counts from 1.
    """
    folders = _folders(content)
    for key in _TO_NAME:
        value = content.get(key)
        if isinstance(value, Mapping) and value:
            if folders is not None:
                return _joined(value, folders)
            break
    for key in _NAMED:
        value = _as_list(content.get(key))
        if isinstance(value, Mapping | Sequence) and not isinstance(value, str) and value:
            return ClassNames(_names(value))
    if folders is not None:
        return ClassNames(folders, are_folders=True)
    for inner in content.values():
        if isinstance(inner, Mapping):
            try:
                found = names_in({str(key): value for key, value in inner.items()}, outputs)
            except ValueError:
                continue
            if found is not None and len(found.names) == outputs:
                return found
    return None


def names_beside(path: Path, content: Mapping[Any, Any], outputs: int) -> ClassNames | None:
    """Class names in a file of a usual name beside the checkpoint, if there are as many as outputs.

    Where the checkpoint knows its folders, only what leads from these to names.
    """
    folders = _folders(content)
    for name in _BESIDE if folders is None else (_FOLDERS_BESIDE,):
        file = path.parent / name
        try:
            if not file.is_file() or file.stat().st_size > MAX_BYTES:
                continue
            found = _joined(_value_of(file.read_bytes()), folders)
        except (OSError, ValueError):  # nobody gave it: it may belong to another network
            continue
        if len(found.names) == outputs:
            return ClassNames(
                found.names, (t("The class names are of {name} beside it.").format(name=name), *found.notes)
            )
    return None


def _folders(content: Mapping[Any, Any]) -> tuple[str, ...] | None:
    """The name of each index by `class_to_idx`, which ImageFolder makes of the names of folders."""
    for key in _TO_INDEX:
        value = content.get(key)
        if isinstance(value, Mapping) and value:
            return _in_order(_turned(value))
    return None


def _joined(value: Any, folders: tuple[str, ...] | None) -> ClassNames:
    """Names by index; of names by folder, index → folder → name."""
    if folders is None or not isinstance(value, Mapping):
        return ClassNames(_names(value))
    names = {str(key): _text(name) for key, name in value.items()}
    is_by_folder = set(folders) <= set(names) and set(names.values()) != set(folders)
    if not is_by_folder or any(isinstance(name, int) for name in value.values()):
        return ClassNames(_names(value))
    note = t(
        "The class names are joined: class_to_idx leads from an index to a folder, and the names from there."
    )
    return ClassNames(tuple(names[folder] for folder in folders), (note,))


def _value_of(text: bytes | str) -> Any:
    """JSON, in which no key is there twice, or the lines of a text."""
    try:
        text = text.decode("utf-8-sig") if isinstance(text, bytes) else text
    except UnicodeDecodeError:
        raise ValueError(t(_FORMS)) from None
    try:
        return json.loads(text, object_pairs_hook=_each_once)
    except (json.JSONDecodeError, RecursionError):
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        if len(lines) < 2 or lines[0][0] in "[{":
            raise ValueError(t(_FORMS)) from None
        return lines


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(t("The class names have the key {key!r} twice.").format(key=printable(key)))
        found[key] = value
    return found


def _names(value: Any) -> tuple[str, ...]:
    """Names from a list, from {index: name}, or from {name: index}.

    Raises:
        ValueError: in one sentence, if it is none of them.
    """
    value = _as_list(value)
    if isinstance(value, list | tuple) and value and not any(isinstance(name, Mapping) for name in value):
        return tuple(map(_text, value))
    if not isinstance(value, Mapping) or not value:
        raise ValueError(t(_FORMS))
    for key in (*_NAMED, *_TO_INDEX):  # the whole of a config.json, say
        if isinstance(value.get(key), Mapping | list):
            return _in_order(_turned(value[key])) if key in _TO_INDEX else _names(value[key])
    if all(map(is_whole, value.values())):
        return _in_order(_turned(value))
    by_index = [(_index(key), _text(name)) for key, name in value.items()]
    if any(index is None for index, _ in by_index):
        by_index = _turned(value)
    return _in_order(by_index)


def _turned(value: Mapping[Any, Any]) -> list[tuple[int | None, str]]:
    """Names by index, from {name: index}."""
    return [(_index(index), printable(name)) for name, index in value.items()]


def _in_order(by_index: list[tuple[int | None, str]]) -> tuple[str, ...]:
    """The names by their indices, which are 0, 1, 2 …; a ValueError says what is wrong with these."""
    found: dict[int, str] = {}
    for index, name in by_index:
        if index is None:
            raise ValueError(t(_FORMS))
        if index in found:
            raise ValueError(
                t("The class names have the index {index} twice: {found} and {name}.").format(
                    index=index, found=found[index], name=name
                )
            )
        found[index] = name
    count = len(found)
    if set(found) == set(range(1, count + 1)):
        raise ValueError(
            t(
                "The class names count from 1 to {count}, and the outputs of a network from 0; if these "
                "are names of folders, class_to_idx, which says their indices, is missing."
            ).format(count=count)
        )
    for index in range(count):
        if index not in found:
            raise ValueError(t("The class names have no name for the index {index}.").format(index=index))
    return tuple(found[index] for index in range(count))


def _text(name: Any) -> str:
    """A name; of Keras's ["n01440764", "tench"] the second."""
    if isinstance(name, list | tuple) and len(name) == 2:
        name = name[1]
    return printable(name)


def _as_list(value: Any) -> Any:
    """A set has no order; a tensor or a text is no list of names."""
    return list(value) if isinstance(value, list | tuple) else value


def _index(value: object) -> int | None:
    digits = printable(value)
    return int(digits) if re.fullmatch(r"\d{1,6}", digits) else None
