"""The lines as the telephone process keeps them in memory: read anew when a hint says so, and once a minute."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast

from django.db import close_old_connections
from django.db.models import Prefetch, Q

from borgerlinje.channels.phone.models import Trunk
from borgerlinje.channels.phone.network.trunk import NumberFormat
from borgerlinje.kit import clock
from borgerlinje.lines import menus, news
from borgerlinje.lines.hours import Schedule, closed_words, status
from borgerlinje.lines.models import Line, MenuVersion, Overflow, Sound
from borgerlinje.lines.news import News
from borgerlinje.lines.queries import schedule, with_schedule


@dataclass(frozen=True, slots=True)
class MenuFrom:
    """One published version of a menu: its tree as `lines.menus` reads it, and from when it is heard."""

    from_at: datetime
    tree: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Agreement:
    """That citizens may be sent on to another line, as `lines.models.Overflow` says it."""

    to_line_id: int
    after_seconds: int | None
    when_full: bool
    when_closed: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """What the telephone needs to know of a line, with the fields of its row that say what is done when.

    `sounds` maps its recordings to their digests, by which `sound_files` names them.
    """

    line_id: int
    digits: frozenset[str]
    language: str
    greeting_text: str
    closed_text: str
    is_hidden: bool
    schedule: Schedule
    slug: str = ""
    name: str = ""
    centre_id: int = 0
    main_number: str = ""
    audience: str = "citizens"
    menus: Mapping[str, tuple[MenuFrom, ...]] = field(default_factory=dict)
    sounds: Mapping[int, str] = field(default_factory=dict)
    news: tuple[News, ...] = ()
    overflow: Agreement | None = None
    full_text: str = ""
    max_waiting: int = 0
    when_full: str = "announce"
    when_closed: str = "announce"
    serves_waiting_after_close: bool = True
    says_place: bool = True
    says_wait: bool = True
    callback_after_seconds: int | None = None
    guide_sms_text: str = ""
    voicemail_seconds: int = 180
    voicemail_days: int = 30
    recording_purpose: str = ""
    recording_days: int = 30
    target_seconds: int = 30

    def is_open(self, at: datetime) -> bool:
        """Tell whether calls are taken at an aware instant; the hidden line of the self-test always takes them."""
        return self.is_hidden or status(self.schedule, at).is_open

    @property
    def does_more_when_closed(self) -> bool:
        """Whether those who come in closed hours are more than told so."""
        return self.when_closed != "announce" or (self.overflow is not None and self.overflow.when_closed)

    def menu(self, language: str, at: datetime) -> Mapping[str, Any] | None:
        """Return the tree of the menu in force in a language; None when there is none."""
        in_force = [version for version in self.menus.get(language, ()) if version.from_at <= at]
        return max(in_force, key=lambda version: version.from_at).tree if in_force else None

    def has_menu(self, at: datetime) -> bool:
        """Tell whether there is a menu in the line's own language."""
        return bool(self.menus) and self.menu(self.language, at) is not None

    def menu_answers(self, at: datetime) -> bool:
        """Tell whether the menu answers a call at an instant; in closed hours only one that speaks of them does."""
        tree = self.menu(self.language, at) if self.menus else None
        if tree is None:
            return False
        moment = menus.moment(self.schedule, at)
        return menus.is_heard(menus.read(tree)[0], replace(moment, is_open=self.is_open(at)))

    def told_first(self, language: str, at: datetime) -> list[tuple[str, str]]:
        """Return what everybody hears before anything else, in order, each with the language it is in."""
        holding = (each for each in self.news if each.holds(at))
        return [(each.in_language(language), each.language_of(language)) for each in holding]


@dataclass(frozen=True, slots=True)
class Way:
    """A way out to the telephone network: how a number is dialled, as Asterisk writes it."""

    trunk_id: int
    number_format: NumberFormat
    max_calls: int
    is_demo: bool = False


