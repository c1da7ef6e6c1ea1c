"""A provider's trunk as Asterisk is told of it, and numbers as the provider wants them."""

from dataclasses import replace

import pytest

from borgerlinje.channels.phone.network.trunk import NumberFormat, Trunk, dial, number, objects
from borgerlinje.channels.phone.pbx import registrations

PLAIN = Trunk(7, "sip.udbyder.example", 5060)
REGISTERED = replace(
    PLAIN,
    port=5061,
    transport="tls",
    srtp=True,
    registers=True,
    username="bl",
    password="hemmelig",
    matches=("192.0.2.0/24",),
)


@pytest.mark.parametrize(
    ("digits", "form", "written"),
    [
        ("46313020", "e164_plus", "+4546313020"),
        ("46313020", "e164", "4546313020"),
        ("46313020", "national", "46313020"),
        ("+4546313020", "e164_plus", "+4546313020"),
        ("+4546313020", "national", "46313020"),
        ("+46812345678", "e164_plus", "+46812345678"),
        ("+46812345678", "e164", "46812345678"),
        ("+46812345678", "national", "0046812345678"),
        ("1881", "e164_plus", "1881"),
        ("112", "e164", "112"),
        ("00012345", "e164_plus", "00012345"),
        ("", "e164", ""),
    ],
)
def test_number_is_written_as_the_provider_wants_it(digits: str, form: NumberFormat, written: str) -> None:
    assert number(digits, form) == written


def test_call_goes_out_by_its_trunk() -> None:
    assert dial(7, "46313020", "e164_plus") == "PJSIP/+4546313020@bl-out-7"


def test_provider_without_a_password_is_known_by_its_address_alone() -> None:
    made = objects(PLAIN)
    assert set(made) == {"aor", "endpoint", "identify"}
    assert made["identify"]["match"] == "sip.udbyder.example"
    assert made["endpoint"]["identify_by"] == "ip"
    assert made["endpoint"]["context"] == "from-provider"
    assert made["endpoint"]["media_encryption"] == "no"
    assert "outbound_auth" not in made["endpoint"]


def test_provider_that_is_registered_with_is_reached_by_tls_and_with_encrypted_sound() -> None:
    made = objects(REGISTERED)
    assert made["auth"] == {"auth_type": "userpass", "username": "bl", "password": "hemmelig"}
    assert made["aor"]["contact"] == "sip:sip.udbyder.example:5061;transport=tls"
    assert made["endpoint"]["media_encryption"] == "sdes"
    assert made["endpoint"]["transport"] == made["registration"]["transport"] == "tls"
    assert made["registration"]["client_uri"] == "sip:bl@sip.udbyder.example"
    assert made["registration"]["contact_user"] == "bldid7"
    assert made["identify"]["match"] == "192.0.2.0/24"


def test_domain_and_proxy_of_a_trunk_stand_where_they_belong() -> None:
    made = objects(replace(REGISTERED, from_domain="kommune.example", proxy="10.0.0.5:5060"))
    assert made["registration"]["client_uri"] == "sip:bl@kommune.example"
    assert made["endpoint"]["from_domain"] == "kommune.example"
    for kind in ("aor", "endpoint", "registration"):
        assert made[kind]["outbound_proxy"] == "sip:10.0.0.5:5060;lr"


def test_port_that_the_providers_dns_says_is_left_out() -> None:
    assert replace(PLAIN, port=0).uri == "sip:sip.udbyder.example;transport=udp"
    assert replace(PLAIN, host="2001:db8::1").uri == "sip:[2001:db8::1]:5060;transport=udp"


def test_no_provider_may_transfer_a_call() -> None:
    assert objects(PLAIN)["endpoint"]["allow_transfer"] == "no"


def test_password_is_in_no_description_of_a_trunk() -> None:
    assert "hemmelig" not in repr(REGISTERED)


LISTING = """
 <Registration/ServerURI..............................>  <Auth....................>  <Status.......>
==========================================================================================

 bl-out-1/sip:sip.udbyder.example:5061;transport=tls     bl-out-1          Registered        (exp. 293s)
 bl-out-2/sip:127.0.0.1:48682                            bl-out-2          Rejected          (exp. 12s)
 bl-out-3/sips:Registered.example                        n/a               Unregistered      (exp. 1s)

Objects found: 3
"""


def test_console_is_read_for_how_the_registrations_are() -> None:
    assert registrations.read(LISTING) == {
        "bl-out-1": "registered",
        "bl-out-2": "rejected",
        "bl-out-3": "unanswered",
    }
    assert registrations.read("No objects found.\n") == {}


async def test_console_that_is_not_there_says_nothing(tmp_path) -> None:
    assert await registrations.ask(tmp_path / "asterisk.ctl") is None
