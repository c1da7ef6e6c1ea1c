"""What a citizen hears who waits: music, the place, how long it will take, and what can be done instead.

Whatever has been offered can be chosen at any time from then on, also while music plays. Somebody who is being rung for is told nothing:
the conversation may begin at any moment. What goes on is read from the rows at each announcement, so that nothing need be remembered.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import psycopg

from borgerlinje.channels.phone.calls.messages import Message, Played, Pressed, Timer
from borgerlinje.channels.phone.calls.waits import Standing, standing
from borgerlinje.channels.phone.outgoing import policy
from borgerlinje.channels.phone.recording import recorded, recordings
from borgerlinje.channels.phone.services import closed
from borgerlinje.channels.phone.services.base import Talk
from borgerlinje.channels.phone.services.callback_dialogue import CallbackDialogue, Unfinished
from borgerlinje.channels.phone.services.saying import make_ready, say_in_turn
from borgerlinje.channels.phone.services.turning import TurnedAway, other_of, send_on
from borgerlinje.channels.phone.text_messages.texts import Asked, Unsent, can_text
from borgerlinje.channels.phone.text_messages.worded import do_send_worded
from borgerlinje.channels.phone.waiting_texts import CALLBACK_KEY, RECORDING_KEY, TEXT_KEY, Texts, texts
from borgerlinje.contacts.lifecycle import State
from borgerlinje.kit import clock
from borgerlinje.kit.database import Steps
from borgerlinje.lines import expected_wait

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

FIRST_POSITION_SECONDS: Final = 2.0
POSITION_SECONDS: Final = 45.0
AGAIN_SECONDS: Final = 5.0
_OFFERS_EVERY: Final = 3
_POSITION: Final = "position"
_DUE: Final = "due"


@dataclass(slots=True)
class _Told:
    """What the citizen has been told in this waiting room."""

    rounds: int = 0
    asked_for: str = ""
    is_text_sent: bool = False
    offers_round: int | None = None


class WaitingRoom:
    """Looks after a citizen who waits, also while somebody is being rung for them."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._told = _Told()
        self._keys: dict[str, Callable[[], Awaitable[None]]] = {}
        self._allows_recording = False
        self._inner: TurnedAway | CallbackDialogue | None = None

    async def begin(self) -> None:
        """Let the first announcement come soon; the music plays already. Asks the database nothing."""
        self._talk.start_timer(_POSITION, FIRST_POSITION_SECONDS)
        closes_at = closed.closes_at(self._talk.entry, clock.now())
        if closes_at is not None:
            self._talk.start_timer(_DUE, max(AGAIN_SECONDS, (closes_at - clock.now()).total_seconds()))

    async def handle(self, message: Message) -> None:
        """Announce when it is time, take keys, and play music after what was said."""
        if self._inner is not None:
            await self._handle_inside(self._inner, message)
            return
        match message:
            case Timer(name) if name in {_POSITION, _DUE}:
                await self._look(is_round=name == _POSITION)
            case Pressed(_, digit) if digit in self._keys:
                await self._keys[digit]()
            case Played():
                await self._talk.music()

    async def end(self) -> None:
        """Stop the announcements."""
        for name in (_POSITION, _DUE):
            self._talk.stop_timer(name)
        if self._inner is not None:
            await self._inner.end()
            self._inner = None

    # --- what is said of itself

    async def _look(self, *, is_round: bool) -> None:
        """See how the citizen stands now, and act or speak accordingly."""
        talk = self._talk
        if is_round:
            talk.start_timer(_POSITION, POSITION_SECONDS)
        if talk.state is not State.WAITING or talk.playing:
            talk.start_timer(_DUE, AGAIN_SECONDS)
            return
        try:
            stands = await talk.tools.store.read(standing(talk.contact_id, now=clock.now()))
            if stands is None or await self._is_moved(stands):
                return
            said = await self._said(stands, is_round=is_round)
        except psycopg.OperationalError:
            return
        self._wait_for_what_is_due(stands)
        if said:
            await self._announce(*said)

    async def _is_moved(self, stands: Standing) -> bool:
        """Send the citizen on, or home, when it is time for that."""
        talk, now = self._talk, clock.now()
        other = None if stands.has_overflowed else await other_of(talk)
        decision = closed.at_closing(talk.entry, now, other=other)
        if decision.way is closed.Way.IN:
            decision = closed.after_waiting(talk.entry, now, waited_seconds=stands.waited_seconds, other=other)
        if decision.way is closed.Way.IN:
            return False
        if decision.way is closed.Way.OVERFLOW:
            self._told = _Told(is_text_sent=self._told.is_text_sent)
            self._keys.clear()
            await send_on(talk, decision)
            return True
        await self._enter(TurnedAway(talk, decision))
        return True

    async def _said(self, stands: Standing, *, is_round: bool) -> list[str]:
        """Return what is to be said now, and open the keys that it names."""
        entry, said, words = self._talk.entry, list[str](), texts(self._talk.language)
        if is_round and entry.says_place:
            said.append(words.position(stands.place))
        if is_round and entry.says_wait:
            said += await self._wait_sentence(stands)
        said += self._recording_question(stands, words) if is_round else []
        said += self._offers(stands, words, is_round=is_round)
        self._told.rounds += is_round
        return said

    async def _wait_sentence(self, stands: Standing) -> list[str]:
        talk = self._talk
        flow = await talk.tools.waits.flow(talk.tools.store, talk.entry.line_id)
        found = expected_wait.span(expected_wait.estimate(stands.place, flow, pool_place=stands.pool_place))
        # That it is not known is said once: again and again it would only be a nuisance.
        return [expected_wait.sentence(found, talk.language)] if found or not self._told.rounds else []

    def _recording_question(self, stands: Standing, words: Texts) -> list[str]:
        purpose = self._talk.entry.recording_purpose
        self._allows_recording = stands.allows_recording
        if not purpose or not recorded.can_seal():
            self._keys.pop(RECORDING_KEY, None)
            return []
        self._keys[RECORDING_KEY] = self._allow_recording
        if self._told.asked_for == purpose or stands.allows_recording:
            return []
        self._told.asked_for = purpose
        return [words.recording_question.format(purpose)]

    def _offers(self, stands: Standing, words: Texts, *, is_round: bool) -> list[str]:
        entry, told = self._talk.entry, self._told
        after = entry.callback_after_seconds
        if after is None or stands.waited_seconds < after:
            return []
        is_first = told.offers_round is None
        if not is_first and not (is_round and (told.rounds - (told.offers_round or 0)) % _OFFERS_EVERY == 0):
            return []
        if is_first:
            told.offers_round = told.rounds
        offers = [words.callback_offer]
        self._keys[CALLBACK_KEY] = self._ask_for_callback
        if entry.guide_sms_text and not told.is_text_sent and can_text() and self._has_mobile:
            self._keys[TEXT_KEY] = self._send_text
            offers.append(words.guide_offer)
        return offers

    def _wait_for_what_is_due(self, stands: Standing) -> None:
        """Look again when the next thing is due: an offer, an overflow, the closing time."""
        entry, waited = self._talk.entry, stands.waited_seconds
        due = []
        if self._told.offers_round is None and entry.callback_after_seconds is not None:
            due.append(entry.callback_after_seconds - waited)
        if entry.overflow and entry.overflow.after_seconds is not None and not stands.has_overflowed:
            # The other line may be closed now and open later.
            left = entry.overflow.after_seconds - waited
            due.append(left if left > 0 else POSITION_SECONDS)
        if (closes_at := closed.closes_at(entry, clock.now())) is not None:
            due.append((closes_at - clock.now()).total_seconds())
        if due:
            self._talk.start_timer(_DUE, max(0.1, min(due)))

    # --- what is chosen

    @property
    def _has_mobile(self) -> bool:
        number = policy.read(self._talk.caller_number)
        return isinstance(number, policy.Number) and number.is_mobile

    async def _ask_for_callback(self) -> None:
        await self._talk.be_quiet()
        await self._talk.stop_music()
        await self._enter(CallbackDialogue(self._talk, self._wait_on))

    async def _wait_on(self, why: Unfinished) -> None:
        """Let a citizen who is not to be called back go on waiting: the place was never given up."""
        del why
        self._inner = None
        await self._talk.music()

    async def _send_text(self) -> None:
        talk, words = self._talk, texts(self._talk.language)
        self._keys.pop(TEXT_KEY, None)
        self._told.is_text_sent = True
        values = {"guide": talk.entry.guide_sms_text, "line": talk.entry.name}

        def steps() -> Steps[Asked | Unsent]:
            return do_send_worded(
                *("guide_link", talk.contact_id, talk.caller_number),
                language=talk.language,
                values=values,
                now=clock.now(),
            )

        sent = await talk.tools.store.write(steps)
        await self._announce(words.guide_sent if isinstance(sent, Asked) else words.guide_not_sent)

    async def _allow_recording(self) -> None:
        talk, words = self._talk, texts(self._talk.language)
        allows = not self._allows_recording
        purpose = talk.entry.recording_purpose

        def steps() -> Steps[bool]:
            return recordings.do_allow(talk.contact_id, allows=allows, purpose=purpose, now=clock.now())

        if await talk.tools.store.write(steps):
            self._allows_recording = allows
            await self._announce(words.recording_allowed if allows else words.recording_refused)

    # --- how it is said

    async def _announce(self, *said: str) -> None:
        """Speak in place of the music, which goes on afterwards."""
        talk = self._talk
        # Made before the music stops: nobody hears a silence for it.
        await make_ready(talk, *said)
        await talk.be_quiet()
        await talk.stop_music()
        if not await say_in_turn(talk, *said):
            await talk.music()

    async def _enter(self, inner: TurnedAway | CallbackDialogue) -> None:
        self._inner = inner
        await inner.begin()

    async def _handle_inside(self, inner: TurnedAway | CallbackDialogue, message: Message) -> None:
        """Let whoever talks with the citizen go on; what is due meanwhile waits for the music."""
        if isinstance(message, Timer) and message.name in {_POSITION, _DUE}:
            self._talk.start_timer(message.name, AGAIN_SECONDS)
            return
        await inner.handle(message)
        if self._inner is inner and isinstance(inner, TurnedAway) and inner.is_over:
            self._inner = None
            await self._talk.music()
