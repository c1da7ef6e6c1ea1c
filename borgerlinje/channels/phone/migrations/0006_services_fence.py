"""Row-level security of recordings, outgoing calls and texts; who listened can only be added to."""

from django.db import migrations

from borgerlinje.kit.fence import fence

_OWN_RECORDING = "EXISTS (SELECT 1 FROM phone_recording r WHERE r.id = recording_id)"
_KNOWN_EMPLOYEE = "EXISTS (SELECT 1 FROM staff_employee e WHERE e.id = employee_id)"


class Migration(migrations.Migration):
    dependencies = (("phone", "0005_services"), ("kit", "0001_roles"), ("staff", "0002_fence"))
    operations = (
        fence("phone_recording"),
        fence("phone_recordingaccess", web=_OWN_RECORDING),
        fence("phone_outgoingcall"),
        fence("phone_text"),
        fence("phone_donotcall"),
        fence("phone_employeephone", web=_KNOWN_EMPLOYEE),
        migrations.RunSQL(
            """
            REVOKE UPDATE, DELETE, TRUNCATE ON phone_recordingaccess FROM bl_web, bl_engine;
            REVOKE DELETE, TRUNCATE ON phone_recording FROM bl_web, bl_engine;
            """,
            """
            GRANT UPDATE, DELETE ON phone_recordingaccess TO bl_web, bl_engine;
            GRANT DELETE ON phone_recording TO bl_web, bl_engine;
            """,
        ),
    )
