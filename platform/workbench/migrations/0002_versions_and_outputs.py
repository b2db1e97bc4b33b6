import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workbench', '0001_drafts'),
    ]

    operations = [
        migrations.RenameModel(old_name='SetAside', new_name='KeptVersion'),
        migrations.AlterModelOptions(
            name='keptversion',
            options={'ordering': ['-created_at', '-pk'], 'verbose_name': 'kept version', 'verbose_name_plural': 'kept versions'},
        ),
        migrations.AlterField(
            model_name='keptversion',
            name='draft',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='workbench.draft', verbose_name='draft'),
        ),
        migrations.AlterField(
            model_name='keptversion',
            name='reason',
            field=models.CharField(choices=[('editing', 'while writing'), ('submit', 'handed in'), ('check', 'checked'), ('reset', 'before a reset'), ('upload', 'before an upload'), ('conflict', 'the other version of a conflict'), ('return', 'before an earlier version was restored'), ('course', 'before the exercise changed')], max_length=20, verbose_name='reason'),
        ),
        migrations.CreateModel(
            name='CellOutput',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cell_id', models.CharField(max_length=64, verbose_name='cell')),
                ('execution_count', models.PositiveIntegerField(null=True, verbose_name='execution count')),
                ('outputs', models.JSONField(verbose_name='outputs')),
                ('size', models.PositiveIntegerField(verbose_name='size in bytes')),
                ('draft', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='outputs', to='workbench.draft', verbose_name='draft')),
            ],
            options={
                'ordering': ['pk'],
                'verbose_name': 'output of a cell',
                'verbose_name_plural': 'outputs of cells',
                'constraints': [models.UniqueConstraint(fields=('draft', 'cell_id'), name='one_output_per_cell')],
            },
        ),
    ]
