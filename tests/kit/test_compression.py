"""Texts go compressed to browsers that read it, static ones too; what is small, or no text, goes as it is."""

import gzip

import pytest
from django.test import Client

CSS = "/static/kit/borgerlinje.css"


def get(path: str, **headers: str):
    return Client(SERVER_NAME="localhost").get(path, headers=headers)


def body(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_static_text_is_compressed_and_reads_as_before() -> None:
    plain, packed = get(CSS), get(CSS, accept_encoding="gzip, br")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) == len(packed.content) < len(body(plain)) / 3
    assert gzip.decompress(packed.content) == body(get(CSS))
    assert "Content-Encoding" not in plain.headers
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert packed.headers["Content-Type"] == plain.headers["Content-Type"]
    assert packed.headers["Cache-Control"] == plain.headers["Cache-Control"]


def test_static_text_that_has_not_changed_is_not_sent_again() -> None:
    packed = get(CSS, accept_encoding="gzip")
    assert "ETag" not in packed.headers
    assert get(CSS, accept_encoding="gzip", if_modified_since=packed.headers["Last-Modified"]).status_code == 304


def test_fonts_go_as_they_are() -> None:
    font = "/static/vendor/dkfds/fonts/IBMPlexSans/complete/woff2/IBMPlexSans-Regular.woff2"
    answer = get(font, accept_encoding="gzip")
    assert (answer.status_code, "Content-Encoding" in answer.headers) == (200, False)
    body(answer)


@pytest.mark.django_db
def test_page_is_compressed_with_a_length_that_says_nothing() -> None:
    packed = [get("/konto/login/", accept_encoding="gzip") for _ in range(20)]
    assert b"<!doctype html>" in gzip.decompress(packed[0].content)
    assert len({len(each.content) for each in packed}) > 1
