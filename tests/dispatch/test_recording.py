"""The golden recording: what the matching has answered it must answer for ever. A change of the rules is a new recording, on purpose.

`BORGERLINJE_GOLDEN=1` writes it anew, from fixed seeds.
"""

import os
import random
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from borgerlinje.dispatch import recording
from borgerlinje.dispatch.matching import Free, LineRule, Rules, Step, SubjectRule, Waiting
from borgerlinje.dispatch.pool import Pool
from borgerlinje.dispatch.recording import RecordingError, Tick
from borgerlinje.lines.tasks import Task

GOLDEN = Path(__file__).parent / "golden" / "ticks.jsonl"
START = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
MEMBERS = (370, 330, 320, 306)


def made_up(seed: int) -> Tick:
    """Return a tick of a busy centre: four members, three lines, everything that a rule can say."""
    rng = random.Random(seed)
    now = START + timedelta(minutes=37 * seed)

    def ago(most: int) -> datetime:
        return now - timedelta(milliseconds=rng.randrange(most * 1000))

    steps = (Step(45, lower_level_by=1), Step(90, any_language=True, use_reserved=True), Step(240, any_skill=True))
    evening = Task(None, 0, 6, time(15), time(0), "guidance_only")
    rules = Rules(
        {
            1: LineRule(1, 1, skill_id=1, skill_level=2, steps=steps),
            2: LineRule(2, 1, "light_casework", 2, 1, head_start_seconds=20, tasks=(evening,)),
            3: LineRule(3, 2, language="en", crowd_seconds=0, offers_callbacks=True, steps=steps[1:]),
        },
        {1: SubjectRule(3, 2), 2: SubjectRule()},
    )
    pool = Pool(rules)
    for _ in range(rng.randrange(4, 26)):
        is_callback = rng.random() < 0.15
        pool.put_contact(
            Waiting(
                UUID(int=rng.getrandbits(128), version=4),
                rng.randrange(1, 4),
                ago(300),
                rng.choice(("phone", "phone", "phone", "chat", "mail", "counter")),
                rng.choice((None, *MEMBERS, MEMBERS[0], MEMBERS[0])),
                rng.choice((None, None, 1, 2)),
                rng.choice(("", "", "da", "en")),
                rng.choice((0, 0, 30)),
                is_callback,
                now + timedelta(seconds=rng.randrange(-60, 60)) if is_callback else None,
                rng.choice((None, None, None, rng.randrange(1, 12))),
            )
        )
    for employee_id in rng.sample(range(1, 13), rng.randrange(2, 12)):
        pool.put_employee(
            Free(
                employee_id,
                rng.choice(MEMBERS),
                ago(900),
                {centre: rng.randrange(2) for centre in rng.sample((1, 2), rng.randrange(1, 3))},
                {skill: rng.randrange(1, 4) for skill in rng.sample((1, 2, 3), rng.randrange(1, 4))},
                frozenset(rng.sample(("en", "de"), rng.randrange(2))),
                frozenset(("phone", *rng.sample(("chat", "mail", "counter"), rng.randrange(4)))),
                frozenset({rng.randrange(1, 4)} if rng.random() < 0.2 else ()),
            )
        )
    limit = rng.choice((None, None, 3))
    return Tick.of(pool, pool.match(now=now, limit=limit), now=now, limit=limit)


def test_recorded_ticks_come_out_the_same() -> None:
    if os.environ.get("BORGERLINJE_GOLDEN"):
        GOLDEN.write_text("".join(f"{recording.dumps(made_up(seed))}\n" for seed in range(40)), encoding="utf-8")
    lines = GOLDEN.read_text(encoding="utf-8").splitlines()
    ticks = [recording.loads(line) for line in lines]
    assert list(recording.differences(lines)) == []
    # The recording is worth something: it holds every rule, and what makes each of them interesting.
    offers = [found.why for tick in ticks for found in tick.matches]
    assert {why["rule"] for why in offers} == {"only", "longest_idle", "own_authority", "continued"}
    assert len(offers) > 100
    assert any(why["relaxed"] for why in offers)
    assert any(why["crowd_seconds"] for why in offers)
    assert any(why["reserved"] for why in offers)


def test_recording_survives_the_file() -> None:
    tick = made_up(3)
    again = recording.loads(recording.dumps(tick))
    assert (again.now, again.limit, again.rules) == (tick.now, tick.limit, tick.rules)
    assert (list(again.waiting), list(again.free)) == (tick.waiting, tick.free)


def test_changed_answer_is_found(tmp_path: Path) -> None:
    line = GOLDEN.read_text(encoding="utf-8").splitlines()[0]
    first = recording.loads(line).matches[0]
    other = tmp_path / "other.jsonl"
    other.write_text(line.replace(f'"rule":"{first.why["rule"]}"', '"rule":"lottery"', 1) + "\n", encoding="utf-8")
    lines, (difference,) = recording.replay(other)
    assert len(lines) == 1
    assert "(lottery)" in difference
    assert recording.replay(GOLDEN)[1] == []


@pytest.mark.parametrize("text", ["", "{}", '{"now": "yesterday"}', "[1]", "\x00"])
def test_what_is_no_recording_says_so(tmp_path: Path, text: str) -> None:
    with pytest.raises(RecordingError):
        recording.loads(text)
    with pytest.raises(RecordingError):
        recording.replay(tmp_path / "missing.jsonl")
