from django.urls import path

from borgerlinje.console.guides.local import views

_ONE = "guider/<slug:slug>/lokalt/<str:code>/"

urlpatterns = [
    path("guider/lokalt/", views.guide_locals, name="guide_locals"),
    path(_ONE, views.guide_local, name="guide_local"),
    path(f"{_ONE}vis/", views.guide_local_preview, name="guide_local_preview"),
    path(f"{_ONE}<slug:act>/", views.guide_local_do, name="guide_local_do"),
]
