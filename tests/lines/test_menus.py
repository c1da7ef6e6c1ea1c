import copy
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from borgerlinje.lines.hours import COPENHAGEN, Schedule, Version
from borgerlinje.lines.menus import (
    Condition,
    Entered,
    Fault,
    Key,
    Kind,
    Known,
    Listen,
    Menu,
    Moment,
    Out,
    Position,
    Say,
    Silence,
    Wrong,
    check,
    faults_of,
    is_heard,
    moment,
    read,
    sent_on,
    step,
    what_happens,
    write,
)
from borgerlinje.lines.menus.tree import FINAL, nodes
from borgerlinje.lines.menus.walking import MOST_TURNS
from tests.lines.menu_trees import SOME, menus

TUESDAY = datetime(2026, 11, 24, 14, 0, tzinfo=COPENHAGEN)
OPEN = Moment(TUESDAY)
TREE: dict[str, Any] = {
    "greeting": {"text": "Velkommen."},
    "start": {
        "say": {"text": "Du kan vælge med tasterne."},
        "when": [{"if": {"from_on": "2026-12-24", "last_on": "2026-12-24", "yearly": True}, "do": "callback"}],
        "keys": [
            {"key": "1", "label": "pas", "do": "subject", "to": "pas"},
            {
                "key": "2",
                "label": "flytning",
                "do": "menu",
                "node": {
                    "say": {"text": "Flytning."},
                    "keys": [
                        {"key": "1", "label": "åbningstider", "do": "say", "say": {"text": "Vi har åbent."}},
                        {"key": "2", "label": "en anden linje", "do": "line", "to": "1881"},
                        {"key": "9", "do": "voicemail"},
                    ],
                },
            },
            {"key": "8", "do": "language", "to": "en"},
            {"key": "9", "do": "repeat"},
            {"key": "0", "do": "person"},
        ],
        "silence": {"seconds": 4, "repeats": 1},
    },
}
moments = st.builds(
    Moment,
    # The zone comes with it.
    st.datetimes(datetime(2026, 11, 19), datetime(2026, 12, 3), timezones=st.just(COPENHAGEN)),  # noqa: DTZ001
    st.booleans(),
    st.booleans(),
)
KNOWN = Known("hotline", {"pas"}, {"hotline": (), "1881": ()}, ("da", "en"), {3}, date(2026, 11, 24))


def menu_of(tree: object) -> Menu:
    return read(tree)[0]


def walk(menu: Menu, *pressed: str, at: Moment = OPEN) -> tuple[list[str], Out | None]:
    """Press keys ("-" is a silence), and return all that was said and how it ended."""
    events = [Entered(), *(Silence() if key == "-" else Key(key) for key in pressed)]
    position, said, out = Position(), [], None
    for event in events:
        walked = step(menu, position, event, at)
        said += [each.text for act in walked.acts if isinstance(act, Say) for each in act.spoken]
        out = next((act for act in walked.acts if isinstance(act, Out)), None)
        if walked.position is None:
            break
        position = walked.position
    return said, out


def changed(**values: object) -> dict[str, Any]:
    tree = copy.deepcopy(TREE)
    tree["start"] |= values
    return tree


def wrongs(tree: object, known: Known = KNOWN) -> set[Wrong]:
    return {fault.wrong for fault in faults_of(tree, known)}


