from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("lines", "0008_ended"),
    ]

    operations = [
        migrations.AddField(
            model_name="subject",
            name="about",
            field=models.CharField(blank=True, db_default="", default="", max_length=300, verbose_name="kort om emnet"),
        ),
        migrations.AddField(
            model_name="subject",
            name="about_en",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=300, verbose_name="kort om emnet på engelsk"
            ),
        ),
        migrations.AddField(
            model_name="subject",
            name="name_en",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=120, verbose_name="navn på engelsk"
            ),
        ),
        migrations.AddField(
            model_name="subject",
            name="search_words",
            field=models.CharField(blank=True, db_default="", default="", max_length=600, verbose_name="søgeord"),
        ),
        migrations.AddField(
            model_name="subject",
            name="source",
            field=models.CharField(blank=True, db_default="", default="", max_length=120, verbose_name="kilde"),
        ),
    ]
