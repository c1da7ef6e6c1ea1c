"""`borgerlinje guides search`, as one types it: what answers, for whom, as lines and as JSON."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from borgerlinje import cli
from borgerlinje.cooperation.models import Authority
from borgerlinje.guides.content import Text
from borgerlinje.guides.markdown import Read, write
from borgerlinje.guides.models import Guide
from borgerlinje.guides.overlay import Overlay
from borgerlinje.guides.text import run
from borgerlinje.kit import unprivileged
from tests.guides.making import SOLUTION, content, published
from tests.guides.test_local import put
from tests.support.cast import Cast
from tests.support.database import TestDatabase

# A word that only Næstved's citizens find the guide by.
OWN_WORD = "gultkrokodillekort"


@pytest.fixture
def guide(cast: Cast) -> Guide:
    guide = published()
    guide.refresh_from_db()
    put(guide, cast.own, Overlay(words={"da": (OWN_WORD,)}))
    return guide


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Ask in this process; return the exit code, what is printed, and what is wrong."""
    code = run(cli._parser().parse_args(["guides", "search", *arguments]))
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def found(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    code, shown, wrong = told(capsys, *arguments, "--json")
    assert (code, wrong) == (0, "")
    answer = json.loads(shown)
    assert isinstance(answer, list)
    return answer


def test_json_is_a_list_the_best_first(guide: Guide, capsys: pytest.CaptureFixture[str]) -> None:
    published("pas", texts={"da": Text("Nyt pas", "Du bestiller selv.")}, words={"da": ("rejsepas", "kortet er gult")})
    answer = found(capsys, "gult kort")
    assert [each["slug"] for each in answer] == ["sundhedskort", "pas"]
    for each in answer:
        assert list(each) == ["title", "slug", "score", "matches"]
        assert 0 < each["score"] <= 1
        assert all(isinstance(match, str) and match for match in each["matches"])
    assert answer[0]["title"] == "Nyt sundhedskort"
    assert answer[0]["matches"][0] == "gult kort"
    assert answer[0]["score"] > answer[1]["score"]
    assert [each["slug"] for each in found(capsys, "gult kort", "--limit", "1")] == ["sundhedskort"]


def test_lines_tell_score_title_and_slug(guide: Guide, capsys: pytest.CaptureFixture[str]) -> None:
    score = found(capsys, "gult kort")[0]["score"]
    assert told(capsys, "gult kort") == (0, f"{score:.2f}  Nyt sundhedskort  (sundhedskort)\n", "")


@pytest.mark.parametrize(
    "name", ["370", "Næstved", "næstved", "Naestved", "naestved", "Næstved Kommune", "NAESTVED  kommune", "næst"]
)
def test_authority_is_known_by_each_of_its_names(guide: Guide, capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert not found(capsys, OWN_WORD), "it is nobody else's word"
    assert not found(capsys, OWN_WORD, "--authority", "Slagelse")
    assert [each["slug"] for each in found(capsys, OWN_WORD, "--authority", name)] == ["sundhedskort"]


def test_authority_that_is_called_so_comes_before_those_with_it_in_their_name(
    guide: Guide, capsys: pytest.CaptureFixture[str]
) -> None:
    Authority.objects.create(code="1083", name="Region Næstved", kind="region")
    assert found(capsys, OWN_WORD, "--authority", "Næstved")
    assert not found(capsys, OWN_WORD, "--authority", "region naestved")


@pytest.mark.parametrize("name", ["Atlantis", "\x00", "🐊", "  ", "?!"])
def test_authority_nobody_knows_is_told_with_those_that_are_known(
    guide: Guide, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    code, shown, wrong = told(capsys, "gult kort", "--authority", name)
    assert (code, shown) == (2, "")
    known = "København Kommune (101), Næstved Kommune (370), Slagelse Kommune (330)"
    assert wrong == f"borgerlinje: no authority is called {name}; known: {known}\n"


def test_name_of_several_authorities_is_told_with_each_of_them(
    guide: Guide, capsys: pytest.CaptureFixture[str]
) -> None:
    Authority.objects.create(code="999", name="Slagterby", kind="municipality")
    code, shown, wrong = told(capsys, "gult kort", "--authority", "slag")
    assert (code, shown) == (2, "")
    several = "Slagelse Kommune (330), Slagterby Kommune (999)"
    assert wrong == f"borgerlinje: more than one authority is called slag: {several}\n"


def test_name_that_is_asked_for_where_nobody_is_stored_is_told(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, "kort", "--authority", "370")[2] == "borgerlinje: no authority is called 370; known: none\n"


@pytest.mark.parametrize("text", ["", " ", "krokodille", "\x00", "🐊", "?!-.,;:()%_'\"\\", "x" * 5000, "\ud800"])
def test_nothing_found_is_no_fault(guide: Guide, capsys: pytest.CaptureFixture[str], text: str) -> None:
    assert found(capsys, text) == []
    assert told(capsys, text) == (0, "Nothing found.\n", "")


@pytest.mark.parametrize("text", ["gult\x00kort", "🐊 gult kort", "<b>gult</b> kort", f"gult kort {'å' * 5000}"])
def test_odd_characters_do_not_hide_what_is_meant(guide: Guide, capsys: pytest.CaptureFixture[str], text: str) -> None:
    assert [each["slug"] for each in found(capsys, text)] == ["sundhedskort"]


@pytest.mark.parametrize("limit", ["0", "-1"])
def test_limit_that_makes_no_sense_is_told(guide: Guide, capsys: pytest.CaptureFixture[str], limit: str) -> None:
    assert told(capsys, "kort", "--limit", limit) == (2, "", "borgerlinje: --limit must be 1 or more\n")


@pytest.mark.parametrize("arguments", [(), ("kort", "--limit", "mange")])
def test_command_that_is_not_one_is_told_with_how_it_is_used(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["guides", "search", *arguments])
    assert ended.value.code == 2
    assert "usage: borgerlinje guides search" in capsys.readouterr().err


def ask(database: TestDatabase, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command on the test's own database, which no `up` runs on."""
    return subprocess.run(
        unprivileged.command([sys.executable, "-m", "borgerlinje", "guides", *arguments], die_with_parent=True),
        env={**os.environ, "DATABASE_URL": database.url(), "BORGERLINJE_DATABASE_ROLE": "bl_engine"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_command_answers_from_a_running_database(database: TestDatabase, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    for parent in tmp_path.parents[:2]:
        parent.chmod(0o755)
    (tmp_path / "kort.md").write_text(write(Read("sundhedskort", "", content(), SOLUTION)), encoding="utf-8")
    taken = ask(database, "import", str(tmp_path / "kort.md"))
    assert (taken.returncode, taken.stderr) == (0, "")
    with database.as_owner() as owner:
        owner.execute(
            "INSERT INTO cooperation_authority (code, name, kind, cvr, is_demo) VALUES ('370', 'Næstved', 'municipality', '', false)"
        )
    answer = ask(database, "search", "gult kort", "--authority", "naestved kommune", "--limit", "3", "--json")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert [each["title"] for each in json.loads(answer.stdout)] == ["Nyt sundhedskort"]
    refused = ask(database, "search", "gult kort", "--authority", "Atlantis")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == "borgerlinje: no authority is called Atlantis; known: Næstved Kommune (370)\n"
