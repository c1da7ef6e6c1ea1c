"""The demo's telephone menus have no faults, and a silent caller is with a person at once."""

import pytest

from borgerlinje.console.menus import queries
from borgerlinje.demo import data
from borgerlinje.lines import menus
from borgerlinje.lines.models import Line

pytestmark = pytest.mark.django_db


def test_every_menu_of_the_demo_is_without_fault(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setenv("BORGERLINJE_HOME", str(tmp_path))
    data.create()
    lines = Line.objects.filter(is_demo=True)
    assert {version.language for line in lines for version in line.menus.all()} == {"da", "en"}
    for line in lines:
        for version in line.menus.all():
            tree = queries.read(version)
            faults = menus.faults_of(version.tree, queries.known(line, version.language), language=version.language)
            assert faults == (), (line, version.language)
            assert tree.start.silence.repeats == 0
            kinds = {choice.action.kind for choice in tree.start.choices}
            assert {"callback", "voicemail", "language", "line", "person", "subject"} <= kinds
