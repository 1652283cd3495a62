"""Addresses of these pages."""

from django.urls import path

from oficina.staff.files import export_pages, import_pages

urlpatterns = [
    path("importar/", import_pages.import_files, name="import"),
    path("importar/<slug:job_id>/", import_pages.import_job, name="import_job"),
    path("importar/<slug:job_id>/seguir/", import_pages.import_again, name="import_again"),
    path("importar/<slug:job_id>/cancelar/", import_pages.cancel_import, name="cancel_import"),
    path("importar/<slug:job_id>/filas-rechazadas.csv", import_pages.import_report, name="import_report"),
    path("exportar/", export_pages.exports, name="exports"),
    path("exportar/<slug:job_id>/", export_pages.export_job, name="export_job"),
    path("exportar/<slug:job_id>/cancelar/", export_pages.cancel_export, name="cancel_export"),
    path("exportar/<slug:job_id>/archivo.csv", export_pages.export_file, name="export_file"),
]
