import subprocess
from pathlib import Path

import pytest

from borgerlinje import cli
from borgerlinje.channels.phone.network import proxy
from borgerlinje.channels.phone.network.proxy import Address, Proxy, ProxyError, read_address, read_networks
from borgerlinje.kit import parts

TWO = (Address("10.0.0.11"), Address("10.0.0.12", 5062))


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("10.0.0.1", Address("10.0.0.1")),
        ("sip.example:5070", Address("sip.example", 5070)),
        ("[2001:db8::1]:5062", Address("2001:db8::1", 5062)),
        ("[2001:db8::1]", Address("2001:db8::1")),
        ("2001:db8::1", Address("2001:db8::1")),
    ],
)
def test_addresses_are_read_as_people_write_them(text: str, address: Address) -> None:
    assert read_address(text) == address
    assert read_address(str(address)) == address


@pytest.mark.parametrize("text", ["", ":5060", "host:", "host:0", "host:99999", "host:sip", "a b", 'x";'])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ProxyError, match="is no address"):
        read_address(text)


def test_networks_are_checked_and_needed() -> None:
    assert read_networks(["198.51.100.7", "198.51.100.0/24", "198.51.100.7/32"]) == (
        "198.51.100.7/32",
        "198.51.100.0/24",
    )
    with pytest.raises(ProxyError, match="no network"):
        read_networks(["udbyder"])
    with pytest.raises(ProxyError, match="anybody could call"):
        read_networks([])


def test_files_name_every_asterisk_and_only_the_provider_may_call() -> None:
    made = proxy.files(Proxy(Address("10.0.0.5"), TWO, ("198.51.100.0/24", "203.0.113.9/32"), folder="/etc/k/"))
    assert made[proxy.LIST].splitlines()[1:] == ["1 sip:10.0.0.11:5060 0 0", "1 sip:10.0.0.12:5062 0 0"]
    text = made[proxy.CONFIGURATION]
    assert 'modparam("dispatcher", "list_file", "/etc/k/dispatcher.list")' in text
    assert "if (!(src_ip == 198.51.100.0/24 || src_ip == 203.0.113.9/32))" in text
    assert "listen=udp:10.0.0.5:5060\n" in text


def test_without_an_asterisk_there_is_nothing_to_spread() -> None:
    with pytest.raises(ProxyError, match="at least one"):
        proxy.files(Proxy(Address("10.0.0.5"), (), ("198.51.100.0/24",)))


def test_command_writes_what_kamailio_itself_finds_in_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = parts.find("kamailio")
    if program is None:
        pytest.skip("no kamailio on this machine")
    words = ["proxy", "--listen", "127.0.0.9:5066", "--advertise", "192.0.2.1", "--from", "127.0.0.2"]
    assert cli.main([*words, "--folder", str(tmp_path), "10.0.0.11", "10.0.0.12"]) == 0
    # The folder of the tests is root's own: checked without dropping to another account.
    command = [*program, "-c", "-m", "16", "-M", "4", "-f", str(tmp_path / proxy.CONFIGURATION)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert checked.returncode == 0, checked.stderr
    assert "advertise 192.0.2.1:5060" in (tmp_path / proxy.CONFIGURATION).read_text()
    assert cli.main([*words, "10.0.0.11"]) == 0
    assert "# ---- /etc/kamailio/dispatcher.list" in capsys.readouterr().out


def test_command_says_in_one_line_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["proxy", "--listen", "x y", "--from", "10.0.0.0/8", "10.0.0.11"]) == 1
    assert capsys.readouterr().err == "borgerlinje: »x y« is no address: write host or host:port.\n"
