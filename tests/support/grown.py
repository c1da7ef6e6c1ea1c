"""The demo's data times any factor, made by set-based statements: what a page has to carry where much has happened.

`grow` fills a database that holds the demo. The demo's first centre gets a tenth of the authorities (of a thousand, as many as the
country has municipalities), a quarter of the lines and most of the people, so that one person's page meets them; the rest is what the
fence is to leave out. Everything is marked as demo where a column says so.
"""

from dataclasses import dataclass

from borgerlinje.channels.phone.models import DoNotCall, OutgoingCall, Recording, RecordingAccess, Text, Trunk
from borgerlinje.contacts.models import Contact, ContactEvent
from borgerlinje.cooperation.models import Authority, Centre, Face, Membership
from borgerlinje.dispatch.models import Offer, Presence, Transfer
from borgerlinje.letters.models import Letter, LetterTemplate
from borgerlinje.lines.models import (
    Crisis,
    CrisisDuty,
    CrisisEntry,
    CrisisGuide,
    CrisisLine,
    CrisisMember,
    Line,
    LineNumber,
    MenuVersion,
    Notice,
    OpeningPeriod,
    OpeningVersion,
    Overflow,
    SpecialDay,
    Specialist,
    Subject,
    SwitchboardHours,
)
from borgerlinje.staff.models import (
    ChangeNote,
    Employee,
    EmployeeCentre,
    EmployeeSkill,
    Invitation,
    RoleAssignment,
    Skill,
    User,
)
from tests.support.rows import Cursor, fill

# Of each, in the whole database, for every one of `factor`.
AUTHORITIES, CENTRES, LINES, EMPLOYEES, SUBJECTS, SKILLS, CONTACTS = 10, 2, 4, 6, 1, 1, 1500

_CENTRE = "(SELECT id FROM cooperation_centre WHERE slug = 'sjaelland')"
_OWN = "(SELECT id FROM cooperation_authority WHERE code = '370')"
_HOTLINE = "(SELECT id FROM lines_line WHERE slug = 'hotline')"
_SECRETARIAT = "(SELECT id FROM staff_user WHERE email LIKE 'sekretariat@%')"
_MANAGER = "(SELECT id FROM staff_user WHERE email LIKE 'leder@%')"


def _ids(table: str, name: str, where: str = "true", *, order: str = "id") -> str:
    """Return a FROM item with the ids of a table's rows as one array, `name.ids`."""
    return f"(SELECT array_agg(id ORDER BY {order}) AS ids FROM {table} WHERE {where}) {name}"


def _one(name: str, by: str = "n") -> str:
    return f"{name}.ids[1 + ({by})::integer % cardinality({name}.ids)]"


_GROWN_AUTHORITY = "code LIKE 'g%'"
_GROWN_CENTRE = "slug LIKE 'g%'"
_GROWN_LINE = "slug LIKE 'g%'"
_MEMBERS = f"(SELECT array_agg(authority_id ORDER BY authority_id) AS ids FROM cooperation_membership WHERE to_on IS NULL AND centre_id = {_CENTRE}) m"
_CENTRE_LINES = _ids("lines_line", "l", f"centre_id = {_CENTRE}")
_CENTRE_PEOPLE = (
    "(SELECT array_agg(employee_id ORDER BY employee_id) AS ids FROM staff_employeecentre WHERE centre_id = "
    + _CENTRE
    + ") e"
)


@dataclass(frozen=True)
class Growth:
    """How much is made."""

    factor: int = 1
    days: int = 180

    def of(self, each: int) -> str:
        """Return a FROM item that counts to so many of each."""
        return f"generate_series(1, {each * self.factor}) n"


def grow(cursor: Cursor, growth: Growth) -> None:
    """Store everything; the planner knows the tables afterwards where the cursor's transaction allows it."""
    _places(cursor, growth)
    _people(cursor, growth)
    _rules(cursor, growth)
    _crises(cursor, growth)
    _contacts(cursor, growth)
    _telephone(cursor, growth)
    _letters(cursor, growth)
    _at_work(cursor, growth)
    cursor.execute("ANALYZE")


