"""The letter that no text in the database may hold is refused at the door."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/find/?q=%00", "/find/?%00=1", "/kommune/%00/", "/konsol/selvbetjening/?q=a%00b"])
def test_address_with_nul_is_refused(client: Client, path: str) -> None:
    assert client.get(path).status_code == 400


def test_form_with_nul_is_refused(client: Client) -> None:
    answer = client.post("/find/", "q=a%00", content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 400


def test_other_letters_pass(client: Client) -> None:
    assert client.get("/find/", {"q": "pas \x01 ☃"}).status_code == 200
