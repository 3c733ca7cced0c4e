"""Tables of networks side by side name networks and classes safely, and mark where networks differ."""

import csv
import io
import re
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from resnet_explorer import preset
from resnet_explorer.common.i18n import speaking
from resnet_explorer.network.table_rows import to_csv
from resnet_explorer.photos.preprocessing import Preprocessing
from resnet_explorer.side_by_side.disagreement import Distance, Gap
from resnet_explorer.side_by_side.predictions import ComparedNetwork, PhotoRow, Predictions, Timing
from resnet_explorer.side_by_side.tables import PairRow, differing, matrix_rows
from resnet_explorer.ui.side_by_side.tables import (
    gaps_html,
    matrix_html,
    milliseconds_text,
    networks_html,
    pairs_html,
)
from resnet_explorer.weights.description import Weights
from resnet_explorer.weights.shown_names import shown_names

TEN = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
FLOWERS = ("rose", "tulip", "daisy")
SMALL = Preprocessing(32, 32, (0.49, 0.48, 0.45), (0.25, 0.24, 0.26))
ROW = PhotoRow("chelsea.png", (("cat", 0.9), ("dog", 0.5), ("rose", 0.4), None))
CLASSES = (TEN, TEN, FLOWERS, TEN)


def test_a_row_differs_within_a_class_list_only() -> None:
    assert differing(ROW, CLASSES) == {0, 1}
    assert differing(replace(ROW, firsts=(("cat", 0.9), ("cat", 0.5), ("rose", 0.4), None)), CLASSES) == set()
    assert differing(replace(ROW, firsts=(None, None, None, None)), CLASSES) == set()


def test_the_matrix_as_a_table_and_as_csv() -> None:
    html = matrix_html(("A", "B", "C", "<D>"), CLASSES, [ROW], [("data:cat", "<b>a cat</b>")])
    assert html.count("≠ ") == 2
    assert "≠ cat" in html and "≠ dog" in html and "≠ rose" not in html
    assert '<img src="data:cat" alt="">&lt;b&gt;a cat' in html
    assert "&lt;D&gt;" in html and "<D>" not in html
    rows = list(csv.DictReader(io.StringIO(to_csv(matrix_rows(("A", "B", "C", "D"), CLASSES, [ROW])))))
    assert [(row["network"], row["label"], row["probability"], row["differs"]) for row in rows] == [
        ("A", "cat", "0.9", "yes"),
        ("B", "dog", "0.5", "yes"),
        ("C", "rose", "0.4", "no"),
        ("D", "", "", "no"),
    ]


def test_a_program_reads_the_same_classes_in_every_language() -> None:
    with speaking("zh"):
        shown = shown_names(TEN)
        assert shown[3] != "cat" and shown[3].endswith(" cat")
        row = PhotoRow("chelsea.png", ((shown[3], 0.9),))
        assert matrix_rows(("A",), (shown,), [row])[0]["label"] == "cat"


def test_the_table_says_what_a_network_is_made_of() -> None:
    large = Weights("x", "<script>", preset("resnet18"), TEN, replace(SMALL, resize=256, crop=224), "yours")
    small = replace(large, key="y", preprocessing=SMALL)
    networks = [SimpleNamespace(network=ComparedNetwork(each, TEN)) for each in (large, small)]
    found = Predictions(cast(Any, tuple(networks)), times={"x": Timing(38.46, 35, 37.21, 112.4)})
    html = networks_html(("ResNet-18", "the same at 32"), found)
    for words in (">18<", "11.7 M", "1.81 G", "224 × 224 pixels", "38.5 ms", "37.2 – 112"):
        assert words in html
    assert "<script>" not in html
    # At 32 pixels 49 times fewer for the convolutions: (1,814,073,344 − 512,000) / 49 + 512,000.
    assert "37.5 M" in html


@pytest.mark.parametrize(
    ("milliseconds", "text"), [(4.267, "4.27 ms"), (38.46, "38.5 ms"), (1239.6, "1,240 ms")]
)
def test_times_in_words(milliseconds: float, text: str) -> None:
    assert milliseconds_text(milliseconds) == text


def test_tables_name_pairs_and_classes_safely() -> None:
    html = pairs_html(("A", "<B>"), [PairRow(Distance(0, 1, 0.6712), -0.25, ("cat", "dog"))])
    assert "0.671" in html and "−0.25" in html and "each for its own class" in html and "<B>" not in html
    assert "—" in pairs_html(("A", "B"), [PairRow(Distance(0, 1, 0.0), None, ("cat", "cat"))])
    html = gaps_html(("A", "B"), [Gap("<cat>", (0.3, 0.97)), Gap("dog", (0.54, 0.02))])
    assert "30.0%" in html and "97.0%" in html and "<cat>" not in html
    # In bold, the largest of each network: dog for A, cat for B.
    assert re.findall(r'sb-largest"[^>]*>([^<]*)', html) == ["97.0%", "54.0%"]