def _places(cursor: Cursor, growth: Growth) -> None:
    fill(
        cursor, Authority, growth.of(AUTHORITIES),
        code="'g' || n", name="'Prøveby ' || n", kind="'municipality'", is_demo="true",
    )  # fmt: skip
    authorities = _ids("cooperation_authority", "a", _GROWN_AUTHORITY)
    fill(
        cursor, Centre, f"{growth.of(CENTRES)}, {authorities}",
        slug="'g' || n", name="'Prøvecenter ' || n", host_id=_one("a"), is_demo="true",
    )  # fmt: skip
    centres = _ids("cooperation_centre", "c", _GROWN_CENTRE)
    fill(
        cursor, Membership, f"cooperation_authority a, {centres} WHERE a.code LIKE 'g%'",
        centre_id=f"CASE a.id % 10 WHEN 0 THEN {_CENTRE} ELSE {_one('c', 'a.id')} END", authority_id="a.id",
        from_on="'2015-01-01'::date", is_demo="true",
    )  # fmt: skip
    fill(
        cursor, Face, "cooperation_authority a WHERE a.code LIKE 'g%'",
        authority_id="a.id", title="a.name", welcome="'Velkommen til ' || a.name", box_origins="'{}'",
    )  # fmt: skip
    fill(
        cursor, SwitchboardHours, "cooperation_authority a, generate_series(0, 4) weekday WHERE a.code LIKE 'g%'",
        authority_id="a.id", weekday="weekday", opens="'09:00'::time", closes="'15:00'::time", is_demo="true",
    )  # fmt: skip
    fill(cursor, Skill, growth.of(SKILLS), code="'g' || n", name="'Kompetence ' || n")
    skills = _ids("staff_skill", "s", "code LIKE 'g%'")
    fill(
        cursor, Line, f"{growth.of(LINES)}, {authorities}, {centres}, {skills}",
        slug="'g' || n", name="'Linje ' || n", owner_id=f"CASE n % 4 WHEN 0 THEN {_OWN} ELSE {_one('a')} END",
        centre_id=f"CASE n % 4 WHEN 0 THEN {_CENTRE} ELSE {_one('c')} END", skill_id=_one("s"),
        greeting_text="'Velkommen.'", closed_text="'Vi har lukket.'", is_demo="true",
    )  # fmt: skip
    fill(
        cursor, LineNumber, "lines_line l WHERE l.slug LIKE 'g%'",
        line_id="l.id", digits="lpad(l.id::text, 9, '00009')", is_main="true",
    )  # fmt: skip
    fill(
        cursor, LineNumber, "cooperation_authority a WHERE a.code LIKE 'g%'",
        line_id=_HOTLINE, digits="lpad(a.id::text, 9, '00008')", home_authority_id="a.id",
    )  # fmt: skip


def _people(cursor: Cursor, growth: Growth) -> None:
    fill(
        cursor, User, growth.of(EMPLOYEES),
        password="'!'", email="'g' || n || '@demo.example'", name="'Prøve ' || n", is_demo="true", date_joined="now()",
    )  # fmt: skip
    fill(
        cursor, Employee, f"staff_user u, {_MEMBERS} WHERE u.email LIKE 'g%' AND u.is_demo AND u.name LIKE 'Prøve %'",
        user_id="u.id", employer_id=_one("m", "u.id"), given_name="u.name", initial="'P'", is_demo="true",
        from_on="'2020-01-01'::date + (u.id % 1000)::integer",
    )  # fmt: skip
    people = "staff_employee e WHERE e.given_name LIKE 'Prøve %'"
    centres = _ids("cooperation_centre", "c", _GROWN_CENTRE)
    fill(
        cursor, EmployeeCentre, f"{centres}, {people}", employee_id="e.id",
        centre_id=f"CASE WHEN e.id % 4 < 3 THEN {_CENTRE} ELSE {_one('c', 'e.id')} END", from_on="e.from_on",
    )  # fmt: skip
    fill(
        cursor, EmployeeSkill,
        f"(SELECT id, row_number() OVER () AS place FROM staff_skill) s, {people} AND (e.id + s.place) % 5 = 0",
        employee_id="e.id", skill_id="s.id", level="1 + (e.id % 3)",
    )  # fmt: skip
    fill(
        cursor, RoleAssignment, people, user_id="e.user_id", authority_id="e.employer_id", role="'employee'", from_on="e.from_on"
    )  # fmt: skip
    for account in ("sekretariat", "administrator", "revisor", "planlaegger"):
        fill(
            cursor, RoleAssignment,
            f"staff_user u, {_MEMBERS}, unnest(m.ids) AS authority_id WHERE u.email LIKE '{account}@%' AND NOT EXISTS ("
            "SELECT 1 FROM staff_roleassignment r WHERE r.user_id = u.id AND r.authority_id = authority_id.authority_id)",
            user_id="u.id", authority_id="authority_id", from_on="'2015-01-01'::date",
            role="(SELECT role FROM staff_roleassignment r WHERE r.user_id = u.id LIMIT 1)",
        )  # fmt: skip
    fill(
        cursor, Invitation, "staff_employee e WHERE e.given_name LIKE 'Prøve %' AND e.id % 10 = 0",
        id="gen_random_uuid()", user_id="e.user_id", token_hash="md5('g' || e.id)", made_at="now()",
        expires_at="now() + interval '7 days'",
    )  # fmt: skip
    fill(
        cursor, ChangeNote, f"generate_series(1, 20) n, {people}",
        id="gen_random_uuid()", at="now() - n * interval '1 day'", by_id=_SECRETARIAT, kind="'employee'", object_id="e.id::text",
        label="e.given_name", authority_id="e.employer_id", before="'{}'", after="'{}'",
    )  # fmt: skip


