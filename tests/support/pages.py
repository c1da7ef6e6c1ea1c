"""Every address that answers GET, with who looks at it and where its values come from: the list the walks and the measurements go by.

A test derives the routes from the urlconf and fails, by name, on one that stands in none of the three lists here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from borgerlinje.staff.roles import Role


@dataclass(frozen=True)
class Page:
    """A page that `role` looks at (None: anybody, not signed in). `of`: the SELECT whose first row has the address' values.

    `query` is what stands behind the question mark, `also` further ones that show another state of the page.
    """

    role: Role | None = None
    of: str = ""
    query: str = ""
    also: tuple[str, ...] = ()


_CLOSED = "SELECT id AS contact_id FROM contacts_contact WHERE state = 'closed' AND employee_id IS NOT NULL"
_CRISIS = "SELECT id AS crisis_id FROM lines_crisis ORDER BY ended_at DESC NULLS FIRST"
_ENDED_CRISIS = "SELECT id AS crisis_id FROM lines_crisis WHERE ended_at IS NOT NULL ORDER BY id"
_LINE = "SELECT 'hotline' AS slug"
_CENTRE = "SELECT id AS centre_id FROM cooperation_centre WHERE slug = 'sjaelland'"
_PERSON = "SELECT e.id AS employee_id FROM staff_employee e JOIN staff_user u ON u.id = e.user_id WHERE u.email LIKE 'medarbejder@%'"
_MEMBER = "SELECT '370' AS code"
_SUBJECT = "SELECT 'demo-mitid' AS subject_code"
_MEMBERS_SUBJECT = "SELECT '370' AS code, 'demo-mitid' AS subject_code"
_GUIDE = "SELECT 'mitid-glemt' AS slug"
_MEMBERS_GUIDE = "SELECT '370' AS code, 'mitid-glemt' AS slug"
_EVENT = "SELECT 'digital' AS event_code"
_MEMBERS_EVENT = "SELECT '370' AS code, 'digital' AS event_code"
_NUMBER = "SELECT '46313020' AS digits"
_MENU = """SELECT l.slug, v.id AS version_id FROM lines_menuversion v JOIN lines_line l ON l.id = v.line_id
            WHERE l.slug = 'hotline' AND v.published_at IS NOT NULL ORDER BY v.id"""

PAGES: Mapping[str, Page] = {
    "account_login": Page(),
    "account_signup": Page(),
    "account_inactive": Page(),
    "account_reset_password": Page(),
    "account_reset_password_done": Page(),
    "account_reset_password_from_key_done": Page(),
    "account_email_verification_sent": Page(),
    "account_change_password": Page(Role.PLANNER),
    "account_email": Page(Role.PLANNER),
    "account_logout": Page(Role.PLANNER),
    "mfa_index": Page(Role.PLANNER),
    "mfa_list_webauthn": Page(Role.PLANNER),
    "mfa_add_webauthn": Page(Role.PLANNER),
    "mfa_activate_totp": Page(Role.PLANNER),
    "mfa_generate_recovery_codes": Page(Role.PLANNER),
    "desk:desk": Page(Role.EMPLOYEE),
    "desk:day": Page(Role.EMPLOYEE),
    "desk:own_phone": Page(Role.EMPLOYEE),
    "console:start": Page(Role.SECRETARIAT),
    "console:live": Page(Role.PLANNER),
    "console:find_contact": Page(Role.AUDITOR, also=("id=00007777",)),
    "console:contact": Page(Role.AUDITOR, of=_CLOSED),
    "console:waits": Page(Role.PLANNER),
    "console:crises": Page(Role.SECRETARIAT),
    "console:crisis_begin": Page(Role.ADMINISTRATOR, query="center=koebenhavn"),
    "console:crisis": Page(Role.SECRETARIAT, of=_CRISIS),
    "console:crisis_evaluation": Page(Role.SECRETARIAT, of=_ENDED_CRISIS),
    "console:crisis_call": Page(
        Role.AUTHORITY_MANAGER,
        of="""SELECT m.id AS member_id FROM lines_crisismember m JOIN cooperation_authority a ON a.id = m.authority_id
               WHERE a.code = '330' ORDER BY m.crisis_id DESC""",
    ),
    "console:faces": Page(Role.SECRETARIAT),
    "console:face": Page(Role.SECRETARIAT, of=_MEMBER),
    "console:menus": Page(Role.SECRETARIAT),
    "console:menu": Page(Role.SECRETARIAT, of=_LINE),
    "console:menu_version": Page(Role.SECRETARIAT, of=_MENU),
    "console:lines": Page(Role.SECRETARIAT),
    "console:line_new": Page(Role.SECRETARIAT, query="center=sjaelland"),
    "console:line_edit": Page(Role.SECRETARIAT, of=_LINE),
    "console:subjects": Page(Role.SECRETARIAT, also=("q=forny+min+bil", "q=krokodille")),
    "console:subject_new": Page(Role.SECRETARIAT),
    "console:subject_edit": Page(
        Role.SECRETARIAT, of="SELECT id AS subject_id FROM lines_subject WHERE code = 'demo-mitid'"
    ),
    "console:line_settings": Page(Role.SECRETARIAT, of=_LINE),
    "console:notices": Page(Role.SECRETARIAT),
    "console:notice_new": Page(Role.SECRETARIAT),
    "console:notice_edit": Page(
        Role.SECRETARIAT,
        of="""SELECT n.id AS notice_id FROM lines_notice n JOIN cooperation_centre c ON c.id = n.centre_id
               WHERE c.slug = 'sjaelland' ORDER BY n.id""",
    ),
    "console:specialists": Page(Role.SECRETARIAT),
    "console:specialist_new": Page(Role.SECRETARIAT),
    "console:specialist": Page(
        Role.SECRETARIAT,
        of="""SELECT s.id AS specialist_id FROM lines_specialist s JOIN cooperation_authority a ON a.id = s.authority_id
               WHERE a.code = '370' ORDER BY s.id""",
    ),
    "console:line_hours": Page(Role.SECRETARIAT, of=_LINE),
    "console:line_hours_new": Page(Role.SECRETARIAT, of=_LINE),
    "console:line_special_new": Page(Role.SECRETARIAT, of=_LINE),
    "console:line_special": Page(
        Role.SECRETARIAT,
        of="""SELECT l.slug, d.id AS day_id FROM lines_specialday d JOIN lines_line l ON l.id = d.line_id
               WHERE l.slug = 'hotline' AND d.on > current_date ORDER BY d.on""",
    ),
    "console:coverage": Page(Role.SECRETARIAT),
    "console:switchboard": Page(
        Role.SECRETARIAT, of="SELECT id AS authority_id FROM cooperation_authority WHERE code = '370'"
    ),
    "console:letters": Page(Role.SECRETARIAT),
    "console:letters_sent": Page(Role.SECRETARIAT),
    "console:letter": Page(Role.SECRETARIAT, of="SELECT 'invitation' AS code, 'da' AS language"),
    "console:outgoing": Page(Role.SECRETARIAT),
    "console:people": Page(Role.SECRETARIAT, also=("vis=alle", "q=ingen-hedder-saadan")),
    "console:person_new": Page(Role.SECRETARIAT),
    "console:people_import": Page(Role.SECRETARIAT),
    "console:people_skills": Page(Role.SECRETARIAT),
    "console:person": Page(Role.SECRETARIAT, of=_PERSON),
    "console:person_edit": Page(Role.SECRETARIAT, of=_PERSON),
    "console:person_skills": Page(Role.SECRETARIAT, of=_PERSON),
    "console:calls": Page(Role.AUDITOR),
    "console:network": Page(Role.ADMINISTRATOR),
    "console:trunk_new": Page(Role.ADMINISTRATOR),
    "console:trunk": Page(Role.ADMINISTRATOR, of="SELECT id AS trunk_id FROM phone_trunk ORDER BY id"),
    "console:recordings": Page(Role.SECRETARIAT),
    "console:account": Page(Role.SECRETARIAT),
    "console:centres": Page(Role.ADMINISTRATOR),
    "console:centre_new": Page(Role.ADMINISTRATOR),
    "console:centre": Page(Role.ADMINISTRATOR, of=_CENTRE),
    "console:centre_edit": Page(Role.ADMINISTRATOR, of=_CENTRE),
    "console:member_new": Page(Role.ADMINISTRATOR, of=_CENTRE),
    "console:member": Page(
        Role.ADMINISTRATOR,
        of="""SELECT m.centre_id, m.id AS membership_id FROM cooperation_membership m JOIN cooperation_centre c ON c.id = m.centre_id
               WHERE c.slug = 'sjaelland' AND m.to_on IS NULL ORDER BY m.id""",
    ),
    "console:authorities": Page(Role.ADMINISTRATOR),
    "console:guides": Page(Role.GUIDE_EDITOR, also=("q=mitid", "tilstand=gennemgaas", "q=krokodille&tilstand=kladde")),
    "console:guide_queue": Page(Role.GUIDE_EDITOR),
    "console:guide": Page(Role.GUIDE_EDITOR, of=_GUIDE),
    "console:guide_locals": Page(Role.GUIDE_EDITOR),
    "console:guide_compare": Page(Role.GUIDE_EDITOR, of=_GUIDE, also=("alt=1",)),
    "console:guide_work": Page(Role.GUIDE_EDITOR, also=("slags=uden-svar",)),
    "console:guide_words": Page(Role.GUIDE_EDITOR, query="hvad=nyt+kort", also=("hvad=nyt+kort&q=pas",)),
    "console:guide_openings": Page(
        Role.GUIDE_EDITOR, also=("kampagne=bibliotek&guide=mitid-glemt", "kampagne=bibliotek&guide=mitid")
    ),
    "console:guide_reading": Page(Role.DIGITAL_AMBASSADOR, also=("q=mitid", "liv=digital")),
    "console:guide_read": Page(Role.DIGITAL_AMBASSADOR, of=_GUIDE),
    "console:authority_new": Page(Role.ADMINISTRATOR),
    "console:authority": Page(
        Role.ADMINISTRATOR, of="SELECT id AS authority_id FROM cooperation_authority WHERE code = '370'"
    ),
    "console:guide_new": Page(Role.GUIDE_EDITOR),
    "console:guide_edit": Page(Role.GUIDE_EDITOR, of=_GUIDE),
    "console:guide_preview": Page(Role.GUIDE_EDITOR, of=_GUIDE),
    "portal:home": Page(also=("kommune=370",)),
    "portal:find": Page(query="q=mitid", also=("q=krokodille",)),
    "portal:subject": Page(of=_SUBJECT),
    "console:solutions": Page(Role.GUIDE_EDITOR, also=("q=mitid", "tilstand=galt")),
    "console:solution_new": Page(Role.GUIDE_EDITOR),
    "console:solution": Page(Role.GUIDE_EDITOR, of="SELECT slug FROM guides_solution ORDER BY slug"),
    "console:solution_status": Page(Role.GUIDE_EDITOR, of="SELECT slug FROM guides_solution ORDER BY slug"),
    "console:guide_carry": Page(Role.GUIDE_EDITOR),
    "console:kle": Page(Role.GUIDE_EDITOR, also=("nr=90.01.01-G01-1-26", "nr=14")),
    "portal:guide": Page(of=_GUIDE),
    "portal:event": Page(of=_EVENT),
    "portal:call": Page(of=_NUMBER),
    "portal:callback": Page(of=_NUMBER),
    "portal:privacy": Page(),
    "portal:accessibility": Page(),
    "portal:member_home": Page(of=_MEMBER),
    "portal:member_find": Page(of=_MEMBER, query="q=mitid"),
    "portal:member_subject": Page(of=_MEMBERS_SUBJECT),
    "portal:member_guide": Page(of=_MEMBERS_GUIDE),
    "portal:member_event": Page(of=_MEMBERS_EVENT),
    "portal:member_privacy": Page(of=_MEMBER),
    "portal:member_accessibility": Page(of=_MEMBER),
    "portal:member_box": Page(of=_MEMBER),
}

# What a page reads again while it is open, and files: measured like pages, but nobody opens them in a window.
PARTS: Mapping[str, Page] = {
    "desk:now": Page(Role.EMPLOYEE),
    "desk:own_phone_now": Page(Role.EMPLOYEE),
    "console:live_now": Page(Role.PLANNER),
    "console:contact_now": Page(Role.AUDITOR, of=_CLOSED),
    "console:crisis_now": Page(Role.SECRETARIAT, of=_CRISIS),
    "console:crisis_table": Page(Role.SECRETARIAT, of=_ENDED_CRISIS),
    "console:waits_table": Page(Role.PLANNER),
    "console:coverage_table": Page(Role.SECRETARIAT),
    "console:guide_openings_table": Page(Role.GUIDE_EDITOR),
    "console:letters_sent_now": Page(Role.SECRETARIAT),
    "console:network_now": Page(Role.ADMINISTRATOR),
    "console:menu_when": Page(Role.SECRETARIAT, of=_LINE, query="valg=now"),
    "console:people_skills_table": Page(Role.SECRETARIAT),
    "console:people_import_template": Page(Role.SECRETARIAT),
    "console:calls_table": Page(Role.AUDITOR),
    "portal:member_colours": Page(of=_MEMBER),
    "portal:call_progress": Page(of="SELECT 'bl-c-0123456789abcdef' AS name"),
    "desk:phone_ready": Page(Role.EMPLOYEE, of="SELECT 'bl-e-0123456789abcdef' AS name"),
}

# Why neither a walk nor a measurement opens these by their address.
ELSEWHERE: Mapping[str, str] = {
    "portal:guide_data": "data for machines: tests/guides/test_publication.py",
    "portal:guides_data": "data for machines: tests/guides/test_publication.py",
    "portal:member_guide_data": "data for machines: tests/guides/test_publication.py",
    "portal:member_guides_data": "data for machines: tests/guides/test_publication.py",
    "console:guide_carry_out": "a file: tests/console/test_guide_carry.py",
    "healthz": "for machines",
    "readyz": "for machines",
    "metrics": "for machines",
    "set_language": "leads to another page",
    "account_set_password": "only for accounts without a password, which nobody can sign in to",
    "account_reauthenticate": "asks for the password before what is dangerous: tests/browser/test_sign_in.py walks it",
    "account_confirm_email": "nobody confirms an address here",
    "account_confirm_login_code": "nobody signs in with a code sent by letter",
    "account_reset_password_from_key": "needs the key of a letter: the walk of invitations and sign-in shows the same form",
    "mfa_authenticate": "the second step of a sign-in: tests/browser/test_sign_in.py walks it",
    "mfa_deactivate_totp": "only with a second factor",
    "mfa_download_recovery_codes": "only with a second factor",
    "mfa_view_recovery_codes": "only with a second factor: tests/browser/test_sign_in.py walks it",
    "mfa_edit_webauthn": "only with a passkey",
    "mfa_remove_webauthn": "only with a passkey",
    "mfa_login_webauthn": "data for the browser's own dialogue",
    "mfa_reauthenticate": "shown only when the sign-in is long ago",
    "mfa_reauthenticate_webauthn": "shown only when the sign-in is long ago",
    "staff:second_factor": "only for who has none and needs one: tests/browser/test_sign_in.py walks it",
    "staff:invited": "leads to another page",
    "staff:welcome": "needs the link of a letter",
    "desk:message": "part of the desk of who has the message in hand: tests/browser/test_message.py",
    "desk:message_sound": "sound: tests/browser/test_message.py",
    "desk:recording": "part of the desk of who has the conversation in hand: tests/desk",
    "console:recording_sound": "sound: tests/console/test_recordings.py",
    "console:menu_hear": "sound: tests/browser/test_menu_editor.py",
    "staff:first": "only before the first account: tests/browser/test_first_run.py walks it",
    "staff:first_link": "leads to another page",
    "console:first_run": "only in an empty installation: tests/browser/test_first_run.py walks it",
    "console:first_call": "only in an empty installation: tests/browser/test_first_run.py",
    "console:take_over": "only while somebody talks: tests/browser/test_help.py walks it",
    "console:set_right": "only while somebody is at work: tests/browser/test_help.py walks it",
    "portal:member_logo": "a picture",
    "console:guide_settings": "only for who answers for the common text: tests/browser/test_guide_approval.py",
    "console:guide_withdraw": "only for who answers for the common text: tests/browser/test_guide_approval.py",
    "console:guide_local": "only for who writes it, for an authority: tests/console/test_guide_local.py",
    "console:guide_local_preview": "a draft as citizens will read it: tests/console/test_guide_local.py",
    "console:guide_drop": "needs a draft: tests/browser/test_guide_approval.py",
    "portal:guide_picture": "a picture: tests/console/test_guide_editor.py",
    "portal:callback_promise": "a step of the form to be called back: tests/browser/test_callback_page.py",
    "console:hear": "sound: tests/console",
    "console:guide_openings_qr": "a picture to print: tests/console/test_guide_figures.py",
    "console:guide_read_open": "leads to another site: tests/console/test_guide_figures.py",
    "portal:callback_receipt": "needs a promise: tests/browser/test_callback_page.py",
    "portal:guide_open": "leads to another site: tests/portal/test_guide_pages.py",
    "portal:member_guide_open": "leads to another site: tests/portal/test_guide_pages.py",
    "desk:guides": "part of the desk of who has the conversation in hand: tests/desk/test_guides.py",
    "desk:guides_suggested": "part of the desk of who has the conversation in hand: tests/desk/test_guides.py",
    "desk:guides_find": "part of the desk of who has the conversation in hand: tests/desk/test_guides.py",
    "desk:guide_solution": "leads to another site: tests/desk/test_guides.py",
    "portal:was": "leads to another page",
    "portal:member_was": "leads to another page",
}


def address(name: str, values: Mapping[str, Any], query: str = "") -> str:
    """Return the address of a route with these values, and with what stands behind the question mark."""
    return reverse(name, kwargs=dict(values)) + (f"?{query}" if query else "")
