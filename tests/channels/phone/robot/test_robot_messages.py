"""SIP, SDP, digest and RTP as texts and bytes."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from borgerlinje.channels.phone.robot import digest, rtp, sdp, sip

INVITE = (
    b"INVITE sip:46313020@127.0.0.1:5060 SIP/2.0\r\n"
    b"v: SIP/2.0/UDP 127.0.0.2:5070;rport;branch=z9hG4bKabc\r\n"
    b'f: "Jens \\"J\\" Hansen" <sip:00000001@127.0.0.2>;tag=one\r\n'
    b"t: <sip:46313020@127.0.0.1>\r\n"
    b"i: 1@somewhere\r\n"
    b"CSeq: 7 INVITE\r\n"
    b"Record-Route: <sip:10.0.0.1;lr>, <sip:10.0.0.2;lr>\r\n"
    b"Subject: folded\r\n over two lines\r\n"
    b"l: 4\r\n\r\nbodyrest"
)


def test_invite_with_compact_names_is_read() -> None:
    message = sip.parse(INVITE)
    assert isinstance(message, sip.Request)
    assert (message.method, message.uri, message.body) == ("INVITE", "sip:46313020@127.0.0.1:5060", b"body")
    assert (message.call_id, message.cseq, message.branch, message.from_tag) == (
        "1@somewhere",
        (7, "INVITE"),
        "z9hG4bKabc",
        "one",
    )
    assert sip.Address.read(message.first("from")).display == 'Jens "J" Hansen'
    assert message.first("subject") == "folded over two lines"
    assert sip.comma_separated(message.all("record-route")) == ["<sip:10.0.0.1;lr>", "<sip:10.0.0.2;lr>"]


def test_written_message_is_read_back() -> None:
    request = sip.parse(INVITE)
    assert isinstance(request, sip.Request)
    headers = [(name, value) for name, value in request.headers if name != "content-length"]
    expected = sip.Request((*headers, ("content-length", "4")), method="INVITE", uri=request.uri, body=b"body")
    assert sip.parse(request.encode()) == expected


def test_response_copies_the_way_back_and_adds_our_tag() -> None:
    request = sip.parse(INVITE)
    assert isinstance(request, sip.Request)
    response = sip.response_to(request, 180, "Ringing", tag="two")
    assert (response.to_tag, response.from_tag, response.branch, response.is_final) == (
        "two",
        "one",
        "z9hG4bKabc",
        False,
    )
    assert sip.response_to(request, 100, "Trying", tag="two").to_tag == ""


def test_line_break_in_a_value_writes_no_header() -> None:
    request = sip.Request((("from", "<sip:a@b>\r\nX-Evil: 1"),), method="OPTIONS", uri="sip:b")
    assert b"\r\nX-Evil" not in request.encode()


def test_incomplete_and_impossible_messages_are_none() -> None:
    for wrong in (
        b"",
        b"hello\r\n\r\n",
        INVITE.replace(b"CSeq: 7 INVITE", b"CSeq: seven INVITE"),
        INVITE.replace(b"CSeq: 7 INVITE", b"CSeq: 7 BYE"),
        INVITE.replace(b"l: 4", b"l: 400"),
        INVITE.replace(b"l: 4", b"l: -4"),
        INVITE.replace(b"i: 1@somewhere\r\n", b""),
        INVITE.replace(b"Jens", b"\xff\xfe"),
        b"SIP/2.0 99 Small\r\n" + INVITE.split(b"\r\n", 1)[1],
    ):
        assert sip.parse(wrong) is None, wrong


@given(st.binary(max_size=300), st.integers(0, len(INVITE)), st.integers(0, 40))
def test_damaged_packets_never_raise(rubbish: bytes, at: int, removed: int) -> None:
    for data in (rubbish, INVITE[:at] + rubbish + INVITE[at + removed :]):
        message = sip.parse(data)
        if message is not None:
            assert message.cseq[0] >= 0
            _ = (message.branch, message.from_tag, message.to_tag, sdp.read(message.body))
        sdp.read(data)
        rtp.parse(data)
        digest.Challenge.read(data.decode("latin-1"))


def test_digest_answers_the_example_of_rfc_2617() -> None:
    challenge = digest.Challenge.read(
        'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"'
    )
    assert challenge is not None
    answer = digest.authorization(
        challenge,
        digest.Credentials("Mufasa", "Circle Of Life"),
        method="GET",
        uri="/dir/index.html",
        cnonce="0a4f113b",
    )
    assert 'response="6629fae49393a05397450978507c4ef1"' in answer
    assert 'opaque="5ccc069c403ebaf9f0171e9517f40e41"' in answer


def test_challenge_that_cannot_be_met_is_none() -> None:
    assert digest.Challenge.read('Digest realm="r", nonce="n", algorithm=SHA-512') is None
    assert digest.Challenge.read('Basic realm="r"') is None


def test_description_says_where_the_sound_goes() -> None:
    media = sdp.read(sdp.describe("127.0.0.9", 4000, session=1))
    assert media == sdp.Media("127.0.0.9", 4000, (8, 101), keys_type=101)
    held = sdp.read(
        b"v=0\r\nc=IN IP4 10.0.0.1\r\nm=audio 4000 RTP/AVP 0 8\r\nc=IN IP4 10.0.0.2\r\na=sendonly\r\nm=video 4002 RTP/AVP 99\r\n"
    )
    assert held == sdp.Media("10.0.0.2", 4000, (0, 8), sends=True, receives=False)
    assert sdp.read(b"v=0\r\nm=audio 0 RTP/AVP 8\r\nc=IN IP4 10.0.0.1\r\n") is None


def test_rtp_with_contributors_extension_and_padding_gives_its_payload() -> None:
    packet = (
        struct.pack("!BBHII", 0xB1, 0x88, 5, 160, 77) + b"\0" * 4 + b"\xbe\xde\0\1" + b"\0" * 4 + b"sound" + b"\0\0\3"
    )
    assert rtp.parse(packet) == rtp.Packet(8, 5, 160, 77, b"sound")
    assert rtp.parse(packet[:11]) is None
