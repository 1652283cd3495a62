"""Every address of the portal."""

from django.apps import apps
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("oficina.pages.public_urls")),
    path("", include("oficina.pages.urls")),
    path("", include("accounts.urls")),
    path("", include("billing.urls")),
    path("", include("billing.page_urls")),
    path("", include("adhesions.urls")),
    path("", include("adhesions.page_urls")),
    path("", include("payment_plans.page_urls")),
    path("", include("tramites.page_urls")),
    path("admin/", include("oficina.staff.urls")),
    path("admin/", admin.site.urls),
]
if apps.is_installed("oficina.demo"):
    urlpatterns.append(path("demo/", include("oficina.demo.urls")))
