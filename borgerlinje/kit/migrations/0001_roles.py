"""What each database role may do, before any table exists.

The roles themselves belong to the server, not to this database: the embedded server makes them when it is set up, and
docs/operations.md has the three lines for a server of one's own.
"""

from django.db import migrations

GRANTS = """
GRANT USAGE ON SCHEMA public TO bl_web, bl_engine;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO bl_web, bl_engine;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO bl_web, bl_engine;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO bl_web, bl_engine;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO bl_web, bl_engine;

CREATE FUNCTION bl_authorities() RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(string_to_array(nullif(current_setting('app.authorities', true), ''), ',')::bigint[], '{}')
$$;
CREATE FUNCTION bl_user() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT nullif(current_setting('app.user', true), '')::bigint
$$;

-- What Django's database cache keeps: throttles of sign-in.
CREATE TABLE kit_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamptz NOT NULL
);
CREATE INDEX kit_cache_expires ON kit_cache (expires);

-- What kit.throttle counts.
CREATE TABLE kit_throttle (
    key text PRIMARY KEY,
    since timestamptz NOT NULL,
    count integer NOT NULL
);
"""


class Migration(migrations.Migration):
    run_before = (("contenttypes", "0001_initial"), ("cooperation", "0001_initial"))
    operations = (
        migrations.RunSQL(
            GRANTS,
            "DROP TABLE kit_throttle; DROP TABLE kit_cache; DROP FUNCTION bl_user(); DROP FUNCTION bl_authorities();",
        ),
    )
