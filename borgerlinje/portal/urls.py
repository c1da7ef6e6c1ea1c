from django.urls import path

from borgerlinje.portal import callback, views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("ring/<str:digits>/", views.call, name="call"),
    path("ring/<str:digits>/adgang/", views.call_access, name="call_access"),
    path("ring/adgang/<str:name>/", views.call_progress, name="call_progress"),
    path("ring-mig-op/<str:digits>/", callback.ask, name="callback"),
    path("ring-mig-op/<str:digits>/bekraeft/", callback.promise, name="callback_promise"),
    path("ring-mig-op/kvittering/<str:token>/", callback.receipt, name="callback_receipt"),
    path("ring-mig-op/fortryd/<str:token>/", callback.cancel, name="callback_cancel"),
    path("privatliv/", views.privacy, name="privacy"),
    path("tilgaengelighed/", views.accessibility, name="accessibility"),
]
