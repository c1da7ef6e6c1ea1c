"""The page of an employee's own telephone: what is chosen, what is refused, and what nobody else learns."""

import re
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.db import connection
from django.test import Client

from borgerlinje.channels.phone.accounts import own_phone
from borgerlinje.channels.phone.accounts.actions import sip_digest
from borgerlinje.channels.phone.models import EmployeePhone, OutgoingCall, PhoneCheck, PhoneEndpoint, Trunk
from borgerlinje.channels.phone.queries import phone_of
from borgerlinje.dispatch.models import Transfer
from borgerlinje.kit import clock
from borgerlinje.kit.database import run
from borgerlinje.lines.models import Line
from borgerlinje.staff.models import Employee
from tests.desk.acts import get, post, state, talking
from tests.support.cast import Cast, later, user_of

PAGE = "/bord/telefon-valg/"
NUMBER = "+4532121212"


@pytest.fixture
def trunk(cast: Cast) -> Trunk:
    del cast
    return Trunk.objects.create(name="prøve", host="127.0.0.5")


def choose(web: Client, kind: str):
    return post(web, f"{PAGE}vaelg/", kind=kind)


def sign_up(web: Client) -> tuple[str, str]:
    """Make a desk telephone's account; return its name and password as the page shows them."""
    text = post(web, f"{PAGE}tilmeld/").content.decode()
    name, secret = re.search(r"data-account>([^<]+)<", text), re.search(r'data-secret="([^"]+)"', text)
    assert name is not None
    assert secret is not None
    return name[1], secret[1]


def dial(employee: Employee) -> str:
    """Take the employee's open check as the telephone process does; return the code."""
    with connection.cursor() as cursor:
        (row,) = [
            row for row in run(own_phone.to_dial("", now=clock.now()), cursor) if row["employee_id"] == employee.pk
        ]
        code = run(own_phone.do_dial(row, "", now=clock.now()), cursor)
        run(own_phone.do_note_answered(row["id"], now=clock.now()), cursor)
    assert code is not None
    return code


def rings_at(employee: Employee) -> tuple[str | None, str | None]:
    with connection.cursor() as cursor:
        row = run(phone_of(employee.pk, now=clock.now()), cursor)
    assert row is not None
    return row["endpoint"], row["digits"]


def confirm(web: Client, employee: Employee, number: str = NUMBER) -> None:
    assert post(web, f"{PAGE}nummer/", number=number).status_code == HTTPStatus.OK
    assert post(web, f"{PAGE}kode/", code=dial(employee)).status_code == HTTPStatus.OK


def test_page_begins_with_the_browser_and_says_what_is_missing(web: Client) -> None:
    text = get(web, PAGE).content.decode()
    assert text.count("Her ringer dine opkald") == 1
    assert "Ikke tilmeldt" in text
    assert "BORGERLINJE_SIP_BIND" in text
    assert "ingen forbindelse til telefonnettet" in text


def test_desk_telephone_is_rung_only_when_it_was_signed_up_and_chosen(cast: Cast, web: Client) -> None:
    assert choose(web, "sip").status_code == HTTPStatus.CONFLICT
    name, secret = sign_up(web)
    assert rings_at(cast.employee) == (None, None)
    assert choose(web, "sip").status_code == HTTPStatus.OK
    assert rings_at(cast.employee) == (name, None)
    assert len(secret) == 20


def test_password_is_shown_once_and_stored_as_its_digest_alone(cast: Cast, web: Client) -> None:
    name, secret = sign_up(web)
    assert secret not in get(web, PAGE).content.decode()
    account = PhoneEndpoint.objects.get(name=name)
    assert account.employee == cast.employee
    assert account.secret == sip_digest(name, secret)


def test_new_code_ends_the_old_account(web: Client) -> None:
    old, _ = sign_up(web)
    new, _ = sign_up(web)
    assert old != new
    assert PhoneEndpoint.objects.get(name=old).revoked_at is not None
    assert PhoneEndpoint.objects.get(name=old).secret == ""
    assert PhoneEndpoint.objects.get(name=new).revoked_at is None


