"""Row-level security of transfers: as with their contacts."""

from django.db import migrations

from borgerlinje.kit.fence import fence


class Migration(migrations.Migration):
    dependencies = (("dispatch", "0007_transfers"), ("kit", "0001_roles"))
    operations = (fence("dispatch_transfer"),)