class Book:
    """All lines, by number; `entries` are known from the beginning."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._entries: dict[int, Entry] = {entry.line_id: entry for entry in entries}
        self._by_digits: dict[str, Entry] = {digits: entry for entry in entries for digits in entry.digits}
        self._read_at = 0.0
        self._reading = asyncio.Lock()
        # One thread, so that Django keeps one connection for all reloads.
        self._thread = ThreadPoolExecutor(1, "lines")
        self.ways: tuple[Way, ...] = ()

    async def reload(self) -> None:
        """Read all lines. Raises django.db.OperationalError while the database is away."""
        loop = asyncio.get_running_loop()
        self._read_at = loop.time()
        entries, self.ways = await loop.run_in_executor(self._thread, _read)
        self._entries = {entry.line_id: entry for entry in entries}
        self._by_digits = {digits: entry for entry in entries for digits in entry.digits}

    async def find(self, digits: str) -> Entry | None:
        """Return the line of a number, None when nobody has it; a number not known yet is looked for in the rows.

        Calls that come during a reading share the next one: a flood of unknown numbers is not a flood of readings.
        """
        await self._read_unless(lambda: digits in self._by_digits)
        return self._by_digits.get(digits)

    async def line(self, line_id: int) -> Entry | None:
        """Return a line by its id; as `find`."""
        await self._read_unless(lambda: line_id in self._entries)
        return self._entries.get(line_id)

    def current(self, entry: Entry) -> Entry:
        """Return a line as it was last read; the same again when it is no more."""
        return self._entries.get(entry.line_id, entry)

    def by_slug(self, slug: str) -> Entry | None:
        """Return a line by its name in addresses, None when there is none."""
        return next((entry for entry in self._entries.values() if entry.slug == slug), None)

    def entries(self) -> list[Entry]:
        """Return all lines."""
        return list(self._entries.values())

    async def _read_unless(self, is_known: Any) -> None:
        asked_at = asyncio.get_running_loop().time()
        if not is_known():
            async with self._reading:
                if self._read_at < asked_at:
                    await self.reload()

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield everything the lines say, each with its language."""
        for entry in self._entries.values():
            yield entry.greeting_text, entry.language
            yield entry.closed_text, entry.language
            yield entry.full_text, entry.language
            for each in entry.news:
                yield from ((each.in_language(language), each.language_of(language)) for language in ("da", "en"))


def _read() -> tuple[list[Entry], tuple[Way, ...]]:
    close_old_connections()
    try:
        now = clock.now()
        lines = with_schedule(Line.objects.all()).prefetch_related(
            Prefetch("menus", MenuVersion.objects.filter(published_at__isnull=False)),
            Prefetch("sounds", Sound.objects.only("line_id", "digest")),
            Prefetch("overflows", _agreements(now)),
        )
        told = news.said(now)
        ways = tuple(
            Way(trunk.pk, cast("NumberFormat", trunk.number_format), trunk.max_calls, trunk.is_demo)
            for trunk in Trunk.objects.filter(is_active=True)
        )
        return [_entry(line, told.get(line.pk, ()), now) for line in lines], ways
    finally:
        close_old_connections()


def _entry(line: Line, told: tuple[News, ...], now: datetime) -> Entry:
    menus: dict[str, list[MenuFrom]] = {}
    for version in line.menus.all():
        if version.from_at is not None:
            menus.setdefault(version.language, []).append(MenuFrom(version.from_at, version.tree))
    agreement = next(iter(line.overflows.all()), None)
    opening = schedule(line, at=now)
    numbers = sorted(line.numbers.all(), key=lambda number: not number.is_main)
    # Closed for good: whoever still calls is told so, or sent on by agreement, and nothing is promised them.
    has_ended = opening.has_ended(now.astimezone(clock.COPENHAGEN).date())
    return Entry(
        line_id=line.pk,
        digits=frozenset(number.digits for number in numbers),
        language=line.language,
        greeting_text=line.greeting_text,
        # Read anew each minute, so that a special day's reason is said on its day.
        closed_text=closed_words(opening, line.closed_text, now),
        is_hidden=line.is_hidden,
        schedule=opening,
        slug=line.slug,
        name=line.name,
        centre_id=line.centre_id,
        main_number=numbers[0].digits if numbers else "",
        audience=line.audience,
        menus={} if has_ended else {language: tuple(versions) for language, versions in menus.items()},
        sounds={sound.pk: sound.digest for sound in line.sounds.all()},
        news=() if line.is_hidden else told,
        overflow=Agreement(agreement.to_line_id, agreement.after_seconds, agreement.when_full, agreement.when_closed)
        if agreement
        else None,
        full_text=line.full_text,
        max_waiting=line.max_waiting,
        when_full=line.when_full,
        when_closed=Line.Otherwise.ANNOUNCE if has_ended else line.when_closed,
        serves_waiting_after_close=line.serves_waiting_after_close,
        says_place=line.says_place,
        says_wait=line.says_wait,
        callback_after_seconds=line.callback_after_seconds,
        guide_sms_text=line.guide_sms_text,
        voicemail_seconds=line.voicemail_seconds,
        voicemail_days=line.voicemail_days,
        recording_purpose=line.recording_purpose,
        recording_days=line.recording_days,
        target_seconds=line.target_seconds,
    )


def _agreements(now: datetime) -> Any:
    today = now.astimezone(clock.COPENHAGEN).date()
    return Overflow.objects.filter(Q(to_on__isnull=True) | Q(to_on__gt=today), from_on__lte=today)