@SOME
@given(menus)
def test_menu_written_and_read_again_is_the_same(menu: Menu) -> None:
    again, faults = read(write(menu), language=menu.language)
    assert again == menu
    assert not faults


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["start", "say", "keys", "when", "do", "if", "node", "silence", "key", "text", "weekdays", "opens"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@SOME
@given(json_values)
def test_whatever_the_json_there_is_a_menu_and_faults_are_values(tree: object) -> None:
    menu, _ = read(tree)
    faults = check(menu, Known())
    assert all(isinstance(fault, Fault) for fault in faults)
    assert step(menu, Position(), Entered(), OPEN).acts


@SOME
@given(menus, st.lists(st.sampled_from("0123456789*#--"), max_size=2 * MOST_TURNS), moments)
def test_every_way_ends_within_a_bounded_number_of_steps(menu: Menu, keys: list[str], now: Moment) -> None:
    position, taken = Position(), 0
    events = iter([Entered(), *(Silence() if key == "-" else Key(key) for key in keys)])
    while True:
        # Whoever has pressed all they want to press is silent from then on.
        walked = step(menu, position, next(events, Silence()), now)
        taken += 1
        if walked.position is None:
            break
        assert isinstance(walked.acts[-1], Listen)
        position = walked.position
    out = walked.acts[-1]
    assert isinstance(out, Out)
    assert out.action.kind in FINAL
    assert taken <= MOST_TURNS + 1


@SOME
@given(menus)
def test_silent_citizen_is_out_after_the_repeats_of_the_start(menu: Menu) -> None:
    _, out = walk(menu, *"-" * (6 + 1))
    assert out is not None


def test_key_chooses_a_subject() -> None:
    said, out = walk(menu_of(TREE), "1")
    assert out is not None
    assert (out.action.kind, out.action.to, out.key) == (Kind.SUBJECT, "pas", "1")
    assert said == [
        "Du kan vælge med tasterne. Tryk 1 for pas. Tryk 2 for flytning.",
        "Press 8 for English.",
        "Tryk 9 for at høre det igen. Tryk 0 for at tale med en medarbejder.",
    ]


def test_language_is_offered_in_its_own_voice() -> None:
    walked = step(menu_of(TREE), Position(), Entered(), OPEN)
    assert isinstance(walked.acts[0], Say)
    assert [spoken.language for spoken in walked.acts[0].spoken] == ["da", "en", "da"]


def test_wrong_key_is_named_and_after_the_repeats_a_person_comes() -> None:
    said, out = walk(menu_of(TREE), "7", "5")
    assert said.count("Tast 7 kan ikke bruges her. Du kan vælge med tasterne.") == 0
    assert "Tast 7 kan ikke bruges her." in said
    assert out is None
    _, out = walk(menu_of(TREE), "7", "5", "7")
    assert out is not None
    assert out.action.kind is Kind.PERSON


def test_silence_hears_it_once_more_and_then_a_person() -> None:
    said, out = walk(menu_of(TREE), "-")
    assert out is None
    assert len([text for text in said if text.startswith("Du kan vælge")]) == 2
    _, out = walk(menu_of(TREE), "-", "-")
    assert out is not None
    assert out.action.kind is Kind.PERSON


def test_information_is_said_and_the_menu_comes_again() -> None:
    said, out = walk(menu_of(TREE), "2", "1")
    assert out is None
    assert said[-2:] == ["Vi har åbent.", said[-1]]
    assert said[-1].startswith("Flytning. Tryk 1")


def test_star_leads_back_and_zero_to_a_person_where_nothing_else_is_said() -> None:
    said, out = walk(menu_of(TREE), "2", "*")
    assert out is None
    assert said[-1].endswith("medarbejder.")
    _, out = walk(menu_of(TREE), "2", "0")
    assert out is not None
    assert out.action.kind is Kind.PERSON


def test_silences_below_count_from_nought() -> None:
    _, out = walk(menu_of(TREE), "-", "2", "-")
    assert out is None


def test_node_without_keys_is_said_and_left() -> None:
    menu = menu_of({"start": {"say": {"text": "Vi har travlt."}}})
    walked = step(menu, Position(), Entered(), OPEN)
    assert walked.acts[-1] == Listen(0)
    assert walk(menu, "-")[1] is not None


def test_branch_by_date_is_taken_in_place_of_the_node() -> None:
    christmas = Moment(datetime(2027, 12, 24, 10, 0, tzinfo=COPENHAGEN))
    said, out = walk(menu_of(TREE), at=christmas)
    assert out is not None
    assert (said, out.action.kind, out.place) == ([], Kind.CALLBACK, ("w0",))


def test_position_that_is_gone_begins_again() -> None:
    walked = step(menu_of(TREE), Position(("k7", "k1")), Key("1"), OPEN)
    assert walked.position is not None
    assert walked.position.place == ()


@pytest.mark.parametrize(
    ("tree", "wrong"),
    [
        ([], Wrong.NOT_A_MENU),
        (changed(keys=[{"key": "1", "label": "x"}]), Wrong.UNKNOWN_KIND),
        (changed(keys=[{"key": "1", "do": "person"}, {"key": "1", "do": "voicemail"}]), Wrong.KEY_TWICE),
        (changed(keys=[{"key": "A", "do": "person"}]), Wrong.UNKNOWN_KEY),
        (changed(keys=[{"key": "", "do": "person"}]), Wrong.UNKNOWN_KEY),
        (changed(keys=[{"key": "1", "do": "subject", "to": "nope", "label": "x"}]), Wrong.UNKNOWN_SUBJECT),
        (changed(keys=[{"key": "1", "do": "line", "to": "nope", "label": "x"}]), Wrong.UNKNOWN_LINE),
        (changed(keys=[{"key": "1", "do": "line", "to": "hotline", "label": "x"}]), Wrong.OWN_LINE),
        (changed(keys=[{"key": "1", "do": "language", "to": "xx"}]), Wrong.UNKNOWN_LANGUAGE),
        (changed(keys=[{"key": "1", "do": "say", "label": "x"}]), Wrong.NO_TEXT),
        (changed(keys=[{"key": "1", "do": "subject", "to": "pas"}]), Wrong.NO_LABEL),
        (changed(keys=[{"key": "1", "do": "person", "label": "x" * 81}]), Wrong.TOO_LONG_LABEL),
        (changed(keys=[{"key": "1", "do": "back"}]), Wrong.NOT_HERE),
        (changed(keys=[{"key": str(key), "do": "person"} for key in range(7)]), Wrong.MANY_KEYS),
        (changed(keys=[]) | {"greeting": {"text": "x" * 601}}, Wrong.TOO_LONG),
        (changed(keys=[], say={"text": " "}), Wrong.NO_TEXT),
        (changed(say={"text": "x", "sound": 4}), Wrong.UNKNOWN_SOUND),
        (changed(silence={"then": {"do": "repeat"}}), Wrong.NOT_FINAL),
        (changed(silence={"seconds": 1}), Wrong.BAD_NUMBER),
        (changed(silence={"repeats": 6}), Wrong.BAD_NUMBER),
        (changed(when=[{"if": {}, "do": "person"}, {"if": {"open": True}, "do": "person"}]), Wrong.NEVER_REACHED),
        (changed(when=[{"if": {"weekdays": []}, "do": "person"}]), Wrong.IMPOSSIBLE),
        (changed(when=[{"if": {"opens": "25:00"}, "do": "person"}]), Wrong.BAD_VALUE),
        (changed(when=[{"if": {"last_on": "2025-12-24"}, "do": "person"}]), Wrong.IS_OVER),
        (
            changed(when=[{"if": {}, "do": "menu", "node": {"say": {"text": "x"}, "when": [{"if": {}, "do": "person"}]}}]),
            Wrong.NESTED_BRANCH,
        ),
        (changed(keys=[{"key": "0", "do": "say", "say": {"text": "Nej."}, "label": "x"}], silence={"then": {"do": "end", "say": {"text": "Farvel."}}}, wrong={"then": {"do": "end", "say": {"text": "Farvel."}}}, when=[]), Wrong.NO_PERSON),
    ],
)  # fmt: skip
def test_fault_is_found(tree: object, wrong: Wrong) -> None:
    assert wrong in wrongs(tree)


def test_good_menu_has_no_fault() -> None:
    assert faults_of(TREE, KNOWN) == ()


def test_fourth_level_is_a_fault_and_the_third_is_none() -> None:
    node: dict[str, Any] = {"say": {"text": "Bund."}}
    for _ in range(2):
        node = {"say": {"text": "Mere."}, "keys": [{"key": "1", "label": "mere", "do": "menu", "node": node}]}
    assert wrongs({"start": node}) == set()
    node = {"say": {"text": "Mere."}, "keys": [{"key": "1", "label": "mere", "do": "menu", "node": node}]}
    assert wrongs({"start": node}) == {Wrong.TOO_DEEP}


def test_faults_are_found_all_at_once_each_at_its_place() -> None:
    tree = changed(
        keys=[{"key": "1", "do": "person"}, {"key": "1", "do": "subject", "to": "x", "label": "x"}], say={"text": ""}
    )
    found = {(fault.place, fault.wrong) for fault in faults_of(tree, KNOWN)}
    assert found == {
        (("k0",), Wrong.KEY_TWICE),
        (("k1",), Wrong.KEY_TWICE),
        (("k1",), Wrong.UNKNOWN_SUBJECT),
    }


def test_lines_that_send_a_silent_citizen_in_a_ring_are_a_fault() -> None:
    tree = changed(silence={"then": {"do": "line", "to": "1881"}})
    ring = Known("hotline", {"pas"}, {"hotline": ("1881",), "1881": ("hotline",)}, ("da", "en"), (), date(2026, 1, 1))
    assert sent_on(menu_of(tree)) == {("silence",): "1881"}
    assert Wrong.LINE_LOOP in wrongs(tree, ring)
    assert Wrong.LINE_LOOP not in wrongs(tree)
    # A key is the citizen's own choice.
    assert Wrong.LINE_LOOP not in wrongs(TREE, ring)


WEEK_AND_NIGHT = Condition(frozenset({4}), time(22, 0), time(6, 0))


@pytest.mark.parametrize(
    ("condition", "at", "holds"),
    [
        (Condition(), "2026-11-24T03:00", True),
        (Condition(opens=time(9), closes=time(21)), "2026-11-24T20:59", True),
        (Condition(opens=time(9), closes=time(21)), "2026-11-24T21:00", False),
        (Condition(opens=time(9)), "2026-11-24T23:59", True),
        (Condition(closes=time(9)), "2026-11-24T08:59", True),
        (Condition(frozenset({1})), "2026-11-24T12:00", True),
        (Condition(frozenset({2})), "2026-11-24T12:00", False),
        (WEEK_AND_NIGHT, "2026-11-28T05:59", True),
        (WEEK_AND_NIGHT, "2026-11-28T06:00", False),
        (WEEK_AND_NIGHT, "2026-11-28T23:00", False),
        (Condition(from_on=date(2026, 12, 24), last_on=date(2026, 12, 26)), "2026-12-26T23:59", True),
        (Condition(from_on=date(2026, 12, 24), last_on=date(2026, 12, 26)), "2026-12-27T00:00", False),
        (
            Condition(from_on=date(2025, 12, 30), last_on=date(2025, 1, 2), is_yearly=True),
            "2027-01-01T00:00",
            True,
        ),
        (
            Condition(from_on=date(2025, 12, 30), last_on=date(2025, 1, 2), is_yearly=True),
            "2027-01-03T00:00",
            False,
        ),
    ],
)
def test_condition_holds_to_the_minute(condition: Condition, at: str, *, holds: bool) -> None:
    assert condition.holds(Moment(datetime.fromisoformat(at).replace(tzinfo=COPENHAGEN))) is holds


conditions_of_a_day = st.builds(
    Condition,
    st.frozensets(st.integers(0, 6), min_size=1),
    st.none() | st.builds(time, st.integers(0, 23)),
    st.none() | st.builds(time, st.integers(0, 23)),
    st.none() | st.dates(date(2026, 11, 20), date(2026, 12, 1)),
    st.none() | st.dates(date(2026, 11, 20), date(2026, 12, 1)),
    st.just(value=False),
    st.none() | st.booleans(),
    st.none() | st.booleans(),
)


@given(
    conditions_of_a_day,
    conditions_of_a_day,
    moments,
)
def test_condition_that_covers_another_holds_whenever_it_does(wide: Condition, narrow: Condition, now: Moment) -> None:
    assert not (wide.covers(narrow) and narrow.holds(now)) or wide.holds(now)


HOURS = Schedule(
    versions=[Version(date(2015, 1, 1), None, {day: [(time(9), time(21))] for day in range(4)})],
    special={date(2026, 12, 23): []},
    holidays={date(2026, 12, 24): "juleaftensdag"},
)


def test_moment_knows_opening_hours_and_closed_days() -> None:
    tuesday = moment(HOURS, datetime(2026, 11, 24, 19, 59, tzinfo=UTC))
    assert (tuesday.is_open, tuesday.is_closed_day, tuesday.at.hour) == (True, False, 20)
    assert not moment(HOURS, datetime(2026, 11, 24, 20, 0, tzinfo=UTC)).is_open
    assert moment(HOURS, datetime(2026, 12, 23, 12, 0, tzinfo=UTC)).is_closed_day
    assert moment(HOURS, datetime(2026, 12, 24, 12, 0, tzinfo=UTC)).is_closed_day
    # A Saturday is no closed day: it is never open.
    assert not moment(HOURS, datetime(2026, 11, 28, 12, 0, tzinfo=UTC)).is_closed_day


def test_what_happens_one_minute_before_closing_and_at_closing() -> None:
    menu = menu_of(TREE)
    before = what_happens(menu, HOURS, datetime(2026, 11, 24, 20, 59, tzinfo=COPENHAGEN))
    assert before.start is not None
    assert [each.text for each in before.greeting] == ["Velkommen."]
    assert [outcome.key for outcome in before.start.outcomes] == ["1", "2", "8", "9", "0", "", ""]
    below = before.start.outcomes[1].heard
    assert below is not None
    assert [outcome.action.kind for outcome in below.outcomes][:3] == [Kind.SAY, Kind.LINE, Kind.VOICEMAIL]
    assert what_happens(menu, HOURS, datetime(2026, 11, 24, 21, 0, tzinfo=COPENHAGEN)).start is None


def test_menu_that_speaks_of_closed_hours_is_heard_in_them() -> None:
    tree = changed(when=[{"if": {"open": False}, "do": "voicemail"}])
    closed = what_happens(menu_of(tree), HOURS, datetime(2026, 12, 24, 12, 0, tzinfo=COPENHAGEN))
    assert closed.start is not None
    assert closed.start.at_once is not None
    assert closed.start.at_once.action.kind is Kind.VOICEMAIL
    assert not is_heard(menu_of(TREE), Moment(TUESDAY, is_open=False))


@SOME
@given(menus, moments)
def test_what_happens_has_an_answer_for_every_menu_and_instant(menu: Menu, now: Moment) -> None:
    foreseen = what_happens(menu, HOURS, now.at)
    assert foreseen.start is not None or not foreseen.moment.is_open
    if foreseen.start is not None:
        assert foreseen.start.at_once or foreseen.start.outcomes


def test_all_nodes_have_places_that_lead_to_them() -> None:
    assert [place for place, _ in nodes(menu_of(TREE).start)] == [(), ("k1",)]
