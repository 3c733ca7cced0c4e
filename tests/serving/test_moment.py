"""What a class reads while the app is being started: nothing is there yet that knows a visitor's language."""

from resnet_explorer.common.i18n import language_tag, languages, speaking
from tests.places import ROOT


def test_it_is_said_in_every_language() -> None:
    page = (ROOT / "resnet_explorer/serving/moment.html").read_text(encoding="utf-8")
    for code in languages():
        with speaking(code):
            assert f' lang="{language_tag()}">' in page
