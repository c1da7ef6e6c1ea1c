"""What a menu says, in words and in order. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from borgerlinje.lines.menus.tree import Choice, Kind, Node, Saying


@dataclass(frozen=True, slots=True)
class Spoken:
    """One thing to say: a recording (`sound_id`), or the text in a voice of the language; the text also where the recording is missing."""

    text: str
    language: str
    sound_id: int | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """What every menu of a language says."""

    press: str
    wrong_key: str
    begins_again: str
    language: str
    labels: dict[Kind, str]
    keys: dict[str, str]


WORDS = {
    "da": Words(
        press="Tryk {key} for {label}.",
        wrong_key="Tast {key} kan ikke bruges her.",
        begins_again="Undskyld afbrydelsen. Vi begynder forfra.",
        language="dansk",
        labels={
            Kind.PERSON: "at tale med en medarbejder",
            Kind.CALLBACK: "at blive ringet op",
            Kind.VOICEMAIL: "at indtale en besked",
            Kind.REPEAT: "at høre det igen",
            Kind.BACK: "at gå tilbage",
            Kind.END: "at afslutte",
        },
        keys={"*": "stjerne", "#": "firkant"},
    ),
    "en": Words(
        press="Press {key} for {label}.",
        wrong_key="Key {key} cannot be used here.",
        begins_again="Sorry for the interruption. We begin again.",
        language="English",
        labels={
            Kind.PERSON: "an employee",
            Kind.CALLBACK: "a call back",
            Kind.VOICEMAIL: "leaving a message",
            Kind.REPEAT: "hearing this again",
            Kind.BACK: "the menu before",
            Kind.END: "ending the call",
        },
        keys={"*": "star", "#": "hash"},
    ),
}


def words(language: str) -> Words:
    """Return the words of a language; a language without its own gets the English ones."""
    return WORDS.get(language, WORDS["en"])


def node_spoken(node: Node, language: str) -> tuple[Spoken, ...]:
    """Return what a node says: its text and then its keys; a recording says the keys itself."""
    said = saying_spoken(node.saying, language)
    if node.saying.sound_id is not None or not node.says_keys:
        return said
    return joined([*said, *(choice_spoken(choice, language) for choice in node.choices)])


def saying_spoken(saying: Saying, language: str) -> tuple[Spoken, ...]:
    """Return what a saying is, nothing when it is empty."""
    return (Spoken(saying.text.strip(), language, saying.sound_id),) if saying else ()


def choice_spoken(choice: Choice, language: str) -> Spoken:
    """Return the sentence that offers a key. Another language is offered in that language: who needs it understands it."""
    spoken_in = choice.action.to if choice.action.kind is Kind.LANGUAGE else language
    own = words(spoken_in)
    label = choice.label.strip() or label_of(choice, spoken_in)
    return Spoken(own.press.format(key=own.keys.get(choice.key, choice.key), label=label), spoken_in)


def label_of(choice: Choice, language: str) -> str:
    """Return the usual words for what a key does, an empty text where only its maker knows them."""
    own = words(language)
    return own.language if choice.action.kind is Kind.LANGUAGE else own.labels.get(choice.action.kind, "")


def wrong_key(key: str, language: str) -> Spoken:
    """Return what a citizen is told who pressed a key that does nothing here."""
    own = words(language)
    return Spoken(own.wrong_key.format(key=own.keys.get(key, key)), language)


def joined(parts: Iterable[Spoken]) -> tuple[Spoken, ...]:
    """Join neighbouring texts of one voice into one, so that they sound like one."""
    said: list[Spoken] = []
    for part in parts:
        before = said[-1] if said else None
        if before and before.sound_id is None and part.sound_id is None and before.language == part.language:
            said[-1] = replace(before, text=f"{before.text} {part.text}")
        else:
            said.append(part)
    return tuple(said)


def texts(menu_nodes: Iterable[Node], sayings: Iterable[Saying], language: str) -> Iterable[tuple[str, str]]:
    """Yield every text that nodes and sayings of a menu speak, each with its language."""
    for node in menu_nodes:
        for spoken in node_spoken(node, language):
            yield spoken.text, spoken.language
        for choice in node.choices:
            yield wrong_key(choice.key, language).text, language
    for saying in sayings:
        for spoken in saying_spoken(saying, language):
            yield spoken.text, spoken.language
