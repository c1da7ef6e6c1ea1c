"""Several things said one after another, as one playback: what a key stops, it stops whole."""

from collections.abc import Mapping, Sequence

from borgerlinje.channels.phone.services.base import Talk
from borgerlinje.channels.phone.sound import sound_files, speech
from borgerlinje.lines.menus import Spoken

_NEXT = ",sound:"


async def say_all(talk: Talk, spoken: Sequence[Spoken], sounds: Mapping[int, str]) -> bool:
    """Begin to say all of it; False when nothing can be heard, and then no `Played` follows.

    `sounds` maps recordings to their digests. A recording that is not there is spoken; what cannot be spoken is left out.
    """
    folder = talk.tools.sounds
    if folder is None:
        return False
    names = []
    for each in spoken:
        digest = sounds.get(each.sound_id, "") if each.sound_id is not None else ""
        name = sound_files.name_of(digest) if digest else ""
        if not name or not speech.has_sound(folder, name):
            await speech.make_all([(each.text, each.language)], folder)
            name = speech.name_of(each.text, each.language)
        if speech.has_sound(folder, name):
            names.append(name)
    return bool(names) and await talk.play(_NEXT.join(names))


async def say_in_turn(talk: Talk, *texts: str, then: str = "") -> bool:
    """Begin to say texts in the citizen's language, and to play the sound `then` after them; as `say_all`."""
    folder = talk.tools.sounds
    if folder is None:
        return False
    await make_ready(talk, *texts)
    made = [speech.name_of(text, talk.language) for text in texts if text.strip()]
    names = [name for name in (*made, *([then] if then else [])) if speech.has_sound(folder, name)]
    return bool(names) and await talk.play(_NEXT.join(names))


async def make_ready(talk: Talk, *texts: str) -> None:
    """Make the sound of texts in the citizen's language, as far as they have none yet."""
    if talk.tools.sounds is not None:
        await speech.make_all([(text, talk.language) for text in texts], talk.tools.sounds)
