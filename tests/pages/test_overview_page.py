"""The first page: the network at a glance, and the network of the session in sidebar and link."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from resnet_explorer.ui.pages import GROUPS, OVERVIEW

APP = Path(__file__).parents[2] / "app.py"


def overview(**link: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params.update(link)
    return app.run()


def figures(app: AppTest) -> list[str]:
    return [metric.value for metric in app.metric]


def test_the_first_view_shows_resnet_18() -> None:
    app = overview()
    assert app.title[0].value == "ResNet Explorer"
    assert figures(app) == ["18", "11,270,904", "1.81 G", "184"]


def test_every_page_has_a_card_that_says_what_it_is_for() -> None:
    told = [each.value for each in overview().markdown]
    for group in GROUPS:
        assert all(page.purpose in told for page in group.pages if page is not OVERVIEW)


def test_the_sidebar_changes_the_network_and_its_link() -> None:
    app = overview()
    app.sidebar.selectbox[0].set_value("resnet152").run()
    assert figures(app) == ["152", "60,192,808", "11.5 G", "1000"]
    assert app.query_params["net"] == "resnet152"


def test_a_link_brings_a_network_of_ones_own() -> None:
    app = overview(net="basic.1-2-3.width-32.stem-cifar.num_classes-10", size="32x48")
    assert figures(app)[0] == "14"
    assert app.sidebar.selectbox[0].options[0] == "ResNet-14 (basic, 1-2-3, width 32)"
    assert app.query_params["size"] == "32x48"


def test_a_cifar_network_is_shown_for_its_own_size() -> None:
    app = overview(net="resnet20_cifar")
    assert figures(app) == ["20", "269,722", "40.6 M", "10"]
    assert app.query_params["size"] == "32"


def test_a_bad_link_says_what_is_wrong_and_shows_the_default() -> None:
    app = overview(net="resnet51")
    assert "net is 'resnet51', which is no preset" in app.warning[0].value
    assert figures(app)[0] == "18"


def test_a_bad_size_keeps_the_network_of_the_link() -> None:
    app = overview(net="resnet50", size="0")
    assert "two whole numbers from 1 to 4096" in app.warning[0].value
    assert figures(app)[:2] == ["50", "25,557,032"]
    assert app.query_params["size"] == "224"


def test_a_link_that_is_bad_twice_is_told_twice() -> None:
    warning = overview(net="resnet51", size="0").warning[0].value
    assert "net is 'resnet51', which is no preset" in warning
    assert "two whole numbers from 1 to 4096" in warning
