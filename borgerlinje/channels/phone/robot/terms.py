"""What the two sides of a call agree on: where the sound goes, which ways, and as what keys are sent (RFC 3264)."""

import secrets

from borgerlinje.channels.phone.robot import sdp
from borgerlinje.channels.phone.robot.rtp import Stream
from borgerlinje.channels.phone.robot.sdp import Direction

_NOWHERE = "0.0.0.0"  # noqa: S104 (an old way to say "on hold")


class Terms:
    """One call's descriptions, both ways; `wanted` is the direction this side asks for."""

    def __init__(self, audio: Stream) -> None:
        self.wanted = Direction.SENDRECV
        self._audio = audio
        self._theirs: sdp.Media | None = None
        self._session = secrets.randbits(31)
        self._version = 0

    @property
    def keys_type(self) -> int | None:
        """Get the payload type by which to send keys; None where the other side takes none."""
        return self._theirs.keys_type if self._theirs is not None else None

    @property
    def is_held(self) -> bool:
        """Tell whether the other side asked for no sound from here."""
        return self._theirs is not None and not _is_listening(self._theirs)

    def take(self, body: bytes) -> bool:
        """Send the sound where a description asks for it; False, and nothing changed, where there is no A-law in it."""
        media = sdp.read(body)
        if media is None or not media.has_alaw:
            return False
        self._theirs = media
        self._audio.send_to((media.host, media.port) if self.wanted.sends and _is_listening(media) else None)
        return True

    def offer(self) -> bytes:
        """Write what this side wants."""
        # A key's number stays what it was, so that none is mistaken while the offer is on its way (RFC 3264, 8.3.2).
        return self._describe(self.wanted, self._audio.keys_type or sdp.KEYS)

    def answer(self) -> bytes:
        """Write what this side agrees to of the description taken last; an offer where there was none."""
        theirs = self._theirs
        if theirs is None:
            return self.offer()
        direction = Direction.of(
            sends=self.wanted.sends and theirs.receives, receives=self.wanted.receives and theirs.sends
        )
        return self._describe(direction, theirs.keys_type)

    def _describe(self, direction: Direction, keys_type: int | None) -> bytes:
        self._version += 1
        self._audio.keys_type = keys_type
        host, port = self._audio.address
        return sdp.describe(
            host, port, session=self._session, version=self._version, direction=direction, keys_type=keys_type
        )


def _is_listening(media: sdp.Media) -> bool:
    return media.receives and media.host != _NOWHERE
