from django.urls import path

from borgerlinje.desk import callbacks, telephone, views

app_name = "desk"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("nu/", views.now, name="now"),
    path("status/", views.presence, name="presence"),
    path("tilbud/<uuid:offer_id>/afvis/", views.decline, name="decline"),
    path("tilbud/<uuid:offer_id>/ring-op/", callbacks.accept, name="accept"),
    path("laeg-paa/", views.hang_up, name="hang_up"),
    path("henvendelse/<uuid:contact_id>/notat/", views.note, name="note"),
    path("henvendelse/<uuid:contact_id>/luk/", views.close, name="close"),
    path("henvendelse/<uuid:contact_id>/ring-op/", callbacks.take, name="take"),
    path("henvendelse/<uuid:contact_id>/naaet/", callbacks.reached, name="reached"),
    path("henvendelse/<uuid:contact_id>/intet-svar/", callbacks.unreached, name="unreached"),
    path("telefon/", telephone.phone, name="phone"),
    path("telefon/<str:name>/", telephone.phone_ready, name="phone_ready"),
    path("vaek/", telephone.away, name="away"),
    path("tilbage/", telephone.back, name="back"),
]
