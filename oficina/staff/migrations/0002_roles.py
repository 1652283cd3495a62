"""The groups of the roles. What each may do is put in step after every migration (oficina.staff.role_groups)."""

from django.db import migrations

NAMES = ("Atención al cliente", "Tesorería", "Contenido", "Auditoría", "Administración")


def name_groups(apps, schema_editor):
    groups = apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias)
    groups.bulk_create([groups.model(name=name) for name in NAMES], ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("staff", "0001_initial"),
    ]

    operations = [
        # Backwards they stay: whoever has a role would lose it.
        migrations.RunPython(name_groups, migrations.RunPython.noop),
    ]
