"""A small world with every rule of matching in it, for those who drive the dispatcher at random; and how its rules change.

Two centres of four members; lines with and without skills, relaxations, task bands, after-call work, callbacks and a head start; and
employees who differ in all an employee can differ in.
"""

from borgerlinje.contacts.lifecycle import Event, transitions

LINES, MEMBERS, SUBJECTS = 6, 4, 3
CHANNELS = ("phone", "phone", "chat", "mail", "counter")
LANGUAGES = ("", "", "", "de", "pl")
EVENTS = tuple(Event)
# What belongs in each state; an offer is made by the dispatcher alone. What leads deeper comes more often, or little would get there.
_OFTEN = {Event.GREETED: 5, Event.ANSWERED: 16, Event.CITIZEN_REACHED: 4, Event.TRANSFERRED: 2}
BELONGS = {
    state: tuple(
        event
        for at, event, _ in transitions()
        if at is state and event is not Event.OFFERED
        for _ in range(_OFTEN.get(event, 1))
    )
    for state in {at for at, _, _ in transitions()}
}

# The tables a scene fills, and those that what happens in it fills.
WIPE = """
TRUNCATE contacts_contactevent, dispatch_offer, contacts_contact, dispatch_presence, lines_reservation, lines_relaxation,
         lines_linetask, lines_subject, lines_linenumber, lines_line, staff_employeeskill, staff_employeecentre, staff_employee,
         staff_skill, cooperation_membership, cooperation_centre, cooperation_authority RESTART IDENTITY CASCADE
"""

ROWS = """
INSERT INTO cooperation_authority (id, code, name, kind, cvr, is_demo)
  SELECT n, '37' || n, 'Kommune ' || n, 'municipality', '', false FROM generate_series(1, 5) n;
INSERT INTO cooperation_centre (id, slug, name, host_id, is_demo) VALUES (1, 'c', 'C', 1, false), (2, 'd', 'D', 2, false);
INSERT INTO cooperation_membership (centre_id, authority_id, phase, from_on, is_demo) VALUES
  (1, 1, 'full', '2020-01-01', false), (1, 2, 'full', '2020-01-01', false), (1, 3, 'full', '2020-01-01', false),
  (2, 2, 'full', '2020-01-01', false), (2, 4, 'full', '2020-01-01', false);
INSERT INTO staff_skill (id, code, name, language) VALUES (1, 's', 'S', ''), (2, 't', 'T', ''), (3, 'de', 'Tysk', 'de'),
  (4, 'pl', 'Polsk', 'pl');
INSERT INTO lines_subject (id, code, name, skill_id, skill_level, needs_discretion, is_demo) VALUES
  (1, 'a', 'A', NULL, 1, false, false), (2, 'b', 'B', 2, 2, false, false), (3, 'c', 'C', 1, 3, false, false);
INSERT INTO lines_line (id, slug, name, owner_id, centre_id, scope, skill_id, skill_level, language, greeting_text, closed_text,
  target_seconds, ring_seconds, wrap_up_seconds, head_start_seconds, own_authority_wait_seconds, crowd_seconds, crowd_cap_seconds,
  offers_callbacks, callback_attempts, callback_retry_seconds, optional_holidays, always_open, always_open_reason, is_hidden, is_demo)
  SELECT n, 'l' || n, 'L' || n, owner, centre, scope, skill, level, lang, '', '', 30, 20, wrap_up, head_start, own, crowd, 120,
         callbacks, attempts, 900, '{}', false, '', false, false
    FROM (VALUES (1, 1, 1, 'guidance_only', 1, 2, 'da', 60, 0, 10, 2, true, 2),
                 (2, 1, 1, 'light_casework', NULL, 1, 'da', 0, 0, 10, 2, false, 3),
                 (3, 2, 1, 'guidance_only', NULL, 1, 'de', 60, 0, 0, 5, true, 1),
                 (4, 2, 2, 'guidance_only', NULL, 1, 'da', 0, 0, 30, 0, true, 3),
                 (5, 4, 2, 'guidance_only', 2, 1, 'da', 60, 0, 10, 2, true, 3),
                 (6, 1, 1, 'guidance_only', 1, 1, 'da', 60, 120, 0, 2, false, 3))
      AS line(n, owner, centre, scope, skill, level, lang, wrap_up, head_start, own, crowd, callbacks, attempts);
INSERT INTO lines_linenumber (line_id, digits, is_main, home_authority_id)
  SELECT line, '70' || line || home, false, nullif(home, 0) FROM generate_series(1, 6) line, generate_series(0, 4) home;
INSERT INTO lines_relaxation (line_id, after_seconds, lower_level_by, any_skill, any_language, use_reserved) VALUES
  (1, 10, 1, false, false, false), (1, 30, 0, true, false, false), (3, 20, 0, false, true, false), (5, 15, 0, false, false, true);
INSERT INTO lines_linetask (line_id, subject_id, first_weekday, last_weekday, opens, closes, scope) VALUES
  (5, 1, 0, 4, '09:00', '15:00', 'light_casework'), (2, NULL, 0, 6, '12:00', '00:00', 'guidance_only'),
  (2, 2, 0, 6, '12:00', '00:00', 'light_casework');
"""

