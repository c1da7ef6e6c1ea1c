"""An employee whom no call can reach is told so, and what is lacking."""

from datetime import timedelta

from django.test import Client

from borgerlinje.kit import clock
from tests.desk.acts import get, post
from tests.support.cast import Cast

TOLD = "Du kan ikke få opkald endnu"


def test_employee_who_can_answer_is_told_nothing_of_it(cast: Cast, web: Client) -> None:
    assert TOLD not in get(web, "/bord/").content.decode()


def test_employee_without_a_centre_is_told(cast: Cast, web: Client) -> None:
    cast.employee.works.all().delete()
    page = post(web, "/bord/status/", status="ready").content.decode()
    assert TOLD in page
    assert "Du arbejder ikke for noget center i dag" in page
    assert "Den næste, du kan hjælpe, ringer af sig selv" not in page


def test_employee_without_the_skill_of_any_line_is_told(cast: Cast, web: Client) -> None:
    cast.employee.skills.update(expires_on=clock.today())
    assert "Du mangler den kompetence" in get(web, "/bord/").content.decode()
    cast.employee.skills.update(expires_on=clock.today() + timedelta(days=1))
    assert TOLD not in get(web, "/bord/").content.decode()


def test_line_without_a_skill_is_enough(cast: Cast, web: Client) -> None:
    cast.employee.skills.all().delete()
    assert TOLD in get(web, "/bord/").content.decode()
    cast.line.skill = None
    cast.line.save(update_fields=["skill"])
    assert TOLD not in get(web, "/bord/").content.decode()
