from django.urls import path

from borgerlinje.portal import views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("ring/<str:digits>/", views.call, name="call"),
    path("ring/<str:digits>/adgang/", views.call_access, name="call_access"),
    path("ring/adgang/<str:name>/", views.call_progress, name="call_progress"),
    path("privatliv/", views.privacy, name="privacy"),
    path("tilgaengelighed/", views.accessibility, name="accessibility"),
]
