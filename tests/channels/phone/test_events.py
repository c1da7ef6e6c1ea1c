"""Asterisk's JSON as values."""

from typing import Any

from borgerlinje.channels.phone.pbx import events


def channel(**changes: Any) -> dict[str, Any]:
    return {
        "id": "1795310266.0",
        "name": "PJSIP/bl-trunk-00000001",
        "state": "Up",
        "caller": {"name": "", "number": "46120000"},
        "channelvars": {"BL_DIALLED": "46313020", "BL_CONTACT": ""},
    } | changes


def test_start_names_the_account_the_caller_and_the_number_dialled():
    event = events.parse({"type": "StasisStart", "args": ["inbound"], "channel": channel()})
    assert isinstance(event, events.Entered)
    assert event.args == ("inbound",)
    assert (event.channel.endpoint, event.channel.caller_number) == ("bl-trunk", "46120000")
    assert event.channel.dialled == "46313020"


def test_endpoint_with_dashes_keeps_them():
    assert events.parse_channel(channel(name="PJSIP/bl-c-0a1b-0000001a")).endpoint == "bl-c-0a1b"


def test_end_carries_its_cause():
    event = events.parse({"type": "ChannelDestroyed", "cause": 17, "channel": channel()})
    assert isinstance(event, events.Ended)
    assert event.cause == 17


def test_playback_names_its_channel():
    playback = {"id": "bl-p-1", "target_uri": "channel:1795310266.0", "state": "done"}
    event = events.parse({"type": "PlaybackFinished", "playback": playback})
    assert event == events.Played("bl-p-1", "1795310266.0", is_failed=False)


def test_unknown_kind_is_none():
    assert events.parse({"type": "ChannelVarset"}) is None
