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


def test_asterisk_logs_errors_only_and_into_no_file_of_its_own():
    lines = configuration.files(plan())["logger.conf"].splitlines()
    assert lines[lines.index("[logfiles]") + 1 :] == ["console => error"]


def test_trunk_is_known_by_its_address_alone_and_the_stranger_by_the_websocket():
    sections = configuration.files(plan())["pjsip.conf"].split("type=endpoint\n")[1:]
    assert [section.split("identify_by=")[1].splitlines()[0] for section in sections] == ["ip", "header"]
    assert all("allow_transfer=no" in section.split("[")[0] for section in sections)


def test_only_what_comes_in_at_the_sip_port_is_from_the_network():
    files = configuration.files(plan())
    assert "context=from-trunk" in files["pjsip.conf"]
    assert '${CHANNEL(pjsip,local_addr):-5}" = ":5060"' in files["extensions.conf"]
