"""The kinds of the bundled network's classes: which of them fall under which of WordNet's synsets.

`python -m resnet_explorer.training.wordnet_kinds DATA_NOUN INDEX` writes `weights.kinds.FILE` from WordNet
3.0's `data.noun` and the `index.json` of the everyday things, whose ids are offsets in it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from resnet_explorer.weights.kinds import FILE

SOURCE: Final = (
    "The members of a kind are the classes of which one of its synsets is a hypernym in WordNet 3.0 "
    "(© 2006 Princeton University, WordNet 3.0 license: https://wordnet.princeton.edu/license-and-"
    "commercial-use); the names of the kinds are this project's."
)

SYNSETS: Final[Mapping[str, tuple[str, ...]]] = {
    "animal": ("n00015388",),
    "mammal": ("n01861778",),
    "canine": ("n02083346",),
    "dog": ("n02084071",),
    "retriever": ("n02099029",),
    "feline": ("n02120997",),
    "cat": ("n02121808",),  # domestic cat
    "hoofed animal": ("n02370806",),
    "monkey or ape": ("n02469914",),  # primate
    "great ape": ("n02480153",),
    "bird": ("n01503061",),
    "water bird": ("n01844917",),
    "songbird": ("n01525720",),
    "reptile": ("n01661091",),
    "snake": ("n01726692",),
    "amphibian": ("n01627424",),
    "fish": ("n02512053",),
    "insect": ("n02159955",),
    "spider or scorpion": ("n01769347",),  # arachnid
    "crustacean": ("n01974773",),
    "vehicle": ("n03100490",),  # conveyance
    "motor vehicle": ("n03791235",),
    "car": ("n02958343",),
    "truck or van": ("n04490091",),  # truck
    "bus": ("n02924116",),
    "ship or boat": ("n04530566",),  # watercraft
    "musical instrument": ("n03800933",),
    "piece of furniture": ("n03405725",),
    "building or other structure": ("n04341686",),  # structure
    "building": ("n02913152",),
    "bridge": ("n02898711",),
    "container": ("n04531098",),  # vessel
    "bottle": ("n02876657",),
    "piece of clothing": ("n03051540", "n03380867"),  # clothing; footwear, which WordNet puts elsewhere
    "ball": ("n02778669",),
    "tool": ("n04451818",),
    "clock or timer": ("n04437953",),  # timepiece
    "electronic device": ("n03278248",),  # electronic equipment
    "landform": ("n09287968",),  # geological formation
    "food": ("n00021265", "n07555863"),  # nutrient; solid food: WordNet has two
    "fruit": ("n07705931",),  # edible fruit
    "citrus fruit": ("n07747055",),
    "vegetable": ("n07707451",),
    "frozen dessert": ("n07611358",),
    "dish": ("n07557434",),
}


def hypernyms(lines: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The direct hypernyms of each noun synset, instances included, from `data.noun` (as wndb(5WN) tells)."""
    found = {}
    for line in lines:
        if line.startswith(" "):  # the license
            continue
        fields = line.partition("|")[0].split()
        words = int(fields[3], 16)
        pointers = fields[5 + 2 * words :]  # symbol, offset, part of speech, words, of each
        symbols = zip(pointers[::4], pointers[1::4], strict=False)
        found[f"n{fields[0]}"] = tuple(f"n{offset}" for symbol, offset in symbols if symbol in ("@", "@i"))
    return found


def above(synset: str, direct: Mapping[str, Sequence[str]]) -> set[str]:
    """All hypernyms of a synset, itself included."""
    return {synset}.union(*(above(each, direct) for each in direct[synset]))


def kinds(ids: Sequence[str], direct: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """Each kind with its synsets and its members among the ids, in their order."""
    closures = {each: above(each, direct) for each in ids}
    return [
        {
            "name": name,
            "wordnet": list(synsets),
            "members": [each for each in ids if not closures[each].isdisjoint(synsets)],
        }
        for name, synsets in SYNSETS.items()
    ]


def main(data_noun: str, index: str) -> None:
    """Write the file."""
    classes = json.loads(Path(index).read_text(encoding="utf-8"))["classes"]
    with Path(data_noun).open(encoding="utf-8") as lines:
        found = kinds([each["id"] for each in classes], hypernyms(lines))
    rows = ",\n  ".join(json.dumps(each, ensure_ascii=False) for each in found)
    source = json.dumps(SOURCE, ensure_ascii=False)
    FILE.write_text(f'{{\n "source": {source},\n "kinds": [\n  {rows}\n ]\n}}\n', encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
