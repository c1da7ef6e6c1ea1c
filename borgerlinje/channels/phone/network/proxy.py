"""The configuration of a Kamailio in front of several Asterisks, as text. Pure but for `run`: values in, files out.

The proxy takes the provider's calls, gives each to one Asterisk in turn, and to the next where one does not answer. It asks every
Asterisk each second whether it is there (OPTIONS). Sound does not go through it, and neither do browsers. What is in a
conversation follows the route it began on, so the proxy may be restarted at any time. It keeps nothing: two of them may share an
address.
"""

import argparse
import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from borgerlinje.kit.errors import BorgerlinjeError

if TYPE_CHECKING:
    from pathlib import Path

CONFIGURATION: Final = "kamailio.cfg"
LIST: Final = "dispatcher.list"
FOLDER: Final = "/etc/kamailio"
_GROUP: Final = 1
_SIP_PORT: Final = 5060
# Asterisk says »100 Trying« within milliseconds: one that has not after this long is dead or frozen.
_NO_WORD_MILLISECONDS: Final = 1500
_LONGEST_RINGING_MILLISECONDS: Final = 180_000


class ProxyError(BorgerlinjeError):
    """The proxy cannot be configured like that."""

    code = "proxy"
    status = 422


@dataclass(frozen=True, slots=True)
class Address:
    """A host and a SIP port."""

    host: str
    port: int = _SIP_PORT

    def __str__(self) -> str:
        return f"{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Proxy:
    """What the files are made of.

    `listen` is where the proxy takes calls, `advertise` the address it is reached at from outside where that is another one,
    `allowed` the networks whose calls are taken (the provider's), `folder` where the files will lie.
    """

    listen: Address
    asterisks: tuple[Address, ...]
    allowed: tuple[str, ...]
    advertise: Address | None = None
    folder: str = FOLDER


def read_address(text: str) -> Address:
    """Return the address a person wrote: `host`, `host:port` or `[v6]:port`. Raises ProxyError."""
    host, colon, port = text.rpartition(":")
    if not colon or text.endswith("]") or (text.count(":") > 1 and not text.startswith("[")):
        host, port = text, str(_SIP_PORT)
    host = host.removeprefix("[").removesuffix("]")
    if not host or not port.isdigit() or not 0 < int(port) < 65_536 or not _is_plain(host):  # noqa: PLR2004
        raise ProxyError(f"»{text}« is no address: write host or host:port.")
    return Address(host, int(port))


def read_networks(texts: Sequence[str]) -> tuple[str, ...]:
    """Return networks as Kamailio compares them, each once. Raises ProxyError for what is none, and when there are none."""
    networks = []
    for text in texts:
        try:
            networks.append(str(ipaddress.ip_network(text.strip(), strict=False)))
        except ValueError as error:
            raise ProxyError(f"»{text}« is no address and no network (198.51.100.0/24).") from error
    if not networks:
        raise ProxyError("Name the networks the provider calls from: anybody could call otherwise.")
    return tuple(dict.fromkeys(networks))


def files(proxy: Proxy) -> dict[str, str]:
    """Return the text of both files by name. Raises ProxyError without an Asterisk."""
    if not proxy.asterisks:
        raise ProxyError("Name at least one Asterisk.")
    return {CONFIGURATION: _configuration(proxy), LIST: _list(proxy.asterisks)}


def run(options: argparse.Namespace) -> int:
    """Write both files, or print them; the command `borgerlinje proxy`. Raises ProxyError."""
    folder: Path | None = options.folder
    proxy = Proxy(
        listen=read_address(options.listen),
        asterisks=tuple(dict.fromkeys(read_address(text) for text in options.asterisks)),
        allowed=read_networks(options.allowed),
        advertise=read_address(options.advertise) if options.advertise else None,
        folder=str(folder.absolute()) if folder else FOLDER,
    )
    for name, text in files(proxy).items():
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        else:
            print(f"# ---- {proxy.folder}/{name}\n{text}")
    return 0


def _list(asterisks: Sequence[Address]) -> str:
    return "# group destination flags priority\n" + "".join(f"{_GROUP} sip:{one} 0 0\n" for one in asterisks)


