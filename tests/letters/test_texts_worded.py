"""Texts to citizens in a centre's own words, by the way that every text takes."""

import pytest

from borgerlinje.channels.phone.models import Text
from borgerlinje.channels.phone.text_messages.texts import Asked, Unsent
from borgerlinje.channels.phone.text_messages.worded import do_send_worded
from borgerlinje.kit.database import Steps
from borgerlinje.kit.ids import uuid7
from borgerlinje.kit.request_database import run_here
from borgerlinje.letters.kinds import Wording
from borgerlinje.letters.wording import do_word
from tests.support.cast import NOW, Cast, later, user_of

VALUES = {"guide": "Se vejledningen:\nhttps://www.borger.dk/", "line": "Hotline"}


@pytest.fixture(autouse=True)
def configured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BORGERLINJE_SMS_URL", "https://sms.example/send")


def guide(cast: Cast, *, language: str = "da", seconds: float = 0) -> Steps[Asked | Unsent]:
    return do_send_worded("guide_link", cast.wait(), "46120000", language=language, values=VALUES, now=later(seconds))


def test_guide_is_sent_as_the_line_has_it_until_it_is_worded_anew(cast: Cast) -> None:
    assert isinstance(run_here(guide(cast)), Asked)
    by = user_of(cast.employee).pk
    words = Wording("", "Fra {line}: {guide}")
    run_here(do_word("guide_link", "da", words, authority_id=cast.own.pk, seen=0, by=by, now=NOW))
    assert isinstance(run_here(guide(cast, seconds=1)), Asked)
    assert isinstance(run_here(guide(cast, seconds=2, language="en")), Asked)
    assert [each.body for each in Text.objects.all()] == [
        VALUES["guide"],
        f"Fra Hotline: {VALUES['guide']}",
        VALUES["guide"],
    ]


def test_contact_that_is_not_there_gets_none(cast: Cast) -> None:
    sending = do_send_worded("guide_link", uuid7(NOW), "46120000", language="da", values=VALUES, now=NOW)
    assert run_here(sending) is Unsent.UNKNOWN_CONTACT
    assert not Text.objects.exists()
