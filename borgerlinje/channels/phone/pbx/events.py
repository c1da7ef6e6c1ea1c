"""What Asterisk reports, as values. Pure: one JSON object in, one event or None out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# Everything else (about 50 events per call) is filtered out by Asterisk itself. Of a channel that came to us StasisEnd is the last we
# hear, and ChannelHangupRequest the first sign, before its playback ends; one that we rang ends with ChannelDestroyed, which says why.
WANTED = (
    "CallBroadcast",
    "StasisStart",
    "StasisEnd",
    "ChannelStateChange",
    "ChannelHangupRequest",
    "ChannelDestroyed",
    "ChannelDtmfReceived",
    "PlaybackFinished",
    "RecordingFinished",
    "RecordingFailed",
    "ApplicationReplaced",
)


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel as Asterisk describes it; `variables` holds those of `CHANNEL_VARIABLES` that are set."""

    id: str
    name: str
    state: str
    caller_number: str
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def endpoint(self) -> str:
        """The name of the SIP account the channel belongs to ("PJSIP/<endpoint>-0000001a")."""
        return self.name.partition("/")[2].rpartition("-")[0]

    @property
    def contact(self) -> str:
        """The contact a channel was rung for, an empty text for one that came in."""
        return self.variables.get("BL_CONTACT", "")

    @property
    def dialled(self) -> str:
        """What the citizen dialled, as the dialplan noted it."""
        return self.variables.get("BL_DIALLED", "")


@dataclass(frozen=True, slots=True)
class Offered:
    """A call may be claimed."""

    channel: Channel


@dataclass(frozen=True, slots=True)
class Entered:
    """A channel is ours to command."""

    channel: Channel
    args: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Left:
    """A channel hangs up, or has left us. Its cause comes with `Ended`, if it comes."""

    channel: Channel


@dataclass(frozen=True, slots=True)
class Changed:
    """A channel's state changed ("Ringing", "Up")."""

    channel: Channel


@dataclass(frozen=True, slots=True)
class Ended:
    """A channel is gone; `cause` is the Q.850 number (16 hung up, 17 busy, 19 no answer, 20 not registered, 44 fell silent)."""

    channel: Channel
    cause: int


@dataclass(frozen=True, slots=True)
class Played:
    """A playback came to its end or was stopped."""

    playback_id: str
    channel_id: str
    is_failed: bool


@dataclass(frozen=True, slots=True)
class Pressed:
    """A key was pressed on a channel."""

    channel: Channel
    digit: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording came to its end."""

    name: str
    is_failed: bool


@dataclass(frozen=True, slots=True)
class Replaced:
    """Another process has taken over our application: this one must end."""


AriEvent = Offered | Entered | Left | Changed | Ended | Pressed | Played | Recorded | Replaced


def parse(raw: Mapping[str, Any]) -> AriEvent | None:  # noqa: PLR0911 - one answer per kind of event
    """Return the event, None for a kind that does not concern us."""
    match raw.get("type"):
        case "CallBroadcast":
            return Offered(parse_channel(raw["channel"]))
        case "StasisStart":
            return Entered(parse_channel(raw["channel"]), tuple(raw.get("args", ())))
        case "StasisEnd" | "ChannelHangupRequest":
            return Left(parse_channel(raw["channel"]))
        case "ChannelStateChange":
            return Changed(parse_channel(raw["channel"]))
        case "ChannelDestroyed":
            return Ended(parse_channel(raw["channel"]), int(raw.get("cause", 0)))
        case "ChannelDtmfReceived":
            return Pressed(parse_channel(raw["channel"]), str(raw.get("digit", "")))
        case "RecordingFinished" | "RecordingFailed" as kind:
            return Recorded(str(raw["recording"]["name"]), kind == "RecordingFailed")
        case "PlaybackFinished":
            playback = raw["playback"]
            target = str(playback.get("target_uri", "")).partition(":")[2]
            return Played(playback["id"], target, playback.get("state") == "failed")
        case "ApplicationReplaced":
            return Replaced()
    return None


def parse_channel(raw: Mapping[str, Any]) -> Channel:
    """Return a channel out of any of Asterisk's descriptions of one."""
    variables = {key: str(value) for key, value in raw.get("channelvars", {}).items() if value}
    return Channel(raw["id"], raw["name"], raw["state"], str(raw.get("caller", {}).get("number", "")), variables)
