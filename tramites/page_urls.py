"""Addresses of the guidance. Anyone may read it."""

from django.urls import path

from tramites.views import bill_explained, chat, location, procedures
from tramites.views import conversation as conversation_pages
from tramites.views import help as help_pages
from tramites.views import places as place_pages

urlpatterns = [
    path("cuenta/<str:ref>/ubicacion/", location.property_location, name="property_location"),
    path("cuenta/<str:ref>/ubicacion/avisar/", location.report_location, name="report_location"),
    path("informacion-util/", bill_explained.useful_information, name="useful_information"),
    path("informacion-util/<slug:kind>/", bill_explained.bill_explained, name="bill_explained"),
    path("informacion-util/<slug:kind>/<slug:digest>.png", bill_explained.bill_picture, name="bill_picture"),
    path("ayuda/", help_pages.help_topics, name="help"),
    path("ayuda/pantalla/<slug:screen>/", help_pages.help_of_screen, name="help_of_screen"),
    path("ayuda/<slug:slug>/", help_pages.help_topic, name="help_topic"),
    path("lugares-de-pago/", place_pages.payment_places, name="payment_places"),
    path("asistente/", chat.chat, name="chat"),
    path("asistente/volver/<str:token>/", conversation_pages.return_to_conversation, name="return_to_conversation"),
    path("asistente/<slug:conversation_id>/", conversation_pages.conversation, name="conversation"),
    path("asistente/<slug:conversation_id>/nuevos/", chat.conversation_news, name="conversation_news"),
    path("asistente/<slug:conversation_id>/persona/", conversation_pages.ask_for_a_person, name="ask_for_a_person"),
    path("asistente/<slug:conversation_id>/mail/", conversation_pages.conversation_mail, name="conversation_mail"),
    path("asistente/<slug:conversation_id>/guardar/", chat.keep_in_user, name="keep_in_user"),
    path("asistente/<slug:conversation_id>/terminar/", chat.end_own_conversation, name="end_own_conversation"),
    path("asistente/<slug:conversation_id>/adjuntos/<slug:file_id>/", chat.conversation_file, name="conversation_file"),
    path("tramites/", procedures.procedures, name="procedures"),
    path("tramites/<slug:slug>/", procedures.procedure, name="procedure"),
    path("tramites/<slug:slug>/salir/", procedures.leave_for_procedure, name="leave_for_procedure"),
]
