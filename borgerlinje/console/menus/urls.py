from django.urls import path

from borgerlinje.console.menus import changes, sounds, views

urlpatterns = [
    path("telefonmenu/", views.menus, name="menus"),
    path("telefonmenu/<slug:slug>/", views.menu, name="menu"),
    path("telefonmenu/<slug:slug>/hvad-sker-der/", views.when, name="menu_when"),
    path("telefonmenu/<slug:slug>/lyd/", sounds.hear, name="menu_hear"),
    path("telefonmenu/<slug:slug>/version/<int:version_id>/", views.version, name="menu_version"),
    path("telefonmenu/<slug:slug>/version/<int:version_id>/kladde/", changes.as_draft, name="menu_as_draft"),
    path("telefonmenu/<slug:slug>/version/<int:version_id>/tilbage/", changes.withdraw, name="menu_withdraw"),
    path("telefonmenu/<slug:slug>/<slug:language>/aendr/", changes.change, name="menu_change"),
    path("telefonmenu/<slug:slug>/<slug:language>/indtaling/", sounds.upload, name="menu_upload"),
    path("telefonmenu/<slug:slug>/<slug:language>/udgiv/", changes.publish, name="menu_publish"),
]
