"""What those who wait are told: whole in both languages, and made to sound beforehand."""

from dataclasses import dataclass, field, fields

import pytest

from borgerlinje.channels.phone.callbacks import callback_texts
from borgerlinje.channels.phone.sound.said_texts import plain
from borgerlinje.channels.phone.waiting_texts import DANISH, ENGLISH, Texts, back_in_queue, texts, to_prepare


@dataclass(frozen=True)
class Line:
    language: str = "da"
    name: str = "Hotline"
    menus: dict[str, object] = field(default_factory=dict)
    says_wait: bool = True
    recording_purpose: str = ""


@pytest.mark.parametrize("said", [DANISH, ENGLISH])
def test_place_is_said_up_to_twenty(said: Texts):
    assert "3" in said.position(3)
    assert said.position(20) != said.position(21) == said.position(99) == said.many


def test_both_languages_say_the_same_things():
    for each in fields(Texts):
        danish, english = getattr(DANISH, each.name), getattr(ENGLISH, each.name)
        assert danish
        assert english
        assert danish != english
        assert danish.count("{}") == english.count("{}")
    assert texts("pl") is DANISH


def test_key_that_is_named_is_the_key_that_works():
    for said in (DANISH, ENGLISH):
        assert "1" in said.callback_offer
        assert "2" in said.guide_offer
        assert "5" in said.recording_question
        assert all(key in said.message_choices for key in "123")


def test_only_what_a_line_can_say_is_prepared():
    plain = set(to_prepare([Line(says_wait=False)]))
    assert {language for _, language in plain} == {"da"}
    assert not any("Ventetiden" in text for text, _ in plain)
    whole = set(to_prepare([Line(menus={"en": ()}, recording_purpose="kvalitet")]))
    assert plain < whole
    assert (ENGLISH.recording_question.format("kvalitet"), "en") in whole
    assert not any("{" in text for text, _ in whole)


def test_tables_of_sentences_know_which_are_the_same_for_everybody():
    assert next(plain(callback_texts.DANISH)) == "Vi ringer til"
    assert not any("{" in text for said in (DANISH, ENGLISH) for text in plain(said))
    assert callback_texts.texts("en") is callback_texts.ENGLISH
    assert callback_texts.texts("pl") is callback_texts.DANISH
    assert [language for language, _said in texts.items()] == ["da", "en"]
    assert back_in_queue("requeued", "pl") == back_in_queue("requeued", "da") != back_in_queue("requeued", "en")
    assert back_in_queue("no such event", "en") == back_in_queue("employee_lost", "en")
