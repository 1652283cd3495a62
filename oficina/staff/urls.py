"""The office's own pages, beside those of each table that Django's admin has."""

from django.urls import include, path

app_name = "office"
urlpatterns = [
    path("clientes/", include("oficina.staff.customers.urls")),
    path("caja/", include("oficina.staff.desk.urls")),
    path("atencion/", include("oficina.staff.attention.urls")),
    path("personas/", include("oficina.staff.people.urls")),
    path("procesos/", include("oficina.staff.jobs.urls")),
    path("archivos/", include("oficina.staff.files.urls")),
]