def _configuration(proxy: Proxy) -> str:
    return _TEMPLATE.format(
        listen=" ".join(_listen(proxy)),
        list=f"{proxy.folder.rstrip('/')}/{LIST}",
        group=_GROUP,
        allowed=" || ".join(f"src_ip == {network}" for network in proxy.allowed),
        no_word=_NO_WORD_MILLISECONDS,
        ringing=_LONGEST_RINGING_MILLISECONDS,
    )


def _listen(proxy: Proxy) -> Iterator[str]:
    yield f"udp:{proxy.listen}"
    if proxy.advertise:
        yield f"advertise {proxy.advertise}"


def _is_plain(host: str) -> bool:
    return all(letter.isalnum() or letter in ".-:" for letter in host)


_TEMPLATE = """#!KAMAILIO
# Written by `borgerlinje proxy`: calls from the telephone network, spread over several Asterisks.
debug=1
log_stderror=yes
children=4
disable_tcp=yes
auto_aliases=no
server_header="Server: Borgerlinje"
user_agent_header="User-Agent: Borgerlinje"
listen={listen}

loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "siputils.so"
loadmodule "textops.so"
loadmodule "dispatcher.so"

modparam("tm", "fr_timer", {no_word})
modparam("tm", "fr_inv_timer", {ringing})
# Who has called hears the last Asterisk's own answer, not the worst of all.
modparam("tm", "failure_reply_mode", 3)
modparam("rr", "enable_full_lr", 1)
modparam("rr", "append_fromtag", 0)
modparam("dispatcher", "list_file", "{list}")
# 2: the others are kept for a second attempt.
modparam("dispatcher", "flags", 2)
# 1: every Asterisk is asked, also one that answers.
modparam("dispatcher", "ds_probing_mode", 1)
modparam("dispatcher", "ds_ping_interval", 1)
modparam("dispatcher", "ds_ping_from", "sip:proxy@borgerlinje.invalid")
modparam("dispatcher", "ds_probing_threshold", 1)
modparam("dispatcher", "ds_inactive_threshold", 1)
# A refusal is a sign of life too.
modparam("dispatcher", "ds_ping_reply_codes", "class=2;class=4")

request_route {{
    if (!mf_process_maxfwd_header("10")) {{
        sl_send_reply("483", "Too Many Hops");
        exit;
    }}
    if (has_totag()) {{
        route(IN_CONVERSATION);
        exit;
    }}
    if (is_method("CANCEL")) {{
        if (t_check_trans()) t_relay();
        exit;
    }}
    if (is_method("OPTIONS")) {{
        sl_send_reply("200", "OK");
        exit;
    }}
    # What came before and is being answered is not dealt with again.
    t_check_trans();
    if (!is_method("INVITE")) {{
        sl_send_reply("405", "Method Not Allowed");
        exit;
    }}
    if (ds_is_from_list("{group}")) {{
        # An Asterisk calls out: the address it wrote is the provider's, and the way there led here.
        remove_hf("Route");
        record_route();
        t_relay();
        exit;
    }}
    if (!({allowed})) {{
        sl_send_reply("403", "Forbidden");
        exit;
    }}
    record_route();
    # 4: each in turn.
    if (!ds_select_dst("{group}", "4")) {{
        sl_send_reply("503", "Service Unavailable");
        exit;
    }}
    t_on_failure("NEXT");
    t_relay();
}}

route[IN_CONVERSATION] {{
    if (loose_route()) {{
        t_relay();
        exit;
    }}
    if (is_method("ACK")) {{
        if (t_check_trans()) t_relay();
        exit;
    }}
    sl_send_reply("404", "Not Here");
}}

failure_route[NEXT] {{
    if (t_is_canceled()) exit;
    if (t_check_status("408|5[0-9][0-9]")) {{
        # No word at all: nobody else is sent there until it answers again.
        if (t_branch_timeout() && !t_branch_replied()) ds_mark_dst("ip");
        if (ds_next_dst()) {{
            t_on_failure("NEXT");
            t_relay();
            exit;
        }}
    }}
}}
"""
