from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("curriculum", "0001_course")]

    operations = [
        migrations.AddField(
            model_name="exercise",
            name="kind",
            field=models.CharField(
                choices=[
                    ("exercise", "exercise"),
                    ("project", "project"),
                    ("writing", "reviewed writing"),
                ],
                default="exercise",
                max_length=20,
                verbose_name="kind",
            ),
        ),
    ]
