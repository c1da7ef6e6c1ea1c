"""A centre to dispatch in: members, lines with rules, employees, and contacts that wait. Rows only, made in bulk."""

from dataclasses import dataclass

import psycopg
from psycopg.rows import DictRow

Owner = psycopg.Connection[DictRow]

# The last statement gives the peers the index they live on; ours needs none.
# Thirty-six members as the largest co-operation has; one line in four asks for English, one for casework by day.
_CENTRE = """
INSERT INTO cooperation_authority (id, code, name, kind, cvr, is_demo)
  SELECT n, 'm' || n, 'Member ' || n, 'municipality', '', false FROM generate_series(1, 36) n;
INSERT INTO cooperation_centre (id, slug, name, host_id, is_demo) VALUES (1, 'c', 'C', 1, false);
INSERT INTO staff_skill (id, code, name, language) SELECT n, 's' || n, 'Skill ' || n, '' FROM generate_series(1, 4) n;
INSERT INTO staff_skill (id, code, name, language) VALUES (5, 'english', 'English', 'en');
INSERT INTO lines_line (id, slug, name, owner_id, centre_id, scope, skill_id, skill_level, language, greeting_text, closed_text,
  target_seconds, ring_seconds, wrap_up_seconds, optional_holidays, always_open, always_open_reason, is_hidden, is_demo)
  SELECT n, 'l' || n, 'L' || n, n, 1, CASE n % 4 WHEN 1 THEN 'light_casework' ELSE 'guidance_only' END, 1 + n % 4, 1 + n % 2,
         CASE n % 4 WHEN 2 THEN 'en' ELSE 'da' END, '', '', 30, 60, 0, '{}', false, '', false, false FROM generate_series(1, 4) n;
INSERT INTO lines_relaxation (line_id, after_seconds, lower_level_by, any_skill, any_language, use_reserved)
  SELECT n, 60, 1, false, false, false FROM generate_series(1, 4) n UNION ALL
  SELECT n, 180, 0, true, true, true FROM generate_series(1, 4) n;
INSERT INTO lines_linetask (line_id, first_weekday, last_weekday, opens, closes, scope)
  VALUES (1, 0, 6, '00:00', '07:00', 'guidance_only');
"""
_EMPLOYEES = """
INSERT INTO staff_employee (id, employer_id, given_name, initial, from_on, is_robot, is_demo)
  SELECT n, 1 + n % 36, 'E' || n, 'X', '2020-01-01', false, false FROM generate_series(1, {count}) n;
INSERT INTO staff_employeecentre (employee_id, centre_id, from_on, clearance)
  SELECT n, 1, '2020-01-01', CASE n % 3 WHEN 0 THEN 'guidance_only' ELSE 'light_casework' END FROM generate_series(1, {count}) n;
INSERT INTO staff_employeeskill (employee_id, skill_id, level)
  SELECT n, 1 + (n + k) % 4, 1 + (n + k) % 3 FROM generate_series(1, {count}) n, generate_series(0, 2) k;
INSERT INTO staff_employeeskill (employee_id, skill_id, level) SELECT n, 5, 3 FROM generate_series(1, {count}) n WHERE n % 3 = 1;
INSERT INTO lines_reservation (line_id, employee_id, from_on) SELECT 1 + n % 4, n, '2020-01-01'
  FROM generate_series(1, {count}) n WHERE n % 50 = 0;
INSERT INTO dispatch_presence (employee_id, state, since, idle_since, pause_after)
  SELECT n, 'signed_out', now(), now(), false FROM generate_series(1, {count}) n;
CREATE INDEX longest_idle ON dispatch_presence (idle_since) WHERE state = 'ready';
"""
_CONTACTS = """
INSERT INTO contacts_contact (id, line_id, channel, authority_id, home_authority_id, home_source, state, arrived_at, waiting_since,
    closed_as, caller_number, dialled, channel_ref, subject, outcome, note, is_test)
  SELECT gen_random_uuid(), 1 + n %% 4, 'phone', 1 + n %% 36, 1 + n %% 36, 'number', 'waiting', at, at, '', '', '', '', '', '', '', false
    FROM generate_series(1, %(count)s) n,
         LATERAL (SELECT now() - make_interval(secs => 300.0 * n / %(count)s) AS at) AS instant
"""
_READY = """
UPDATE dispatch_presence SET state = 'ready', chat_load = 0, idle_since = now() - make_interval(secs => employee_id %% 900),
    since = now() WHERE employee_id <= %(count)s
"""
# What the employees do meanwhile: they answer at once and are done at once. As few statements as can be, to cost all alike little.
SERVE = """
WITH taken AS (
    SELECT o.id AS offer_id, o.contact_id, o.employee_id FROM dispatch_offer o WHERE o.ended_at IS NULL FOR UPDATE SKIP LOCKED
), offer AS (
    UPDATE dispatch_offer o SET ended_at = now(), ended_as = 'answered' FROM taken WHERE o.id = taken.offer_id
), contact AS (
    UPDATE contacts_contact c SET state = 'closed', closed_as = 'answered', answered_at = now(), ended_at = now(),
        closed_at = now(), employee_id = taken.employee_id FROM taken WHERE c.id = taken.contact_id
)
UPDATE dispatch_presence p SET state = 'ready', since = now(), idle_since = now() FROM taken
 WHERE p.employee_id = taken.employee_id RETURNING p.employee_id
"""


@dataclass(frozen=True)
class Scene:
    """A migrated database with a centre in it."""

    owner: Owner
    employees: int

    @classmethod
    def make(cls, owner: Owner, *, employees: int) -> "Scene":
        """Store the centre and its people, nobody at work."""
        for statement in (_CENTRE + _EMPLOYEES.format(count=employees)).strip().rstrip(";").split(";\n"):
            owner.execute(statement)
        return cls(owner, employees)

    def begin(self, *, waiting: int, ready: int) -> None:
        """Empty the pool, then let so many wait and so many be ready; the planner knows the tables as they are."""
        self.owner.execute("TRUNCATE dispatch_offer, contacts_contactevent, contacts_contact CASCADE")
        self.owner.execute("UPDATE dispatch_presence SET state = 'signed_out'")
        self.owner.execute(_CONTACTS, {"count": waiting})
        self.owner.execute(_READY, {"count": ready})
        self.owner.execute("VACUUM ANALYZE contacts_contact, dispatch_presence, dispatch_offer, contacts_contactevent")

    def count(self, what: str) -> int:
        """Return the number of rows of a table (with a condition, if need be)."""
        row = self.owner.execute(f"SELECT count(*) AS n FROM {what}").fetchone()
        assert row is not None
        return int(row["n"])

    def check(self, offers: int) -> None:
        """Raise AssertionError unless exactly so many offers stand with all their rows: nothing twice, nothing half."""
        assert self.count("dispatch_offer") == offers
        assert self.count("contacts_contact WHERE state = 'offered'") == offers
        assert self.count("contacts_contactevent") == offers
        assert self.count("dispatch_presence WHERE state = 'offered'") == offers