# Employees differ by their number, so that each kind is there however many there are.
EMPLOYEES = """
INSERT INTO staff_employee (id, employer_id, given_name, initial, from_on, is_robot, is_demo)
  SELECT n, 1 + n %% 4, 'E' || n, 'X', '2020-01-01', false, false FROM generate_series(1, :count) n;
INSERT INTO staff_employeecentre (employee_id, centre_id, clearance, from_on)
  SELECT n, 1 + n / 2 %% 2, CASE WHEN n %% 3 = 0 THEN 'guidance_only' ELSE 'light_casework' END, '2020-01-01'::date
    FROM generate_series(1, :count) n
  UNION ALL SELECT n, 2 - n / 2 %% 2, 'guidance_only', '2020-01-01' FROM generate_series(1, :count) n WHERE n %% 5 = 0;
INSERT INTO staff_employeeskill (employee_id, skill_id, level, expires_on)
  SELECT n, 1, 1 + n %% 3, CASE WHEN n %% 7 = 6 THEN '2026-11-25'::date END FROM generate_series(1, :count) n WHERE n %% 4 <> 3
  UNION ALL SELECT n, 2, 1 + n / 2 %% 3, NULL FROM generate_series(1, :count) n WHERE n %% 2 = 1
  UNION ALL SELECT n, 3, 1, NULL FROM generate_series(1, :count) n WHERE n %% 3 = 1
  UNION ALL SELECT n, 4, 1, NULL FROM generate_series(1, :count) n WHERE n %% 8 = 2;
INSERT INTO lines_reservation (line_id, employee_id, from_on, to_on)
  SELECT 6, n, '2026-11-01'::date, CASE WHEN n %% 12 = 4 THEN '2026-11-25'::date END FROM generate_series(1, :count) n WHERE n %% 6 = 4;
INSERT INTO dispatch_presence (employee_id, state, since, idle_since, pause_after, chat_capacity, mail_capacity, phone_capacity)
  SELECT n, 'ready', %(now)s, %(now)s::timestamptz - make_interval(mins => n), false, n %% 4, n %% 3, (n %% 9 <> 8)::int
    FROM generate_series(1, :count) n WHERE n %% 8 <> 7 OR :count > 20;
"""

# What those who plan change during a day; `n` is any number.
CHANGES = (
    "UPDATE staff_employeeskill SET level = 1 + (level + %(n)s) %% 3 WHERE employee_id = 1 + %(n)s::int %% :count",
    "UPDATE staff_employeeskill SET expires_on = CASE WHEN expires_on IS NULL THEN '2026-11-24'::date END WHERE employee_id = 1 + %(n)s::int %% :count",
    "UPDATE staff_employeecentre SET clearance = CASE clearance WHEN 'guidance_only' THEN 'light_casework' ELSE 'guidance_only' END WHERE employee_id = 1 + %(n)s::int %% :count",
    "DELETE FROM lines_reservation WHERE employee_id = 1 + %(n)s::int %% :count",
    "INSERT INTO lines_reservation (line_id, employee_id, from_on) VALUES (1 + %(n)s::int %% 6, 1 + %(n)s::int %% :count, '2026-11-02') ON CONFLICT DO NOTHING",
    "UPDATE lines_line SET skill_level = 1 + %(n)s::int %% 3 WHERE id = 1 + %(n)s::int %% 6",
    "UPDATE lines_line SET offers_callbacks = NOT offers_callbacks WHERE id = 1 + %(n)s::int %% 6",
    "UPDATE lines_line SET wrap_up_seconds = 60 - wrap_up_seconds WHERE id = 1 + %(n)s::int %% 6",
    "UPDATE lines_line SET scope = CASE scope WHEN 'guidance_only' THEN 'light_casework' ELSE 'guidance_only' END WHERE id = 1 + %(n)s::int %% 6",
    "INSERT INTO lines_relaxation (line_id, after_seconds, lower_level_by, any_skill, any_language, use_reserved) VALUES (1 + %(n)s::int %% 6, 40 + %(n)s::int %% 9, 1, %(n)s::int %% 2 = 0, %(n)s::int %% 3 = 0, %(n)s::int %% 5 = 0) ON CONFLICT DO NOTHING",
    "DELETE FROM lines_relaxation WHERE line_id = 1 + %(n)s::int %% 6 AND after_seconds > 35",
    "UPDATE lines_subject SET skill_level = 1 + %(n)s::int %% 3 WHERE id = 1 + %(n)s::int %% 3",
)
# What an employee's own capacity is set to: never below what they have in hand, with what is offered to them.
CAPACITIES = """
UPDATE dispatch_presence p
   SET chat_capacity = greatest(p.chat_load + (p.state = 'offered')::int, %(n)s::int %% 4),
       mail_capacity = greatest(p.mail_load + (p.state = 'offered')::int, %(n)s::int %% 3),
       phone_capacity = (p.state = 'offered' OR %(n)s::int %% 5 > 0)::int
 WHERE p.employee_id = 1 + %(n)s::int %% :count
"""


def statements(text: str, *, count: int) -> list[str]:
    """Return the statements of one of these texts for so many employees."""
    return [each for each in text.replace(":count", str(count)).strip().rstrip(";").split(";\n") if each]
