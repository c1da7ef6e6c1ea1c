"""What those who wait, come too late or leave a message are told, in Danish and English. Pure; every text can be spoken beforehand."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from borgerlinje.channels.phone.sound.said_texts import Languages, plain
from borgerlinje.channels.phone.sound.speech import EMPLOYEE_LOST
from borgerlinje.lines.expected_wait import usual_sentences

LONGEST_QUEUE_SAID: Final = 20
CALLBACK_KEY: Final = "1"
TEXT_KEY: Final = "2"
RECORDING_KEY: Final = "5"
SEND_KEY, HEAR_KEY, AGAIN_KEY, DONE_KEY = "1", "2", "3", "#"


@dataclass(frozen=True, slots=True)
class Texts:
    """Everything that is said in one language. Those with braces take a place, a line's name or a purpose."""

    place: str
    many: str
    callback_offer: str
    guide_offer: str
    guide_sent: str
    guide_not_sent: str
    overflow: str
    full: str
    full_now: str
    callback_question: str
    goodbye: str
    recording_question: str
    recording_allowed: str
    recording_refused: str
    recording_begins: str
    recording_stops: str
    message_prompt: str
    message_choices: str
    message_received: str
    message_unheard: str
    message_goodbye: str
    message_impossible: str

    @property
    def fixed(self) -> Iterator[str]:
        """Those that are the same on every line."""
        yield from (self.position(number) for number in range(1, LONGEST_QUEUE_SAID + 2))
        yield from plain(self)

    def position(self, place: int) -> str:
        """Say a place in the queue, counted from 1."""
        return self.place.format(place) if place <= LONGEST_QUEUE_SAID else self.many


DANISH: Final = Texts(
    place="Du er nummer {} i køen.",
    many="Der er flere end tyve foran dig i køen. Tak, fordi du venter.",
    callback_offer="Tryk 1 for at blive ringet op. Du beholder din plads i køen.",
    guide_offer="Tryk 2 for at få et link på sms til at klare det selv. Du beholder din plads i køen.",
    guide_sent="Du får en sms om et øjeblik. Du er stadig i køen.",
    guide_not_sent="Vi kan ikke sende en sms til dit nummer. Du er stadig i køen.",
    overflow="Vi stiller dig videre til {}. Du beholder din plads i køen.",
    full="Der er lige nu så mange i kø, at vi ikke kan tage imod flere opkald. Ring venligst igen senere. Farvel.",
    full_now="Der er lige nu så mange i kø, at vi ikke kan tage imod flere opkald.",
    callback_question="Tryk 1, hvis vi skal ringe dig op.",
    goodbye="Farvel.",
    recording_question="Samtalen kan blive optaget til {}. Tryk 5, hvis du siger ja. Gør du ingenting, bliver den ikke optaget.",
    recording_allowed="Tak. Samtalen bliver optaget. Tryk 5 igen, hvis du fortryder.",
    recording_refused="Samtalen bliver ikke optaget.",
    recording_begins="Optagelsen er i gang.",
    recording_stops="Optagelsen er stoppet.",
    message_prompt="Indtal din besked efter tonen, og sig dit navn og dit nummer, men ikke dit cpr-nummer. Tryk på firkant, når du er færdig.",
    message_choices="Tryk 1 for at sende beskeden, 2 for at høre den, eller 3 for at indtale den igen.",
    message_received="Tak. Vi har modtaget din besked. Farvel.",
    message_unheard="Vi kunne ikke høre nogen besked.",
    message_goodbye="Vi kunne ikke høre nogen besked. Ring venligst igen. Farvel.",
    message_impossible="Vi kan desværre ikke tage imod beskeder lige nu. Ring venligst igen senere. Farvel.",
)
ENGLISH: Final = Texts(
    place="You are number {} in the queue.",
    many="There are more than twenty in front of you in the queue. Thank you for waiting.",
    callback_offer="Press 1 to be called back. You keep your place in the queue.",
    guide_offer="Press 2 to get a link by text message so that you can do it yourself. You keep your place in the queue.",
    guide_sent="You will get a text message in a moment. You are still in the queue.",
    guide_not_sent="We cannot send a text message to your number. You are still in the queue.",
    overflow="We are putting you through to {}. You keep your place in the queue.",
    full="There are so many waiting that we cannot take more calls. Please call again later. Goodbye.",
    full_now="There are so many waiting that we cannot take more calls.",
    callback_question="Press 1 if you want us to call you back.",
    goodbye="Goodbye.",
    recording_question="The conversation may be recorded for the following purpose: {}. Press 5 to say yes. If you do nothing, it is not recorded.",
    recording_allowed="Thank you. The conversation will be recorded. Press 5 again if you change your mind.",
    recording_refused="The conversation will not be recorded.",
    recording_begins="The recording has begun.",
    recording_stops="The recording has stopped.",
    message_prompt="Leave your message after the tone, with your name and number, but not your CPR number. Press hash when you have finished.",
    message_choices="Press 1 to send the message, 2 to hear it, or 3 to record it again.",
    message_received="Thank you. We have received your message. Goodbye.",
    message_unheard="We could not hear a message.",
    message_goodbye="We could not hear a message. Please call again. Goodbye.",
    message_impossible="We are sorry that we cannot take messages right now. Please call again later. Goodbye.",
)
texts: Final = Languages(da=DANISH, en=ENGLISH)


class Says(Protocol):
    """What decides which texts a line needs: `book.Entry` has it."""

    @property
    def language(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def menus(self) -> Mapping[str, object]: ...
    @property
    def says_wait(self) -> bool: ...
    @property
    def recording_purpose(self) -> str: ...


def to_prepare(lines: Iterable[Says]) -> Iterator[tuple[str, str]]:
    """Yield each text that is often said on these lines, with its language; some more than once."""
    for line in lines:
        for language in {line.language, *line.menus}:
            said = texts(language)
            yield from ((text, language) for text in said.fixed)
            yield said.overflow.format(line.name), language
            if line.recording_purpose:
                yield said.recording_question.format(line.recording_purpose), language
            if line.says_wait:
                yield from ((text, language) for text in usual_sentences(language))


_BACK_IN_QUEUE: Final[Languages[Mapping[str, str]]] = Languages(
    da={
        "requeued": "Vi stiller dig om. Du har beholdt din plads i køen.",
        "transfer_failed": "Der var desværre ingen, der svarede. Du har beholdt din plads i køen.",
        "employee_left": "Vi stiller dig tilbage til køen. Du har beholdt din plads.",
        "employee_lost": EMPLOYEE_LOST,
    },
    en={
        "requeued": "We are transferring you. You have kept your place in the queue.",
        "transfer_failed": "Unfortunately nobody answered. You have kept your place in the queue.",
        "employee_left": "We are putting you back in the queue. You have kept your place.",
        "employee_lost": "The connection to the employee was lost. You have kept your place in the queue.",
    },
)


def back_in_queue(event: str, language: str) -> str:
    """Say why one who was with somebody waits again; `event` is the last of their story."""
    said = _BACK_IN_QUEUE(language)
    return said.get(event, said["employee_lost"])


def back_in_queue_texts() -> Iterator[tuple[str, str]]:
    """Yield all of those, each with its language."""
    yield from ((text, language) for language, said in _BACK_IN_QUEUE.items() for text in said.values())
