"""Templates filled in: what is named, what is not, and what may not be smuggled in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from borgerlinje.letters.kinds import KINDS, LANGUAGES, WORDED_HERE, Channel
from borgerlinje.letters.rendering import (
    MissingValueError,
    has_stray_brace,
    placeholders,
    render,
    size,
    unknown,
    without_control,
)


def test_what_is_named_is_filled_in_and_filled_in_once() -> None:
    written = render("Til {name}", "Kære {name}\n\n{link}", {"name": "{link}", "link": "https://x.example/?a={name}"})
    assert (written.subject, written.body) == ("Til {link}", "Kære {link}\n\nhttps://x.example/?a={name}")


def test_value_that_is_not_there_is_said_by_name() -> None:
    with pytest.raises(MissingValueError, match="link"):
        render("", "{name} {link}", {"name": "Karen"})


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\u2028", "\x0b", "\x85"])
def test_value_begins_no_header_and_no_line(end: str) -> None:
    name = f"Karen{end}Bcc: alle@example.org{end}{end}Hej"
    written = render("Til {name}", "Kære {name}", {"name": name})
    assert written.subject == "Til Karen Bcc: alle@example.org Hej"
    assert written.body == "Kære Karen Bcc: alle@example.org Hej"


def test_subject_is_one_line_whatever_the_template_says() -> None:
    assert render("Emne\r\nBcc: a@b.example", "x", {}).subject == "Emne Bcc: a@b.example"
    assert len(render("{name}", "x", {"name": "æ" * 500}).subject) == 150


def test_value_that_may_have_lines_keeps_them_and_nothing_else() -> None:
    written = render("", "{guide}", {"guide": "En\r\nto\x00\u202etre"}, with_lines=("guide",))
    assert written.body == "En\ntotre"


def test_faults_of_a_template_are_found() -> None:
    assert placeholders("{name} {link} {name}") == ["name", "link"]
    assert unknown("{name} {adresse}", ("name",)) == ["{adresse}"]
    assert [has_stray_brace(text) for text in ("{name}", "{name", "}", "{Name}", "{}", "ingen")] == [
        *(False, True, True, True, True, False)
    ]


@given(st.text(), st.text())
def test_no_value_adds_a_line_or_a_control_character(subject: str, value: str) -> None:
    written = render("{name}" + subject.replace("{", "").replace("}", ""), "{name}", {"name": value})
    assert len(f"x{written.subject}".splitlines()) == 1
    assert len(f"x{written.body}".splitlines()) == 1


@given(st.text())
def test_text_without_control_characters_stays_so(text: str) -> None:
    assert without_control(without_control(text)) == without_control(text)


@pytest.mark.parametrize(
    ("text", "units", "parts", "is_gsm"),
    [
        ("", 0, 1, True),
        ("æøåÆØÅ " * 10, 70, 1, True),
        ("x" * 160, 160, 1, True),
        ("x" * 161, 161, 2, True),
        ("x" * 306, 306, 2, True),
        ("x" * 307, 307, 3, True),
        ("€" * 80, 160, 1, True),
        ("x" * 152 + "€" * 5, 162, 2, True),
        ("»" + "x" * 69, 70, 1, False),
        ("»" + "x" * 70, 71, 2, False),
        ("🙂" * 35, 70, 1, False),
        ("x" * 66 + "🙂" * 3, 72, 2, False),
        ("🙂" * 67, 134, 3, False),
    ],
)
def test_text_message_is_counted_as_the_network_does(text: str, units: int, parts: int, *, is_gsm: bool) -> None:
    counted = size(text)
    assert (counted.units, counted.parts, counted.is_gsm) == (units, parts, is_gsm)


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.code)
def test_every_default_can_be_filled_in(kind) -> None:
    for language in LANGUAGES:
        words = kind.default(language)
        text = f"{words.subject}\n{words.body}"
        assert unknown(text, kind.names) == []
        assert not has_stray_brace(text)
        assert {each.name for each in kind.placeholders if each.is_needed} <= set(placeholders(words.body))
        written = render(words.subject, words.body, kind.samples(language), with_lines=kind.with_lines)
        assert written.body
        assert bool(written.subject) is (kind.channel is Channel.MAIL)


def test_every_letter_worded_here_is_there_in_danish_and_english() -> None:
    assert all(set(kind.defaults) == set(LANGUAGES) for kind in WORDED_HERE)
