"""The configuration files as text."""

from dataclasses import replace
from pathlib import Path

import pytest

from borgerlinje.channels.phone.pbx import certificate, configuration
from borgerlinje.channels.phone.pbx.configuration import Plan, Ports, Reach, Tls


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


def test_tls_is_spoken_with_the_files_that_are_named_and_checks_the_providers():
    pjsip = configuration.files(replace(plan(reach=Reach(tls_port=5061)), tls=Tls(Path("/c"), Path("/k"), Path("/a"))))[
        "pjsip.conf"
    ]
    section = pjsip.split("[tls]")[1].split("[ws]")[0]
    for line in (":5061", "cert_file=/c", "priv_key_file=/k", "ca_list_file=/a", "verify_server=yes"):
        assert line in section
    assert "[tls]" not in configuration.files(plan())["pjsip.conf"]


def test_address_outside_is_told_to_those_outside_only():
    pjsip = configuration.files(plan(reach=Reach("10.0.0.2", external_address="203.0.113.8")))["pjsip.conf"]
    assert pjsip.count("external_media_address=203.0.113.8") == 2
    assert "local_net=10.0.0.0/8" in pjsip
    assert "external" not in configuration.files(plan())["pjsip.conf"]


def test_servers_channels_have_ids_of_their_own():
    assert "systemname = a1" in configuration.files(replace(plan(), system_name="a1"))["asterisk.conf"]


def test_what_comes_from_a_browser_is_from_no_provider():
    dialplan = configuration.files(plan())["extensions.conf"]
    provider = dialplan.split("[from-provider]")[1].split("\n[")[0]
    assert '${CHANNEL(pjsip,local_addr):-5}" = ":8088"' in provider


def test_trunks_and_registrations_live_in_memory():
    sorcery = configuration.files(plan())["sorcery.conf"]
    assert "identify=memory" in sorcery
    assert "registration=memory" in sorcery


def test_own_certificate_is_made_once_and_is_private(tmp_path: Path):
    file = certificate.ensure(tmp_path / "keys" / "sip.pem")
    first = file.read_bytes()
    assert b"BEGIN CERTIFICATE" in first
    assert b"BEGIN PRIVATE KEY" in first
    assert file.stat().st_mode & 0o077 == 0
    assert certificate.ensure(file).read_bytes() == first
