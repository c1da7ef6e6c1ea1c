"""Row-level security of people: colleagues at the authorities one serves, and oneself."""

from django.db import migrations

from borgerlinje.kit.fence import WEB_SEES, fence

OF_A_SEEN_EMPLOYEE = "EXISTS (SELECT 1 FROM staff_employee e WHERE e.id = employee_id)"


class Migration(migrations.Migration):
    dependencies = (("staff", "0001_initial"), ("kit", "0001_roles"))
    operations = (
        fence("staff_employee", web=f"employer_id {WEB_SEES} OR user_id = (SELECT bl_user())"),
        fence("staff_employeecentre", web=OF_A_SEEN_EMPLOYEE),
        fence("staff_employeeskill", web=OF_A_SEEN_EMPLOYEE),
        fence("staff_roleassignment", web=f"authority_id {WEB_SEES} OR user_id = (SELECT bl_user())"),
        # Nobody gives themselves a role: one's own rows may be read, but writing needs the authority itself.
        migrations.RunSQL(
            f"""
            CREATE POLICY web_write ON staff_roleassignment AS RESTRICTIVE FOR INSERT TO bl_web
                WITH CHECK (authority_id {WEB_SEES});
            CREATE POLICY web_change ON staff_roleassignment AS RESTRICTIVE FOR UPDATE TO bl_web
                USING (authority_id {WEB_SEES});
            """,
            """
            DROP POLICY web_write ON staff_roleassignment;
            DROP POLICY web_change ON staff_roleassignment;
            """,
        ),
    )
