from django.urls import path

from borgerlinje.portal import callback, faces, statements, subjects, views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("find/", subjects.find, name="find"),
    path("find/<slug:subject_code>/", subjects.subject, name="subject"),
    path("ring/<str:digits>/", views.call, name="call"),
    path("ring/<str:digits>/adgang/", views.call_access, name="call_access"),
    path("ring/adgang/<str:name>/", views.call_progress, name="call_progress"),
    path("ring-mig-op/<str:digits>/", callback.ask, name="callback"),
    path("ring-mig-op/<str:digits>/bekraeft/", callback.promise, name="callback_promise"),
    path("ring-mig-op/kvittering/<str:token>/", callback.receipt, name="callback_receipt"),
    path("ring-mig-op/fortryd/<str:token>/", callback.cancel, name="callback_cancel"),
    path("privatliv/", statements.privacy, name="privacy"),
    path("tilgaengelighed/", statements.accessibility, name="accessibility"),
    path("was/", statements.shortcut, name="was"),
    path("kommune/<str:code>/", views.home, name="member_home"),
    path("kommune/<str:code>/find/", subjects.find, name="member_find"),
    path("kommune/<str:code>/find/<slug:subject_code>/", subjects.subject, name="member_subject"),
    path("kommune/<str:code>/privatliv/", statements.privacy, name="member_privacy"),
    path("kommune/<str:code>/tilgaengelighed/", statements.accessibility, name="member_accessibility"),
    path("kommune/<str:code>/was/", statements.shortcut, name="member_was"),
    path("kommune/<str:code>/farver.css", faces.colours_of, name="member_colours"),
    path("kommune/<str:code>/logo/<slug:key>.png", faces.logo, name="member_logo"),
    path("kommune/<str:code>/boks/", faces.box, name="member_box"),
]
