from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("phone", "0008_network"),)
    operations = (
        migrations.AddIndex(
            model_name="outgoingcall",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True), ("refused", "")),
                fields=["made_at"],
                name="outgoing_call_under_way",
            ),
        ),
    )
