# The kernels of lessons' cells.

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('curriculum', '0001_course'),
        ('workbench', '0003_live_kernels'),
    ]

    operations = [
        migrations.AddField(
            model_name='livekernel',
            name='section',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='live_kernels', to='curriculum.section', verbose_name='section'),
        ),
        migrations.AlterField(
            model_name='livekernel',
            name='exercise',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='live_kernels', to='curriculum.exercise', verbose_name='exercise'),
        ),
        migrations.AddConstraint(
            model_name='livekernel',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('exercise__isnull', False), ('section__isnull', True)), models.Q(('exercise__isnull', True), ('section__isnull', False)), _connector='OR'), name='live_kernel_has_one_subject'),
        ),
    ]