def test_telephone_that_is_signed_off_rings_no_more(cast: Cast, web: Client) -> None:
    name, _ = sign_up(web)
    choose(web, "sip")
    post(web, f"{PAGE}afmeld/")
    assert PhoneEndpoint.objects.get(name=name).revoked_at is not None
    assert EmployeePhone.objects.get(employee=cast.employee).kind == "browser"
    assert rings_at(cast.employee) == (None, None)


def test_browsers_and_desk_telephones_accounts_leave_one_another_alone(cast: Cast, web: Client) -> None:
    browser = str(post(web, "/bord/telefon/", fresh="1").json()["name"])
    name, _ = sign_up(web)
    assert rings_at(cast.employee) == (browser, None)
    choose(web, "sip")
    assert rings_at(cast.employee) == (name, None)
    choose(web, "browser")
    assert rings_at(cast.employee) == (browser, None)


@pytest.mark.usefixtures("trunk")
def test_number_is_rung_when_the_code_said_there_was_typed(cast: Cast, web: Client) -> None:
    assert "Ring og sig koden" in get(web, PAGE).content.decode()
    assert post(web, f"{PAGE}nummer/", number="32 12 12 12").status_code == HTTPStatus.OK
    assert choose(web, "number").status_code == HTTPStatus.CONFLICT
    code = dial(cast.employee)
    assert re.fullmatch(r"\d{4}", code)
    assert "Skriv koden" in get(web, PAGE).content.decode()
    text = post(web, f"{PAGE}kode/", code=code).content.decode()
    assert "Bekræftet" in text
    assert rings_at(cast.employee) == (None, NUMBER)
    assert not PhoneCheck.objects.exclude(code_hash="").exists()


@pytest.mark.usefixtures("trunk")
def test_call_that_says_a_code_stands_among_those_that_go_out(cast: Cast, web: Client) -> None:
    post(web, f"{PAGE}nummer/", number=NUMBER)
    dial(cast.employee)
    call = OutgoingCall.objects.get()
    assert (call.purpose, call.digits, call.employee, call.contact) == ("employee", NUMBER, cast.employee, None)
    assert call.shown_number == "+4546313020"


@pytest.mark.usefixtures("trunk")
def test_code_is_not_stored_and_wrong_ones_end_it_after_three(cast: Cast, web: Client) -> None:
    post(web, f"{PAGE}nummer/", number=NUMBER)
    code = dial(cast.employee)
    assert code not in str(PhoneCheck.objects.values().get())
    wrong = f"{(int(code) + 1) % 10000:04}"
    for left in ("Forsøg tilbage: 2", "Forsøg tilbage: 1"):
        answer = post(web, f"{PAGE}kode/", code=wrong)
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert left in answer.content.decode()
    assert "tre gange" in post(web, f"{PAGE}kode/", code=wrong).content.decode()
    assert post(web, f"{PAGE}kode/", code=code).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not EmployeePhone.objects.filter(confirmed_at__isnull=False).exists()


@pytest.mark.usefixtures("trunk")
def test_code_is_good_for_ten_minutes(cast: Cast, web: Client) -> None:
    post(web, f"{PAGE}nummer/", number=NUMBER)
    code = dial(cast.employee)
    with clock.turned(later(10) + own_phone.CODE_LIFETIME):
        assert "gælder ikke mere" in post(web, f"{PAGE}kode/", code=code).content.decode()
    assert PhoneCheck.objects.get().ended_as == "expired"


@pytest.mark.usefixtures("trunk")
@pytest.mark.parametrize(
    "number", ["90 12 34 56", "+447012345678", "1813", "abc", "+88213123456", "46 31 30 20", "00000370"]
)
def test_costly_foreign_short_or_own_number_is_refused_with_a_reason(web: Client, number: str) -> None:
    answer = post(web, f"{PAGE}nummer/", number=number)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "number-fault" in answer.content.decode()
    assert not PhoneCheck.objects.exists()