def _rules(cursor: Cursor, growth: Growth) -> None:
    """What the secretariat has written about lines: menus, hours, notices, agreements, specialists, subjects."""
    fill(cursor, Subject, growth.of(SUBJECTS), code="'g' || n", name="'Emne ' || n", is_demo="true")
    fill(
        cursor, Specialist, f"{growth.of(7)}, {_MEMBERS}", authority_id=f"CASE n % 10 WHEN 0 THEN NULL ELSE {_one('m')} END",
        name="'Enhed ' || n", about="'Prøve'", digits="'00007' || n", is_demo="true",
    )  # fmt: skip
    fill(
        cursor, Notice, f"{growth.of(4)}, {_CENTRE_LINES}", centre_id=_CENTRE,
        line_id=f"CASE n % 3 WHEN 0 THEN NULL ELSE {_one('l')} END", text="'Besked ' || n",
        from_at="now() - n * interval '1 day'",
        to_at="CASE WHEN n < 10 THEN NULL ELSE now() - n * interval '1 day' + interval '4 hours' END", made_by_id=_SECRETARIAT,
    )  # fmt: skip
    fill(
        cursor, Overflow, f"lines_line l WHERE l.centre_id = {_CENTRE} AND l.slug LIKE 'g%' AND l.id % 2 = 0",
        line_id="l.id", to_line_id=_HOTLINE, after_seconds="300", from_on="'2024-01-01'::date", agreed="'Prøve'",
    )  # fmt: skip
    fill(
        cursor, OpeningVersion, "lines_line l, generate_series(2020, 2026) year WHERE l.slug LIKE 'g%'", line_id="l.id",
        from_on="make_date(year, 1, 1)", to_on="make_date(year + 1, 1, 1)", source="'Prøve'",
    )  # fmt: skip
    fill(
        cursor, OpeningPeriod, "lines_openingversion v, generate_series(0, 4) weekday WHERE v.source = 'Prøve'",
        version_id="v.id", weekday="weekday", opens="'09:00'::time", closes="'21:00'::time",
    )  # fmt: skip
    fill(
        cursor, SpecialDay, f"lines_line l, generate_series(1, {growth.factor}) n WHERE l.centre_id = {_CENTRE}",
        line_id="l.id", on="current_date + 400 - n * 20", note="'Prøve'",
    )  # fmt: skip
    fill(
        cursor, MenuVersion,
        f"generate_series(1, {growth.factor}) n, lines_menuversion v WHERE v.line_id = {_HOTLINE} AND v.published_at IS NOT NULL",
        line_id="v.line_id", language="v.language", tree="v.tree", from_at="now() - n * interval '3 days'",
        published_at="now() - n * interval '3 days'", changed_at="now() - n * interval '3 days'", published_by_id=_SECRETARIAT,
        note="'Prøve'",
    )  # fmt: skip


def _crises(cursor: Cursor, growth: Growth) -> None:
    """Crises that are over and one, in the demo's first centre, that is not."""
    fill(
        cursor, Crisis, f"generate_series(1, {growth.factor}) n", centre_id=_CENTRE, name="'Prøvekrise ' || n", reason="'Prøve'",
        started_at="now() - (n - 1) * interval '10 days' - interval '1 hour'", started_by_id=_SECRETARIAT,
        ended_at="CASE n WHEN 1 THEN NULL ELSE now() - (n - 1) * interval '10 days' + interval '3 hours' END", is_demo="true",
    )  # fmt: skip
    crises = "lines_crisis k WHERE k.name LIKE 'Prøvekrise %'"
    fill(
        cursor, CrisisLine, f"lines_line l, {crises} AND l.centre_id = k.centre_id AND (l.slug = 'hotline' OR l.id % 7 = 0)",
        crisis_id="k.id", line_id="l.id",
    )  # fmt: skip
    fill(
        cursor, CrisisMember, f"{_MEMBERS}, unnest(m.ids) AS authority_id, {crises}", crisis_id="k.id", authority_id="authority_id"
    )  # fmt: skip
    fill(
        cursor, CrisisEntry, f"generate_series(1, 20) n, {crises}", crisis_id="k.id", at="k.started_at + n * interval '1 minute'",
        by_id=_SECRETARIAT, role="'leader'", text="'Prøvenote ' || n",
    )  # fmt: skip
    fill(
        cursor,
        CrisisGuide,
        f"generate_series(1, 5) n, {crises}",
        crisis_id="k.id",
        title="'Guide ' || n",
        text="'Prøve.'",
    )
    fill(cursor, CrisisDuty, crises, crisis_id="k.id", role="'leader'", user_id=_SECRETARIAT, from_at="k.started_at")


