"""Addresses about a person: entering, registering, recovering, Mis datos.

allauth's pages keep their names, which allauth looks up, under paths in Spanish; those that are not used are absent.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.usersessions import views as usersessions
from django.urls import path

from accounts.rates import limited
from accounts.second_factor_proof import proved_again
from accounts.views import invitations, my_data, registration, terms
from accounts.views.second_factor import ActivateView, DownloadCodesView

# `limited("code")`: allauth counts the wrong codes of a session; this also slows whoever opens many sessions at once.

urlpatterns = [
    path("ingresar/", account.login, name="account_login"),
    path("ingresar/segundo-factor/", limited("code")(mfa.authenticate), name="mfa_authenticate"),
    path("ingresar/inactivo/", account.account_inactive, name="account_inactive"),
    path("salir/", account.logout, name="account_logout"),
    path("registrate/", registration.register, name="account_signup"),
    path("registrate/codigo/", registration.registration_code, name="registration_code"),
    path("recuperar-contrasena/", account.password_reset, name="account_reset_password"),
    path(
        "recuperar-contrasena/codigo/",
        limited("code")(account.confirm_password_reset_code),
        name="account_confirm_password_reset_code",
    ),
    path("recuperar-contrasena/nueva/", account.complete_password_reset, name="account_complete_password_reset"),
    path("recuperar-contrasena/listo/", account.password_reset_from_key_done, name="account_password_reset_completed"),
    path("confirmar-mail/", limited("code")(account.email_verification_sent), name="account_email_verification_sent"),
    path("confirmar-acceso/", account.reauthenticate, name="account_reauthenticate"),
    path("confirmar-acceso/segundo-factor/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("aceptar-terminos/", terms.accept_new_terms, name="accept_terms"),
    path("invitacion/<str:token>/", invitations.accept_invitation, name="accept_invitation"),
    path("mis-datos/", my_data.my_data, name="my_data"),
    path("mis-datos/mail/", account.email, name="account_email"),
    path("mis-datos/contrasena/", account.password_change, name="account_change_password"),
    path("mis-datos/contrasena/elegir/", account.password_set, name="account_set_password"),
    path("mis-datos/sesiones/", usersessions.list_usersessions, name="usersessions_list"),
    path("mis-datos/segundo-factor/", mfa.index, name="mfa_index"),
    path("mis-datos/segundo-factor/activar/", ActivateView.as_view(), name="mfa_activate_totp"),
    path("mis-datos/segundo-factor/desactivar/", proved_again(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path(
        "mis-datos/segundo-factor/codigos/",
        proved_again(recovery_codes.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "mis-datos/segundo-factor/codigos/nuevos/",
        proved_again(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "mis-datos/segundo-factor/codigos/descargar/",
        proved_again(DownloadCodesView.as_view()),
        name="mfa_download_recovery_codes",
    ),
    path("mis-datos/cerrar-usuario/", my_data.close_my_user, name="close_user"),
]
