"""What people write is stored without markup, and an address leads to the web or is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from borgerlinje.guides.clean import WebAddressError, check_web_address, clean_content, one_line, plain
from borgerlinje.guides.content import Content, Step, Text


@pytest.mark.parametrize(
    ("hostile", "left"),
    [
        ("<script>alert(1)</script>Hej", "Hej"),
        ("<style>*{display:none}</style>Hej", "Hej"),
        ("<b>Vigtigt</b>: husk <i>det</i>", "Vigtigt: husk det"),
        ('<img src=x onerror="alert(1)">Hej', "Hej"),
        ("<svg><script>alert(1)</script></svg>Hej", "Hej"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;Hej", "Hej"),
        ("&amp;lt;b&amp;gt;Hej", "Hej"),
        ("<scr<script>ipt>alert(1)</script>Hej", "ipt>alert(1)Hej"),
        ("<!-- gemt -->Hej", "Hej"),
        ("<a href='javascript:alert(1)'>Hej</a>", "Hej"),
        ("Hej\u202emoc.live\u2066", "Hejmoc.live"),
        ("He\x00j\x07\x1b[31m", "Hej[31m"),
        ("He\ud800j", "Hej"),
    ],
)
def test_markup_and_what_is_not_seen_is_gone(hostile: str, left: str) -> None:
    assert plain(hostile) == left


@pytest.mark.parametrize(
    "text", ["5 < 6 & 7 > 3", "Børn & unge", "»Gem« – 100 %", "Linje\n\nto", "👩‍👧 æøå", "a ? b : c;"]
)
def test_what_is_no_markup_stays_as_written(text: str) -> None:
    assert plain(text) == text


def test_entities_are_letters_and_line_ends_are_newlines() -> None:
    assert plain("K&oslash;b &amp; salg\r\nnu\tog her") == "Køb & salg\nnu og her"
    assert one_line("  to\n linjer ") == "to linjer"


@given(st.text(alphabet=st.sampled_from("<>&;/'\"abscriptl ltgmp\n\x00#x3c=!-"), max_size=60))
def test_cleaned_text_is_clean(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    assert one_line(one_line(text)) == one_line(text)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.borger.dk/",
        "http://borger.dk:8080/a?b=c&d=%C3%A6#e",
        "https://xn--rdgrd-vuad.dk/",
        "https://192.0.2.1/",
        "HTTPS://Borger.dk",
    ],
)
def test_web_address_passes(url: str) -> None:
    check_web_address(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "borger.dk",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//borger.dk/",
        "https:borger.dk",
        "https:///sti",
        "https://",
        "https://navn:kode@borger.dk/",
        "https://borger.dk@ond.example/",
        "https://borger.dk\\@ond.example/",
        "https://bоrger.dk/",
        "https://borger。dk/",
        "https://borger.dk/\u202egnp.exe",
        "https://borger.dk/ a",
        "https://borger.dk:99999999/",
        "https://[::1",
        "https://localhost/",
        "https://a..dk/",
        "https://0x7f.1/",
        f"https://borger.dk/{'a' * 400}",
    ],
)
def test_what_is_no_web_address_is_refused_with_words(url: str) -> None:
    with pytest.raises(WebAddressError) as caught:
        check_web_address(url)
    assert "https://" in str(caught.value)


def test_every_part_of_a_guide_is_cleaned() -> None:
    bad = "<b>x</b>\n y"
    text = Text(bad, bad, (bad, " "), (Step("s1", bad, bad, bad, "", bad), Step("s2", "<i></i>")), (bad,), bad)
    cleaned = clean_content(
        Content({"da": text, "en": text}, {"da": (bad, "")}, unit=bad, legal_basis=bad, facts_from=bad)
    )
    step = Step("s1", "x y", "x y", "x y", "", "x y")
    wanted = Text("x y", "x y", ("x y",), (step,), ("x y",), "x y")
    assert cleaned == Content(
        {"da": wanted, "en": wanted}, {"da": ("x y",), "en": ()}, unit="x y", legal_basis="x y", facts_from="x y"
    )
