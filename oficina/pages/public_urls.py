"""Pages that anyone may open, and the choice of colours."""

from django.urls import path

from accounts.rates import limited
from oficina.pages.views import home, legal, theme, withdrawals

urlpatterns = [
    path("", home.home, name="home"),
    path("tema/", theme.theme, name="theme"),
    path("terminos/", legal.terms_list, name="terms_list"),
    path("terminos/<slug:slug>/", legal.terms, name="terms"),
    path("terminos/<slug:slug>/<int:version>/", legal.terms, name="terms_version"),
    path("datos-personales/", legal.personal_data, name="personal_data"),
    path("accesibilidad/", legal.accessibility, name="accessibility"),
    path("baja/", withdrawals.withdrawal, name="withdrawal"),
    path("baja/codigo/", limited("code")(withdrawals.withdrawal_code), name="withdrawal_code"),
    path("baja/elegir/", withdrawals.choose_withdrawal, name="choose_withdrawal"),
    path("baja/confirmar/", withdrawals.confirm_withdrawal, name="confirm_withdrawal"),
    path("baja/constancia/", withdrawals.withdrawal_receipt, name="withdrawal_receipt"),
    path("robots.txt", legal.robots, name="robots"),
]