def test_number_is_refused_without_a_way_out(web: Client) -> None:
    answer = post(web, f"{PAGE}nummer/", number=NUMBER)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not PhoneCheck.objects.exists()


@pytest.mark.usefixtures("trunk")
def test_nobody_has_a_strangers_telephone_rung_all_day(cast: Cast, web: Client) -> None:
    for minute in range(own_phone.CHECKS_PER_NUMBER_PER_DAY):
        with clock.turned(later(60 * minute)):
            post(web, f"{PAGE}nummer/", number=NUMBER)
            dial(cast.employee)
    post(web, f"{PAGE}nummer/", number=NUMBER)
    with connection.cursor() as cursor:
        (row,) = run(own_phone.to_dial("", now=clock.now()), cursor)
        assert run(own_phone.do_dial(row, "", now=clock.now()), cursor) is None
    assert OutgoingCall.objects.count() == own_phone.CHECKS_PER_NUMBER_PER_DAY
    for _ in range(own_phone.CHECKS_PER_DAY):
        answer = post(web, f"{PAGE}nummer/", number=NUMBER)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


@pytest.mark.usefixtures("trunk")
def test_number_that_is_forgotten_rings_no_more(cast: Cast, web: Client) -> None:
    confirm(web, cast.employee)
    post(web, f"{PAGE}glem/")
    assert rings_at(cast.employee) == (None, None)
    row = EmployeePhone.objects.get()
    assert (row.kind, row.digits, row.confirmed_at) == ("browser", "", None)


@pytest.mark.usefixtures("trunk")
def test_new_request_takes_the_place_of_the_one_before(cast: Cast, web: Client) -> None:
    post(web, f"{PAGE}nummer/", number=NUMBER)
    old = dial(cast.employee)
    with clock.turned(later(20)):
        post(web, f"{PAGE}nummer/", number="+4532121213")
        assert PhoneCheck.objects.order_by("asked_at")[0].ended_as == "replaced"
        assert post(web, f"{PAGE}kode/", code=old).status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_heard_echo_is_noted(cast: Cast, web: Client) -> None:
    post(web, f"{PAGE}hoert/")
    assert EmployeePhone.objects.get(employee=cast.employee).tested_at == later(10)
    assert "Prøvet 24. november" in get(web, PAGE).content.decode()


def test_echos_account_is_not_the_desks_and_ends_soon(cast: Cast, web: Client) -> None:
    desk = str(post(web, "/bord/telefon/", fresh="1").json()["name"])
    given = post(web, f"{PAGE}ekko/").json()
    assert given["name"].startswith("bl-t-")
    account = PhoneEndpoint.objects.get(name=given["name"])
    assert account.expires_at == later(10) + timedelta(minutes=10)
    assert PhoneEndpoint.objects.get(name=desk).revoked_at is None
    assert rings_at(cast.employee) == (desk, None)


def test_colleague_sees_none_of_it(cast: Cast, web: Client) -> None:
    name, _ = sign_up(web)
    own = get(web, PAGE).content.decode()
    assert name in own
    web.force_login(user_of(cast.colleague), backend="django.contrib.auth.backends.ModelBackend")
    text = get(web, PAGE).content.decode()
    assert name not in text
    assert "Ikke tilmeldt" in text


@pytest.mark.usefixtures("trunk")
@pytest.mark.parametrize(("to", "digits"), [("browser", "browser"), ("sip", "sip"), ("number", NUMBER)])
def test_conversation_is_moved_to_another_telephone(cast: Cast, web: Client, to: str, digits: str) -> None:
    confirm(web, cast.employee)
    sign_up(web)
    contact_id = talking(cast, cast.employee)
    assert post(web, f"/bord/henvendelse/{contact_id}/flyt/", to=to).status_code == HTTPStatus.OK
    attempt = Transfer.objects.get()
    assert (attempt.mode, attempt.digits, attempt.employee) == ("move", digits, cast.employee)
    assert cast.contact(contact_id).state == "connected"
    assert post(web, f"/bord/henvendelse/{contact_id}/flyt/", to=to).status_code == HTTPStatus.CONFLICT


