"""The configuration files as text."""

from pathlib import Path

import pytest

from borgerlinje.channels.phone import configuration
from borgerlinje.channels.phone.configuration import Plan, Ports, Reach


def plan(*, has_broadcast: bool = True, reach: Reach | None = None) -> Plan:
    return Plan(
        folder=Path("/run/x"),
        modules_dir=Path("/modules"),
        ports=Ports(5060, 8088, 10000, 11999),
        ari_password="secret",
        has_broadcast=has_broadcast,
        reach=reach or Reach(),
    )


def test_call_is_broadcast_where_asterisk_can():
    files = configuration.files(plan())
    assert "StasisBroadcast(500,^bl-phone$,inbound)" in files["extensions.conf"]
    assert "app_stasis_broadcast.so" in files["modules.conf"]


def test_call_goes_to_plain_stasis_where_it_cannot():
    files = configuration.files(plan(has_broadcast=False))
    assert "Stasis(bl-phone,inbound)" in files["extensions.conf"]
    assert "broadcast" not in files["modules.conf"].lower()


def test_a_law_comes_first_and_browsers_without_an_account_are_strangers():
    pjsip = configuration.files(plan())["pjsip.conf"]
    assert "allow=alaw,ulaw,g722" in pjsip
    assert pjsip.index("match_header=Via: /^SIP.2.0.WS/") > pjsip.index(
        "endpoint_identifier_order=auth_username,username,header,ip"
    )


def test_trunk_may_be_named_and_this_machine_may_always_call():
    pjsip = configuration.files(plan(reach=Reach("0.0.0.0", ("192.0.2.0/24",))))["pjsip.conf"]
    assert "bind=0.0.0.0:5060" in pjsip
    assert "match=192.0.2.0/24\nmatch=127.0.0.0/8\n" in pjsip


@pytest.mark.parametrize("name", ["http.conf", "pjsip.conf"])
def test_rest_and_websocket_listen_on_the_loopback_only(name: str):
    assert "127.0.0.1" in configuration.files(plan(reach=Reach("0.0.0.0")))[name]
