"""Something for every page to show, where a demo has just begun; taken out again, for the other tests share the product."""

from borgerlinje.channels.phone.models import DoNotCall, OutgoingCall, Recording
from borgerlinje.contacts.models import Contact, ContactEvent
from borgerlinje.letters.models import Letter
from borgerlinje.lines.models import Crisis, CrisisEntry, CrisisLine, CrisisMember, Notice, SpecialDay
from tests.support.rows import Cursor, fill

# All of it can be told by these.
NAME, CALLER = "Gang gennem siderne", "00007777"
_LINE = "(SELECT id FROM lines_line WHERE slug = 'hotline')"
_CENTRE = "(SELECT id FROM cooperation_centre WHERE slug = 'sjaelland')"
_OWN = "(SELECT id FROM cooperation_authority WHERE code = '370')"
_ME = "(SELECT e.id FROM staff_employee e JOIN staff_user u ON u.id = e.user_id WHERE u.email LIKE 'medarbejder@%')"
_CONTACTS = f"contacts_contact c WHERE c.caller_number = '{CALLER}'"


def build(cursor: Cursor) -> None:
    """Store a crisis that is over, news, a special day, and contacts that are done with: recorded, called back, written to."""
    fill(
        cursor, Crisis, "generate_series(1, 1) n", centre_id=_CENTRE, name=f"'{NAME}'", reason="'Prøve'", is_demo="true",
        started_at="now() - interval '3 days'", ended_at="now() - interval '2 days'",
    )  # fmt: skip
    crisis = f"lines_crisis k WHERE k.name = '{NAME}'"
    fill(cursor, CrisisLine, crisis, crisis_id="k.id", line_id=_LINE)
    fill(
        cursor, CrisisMember, f"cooperation_authority a, {crisis} AND a.code IN ('330', '316')",
        crisis_id="k.id", authority_id="a.id",
    )  # fmt: skip
    fill(
        cursor, CrisisEntry, f"generate_series(1, 3) n, {crisis}", crisis_id="k.id", at="k.started_at + n * interval '1 hour'",
        role="'leader'", text="'Borgerne ringer om det samme som i går.'",
    )  # fmt: skip
    fill(
        cursor, Notice, "generate_series(1, 1) n", centre_id=_CENTRE, text=f"'{NAME}'", from_at="now() - interval '3 days'",
        to_at="now() - interval '2 days'",
    )  # fmt: skip
    fill(cursor, SpecialDay, "generate_series(1, 1) n", line_id=_LINE, on="current_date + 30", note=f"'{NAME}'")
    fill(
        cursor, Contact, "generate_series(1, 3) n", id="gen_random_uuid()", line_id=_LINE, authority_id=_OWN, home_authority_id=_OWN,
        state="'closed'", closed_as="'answered'", employee_id=_ME, caller_number=f"'{CALLER}'", dialled="'46313020'",
        arrived_at="now() - n * interval '1 hour'", waiting_since="now() - n * interval '1 hour'",
        answered_at="now() - n * interval '1 hour' + interval '40 seconds'", ended_at="now() - n * interval '1 hour' + interval '6 minutes'",
        closed_at="now() - n * interval '1 hour' + interval '7 minutes'", outcome="'guided'", nature="'information'",
    )  # fmt: skip
    fill(
        cursor, ContactEvent, f"(VALUES ('greeted', 'arrived', 'waiting', 5), ('closed', 'wrap_up', 'closed', 420)) "
        f"AS s (name, was, now, after), {_CONTACTS}", contact_id="c.id", authority_id="c.authority_id",
        at="c.arrived_at + s.after * interval '1 second'", name="s.name", from_state="s.was", to_state="s.now", data="'{}'",
    )  # fmt: skip
    fill(
        cursor, OutgoingCall, _CONTACTS, id="gen_random_uuid()", contact_id="c.id", authority_id="c.authority_id", line_id="c.line_id",
        employee_id="c.employee_id", purpose="'callback'", digits="c.caller_number", made_at="c.arrived_at", ended_at="c.ended_at",
        cause="16",
    )  # fmt: skip
    fill(
        cursor, Recording, _CONTACTS, id="gen_random_uuid()", contact_id="c.id", authority_id="c.authority_id",
        kind="'conversation'", purpose="'Oplæring af nye medarbejdere'", begun_at="c.answered_at", ended_at="c.ended_at", seconds="300",
        delete_after="now() + interval '30 days'", sealed="'x'",
    )  # fmt: skip
    fill(
        cursor, DoNotCall, "generate_series(1, 1) n", authority_id=_OWN, digits=f"'{CALLER}'", reason=f"'{NAME}'", made_at="now()"
    )  # fmt: skip
    fill(
        cursor, Letter, "generate_series(1, 2) n", id="gen_random_uuid()", authority_id=_OWN, code="'invitation'", language="'da'",
        address="'gang@demo.example'", asked_at="now() - n * interval '1 hour'",
        sent_at="CASE n WHEN 1 THEN now() ELSE NULL END", gave_up_at="CASE n WHEN 1 THEN NULL ELSE now() END",
        fault="CASE n WHEN 1 THEN '' ELSE 'refused' END",
    )  # fmt: skip


def clear(cursor: Cursor) -> None:
    """Take out what `build` made, also that of a run that was ended in the middle."""
    contacts = f"IN (SELECT c.id FROM {_CONTACTS})"
    crises = f"IN (SELECT id FROM lines_crisis WHERE name = '{NAME}')"
    for table, condition in (
        ("letters_letter", "address = 'gang@demo.example'"),
        ("phone_donotcall", f"reason = '{NAME}'"),
        ("phone_recordingaccess", f"recording_id IN (SELECT id FROM phone_recording WHERE contact_id {contacts})"),
        ("phone_recording", f"contact_id {contacts}"),
        ("phone_outgoingcall", f"contact_id {contacts}"),
        ("contacts_contactevent", f"contact_id {contacts}"),
        ("contacts_contact", f"caller_number = '{CALLER}'"),
        ("lines_specialday", f"note = '{NAME}'"),
        ("lines_notice", f"text = '{NAME}'"),
        ("lines_crisisentry", f"crisis_id {crises}"),
        ("lines_crisismember", f"crisis_id {crises}"),
        ("lines_crisisline", f"crisis_id {crises}"),
        ("lines_crisis", f"name = '{NAME}'"),
    ):
        cursor.execute(f"DELETE FROM {table} WHERE {condition}")