def test_conversation_is_not_moved_to_a_telephone_there_is_not(cast: Cast, web: Client) -> None:
    contact_id = talking(cast, cast.employee)
    for to in ("sip", "number", "+4532121212", ""):
        assert post(web, f"/bord/henvendelse/{contact_id}/flyt/", to=to).status_code == HTTPStatus.CONFLICT
    assert not Transfer.objects.exists()


def test_colleagues_conversation_is_not_moved(cast: Cast, web: Client) -> None:
    contact_id = talking(cast, cast.colleague)
    assert post(web, f"/bord/henvendelse/{contact_id}/flyt/", to="browser").status_code == HTTPStatus.CONFLICT
    assert not Transfer.objects.exists()


def test_desk_offers_the_telephones_the_conversation_is_not_on(cast: Cast, web: Client) -> None:
    contact_id = talking(cast, cast.employee)
    assert "Flyt samtalen til" not in get(web, "/bord/").content.decode()
    sign_up(web)
    assert 'id="move-sip"' in get(web, "/bord/").content.decode()
    text = post(web, f"/bord/henvendelse/{contact_id}/flyt/", to="sip").content.decode()
    assert "Det ringer: Bordtelefonen" in text
    Transfer.objects.update(ended_at=later(12), ended_as="no_answer")
    assert "Bordtelefonen tog den ikke" in get(web, "/bord/nu/").content.decode()
    Transfer.objects.update(ended_as="handed_over")
    text = get(web, "/bord/nu/").content.decode()
    assert 'id="move-browser"' in text
    assert 'id="move-sip"' not in text
    assert 'data-do="mute"' not in text
    Transfer.objects.update(digits="browser")
    assert 'data-do="mute"' in get(web, "/bord/nu/").content.decode()


def test_page_that_goes_ends_no_conversation_on_another_telephone(cast: Cast, web: Client) -> None:
    get(web, "/bord/")
    name = str(post(web, "/bord/telefon/", fresh="1").json()["name"])
    sign_up(web)
    choose(web, "sip")
    contact_id = talking(cast, cast.employee)
    post(web, "/bord/vaek/", name=name)
    assert cast.contact(contact_id).state == "connected"
    post(web, "/bord/telefon/", fresh="1")
    assert cast.contact(contact_id).state == "connected"


def test_page_that_goes_takes_a_conversation_that_was_moved_to_it_along(cast: Cast, web: Client) -> None:
    get(web, "/bord/")
    name = str(post(web, "/bord/telefon/", fresh="1").json()["name"])
    sign_up(web)
    choose(web, "sip")
    contact_id = talking(cast, cast.employee)
    post(web, f"/bord/henvendelse/{contact_id}/flyt/", to="browser")
    Transfer.objects.update(ended_at=later(12), ended_as="handed_over")
    post(web, "/bord/vaek/", name=name)
    assert cast.contact(contact_id).state == "waiting"


def test_employee_who_is_ready_and_whose_page_goes_is_out_of_reach_wherever_calls_ring(cast: Cast, web: Client) -> None:
    sign_up(web)
    choose(web, "sip")
    get(web, "/bord/")
    name = str(post(web, "/bord/telefon/", fresh="1").json()["name"])
    post(web, "/bord/status/", status="ready")
    assert "data-phone-elsewhere" in get(web, "/bord/nu/").content.decode()
    post(web, "/bord/vaek/", name=name)
    assert state(cast.employee) == "connection_lost"


def test_employee_is_told_how_to_talk_through_an_interpreter(cast: Cast, web: Client) -> None:
    contact_id = talking(cast, cast.employee)
    assert "gennem en tolk" not in get(web, "/bord/").content.decode()
    Line.objects.filter(pk=cast.line.pk).update(audience="text_relay")
    assert cast.contact(contact_id).line.audience == "text_relay"
    assert "Tal til borgeren, ikke til tolken" in get(web, "/bord/").content.decode()
