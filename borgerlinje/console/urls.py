from django.urls import path

from borgerlinje.console import contacts, views, waits

app_name = "console"
urlpatterns = [
    path("", views.start, name="start"),
    path("lige-nu/", views.live, name="live"),
    path("lige-nu/nu/", views.live_now, name="live_now"),
    path("henvendelse/", contacts.find_contact, name="find_contact"),
    path("henvendelse/<uuid:contact_id>/", contacts.contact, name="contact"),
    path("henvendelse/<uuid:contact_id>/nu/", contacts.contact_now, name="contact_now"),
    path("ventetid/", waits.waits, name="waits"),
    path("ventetid/tabel.csv", waits.waits_table, name="waits_table"),
    path("konto/", views.account, name="account"),
    path("log-af/", views.sign_out, name="sign_out"),
]