def _contacts(cursor: Cursor, growth: Growth) -> None:
    """Months of contacts that are over, as many on each day; half of them in the first centre, each with its story and its offer."""
    lines = _ids("lines_line", "l", f"centre_id = {_CENTRE}")
    others = _ids("lines_line", "o", f"centre_id <> {_CENTRE}")
    subjects = _ids("lines_subject", "s")
    fill(
        cursor, Contact, f"{growth.of(CONTACTS)}, {lines}, {others}, {_MEMBERS}, {subjects}, {_CENTRE_PEOPLE}, "
        f"LATERAL (SELECT date_trunc('minute', now()) - interval '1 hour' - (n::float / {CONTACTS * growth.factor}) * interval '{growth.days} days' AS at) i",
        id="gen_random_uuid()", line_id=f"CASE n % 4 WHEN 0 THEN {_one('o')} WHEN 1 THEN {_HOTLINE} ELSE {_one('l')} END",
        authority_id=_one("m"), home_authority_id=_one("m"), home_source="'number'", state="'closed'", arrived_at="at",
        waiting_since="at + interval '10 seconds'",
        answered_at="CASE n % 8 WHEN 3 THEN NULL ELSE at + (20 + n % 300) * interval '1 second' END",
        ended_at="at + (400 + n % 300) * interval '1 second'", closed_at="at + (460 + n % 300) * interval '1 second'",
        closed_as="CASE n % 8 WHEN 3 THEN 'abandoned' ELSE 'answered' END",
        employee_id=f"CASE n % 8 WHEN 3 THEN NULL ELSE {_one('e')} END", caller_number="'+450000' || (n % 5000)",
        dialled="'46313020'", subject_item_id=_one("s"), nature="'information'", outcome="CASE n % 8 WHEN 3 THEN '' ELSE 'guided' END",
        note="CASE n % 9 WHEN 0 THEN 'Prøvenotat' ELSE '' END",
        crisis_id="CASE n % 40 WHEN 5 THEN (SELECT min(id) FROM lines_crisis) ELSE NULL END",
    )  # fmt: skip
    story = (
        "contacts_contact c CROSS JOIN (VALUES ('greeted', 'arrived', 'waiting', 5), ('offered', 'waiting', 'offered', 15),"
        " ('answered', 'offered', 'connected', 20), ('ended', 'connected', 'wrap_up', 400), ('closed', 'wrap_up', 'closed', 460))"
        " AS s (name, was, now, after)"
    )
    fill(
        cursor, ContactEvent, story, contact_id="c.id", authority_id="c.authority_id", at="c.arrived_at + s.after * interval '1 second'",
        name="s.name", from_state="s.was", to_state="s.now", employee_id="c.employee_id", data="'{}'",
    )  # fmt: skip
    fill(
        cursor, Offer, "contacts_contact c WHERE c.employee_id IS NOT NULL", id="gen_random_uuid()", contact_id="c.id",
        authority_id="c.authority_id", employee_id="c.employee_id", made_at="c.arrived_at + interval '15 seconds'",
        expires_at="c.arrived_at + interval '35 seconds'", ended_at="c.answered_at", ended_as="'answered'", why="'{}'",
    )  # fmt: skip


