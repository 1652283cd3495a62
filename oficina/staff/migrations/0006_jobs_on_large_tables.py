from django.db import migrations

LISTED = {
    "office_jobs_by_task": "(task_name, id)",
    "office_jobs_not_done": "(status, id) WHERE status IN ('failed', 'cancelled', 'aborted')",
}
"""The office's list of jobs, which are millions: what the queue itself needs no index for."""


class Migration(migrations.Migration):
    """Without holding up those who enqueue."""

    atomic = False

    dependencies = [("staff", "0005_job_permissions"), ("procrastinate", "0041_post_retry_failed_job")]

    operations = [
        migrations.RunSQL(
            f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON procrastinate_jobs {columns}",
            f"DROP INDEX CONCURRENTLY IF EXISTS {name}",
        )
        for name, columns in LISTED.items()
    ]
