from django.urls import path

from borgerlinje.console.telephone import calls, views

urlpatterns = [
    path("opkald/", calls.calls, name="calls"),
    path("opkald/tabel.csv", calls.calls_table, name="calls_table"),
    path("telefonnet/", views.network, name="network"),
    path("telefonnet/nu/", views.network_now, name="network_now"),
    path("telefonnet/ny/", views.trunk, name="trunk_new"),
    path("telefonnet/<int:trunk_id>/", views.trunk, name="trunk"),
]
