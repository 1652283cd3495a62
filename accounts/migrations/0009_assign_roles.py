from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0008_customer_view"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="user",
            options={
                "permissions": [("assign_roles", "Puede dar y quitar roles de la oficina")],
                "verbose_name": "usuario",
                "verbose_name_plural": "usuarios",
            },
        ),
    ]
