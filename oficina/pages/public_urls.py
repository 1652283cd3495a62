"""Pages that anyone may open, and the choice of colours."""

from django.urls import path

from oficina.pages.views import home, legal, theme

urlpatterns = [
    path("", home.home, name="home"),
    path("tema/", theme.theme, name="theme"),
    path("terminos/", legal.terms_list, name="terms_list"),
    path("terminos/<slug:slug>/", legal.terms, name="terms"),
    path("terminos/<slug:slug>/<int:version>/", legal.terms, name="terms_version"),
    path("datos-personales/", legal.personal_data, name="personal_data"),
    path("accesibilidad/", legal.accessibility, name="accessibility"),
    path("robots.txt", legal.robots, name="robots"),
]
