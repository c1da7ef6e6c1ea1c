"""Datagrams that are not SIP, or only just: our own small set, in the spirit of RFC 4475 (SIP torture test messages)."""

import secrets
from collections.abc import Iterator

SOUND = "v=0\r\no=- 1 1 IN IP4 127.0.0.9\r\ns=-\r\nc=IN IP4 127.0.0.9\r\nt=0 0\r\nm=audio 40000 RTP/AVP 8\r\n"
HERE = "127.0.0.9"


def request(
    method: str,
    uri: str,
    *,
    call_id: str = "",
    number: str = "",
    extra: str = "",
    body: str = "",
    drop: str = "",
    tag: str = "",
    to_tag: str = "",
    branch: str = "",
    length: str = "",
) -> bytes:
    """Write a request that is right but for what is given: `drop` names a header to leave out, `number` is the CSeq's value."""
    lines = [
        f"{method} {uri} SIP/2.0",
        f"Via: SIP/2.0/UDP {HERE}:5999;branch={branch or 'z9hG4bK' + secrets.token_hex(6)};rport",
        "Max-Forwards: 70",
        f"From: <sip:46120099@{HERE}>;tag={tag or secrets.token_hex(4)}",
        f"To: <{uri}>{f';tag={to_tag}' if to_tag else ''}",
        f"Call-ID: {call_id or secrets.token_hex(8)}",
        f"CSeq: {number or f'1 {method}'}",
        f"Contact: <sip:46120099@{HERE}:5999>",
    ]
    kept = [line for line in lines if not drop or not line.lower().startswith(f"{drop.lower()}:")]
    if extra:
        kept.append(extra)
    if body:
        kept.append("Content-Type: application/sdp")
    kept.append(f"Content-Length: {length or len(body)}")
    return ("\r\n".join(kept) + "\r\n\r\n" + body).encode("latin-1")


def messages(uri: str) -> Iterator[bytes]:
    """Yield messages none of which is a call: `uri` is a number that would be one."""
    for header in ("Via", "From", "To", "Call-ID", "CSeq"):
        yield request("INVITE", uri, drop=header, body=SOUND)
    for number in ("x INVITE", "-1 INVITE", "99999999999999999999 INVITE", "1 BYE", "1", ""):
        yield request("INVITE", uri, number=number or " ", body=SOUND)
    for length in ("-1", "-999999", "99999999999999999999", "abc", "1e3"):
        yield request("INVITE", uri, length=length, body=SOUND)
    for odd in (
        "sip:",
        "sip:@",
        "sip:%zz@%00",
        "tel:",
        "http://127.0.0.1/",
        "sip:46313020@[::1",
        "sip:" + "9" * 4000,
        "\x00",
        "sips:x@",
    ):
        yield request("INVITE", odd, body=SOUND)
    for method in (
        "FROBNICATE",
        "INVITEX",
        "INVITE\tX",
        "",
        "A" * 3000,
        "PRACK",
        "PUBLISH",
        "NOTIFY",
        "REFER",
        "MESSAGE",
        "INFO",
        "UPDATE",
    ):
        yield request(method, uri)
    for method in ("BYE", "CANCEL", "ACK", "UPDATE", "INFO", "INVITE"):
        yield request(method, uri, to_tag="nobody")
    yield request("OPTIONS", uri, extra="X-Long: " + "x" * 20000)
    yield request("OPTIONS", uri, extra="\r\n".join(f"X-{n}: y" for n in range(2000)))
    yield request("OPTIONS", uri, extra="Via: " + ", ".join(f"SIP/2.0/UDP h{n}" for n in range(300)))
    yield request("OPTIONS", uri, extra="X-Folded: a\r\n b\r\n\tc\r\n ")
    yield request("OPTIONS", uri, extra="Max-Forwards: -1\r\nMax-Forwards: 0\r\nExpires: 4294967296")
    yield request("INVITE", uri, extra="Require: nothing-of-the-kind", body=SOUND)
    yield request("INVITE", "sip:70999999@" + uri.partition("@")[2], body="v=0\r\nm=audio -1 RTP/AVP 999\r\n")
    yield request("INVITE", "sip:70999999@" + uri.partition("@")[2], body="\x00" * 200)
    yield request("REGISTER", uri, extra="Contact: *\r\nExpires: -1\r\nAuthorization: Digest " + "x=" * 500)
    yield request("SUBSCRIBE", uri, extra="Event: presence;" + "a=b;" * 500)
    whole = request("INVITE", uri, body=SOUND)
    yield from (whole[:cut] for cut in (1, 4, 17, len(whole) // 3, whole.index(b"CSeq")))
    yield whole.replace(b"\r\n", b"\n", 3).replace(b"SIP/2.0", b"SIP/9.9", 1)
    yield whole.replace(b"SIP/2.0\r\n", b"HTTP/1.1\r\n", 1)
    for status in ("200 OK", "100", "999 Odd", "-1 Less", "700000 More", "180 " + "x" * 5000):
        yield b"SIP/2.0 " + status.encode() + b"\r\n" + whole.partition(b"\r\n")[2]
    yield b""
    yield b"\r\n\r\n" * 10
    yield b"\x00" * 1500
    yield bytes(range(256)) * 8
    yield b"\xff" * 60000
    # A TURN or STUN packet, an RTP packet, a DNS question, the beginning of a TLS handshake.
    yield bytes.fromhex("000100002112a442") + b"0" * 12
    yield bytes.fromhex("8008000100000001deadbeef") + b"\xd5" * 160
    yield bytes.fromhex("12340100000100000000000003777777076578616d706c6503636f6d0000010001")
    yield bytes.fromhex("16030100a5010000a10303") + b"r" * 160
