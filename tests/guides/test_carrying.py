"""Guides carried in and out as files: all of them or none, and the same again when nothing has changed."""

import argparse
from pathlib import Path

import pytest

from borgerlinje.demo import guides as demo
from borgerlinje.guides import text
from borgerlinje.guides.models import Guide, GuideVersion
from tests.guides.test_markdown import GUIDE

pytestmark = pytest.mark.django_db


def take(*files: Path) -> int:
    return text.run(argparse.Namespace(what="import", files=list(files)))


def test_file_is_carried_in_and_out_unchanged_and_a_change_is_a_new_version(tmp_path: Path, capsys) -> None:
    file = tmp_path / "a.md"
    file.write_text(GUIDE)
    assert take(file) == 0
    assert take(file) == 0
    assert capsys.readouterr().out == "1 guides published, 0 as they were\n0 guides published, 1 as they were\n"
    out = tmp_path / "out"
    text.run(argparse.Namespace(what="export", folder=out, format="md"))
    assert take(out / "sundhedskort.md") == 0
    assert "1 as they were" in capsys.readouterr().out
    file.write_text(GUIDE.replace("Det er gult.", "Det er stadig gult."))
    assert take(file) == 0
    assert list(GuideVersion.objects.order_by("number").values_list("number", "state", "based_on__number")) == [
        (1, "replaced", None),
        (2, "published", 1),
    ]


def test_one_bad_file_and_nothing_is_stored(tmp_path: Path, capsys) -> None:
    good, bad = tmp_path / "good.md", tmp_path / "bad.md"
    good.write_text(GUIDE)
    bad.write_text(GUIDE.replace("## Hav klar", "## Medbring").replace('"sygdom"', '"vejret"'))
    assert take(good, bad, tmp_path / "none.md", good) == 2
    told = capsys.readouterr().err
    assert f"{bad}:1: »vejret«" in told
    assert "»Medbring« kendes ikke" in told
    assert "none.md" in told
    assert "Guiden »sundhedskort« står 2 gange" in told
    assert not Guide.objects.exists()


@pytest.mark.parametrize("form", ["json", "csv", "xlsx"])
def test_one_file_of_all_guides_is_carried_out_and_in_unchanged(form: str, tmp_path: Path, capsys) -> None:
    file = tmp_path / "a.md"
    file.write_text(GUIDE)
    assert take(file) == 0
    text.run(argparse.Namespace(what="export", folder=tmp_path, format=form))
    assert take(tmp_path / f"guides.{form}") == 0
    assert "0 guides published, 1 as they were" in capsys.readouterr().out


def test_every_guide_of_the_demo_is_one_and_is_published() -> None:
    demo.create()
    files = sorted(demo.FOLDER.glob("*.md"))
    assert len(files) >= 120
    assert Guide.objects.filter(published__isnull=False, is_demo=True).count() == len(files)
    demo.create()
    assert GuideVersion.objects.count() == len(files)
