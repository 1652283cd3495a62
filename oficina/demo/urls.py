"""Addresses that only the demo has."""

from django.urls import path

from oficina.demo import gallery, views

urlpatterns = [
    path("componentes/", gallery.gallery, name="demo_components"),
    path("componentes/pregunta/", gallery.question, name="demo_question"),
    path("correo/", views.mailbox, name="demo_mailbox"),
    path("correo/<int:mail_id>/", views.mail, name="demo_mail"),
    path("correo/<int:mail_id>/html/", views.mail_html, name="demo_mail_html"),
    path("correo/<int:mail_id>/archivos/<int:file_id>/", views.mail_file, name="demo_mail_file"),
]