def _telephone(cursor: Cursor, growth: Growth) -> None:
    fill(
        cursor,
        Trunk,
        "generate_series(1, 3) n",
        name="'Prøve ' || n",
        host="'sip.example'",
        is_active="false",
        is_demo="true",
    )
    some = "contacts_contact c WHERE c.employee_id IS NOT NULL AND c.state = 'closed' AND get_byte(uuid_send(c.id), 15) < {}"
    fill(
        cursor, OutgoingCall, some.format(60), id="gen_random_uuid()", contact_id="c.id", authority_id="c.authority_id",
        line_id="c.line_id", employee_id="c.employee_id", purpose="'callback'", digits="c.caller_number", made_at="c.arrived_at",
        answered_at="c.answered_at", ended_at="c.ended_at", cause="16",
    )  # fmt: skip
    fill(
        cursor, Transfer, some.format(30), id="gen_random_uuid()", contact_id="c.id", authority_id="c.authority_id",
        employee_id="c.employee_id", digits="'00004373'", label="'Omstilling'", made_at="c.arrived_at",
        expires_at="c.arrived_at + interval '1 minute'", ended_at="c.ended_at", ended_as="'answered'",
    )  # fmt: skip
    fill(
        cursor, Text, some.format(20), contact_id="c.id", authority_id="c.authority_id", digits="c.caller_number",
        body="'Prøvebesked'", asked_at="c.arrived_at", sent_at="c.arrived_at",
    )  # fmt: skip
    fill(
        cursor, Recording, some.format(10), id="gen_random_uuid()", contact_id="c.id", authority_id="c.authority_id",
        kind="'conversation'", purpose="'Oplæring'", begun_at="c.answered_at", ended_at="c.ended_at", seconds="300",
        delete_after="c.arrived_at + interval '400 days'", sealed="'x'",
    )  # fmt: skip
    fill(
        cursor, RecordingAccess, "generate_series(1, 3) n, phone_recording r", recording_id="r.id", user_id=_SECRETARIAT,
        at="r.begun_at + n * interval '1 day'", purpose="'Prøve'",
    )  # fmt: skip
    fill(
        cursor, DoNotCall, f"{growth.of(2)}, {_MEMBERS}", authority_id=_one("m"), digits="'+459000' || n", reason="'Prøve'",
        made_at="now()", made_by_id=_SECRETARIAT,
    )  # fmt: skip


def _letters(cursor: Cursor, growth: Growth) -> None:
    fill(
        cursor, Letter, f"{growth.of(100)}, {_MEMBERS}", id="gen_random_uuid()", authority_id=_one("m"), code="'invitation'",
        language="'da'", address="'g' || n || '@demo.example'", asked_at="now() - n * interval '1 hour'",
        sent_at="CASE n % 20 WHEN 0 THEN NULL ELSE now() - n * interval '1 hour' END",
        gave_up_at="CASE n % 20 WHEN 0 THEN now() - n * interval '1 hour' ELSE NULL END",
        fault="CASE n % 20 WHEN 0 THEN 'refused' ELSE '' END",
    )  # fmt: skip
    fill(
        cursor, LetterTemplate, f"generate_series(1, {growth.factor}) n", authority_id=_OWN, code="'invitation'", language="'da'",
        version="n", subject="'Velkommen'", body="'Prøve {link}'", changed_at="now() - (1000 - n) * interval '1 hour'",
        changed_by_id=_SECRETARIAT,
    )  # fmt: skip


def _at_work(cursor: Cursor, growth: Growth) -> None:
    """This very moment: employees in every state, citizens who wait, callbacks that are due."""
    fill(
        cursor, Presence, "staff_employee e WHERE e.given_name LIKE 'Prøve %'", employee_id="e.id", since="now() - interval '9 minutes'",
        idle_since="now() - interval '9 minutes'",
        state="CASE e.id % 10 WHEN 0 THEN 'ready' WHEN 1 THEN 'paused' WHEN 2 THEN 'talking' ELSE 'signed_out' END",
    )  # fmt: skip
    fill(
        cursor, Contact,
        "dispatch_presence p JOIN staff_employee e ON e.id = p.employee_id WHERE p.state = 'talking'", id="gen_random_uuid()",
        line_id=_HOTLINE, authority_id="e.employer_id", home_authority_id="e.employer_id", state="'connected'",
        arrived_at="now() - interval '12 minutes'", waiting_since="now() - interval '11 minutes'",
        answered_at="now() - interval '9 minutes'", employee_id="e.id", caller_number="'+4500009999'",
    )  # fmt: skip
    for state, each in (("waiting", 2), ("callback", 4)):
        fill(
            cursor, Contact, f"{growth.of(each)}, {_CENTRE_LINES}, {_MEMBERS}", id="gen_random_uuid()", line_id=_one("l"),
            authority_id=_one("m"), home_authority_id=_one("m"), state=f"'{state}'", arrived_at="now() - n * interval '5 seconds'",
            waiting_since="now() - n * interval '5 seconds'", is_callback=str(state == "callback").lower(),
            caller_number="'+450000' || n",
        )  # fmt: skip
