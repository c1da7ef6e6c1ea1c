"""Row-level security, written into migrations.

`bl_engine` (dispatch, phone, worker) sees every row; `bl_web` sees the rows whose authority is in the setting
`app.authorities`. The owner of the tables and a superuser bypass policies, so nothing but migrations runs as them.
"""

from django.db import migrations

WEB_SEES = "= ANY ((SELECT bl_authorities())::bigint[])"


def fence(table: str, *, web: str = f"authority_id {WEB_SEES}") -> migrations.RunSQL:
    """Return the migration step that fences `table`; `web` is the condition on rows that bl_web sees and may write."""
    return migrations.RunSQL(
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        CREATE POLICY engine ON {table} TO bl_engine USING (true) WITH CHECK (true);
        CREATE POLICY web ON {table} TO bl_web USING ({web}) WITH CHECK ({web});
        """,
        f"""
        DROP POLICY web ON {table};
        DROP POLICY engine ON {table};
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        """,
    )
